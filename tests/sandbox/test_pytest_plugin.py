# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fixtures for users' own tests, in a pytest run of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox import pytest_plugin

CONFTEST = """
import pytest

@pytest.fixture(scope="session")
def device_trust_sandbox_arguments():
    return ["--seed", "rehearsal.json"]
"""
TESTS = """
import os, urllib.request

def test_one(device_trust_sandbox):
    device_trust_sandbox.control("POST", "/portal/profile", {"name": "made"})
    device_trust_sandbox.fault("latency", ms=1)
    assert device_trust_sandbox.state()["tags"] == ["from-the-seed"]

def test_two(device_trust_sandbox_env):
    assert device_trust_sandbox_env.state()["profiles"] == []
    assert device_trust_sandbox_env.control("GET", "/faults") == {"rules": []}
    assert os.environ["UBLOX_API_URL"] == device_trust_sandbox_env.ublox_url
    assert os.environ["MT20W_SITE_KEY"] == device_trust_sandbox_env.ready["mt20w"]["site_key"]

def test_three():
    assert "UBLOX_API_URL" not in os.environ
"""


def test_a_repository_of_its_own_can_use_the_fixtures(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "test_rehearsal.py").write_text(TESTS)
    (tmp_path / "rehearsal.json").write_text('{"tags": ["from-the-seed"]}')
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", pytest_plugin.__name__]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert "3 passed" in done.stdout, done.stdout + done.stderr
