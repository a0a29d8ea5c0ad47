# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Real ``ansible-playbook`` runs for tests: in a clean environment, with what each task returned and did."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ansible_collections.edgeops.device_trust.plugins as installed
from tests.support.sandbox import Sandbox

COLLECTIONS = Path(installed.__file__).parents[4]
CALLBACKS = Path(__file__).parent / "callbacks"
COLLECTION = "edgeops.device_trust"
SECONDS = 240

PLAY: Mapping[str, Any] = {
    "hosts": "localhost",
    "connection": "local",
    "gather_facts": False,
    "vars": {"ansible_python_interpreter": "{{ ansible_playbook_python }}"},
}


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The sandbox's account, and its count of requests, at one moment."""

    account: Mapping[str, Any]
    requests: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Task:
    """One task that ended. ``before`` and ``after`` are None for a run without a sandbox."""

    name: str
    action: str
    check_mode: bool
    status: str
    result: Mapping[str, Any]
    warnings: Sequence[str]
    before: Snapshot | None
    after: Snapshot | None

    @property
    def changed(self) -> bool:
        return bool(self.result["changed"])

    @property
    def failed(self) -> bool:
        return self.status == "failed"

    @property
    def message(self) -> str:
        return str(self.result["msg"])

    @property
    def account(self) -> Mapping[str, Any]:
        """The account after the task."""
        assert self.after is not None
        return self.after.account

    @property
    def changed_the_account(self) -> bool:
        assert self.before is not None
        return self.before.account != self.account

    def asked(self, count: str) -> int:
        """How many requests the server counted meanwhile: reads, writes, auth or refused_writes."""
        assert self.before is not None
        assert self.after is not None
        return int(self.after.requests[count]) - int(self.before.requests[count])

    @property
    def writes(self) -> int:
        """How many write requests reached the server, those that it refused included."""
        return self.asked("writes") + self.asked("refused_writes")

    def calls(self) -> dict[str, int]:
        """How often the server was asked for each path meanwhile."""
        assert self.before is not None
        assert self.after is not None
        earlier, now = self.before.requests["by_path"], self.after.requests["by_path"]
        return {path: count - earlier.get(path, 0) for path, count in now.items() if count > earlier.get(path, 0)}

    @property
    def actions(self) -> dict[str, str]:
        """What the task says it did: address -> action."""
        return {change["address"]: change["action"] for change in self.result["changes"]}


@dataclass(frozen=True, slots=True)
class Run:
    """A whole ``ansible-playbook`` run. ``home`` holds all that it left, temporary files in ``tmp``."""

    rc: int
    stdout: str
    stderr: str
    tasks: Sequence[Task]
    home: Path

    def __getitem__(self, name: str) -> Task:
        found = [task for task in self.tasks if task.name == name]
        assert len(found) == 1, f"{len(found)} tasks {name!r} among {[task.name for task in self.tasks]}\n{self.output}"
        return found[0]

    @property
    def output(self) -> str:
        return self.stdout + self.stderr

    @property
    def collection_tasks(self) -> list[Task]:
        return [task for task in self.tasks if task.action.startswith(f"{COLLECTION}.")]


def run_playbook(
    playbook: Path | str,
    home: Path,
    *arguments: str,
    sandbox: Sandbox | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> Run:
    """Runs a playbook (a file, or one of the collection by its full name) and waits for its end.

    The process gets nothing of the caller's environment but what is needed to start: its home is ``home``.
    """
    home.mkdir(parents=True, exist_ok=True)
    log = home / "task_log.jsonl"
    log.unlink(missing_ok=True)
    variables = {
        **_environment(home, sandbox),
        "ANSIBLE_CALLBACK_PLUGINS": str(CALLBACKS),
        "ANSIBLE_CALLBACKS_ENABLED": "task_log",
        "TASK_LOG": str(log),
        **({"TASK_LOG_CONTROL": sandbox.control_url} if sandbox else {}),
        **(env or {}),
    }
    command: list[Path | str] = [_program("ansible-playbook"), playbook, *arguments]
    # Sockets are made there, and their names are limited. A broker of passwords goes a moment after its run.
    with tempfile.TemporaryDirectory(prefix="run-", ignore_cleanup_errors=True) as short:
        rc, stdout, stderr = _finished(command, {**variables, "TMPDIR": short}, cwd or home)
        shutil.copytree(short, home / "tmp", dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.sock"))
    lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
    return Run(rc, stdout, stderr, [_task(json.loads(line)) for line in lines], home)


def run_inventory(
    source: Path,
    home: Path,
    *arguments: str,
    sandbox: Sandbox | None = None,
    env: Mapping[str, str] | None = None,
) -> tuple[int, str, str]:
    """Runs ``ansible-inventory`` on a source, in the same clean environment; its exit status and output."""
    home.mkdir(parents=True, exist_ok=True)
    command: list[Path | str] = [_program("ansible-inventory"), "--inventory", source, *arguments]
    with tempfile.TemporaryDirectory(prefix="run-") as short:
        return _finished(command, {**_environment(home, sandbox), "TMPDIR": short, **(env or {})}, home)


def _environment(home: Path, sandbox: Sandbox | None) -> dict[str, str]:
    return {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.defpath}",
        "HOME": str(home),
        "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
        "ANSIBLE_PIPELINING": "true",
        **(sandbox.env() if sandbox else {}),
    }


def _program(name: str) -> Path:
    return Path(sys.executable).with_name(name)


def run_tasks(
    tasks: Sequence[Mapping[str, Any]],
    home: Path,
    *arguments: str,
    sandbox: Sandbox | None = None,
    env: Mapping[str, str] | None = None,
    play: Mapping[str, Any] | None = None,
) -> Run:
    """Runs ``tasks`` as one play on this machine; ``play`` adds keywords to it."""
    home.mkdir(parents=True, exist_ok=True)
    path = home / "play.yml"
    path.write_text(json.dumps([{**PLAY, **(play or {}), "tasks": list(tasks)}]), encoding="utf-8")
    return run_playbook(path, home, *arguments, sandbox=sandbox, env=env)


def _finished(command: Sequence[Path | str], env: Mapping[str, str], cwd: Path) -> tuple[int, str, str]:
    """Exit status and output. A run that takes too long is ended with all its processes."""
    with subprocess.Popen(
        command,
        env=env,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            stdout, stderr = process.communicate(timeout=SECONDS)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
    return process.returncode, stdout, stderr


def _task(line: Mapping[str, Any]) -> Task:
    before, after = (Snapshot(**line[moment]) if line[moment] else None for moment in ("before", "after"))
    return Task(**{**line, "before": before, "after": after})
