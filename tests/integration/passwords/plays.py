# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Running real ansible-playbook against a password manager, in a home of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ansible_collections.edgeops.device_trust.plugins as installed
from tests.support.waiting import eventually

COLLECTIONS = Path(installed.__file__).parents[4]
BIN = Path(sys.executable).parent
VAULT_PASSWORD = "fake-vault-password-for-tests"
SECONDS = 120
# Ansible makes sockets in the directory for temporary files, and their names are limited.
_SHORT = tempfile.TemporaryDirectory(prefix="desks-")


@dataclass(frozen=True)
class Run:
    """One run of a command and all it said."""

    status: int
    stdout: str
    stderr: str

    @property
    def said(self) -> str:
        """Everything on one line, as Ansible wraps long messages."""
        return " ".join(f"{self.stdout} {self.stderr}".split())

    def ok(self) -> Run:
        assert self.status == 0, f"{self.stdout}\n{self.stderr}"
        return self

    def recap(self, name: str, host: str = "localhost") -> int:
        """A number of the recap, as in ``changed=1``."""
        line = next(line for line in self.stdout.splitlines() if line.startswith(f"{host} ") and "ok=" in line)
        numbers = dict(item.split("=") for item in line.split() if "=" in item)
        return int(numbers[name])


@dataclass
class Desk:
    """A directory to work in: home, temporary files, an inventory and a vault password file."""

    path: Path
    service: Mapping[str, str] = field(default_factory=dict)
    short_tmp: Path = field(init=False)

    def __post_init__(self) -> None:
        for name in ("home", "tmp", "run", "inventory"):
            (self.path / name).mkdir(mode=0o700)
        self.short_tmp = Path(tempfile.mkdtemp(dir=_SHORT.name)) / "tmp"
        self.short_tmp.symlink_to(self.path / "tmp")
        (self.path / "ansible.cfg").write_text("")
        self.vault_file().write_text(f"{VAULT_PASSWORD}\n")

    @property
    def inventory(self) -> Path:
        return self.path / "inventory"

    def vault_file(self, name: str = "vault-password") -> Path:
        return self.path / name

    def hosts(self, **keys: Mapping[str, object]) -> None:
        """Make the group ``trackers`` of these hosts with their variables."""
        content = {"trackers": {"hosts": {name.replace("_", "-"): dict(value) for name, value in keys.items()}}}
        (self.inventory / "hosts.json").write_text(json.dumps(content))

    def environment(self, **more: str) -> dict[str, str]:
        return {
            "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(self.path / "home"),
            "TMPDIR": str(self.short_tmp),
            "XDG_RUNTIME_DIR": str(self.path / "run"),
            "ANSIBLE_CONFIG": str(self.path / "ansible.cfg"),
            "ANSIBLE_HOME": str(self.path / "home" / ".ansible"),
            "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
            "ANSIBLE_NOCOLOR": "1",
            "LC_ALL": "C.UTF-8",
            **self.service,
            **more,
        }

    def run(self, *command: str, **environment: str) -> Run:
        done = subprocess.run(
            [str(BIN / command[0]), *command[1:]],
            cwd=self.path,
            env=self.environment(**environment),
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        self.wait_for_brokers()
        return Run(done.returncode, done.stdout, done.stderr)

    def wait_for_brokers(self) -> None:
        """Return when the brokers of ended runs have signed out and are gone."""
        running = self.path / "run"
        eventually(lambda: not list(running.rglob("run-*")), "a broker outlives its run", seconds=15)

    def playbook(self, name: str, *arguments: str, vault: str | None = "vault-password", **environment: str) -> Run:
        """Run a playbook on the inventory; ``vault`` names the password file, None for none."""
        secret = ["--vault-password-file", vault] if vault else []
        return self.run("ansible-playbook", "-i", "inventory", *secret, name, *arguments, **environment)

    def play(self, tasks: list[dict[str, Any]], *arguments: str, hosts: str = "localhost", **more: Any) -> Run:
        """Run these tasks in a play of their own."""
        play = {
            "hosts": hosts,
            "gather_facts": False,
            "connection": "local",
            "vars": {"ansible_python_interpreter": "{{ ansible_playbook_python }}"} | more.pop("variables", {}),
            "tasks": tasks,
        }
        (self.path / "play.yml").write_text(json.dumps([play]))
        return self.playbook("play.yml", *arguments, **more)

    def evaluate(self, expression: str, **more: Any) -> Any:
        """The value of a template's expression, through a file: nothing of it is printed."""
        result = self.path / "result.json"
        content = "{{ (" + expression + ") | to_json }}"
        task = {"ansible.builtin.copy": {"dest": str(result), "content": content, "mode": "0600"}, "no_log": True}
        run = self.play([task], **more).ok()
        value = json.loads(result.read_text())
        result.unlink()
        self.last = run
        return value

    def files(self) -> dict[str, bytes]:
        """What this product has written into the inventory, by relative name."""
        return {
            str(path.relative_to(self.inventory)): path.read_bytes()
            for path in sorted(self.inventory.rglob("*"))
            if path.is_file() and path.name != "hosts.json"
        }
