# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One apply at a time for an account on this machine."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ansible_collections.edgeops.device_trust.plugins.module_utils._apply.lock import Locked, account_lock


def test_who_comes_second_is_told_who_holds_it(tmp_path: Path) -> None:
    with (
        account_lock(tmp_path / "account" / "apply.lock"),
        pytest.raises(Locked, match=rf"\(process {os.getpid()}\); wait for it, or give it time with --lock-timeout"),
        account_lock(tmp_path / "account" / "apply.lock"),
    ):
        pass


def test_afterwards_it_is_free_again_whatever_happened(tmp_path: Path) -> None:
    path = tmp_path / "apply.lock"
    with pytest.raises(ZeroDivisionError), account_lock(path):
        raise ZeroDivisionError

    with account_lock(path):
        pass


class Clock:
    """Time that passes only while somebody sleeps; at ``free_at`` the lock is let go."""

    def __init__(self, free_at: float = float("inf")) -> None:
        self.now = 0.0
        self.free_at = free_at
        self.let_go: Callable[[], object] = lambda: None

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        if self.now >= self.free_at:
            self.let_go()

    def monotonic(self) -> float:
        return self.now


def test_who_is_given_time_waits_as_long_and_no_longer(tmp_path: Path) -> None:
    clock = Clock()
    waiting = account_lock(tmp_path / "apply.lock", 5, sleep=clock.sleep, monotonic=clock.monotonic)
    with account_lock(tmp_path / "apply.lock"), pytest.raises(Locked), waiting:
        pass

    assert 5 <= clock.now < 5.2


def test_who_waits_gets_it_when_it_is_let_go(tmp_path: Path) -> None:
    clock = Clock(free_at=2)
    held = account_lock(tmp_path / "apply.lock")
    held.__enter__()
    clock.let_go = lambda: held.__exit__(None, None, None)

    with account_lock(tmp_path / "apply.lock", 5, sleep=clock.sleep, monotonic=clock.monotonic):
        assert 2 <= clock.now < 2.2


def test_a_child_process_does_not_keep_it(tmp_path: Path) -> None:
    path = tmp_path / "apply.lock"
    with account_lock(path):
        child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        with account_lock(path):
            pass
    finally:
        child.communicate(b"\n", timeout=30)


def test_two_accounts_do_not_wait_for_one_another(tmp_path: Path) -> None:
    with account_lock(tmp_path / "one.lock"), account_lock(tmp_path / "other.lock"):
        pass
