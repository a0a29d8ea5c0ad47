# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Somebody who calls the playbooks by their full names, in a folder of their own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.living import Living
from tests.support.playbooks import COLLECTION, Run, run_playbook
from tests.support.raw import Ublox
from tests.support.sandbox import Sandbox


@dataclass(frozen=True, slots=True)
class Stage:
    """A run in a story of several, and how things were after it. ``report`` is what the run reported."""

    run: Run
    account: Any
    files: Mapping[str, str]
    report: Any


@dataclass(frozen=True, slots=True)
class Desk:
    """A folder, and the sandbox that the playbooks work on."""

    sandbox: Sandbox
    folder: Path

    def plays(self, playbook: str, *arguments: str, **variables: object) -> Run:
        """One run; variables as on the command line."""
        given = [part for name, value in variables.items() for part in ("--extra-vars", f"{name}={value}")]
        home = self.folder.parent / f"home-{self.folder.name}"
        return run_playbook(f"{COLLECTION}.{playbook}", home, *given, *arguments, sandbox=self.sandbox, cwd=self.folder)

    def checks(self, playbook: str, **variables: object) -> Run:
        """One run with --check, on a sandbox that refuses and counts whatever would change something."""
        self.sandbox.control("POST", "/writes", {"allowed": False})
        try:
            return self.plays(playbook, "--check", **variables)
        finally:
            self.sandbox.control("POST", "/writes", {"allowed": True})

    def stage(self, run: Run, report: str = "") -> Stage:
        """How things are after a run, with the report that it wrote."""
        return Stage(run, self.sandbox.state(), self.files(), self.report(report) if report else None)

    def write(self, name: str, text: str) -> str:
        """A file in the folder; its name."""
        (self.folder / name).write_text(text)
        return name

    def files(self) -> dict[str, str]:
        """What is in the folder, by path, with what is in it."""
        return {str(p.relative_to(self.folder)): p.read_text() for p in self.folder.rglob("*") if p.is_file()}

    def device(self, rot: str) -> Any:
        """A device as the account has it."""
        return next(device for device in self.sandbox.state()["devices"] if device["id"] == rot)

    def living(self) -> Living:
        """The devices, the portal and the clock."""
        return Living(self.sandbox, Ublox(self.sandbox))

    def beat(self, *ids: str) -> None:
        """One security heartbeat of these devices, or of all."""
        self.sandbox.control("POST", "/fleet/heartbeat", {"ids": list(ids)} if ids else {"all": True})

    def report(self, path: str) -> Any:
        """A report for programs, of which there is one for people beside it; both can be read by everybody and hold no
        secret.
        """
        for file in (self.folder / f"{path}.json", self.folder / f"{path}.md"):
            assert file.stat().st_mode & 0o777 == 0o644
            assert self.sandbox.ready["ublox"]["api_secret"] not in file.read_text()
            assert file.read_text().endswith("\n")
        return json.loads((self.folder / f"{path}.json").read_text())


def changed(run: Run) -> list[str]:
    """The tasks that say that they changed something."""
    return [task.name for task in run.tasks if task.result.get("changed")]


def writes(run: Run) -> int:
    """How many write requests reached the server."""
    return sum(task.writes for task in run.collection_tasks)


def said(run: Run, task: str) -> str:
    """What a task says."""
    message = run[task].result["msg"]
    return "\n".join(message) if isinstance(message, list) else str(message)


def refusal(run: Run) -> str:
    """Why a run failed, which was no accident."""
    assert run.rc != 0, run.output
    assert "Traceback (most recent call last)" not in run.output
    (failed,) = [task for task in run.tasks if task.failed and task.action == "ansible.builtin.assert"]
    return failed.message
