# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbooks demo and sandbox, which bring their own sandbox, as a new user calls them."""

from __future__ import annotations

import socket
from pathlib import Path

import httpx
import pytest

from tests.support.playbooks import COLLECTION, Run, run_playbook


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def play(name: str, home: Path, port: int, *arguments: str) -> Run:
    return run_playbook(f"{COLLECTION}.{name}", home, "--extra-vars", f"sandbox_port={port}", *arguments, cwd=home)


def answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/_sandbox/ready", trust_env=False).is_success
    except httpx.HTTPError:
        return False


def test_the_demo_plays_the_main_job_and_leaves_nothing_running(tmp_path: Path, port: int) -> None:
    (tmp_path / "vault-password").write_text("fake-vault-password\n")

    run = play("demo", tmp_path, port, "--extra-vars", "demo_passwords=true", "--vault-password-file", "vault-password")

    assert run.rc == 0, run.output
    assert "Plan: 6 to add, 3 to change, 1 to delete." in run.stdout
    assert "No changes. The account is as declared." in run.stdout
    written = sorted((tmp_path / "device-trust-demo" / "host_vars").glob("*/device_passwords.yml"))
    assert [path.parent.name for path in written] == ["tracker-01", "tracker-02"]
    assert all("$ANSIBLE_VAULT" in path.read_text() for path in written)
    assert not answers(port)


def test_the_sandbox_is_started_once_and_stopped(tmp_path: Path, port: int) -> None:
    try:
        started = play("sandbox", tmp_path, port)
        assert started.rc == 0, started.output
        assert answers(port)
        assert f"export UBLOX_API_URL=http://127.0.0.1:{port}/ublox/v1" in started.stdout

        again = play("sandbox", tmp_path, port)
        assert again.rc == 0, again.output
        assert "changed=0" in again.stdout
    finally:
        stopped = play("sandbox", tmp_path, port, "--extra-vars", "sandbox_state=stopped")
    assert stopped.rc == 0, stopped.output
    assert not answers(port)


def test_in_check_mode_nothing_is_started(tmp_path: Path, port: int) -> None:
    run = play("sandbox", tmp_path, port, "--check")

    assert run.rc == 0, run.output
    assert not answers(port)
