# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sandbox as a process of its own, for programs that drive it: tests and rehearsals."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Self

MODULE = "ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.serve"
START_SECONDS = 20
STOP_SECONDS = 10


class Sandbox:
    """A running sandbox. `arguments` are those of `device-trust sandbox`, such as `--state FILE`."""

    def __init__(self, *arguments: str) -> None:
        """Start it and wait until it is ready. Raises RuntimeError, which says why it did not start."""
        import httpx

        self._stderr = tempfile.TemporaryFile("w+")  # noqa: SIM115 (lives as long as the object)
        self._process = subprocess.Popen(
            [sys.executable, "-m", MODULE, "--json", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            text=True,
            env=_environment(),
        )
        try:
            self.ready: dict[str, Any] = json.loads(self._first_line())
        except BaseException:
            self._end(signal.SIGKILL)
            raise
        self.ublox_url: str = self.ready["ublox"]["url"]
        self.calamp_url: str = self.ready["calamp"]["url"]
        self.mt20w_url: str = self.ready["mt20w"]["url"]
        self.control_url: str = self.ready["control"]["url"]
        self.ca_bundle: str | None = self.ready["ca_bundle"]
        self._client = httpx.Client(timeout=60, trust_env=False, verify=_trust(self.ca_bundle))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_unused: object) -> None:
        self.stop()

    def env(self) -> dict[str, str]:
        """The environment variables that point this product's clients, and others, at this sandbox."""
        ublox, calamp, mt20w = self.ready["ublox"], self.ready["calamp"], self.ready["mt20w"]
        trust = {"SSL_CERT_FILE": self.ca_bundle, "CALAMP_CA_BUNDLE": self.ca_bundle} if self.ca_bundle else {}
        return {
            "UBLOX_API_URL": ublox["url"],
            "UBLOX_API_KEY": ublox["api_key"],
            "UBLOX_API_SECRET": ublox["api_secret"],
            "CALAMP_API_URL": calamp["url"],
            "CALAMP_USERNAME": calamp["username"],
            "CALAMP_PASSWORD": calamp["password"],
            "CALAMP_APP_KEY": calamp["app_key"],
            "MT20W_HOST_URL": mt20w["url"],
            "MT20W_SITE_KEY": mt20w["site_key"],
            **trust,
        }

    def control(self, method: str, path: str, json: Any = None) -> Any:
        """One request to the control API, `path` below /_sandbox; its JSON answer.

        Raises AssertionError for any other answer than 200.
        """
        answer = self._client.request(method, self.control_url + path, json=json)
        if answer.status_code != 200:
            raise AssertionError(f"{method} {path}: {answer.text}")
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

    def advance_clock(self, seconds: int) -> None:
        """Move the sandbox's clock."""
        self.control("POST", "/clock", {"advance_seconds": seconds})

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
        output = self._process.stdout
        readable = select.select([output], [], [], START_SECONDS)[0] if output else []
        line = readable[0].readline() if readable else ""
        if not line:
            raise RuntimeError(f"the sandbox did not become ready: {self.complaints()}")
        return line


def _environment() -> dict[str, str]:
    """This process's, in which the collection is found where this process found it."""
    found = [str(Path(__file__).parents[6]), os.environ.get("PYTHONPATH", "")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, found))}


def _trust(ca_bundle: str | None) -> Any:
    import ssl

    return ssl.create_default_context(cafile=ca_bundle) if ca_bundle else False
