# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Applies against the sandbox, each in a process of its own that can be killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ansible_collections.edgeops.device_trust.plugins.module_utils import _engine as engine
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.request import Request
from tests.integration.engine import fleet
from tests.integration.engine.driver import ALLOWED, connection
from tests.support.sandbox import Sandbox

ROOT = Path(__file__).resolve().parents[3]


class Driver:
    """The process that forks one process for each apply."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.integration.engine.driver"],
            cwd=ROOT,
            env={**os.environ, **fleet.TOKENS},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._running = False

    def begin(self, **job: Any) -> Callable[[], dict[str, Any]]:
        """Starts an apply; what it gives waits for its answer. For two at once there must be two drivers."""
        assert self._process.stdin
        assert not self._running, "a driver does one job after the other"
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()
        self._running = True
        return self._answer

    def settle(self) -> None:
        """Throws away the answer that a test did not wait for because it failed."""
        if self._running:
            self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout
        answer = json.loads(self._process.stdout.readline())
        self._running = False
        assert "defect" not in answer, answer["defect"]
        return dict(answer)

    def stop(self) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()


@dataclass
class Rehearsal:
    """The account of ``fleet.SEED`` in the sandbox, a document that wants sixty changes of it, and a machine.

    ``seed`` and ``declared`` are another account and another declaration.
    """

    sandbox: Sandbox
    driver: Driver
    folder: Path
    seed: Mapping[str, Any] = field(default_factory=lambda: fleet.SEED)
    declared: Mapping[str, Any] = field(default_factory=fleet.declaration)

    def __post_init__(self) -> None:
        self.document = fleet.write_document(self.folder / "fleet.yml", self.declared)
        self.begin_again()

    @property
    def state(self) -> engine.AccountState:
        """Where this machine keeps what belongs to the account."""
        return engine.AccountState(self.folder / "state")

    def begin_again(self) -> None:
        """The account as it was. The machine remembers nothing."""
        self.sandbox.reset(self.seed)
        self.folder.joinpath("state").mkdir(exist_ok=True)
        for path in sorted(self.folder.joinpath("state").rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()

    def job(self, **more: Any) -> dict[str, Any]:
        what = {} if "plan" in more else {"document": str(self.document)}
        return {"env": self.sandbox.env(), "state": str(self.state.directory), **what, **more}

    def apply(self, **more: Any) -> dict[str, Any]:
        """Plans and applies in a process of its own."""
        return self.driver.begin(**self.job(**more))()

    @property
    def connection(self) -> engine.Connection:
        return connection(self.sandbox.env())

    def plan(self) -> engine.Plan:
        """A plan made in this process."""
        with engine.connect(self.connection) as account:
            return engine.plan(engine.load_files([self.document]), account, ALLOWED, state=self.state)

    def save_plan(self, name: str = "plan.json") -> Path:
        path = self.folder / name
        engine.save_plan(self.plan(), path, self.connection)
        return path

    def account(self) -> Any:
        """The account as far as two runs can have it in common."""
        return fleet.comparable(self.sandbox.state())

    def ublox(self, path: str, **body: Any) -> None:
        """Somebody else's request."""
        with engine.connect(self.connection) as account:
            account.send(Request(path, body))


@dataclass(frozen=True)
class Undisturbed:
    """What a run leaves that nothing happens to, and what was written for it."""

    account: Any
    writes: Counter[str]
