# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""docs/sandbox.md: every command on the page works as it stands, from top to bottom."""

from __future__ import annotations

import os
import shlex
import socket
import subprocess
import sys
from pathlib import Path

import pytest

import ansible_collections.edgeops.device_trust.plugins as installed
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli import main as console
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox import pytest_plugin
from tests.support.pages import Page

PAGE = Page("sandbox")
COLLECTIONS = Path(installed.__file__).parents[4]
SECONDS = 240


@pytest.fixture(autouse=True)
def no_defect() -> None:
    """The page starts sandboxes of its own."""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """An empty home, and the console under its own name."""
    binaries = tmp_path / "bin"
    binaries.mkdir()
    script = binaries / "device-trust"
    script.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m {console.__name__} "$@"\n')
    script.chmod(0o755)
    (tmp_path / "home").mkdir()
    return {
        "PATH": os.pathsep.join([str(binaries), str(Path(sys.executable).parent), os.defpath]),
        "HOME": str(tmp_path / "home"),
        "PYTHONPATH": str(COLLECTIONS),
        "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
        "LC_ALL": "C.UTF-8",
    }


@pytest.mark.slow
def test_the_commands_of_the_page_work_as_they_stand(tmp_path: Path, environment: dict[str, str]) -> None:
    script = "\n".join(["set -eu", "trap 'kill $(jobs -p) 2>/dev/null || true' EXIT", *PAGE.blocks("sh")])
    for port in ("8080", "8443"):
        script = script.replace(port, str(free_port()))
    folder = tmp_path / "empty"
    folder.mkdir()
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert '+ tag "downtown"' in done.stdout
    assert '"passed": true' in done.stdout


@pytest.mark.slow
def test_the_test_of_the_page_passes(tmp_path: Path, environment: dict[str, str]) -> None:
    folder = tmp_path / "repository"
    folder.mkdir()
    [test] = PAGE.blocks("python")
    (folder / "test_fleet.py").write_text(test)
    (folder / "fleet.yml").write_text("version: 1\naccount: rehearsal\ntags: [downtown]\n")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", pytest_plugin.__name__]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert "1 passed" in done.stdout, done.stdout + done.stderr
