# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One pace for all: the file that holds it, and what it survives."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ansible_collections.edgeops.device_trust.plugins.module_utils._live.calamp.errors import (
    UnsafeRuntimeDirectory,
)
from ansible_collections.edgeops.device_trust.plugins.module_utils._live.calamp.pace import Pace
from ansible_collections.edgeops.device_trust.plugins.module_utils._live.calamp.runtime import (
    private_directory,
    runtime_directory,
)


class Clock:
    """A time that moves only when somebody sleeps."""

    def __init__(self, now: float = 1000.0) -> None:
        self.now = now

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def pace(file: Path, clock: Clock, interval: float = 0.1) -> Pace:
    return Pace(file, interval=interval, sleep=clock.sleep, monotonic=clock.monotonic)


def test_the_first_request_goes_at_once(tmp_path: Path, clock: Clock) -> None:
    pace(tmp_path / "pace", clock).before_attempt()
    assert clock.now == 1000.0


def test_a_request_goes_100_ms_after_the_answer_to_the_one_before(tmp_path: Path, clock: Clock) -> None:
    mine = pace(tmp_path / "pace", clock)
    mine.before_attempt()
    clock.sleep(0.03)
    mine.answered(connected=True)
    mine.before_attempt()
    assert clock.now == pytest.approx(1000.13, abs=0.001)


@pytest.mark.parametrize("connected", [False, True])
def test_another_process_waits_for_a_request_that_may_still_be_on_its_way(
    connected: bool, tmp_path: Path, clock: Clock
) -> None:
    mine, other = pace(tmp_path / "pace", clock), pace(tmp_path / "pace", clock)
    if connected:
        mine.before_attempt()
        mine.answered(connected=True)
    mine.before_attempt()
    sent = clock.now
    other.before_attempt()
    assert clock.now - sent == pytest.approx(1.1, abs=0.03)


def test_a_request_of_which_nobody_knows_when_it_arrived_is_taken_to_have_arrived_when_it_was_answered(
    tmp_path: Path, clock: Clock
) -> None:
    mine, other = pace(tmp_path / "pace", clock), pace(tmp_path / "pace", clock)
    for seconds in (0.005, 0.005, 0.15):
        mine.before_attempt()
        clock.sleep(seconds)
        mine.answered(connected=True)
    answered = clock.now
    other.before_attempt()
    assert clock.now - answered == pytest.approx(0.1, abs=0.001)


def test_the_way_back_from_a_distant_service_is_not_waited_for_once_it_is_known(tmp_path: Path, clock: Clock) -> None:
    mine = pace(tmp_path / "pace", clock)
    waited = []
    # The first one opens the connection, which says nothing about the way.
    for seconds in (0.9, 0.2, 0.2, 0.3, 0.2):
        before = clock.now
        mine.before_attempt()
        waited.append(round(clock.now - before, 3))
        clock.sleep(seconds)
        mine.answered(connected=True)
    assert waited == [0.0, 0.1, 0.01, 0.01, 0.01]


def test_a_repeated_attempt_does_not_wait_for_its_own_lease(tmp_path: Path, clock: Clock) -> None:
    mine = pace(tmp_path / "pace", clock)
    mine.before_attempt()
    mine.before_attempt()
    assert clock.now == pytest.approx(1000.1, abs=0.001)


def test_the_end_of_a_request_does_not_cut_somebody_elses_lease_short(tmp_path: Path, clock: Clock) -> None:
    slow, other = pace(tmp_path / "pace", clock), pace(tmp_path / "pace", clock)
    slow.before_attempt()
    clock.sleep(2)
    other.before_attempt()
    taken = (tmp_path / "pace").read_text()
    slow.answered(connected=True)
    assert (tmp_path / "pace").read_text() == taken


@pytest.mark.parametrize(
    "contents",
    ["", "garbage", "nan", "inf", "-5", "1e300", "999999.0", "\x00" * 40, "1000.05\n1000.05"],
)
def test_garbage_and_times_from_before_a_reboot_hold_nobody_up(contents: str, tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "pace").write_text(contents)
    pace(tmp_path / "pace", clock).before_attempt()
    assert clock.now < 1000.2


def test_a_share_of_the_rate_is_a_longer_interval(tmp_path: Path, clock: Clock) -> None:
    mine = pace(tmp_path / "pace", clock, interval=0.5)
    mine.before_attempt()
    mine.answered(connected=True)
    mine.before_attempt()
    assert clock.now == pytest.approx(1000.5, abs=0.001)


def test_a_symbolic_link_in_the_place_of_the_file_is_refused(tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "precious").write_text("precious")
    (tmp_path / "pace").symlink_to(tmp_path / "precious")
    with pytest.raises(UnsafeRuntimeDirectory, match="cannot be opened"):
        pace(tmp_path / "pace", clock).before_attempt()
    assert (tmp_path / "precious").read_text() == "precious"


def test_the_runtime_directory_is_in_the_users_own_one(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    found = runtime_directory({"XDG_RUNTIME_DIR": str(tmp_path)})
    assert found == tmp_path / "edgeops-device-trust"
    assert found.stat().st_mode & 0o777 == 0o700


def test_a_run_without_a_session_shares_the_directory_of_the_users_sessions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sessions = tmp_path / str(os.getuid())
    sessions.mkdir(mode=0o700)
    monkeypatch.setattr(
        "ansible_collections.edgeops.device_trust.plugins.module_utils._live.calamp.runtime._SESSIONS", str(tmp_path)
    )
    assert runtime_directory({}) == runtime_directory({"XDG_RUNTIME_DIR": str(sessions)})


@pytest.mark.parametrize("mode", [0o755, 0o777, 0o1777])
def test_a_runtime_directory_open_to_others_is_passed_over(
    mode: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared, temporary = tmp_path / "shared", tmp_path / "temporary"
    shared.mkdir()
    shared.chmod(mode)
    temporary.mkdir()
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(temporary))
    found = runtime_directory({"XDG_RUNTIME_DIR": str(shared)})
    assert found == temporary / f"edgeops-device-trust-{os.getuid()}"


def test_a_symbolic_link_in_the_place_of_the_directory_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UnsafeRuntimeDirectory, match="no symbolic link"):
        private_directory(tmp_path / "link")


def test_a_directory_that_others_may_enter_is_refused(tmp_path: Path) -> None:
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o750)
    with pytest.raises(UnsafeRuntimeDirectory, match="mode 0700"):
        private_directory(tmp_path / "open")


def test_a_directory_of_another_user_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "theirs").mkdir(mode=0o700)
    mine = os.getuid() + 1
    monkeypatch.setattr(os, "getuid", lambda: mine)
    with pytest.raises(UnsafeRuntimeDirectory, match=f"of the user {mine} with mode 0700"):
        private_directory(tmp_path / "theirs")
