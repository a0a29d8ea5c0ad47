# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Killed at any instant, the next run brings the account to where an undisturbed run would have, repeating nothing."""

from __future__ import annotations

import signal
from collections import Counter

import pytest

from tests.integration.engine import fleet
from tests.integration.engine.stage import Rehearsal, Undisturbed


@pytest.mark.slow
@pytest.mark.parametrize("point", ["intent", "effect"])
def test_killed_at_any_request_the_next_run_finishes(
    rehearsal: Rehearsal, undisturbed: Undisturbed, point: str
) -> None:
    """Every one of the requests: killed when it is about to be sent, and when it has taken effect and nobody knows."""
    expected, written = undisturbed.account, undisturbed.writes
    for number in range(1, fleet.REQUESTS + 1):
        rehearsal.begin_again()
        assert rehearsal.apply(kill=[point, number]) == {"killed": signal.SIGKILL}
        assert rehearsal.apply()["ok"]

        assert rehearsal.account() == expected, f"killed at the {point} of request {number}"
        assert fleet.writes(rehearsal.sandbox.requests()) == written, f"killed at the {point} of request {number}"


def test_killed_again_and_again_every_run_comes_further(rehearsal: Rehearsal, undisturbed: Undisturbed) -> None:
    expected, written = undisturbed.account, undisturbed.writes
    rehearsal.begin_again()
    runs = 1
    while "killed" in rehearsal.apply(kill=["effect", 4]):
        runs += 1

    assert rehearsal.account() == expected
    assert fleet.writes(rehearsal.sandbox.requests()) == written
    assert runs <= fleet.REQUESTS / 4 + 1


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("path", sorted(fleet.WRITING_CALLS))
def test_a_write_whose_answer_is_lost_is_read_back_and_not_sent_twice(
    rehearsal: Rehearsal, undisturbed: Undisturbed, path: str, when: str
) -> None:
    """``before``: the connection was lost before the request took effect, so it is sent again; ``after``: not."""
    expected, written = undisturbed.account, undisturbed.writes
    rehearsal.begin_again()
    rehearsal.sandbox.fault("drop", path, system="ublox", when=when, count=1)

    answer = rehearsal.apply()

    assert answer.get("ok"), answer.get("text", answer)
    assert any(outcome["read_back"] for outcome in answer["report"])
    assert rehearsal.account() == expected
    again = Counter({path: 1}) if when == "before" else Counter()
    assert fleet.writes(rehearsal.sandbox.requests()) == written + again


def test_killed_while_the_service_is_slow_the_next_run_finishes(rehearsal: Rehearsal, undisturbed: Undisturbed) -> None:
    """Several requests are under way when the process dies; they take effect while nobody waits for them."""
    expected, written = undisturbed.account, undisturbed.writes
    for number in (5, 20, 40):
        rehearsal.begin_again()
        rehearsal.sandbox.fault("latency", "*", system="ublox", ms=30)
        assert rehearsal.apply(kill=["intent", number]) == {"killed": signal.SIGKILL}
        rehearsal.sandbox.control("DELETE", "/faults")

        assert rehearsal.apply()["ok"]

        assert rehearsal.account() == expected
        assert fleet.writes(rehearsal.sandbox.requests())["/ztp/rootca/create"] == written["/ztp/rootca/create"]
