# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sandbox as a process of its own, for tests that talk to it over HTTP."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from typing import Any, Self

import httpx

MODULE = "ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.serve"
START_SECONDS = 20
STOP_SECONDS = 10


class Sandbox:
    """A running sandbox. `arguments` are those of its command line, such as `--state FILE`."""

    def __init__(self, *arguments: str) -> None:
        self._stderr = tempfile.TemporaryFile("w+")  # noqa: SIM115 (closed by stop)
        self._process = subprocess.Popen(
            [sys.executable, "-m", MODULE, "--json", *arguments],
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            text=True,
        )
        try:
            self.ready: dict[str, Any] = json.loads(self._first_line())
        except BaseException:
            self._end(signal.SIGKILL)
            raise
        self.ublox_url: str = self.ready["ublox"]["url"]
        self.calamp_url: str = self.ready["calamp"]["url"]
        self.control_url: str = self.ready["control"]["url"]
        self._client = httpx.Client(timeout=60, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def env(self) -> dict[str, str]:
        """The environment variables that point a client at this sandbox."""
        ublox, calamp = self.ready["ublox"], self.ready["calamp"]
        return {
            "UBLOX_API_URL": ublox["url"],
            "UBLOX_API_KEY": ublox["api_key"],
            "UBLOX_API_SECRET": ublox["api_secret"],
            "CALAMP_API_URL": calamp["url"],
            "CALAMP_USERNAME": calamp["username"],
            "CALAMP_PASSWORD": calamp["password"],
            "CALAMP_APP_KEY": calamp["app_key"],
        }

    def control(self, method: str, path: str, json: Any = None) -> Any:
        """One control request, `path` below /_sandbox; its JSON answer. Any other answer fails the test."""
        answer = self._client.request(method, self.control_url + path, json=json)
        assert answer.status_code == 200, f"{method} {path}: {answer.text}"
        return answer.json()

    def reset(self, seed: Any = None) -> None:
        """Back to the seed, or to `seed`: nothing counted, no faults, writes allowed."""
        self.control("POST", "/state/reset", seed)

    def requests(self) -> Any:
        """What was asked of each system."""
        return self.control("GET", "/requests")

    def state(self) -> Any:
        """The whole u-blox account, canonical."""
        return self.control("GET", "/state")

    def fault(self, kind: str, path: str = "*", system: str = "*", **more: Any) -> None:
        """Put one fault rule in force; count, skip, probability, seed by name, anything else is a param."""
        rule_keys = {name: more.pop(name) for name in ("count", "skip", "probability", "seed") if name in more}
        self.control("POST", "/faults", {"kind": kind, "path": path, "system": system, "params": more, **rule_keys})

    def settings(self, **changes: Any) -> None:
        """Change settings."""
        self.control("POST", "/settings", changes)

    def stop(self, with_signal: int = signal.SIGTERM) -> int:
        """End the process; its exit status."""
        self._client.close()
        return self._end(with_signal)

    def complaints(self) -> str:
        """What the process wrote on standard error so far."""
        self._stderr.seek(0)
        return self._stderr.read()

    def _end(self, with_signal: int) -> int:
        if self._process.poll() is None:
            self._process.send_signal(with_signal)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()
        return self._process.returncode

    def _first_line(self) -> str:
        assert self._process.stdout is not None
        deadline = time.monotonic() + START_SECONDS
        readable, _, _ = select.select([self._process.stdout], [], [], deadline - time.monotonic())
        line = self._process.stdout.readline() if readable else ""
        if not line:
            raise RuntimeError(f"the sandbox did not become ready: {self.complaints()}")
        return line


def run_serve(arguments: Sequence[str], seconds: float = STOP_SECONDS) -> subprocess.CompletedProcess[str]:
    """Run the sandbox where it is expected to end by itself, as with wrong arguments."""
    return subprocess.run(
        [sys.executable, "-m", MODULE, *arguments],
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
        env=dict(os.environ),
    )
