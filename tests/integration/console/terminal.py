# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The console: what it prints, with which status it ends, as a process of its own, on a terminal, or in this one."""

from __future__ import annotations

import contextlib
import io
import json
import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.main import status_of

MODULE = "ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.main"
SECONDS = 60


@dataclass(frozen=True, slots=True)
class Ended:
    """A console that has ended."""

    status: int
    out: str
    err: str

    @property
    def output(self) -> str:
        return self.out + self.err

    @property
    def json(self) -> Any:
        """The one JSON document on standard output."""
        return json.loads(self.out)

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass(frozen=True, slots=True)
class Console:
    """Runs ``device-trust`` in ``home``. It gets nothing of the caller's environment but what is needed to start."""

    home: Path
    variables: Mapping[str, str] = field(default_factory=dict)

    def with_variables(self, **more: str) -> Console:
        return Console(self.home, {**self.variables, **more})

    def __call__(self, *arguments: str | Path, status: int | None = 0) -> Ended:
        """Runs a command in this process; ``status`` is the exit status that it must have (None: any)."""
        out, err = io.StringIO(), io.StringIO()
        with (
            mock.patch.dict(os.environ, self._environment(), clear=True),
            mock.patch.object(sys, "stdin", io.StringIO()),
            contextlib.chdir(self.home),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            ended = Ended(status_of([*map(str, arguments)]), out.getvalue(), err.getvalue())
        return _checked(ended, status)

    def process(self, *arguments: str | Path, status: int | None = 0) -> Ended:
        """Runs a command as a process of its own."""
        done = subprocess.run(
            self._command(arguments),
            cwd=self.home,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        return _checked(Ended(done.returncode, done.stdout, done.stderr), status)

    def start(self, *arguments: str | Path) -> subprocess.Popen[str]:
        """A command that goes on, for who stops it."""
        return subprocess.Popen(
            self._command(arguments),
            cwd=self.home,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def on_terminal(self, *arguments: str | Path, typed: str = "", after: str = "?") -> Ended:
        """Runs a command on a terminal of its own, and types ``typed`` once it has printed ``after``."""
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            self._command(arguments),
            cwd=self.home,
            env={**self._environment(), "TERM": "xterm-256color", "COLUMNS": "120"},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        try:
            seen = _read_terminal(ours, typed, after)
            return Ended(process.wait(SECONDS), seen, "")
        finally:
            process.kill()
            process.wait()
            os.close(ours)

    def _command(self, arguments: tuple[str | Path, ...]) -> list[str]:
        return [sys.executable, "-m", MODULE, *map(str, arguments)]

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.defpath}",
            "HOME": str(self.home),
            "DEVICE_TRUST_STATE": str(self.home / "state"),
            "LANG": "C.UTF-8",
            **self.variables,
        }


def _checked(ended: Ended, status: int | None) -> Ended:
    assert "Traceback" not in ended.output, ended.output
    assert status is None or ended.status == status, ended.output
    return ended


def _read_terminal(terminal: int, typed: str, after: str) -> str:
    """Everything that is printed until the other side closes."""
    seen = b""
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        readable, _unused, _unused = select.select([terminal], [], [], 0.1)
        if not readable:
            continue
        try:
            read = os.read(terminal, 65_536)
        except OSError:  # the other side has closed
            break
        if not read:
            break
        seen += read
        if typed and after.encode() in seen:
            os.write(terminal, typed.encode())
            typed = ""
    return seen.decode(errors="replace").replace("\r\n", "\n")
