# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""docs/mt20w.md: its programs run as they stand, one against the other and against the sandbox."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import ansible_collections.edgeops.device_trust.plugins as installed
from tests.support.pages import Page
from tests.support.sandbox import Sandbox

COLLECTIONS = Path(installed.__file__).parents[4]
HOST, READER = Page("mt20w").blocks("python")
KEY = "00112233445566778899AABBCCDDEEFF" * 2


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(COLLECTIONS), **more}


@pytest.fixture
def host(tmp_path: Path) -> Iterator[str]:
    """The host of the page, with a file of keys and a file of numbers."""
    (tmp_path / "access_host.py").write_text(HOST)
    keys = tmp_path / "site_keys"
    keys.touch(mode=0o600)
    keys.write_text(f"{KEY}\n")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", "access_host:app", "--port", str(port), "--log-level", "error"],
        cwd=tmp_path,
        env=environment(SITE_KEYS=str(keys), NUMBERS=str(tmp_path / "numbers.db")),
    )
    try:
        _wait_for(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError(f"nothing listens on port {port}")


def scans(folder: Path, url: str, key: str) -> list[str]:
    (folder / "scan.py").write_text(READER)
    done = subprocess.run(
        [sys.executable, "scan.py"],
        cwd=folder,
        env=environment(MT20W_HOST_URL=url, MT20W_SITE_KEY=key),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_the_reader_of_the_page_gets_through_to_the_host_of_the_page_run_after_run(tmp_path: Path, host: str) -> None:
    for _unused in range(2):
        assert scans(tmp_path, host, KEY) == ["404", "404", "404"]


def test_the_reader_of_the_page_gets_through_to_the_sandbox(tmp_path: Path, sandbox: Sandbox) -> None:
    assert scans(tmp_path, sandbox.mt20w_url, sandbox.ready["mt20w"]["site_key"]) == ["404", "404", "404"]
    assert [entry["status"] for entry in sandbox.requests()["mt20w"]["last"]] == [404, 404, 404]
