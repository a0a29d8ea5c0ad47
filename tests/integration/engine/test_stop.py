# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Asked to stop, an apply finishes the requests that are under way, begins no other, and reports."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable

from ansible_collections.edgeops.device_trust.plugins.module_utils import _engine as engine
from ansible_collections.edgeops.device_trust.plugins.module_utils._apply.journal import past_runs
from tests.integration.engine import fleet
from tests.integration.engine.stage import Rehearsal, Undisturbed


def stopped_after(
    rehearsal: Rehearsal, outcomes: int, parallel: int = 4, also: Callable[[], None] = lambda: None
) -> engine.Report:
    """Applies, and asks to stop as soon as so many changes have ended."""
    stop = threading.Event()
    ended: list[engine.Outcome] = []

    def on_outcome(outcome: engine.Outcome) -> None:
        ended.append(outcome)
        if len(ended) == outcomes:
            also()
            stop.set()

    execution = engine.Execution(parallel, stop=stop, on_outcome=on_outcome)
    applying = engine.Applying(rehearsal.state, execution=execution)
    made = rehearsal.plan()
    with (
        engine.connect(rehearsal.connection) as account,
        engine.apply_under_lock(made, account, applying) as carry_out,
    ):
        return carry_out()


def statuses(report: engine.Report) -> Counter[engine.Status]:
    return Counter(outcome.status for outcome in report.outcomes)


def test_nothing_more_is_begun_and_the_next_run_does_the_rest(rehearsal: Rehearsal, undisturbed: Undisturbed) -> None:
    report = stopped_after(rehearsal, 10)

    found = statuses(report)
    assert found.total() == fleet.CHANGES
    assert 10 <= found[engine.Status.DONE] <= 10 + 4
    assert found[engine.Status.NOT_STARTED] >= fleet.CHANGES - 10 - 2 * 4
    assert "not started: webhook.https://gone-04.example.com/hook: stopped before it began" in report.text()
    assert rehearsal.account() != undisturbed.account

    answer = rehearsal.apply()
    assert (answer["planned"], answer["ok"]) == (fleet.CHANGES - found[engine.Status.DONE], True)
    assert rehearsal.account() == undisturbed.account
    assert fleet.writes(rehearsal.sandbox.requests()) == undisturbed.writes


def test_requests_that_are_under_way_are_finished(rehearsal: Rehearsal) -> None:
    """Four changes run at a time; who has begun a request when the stop comes finishes it."""
    rehearsal.sandbox.fault("latency", "/tag/create", system="ublox", ms=150)

    report = stopped_after(rehearsal, 1)

    sent = sum(outcome.sent for outcome in report.outcomes)
    assert 1 <= sent <= 2 * 4
    assert fleet.writes(rehearsal.sandbox.requests()).total() == sent
    assert sent == sum(tag.startswith("new-") for tag in rehearsal.account()["tags"])
    assert not next(past_runs(rehearsal.state.journals)).unsettled


def test_a_change_of_several_requests_says_how_far_it_came(rehearsal: Rehearsal) -> None:
    declared = {"version": 1, "tags": ["first"], "whitelist": fleet.declaration()["whitelist"]}
    fleet.write_document(rehearsal.document, declared)
    rehearsal.sandbox.fault("latency", "/device/whitelist/add", system="ublox", ms=300)
    rehearsal.sandbox.fault("latency", "/tag/create", system="ublox", ms=100)

    report = stopped_after(rehearsal, 1)

    assert "failed: whitelist: stopped after 1 requests of it" in report.text()
    assert report.changed
    assert rehearsal.apply()["ok"]
    assert len(rehearsal.account()["whitelist"]) == 2550


def test_the_journal_knows_that_the_run_came_to_its_end_early(rehearsal: Rehearsal) -> None:
    stopped_after(rehearsal, 5)

    run = next(past_runs(rehearsal.state.journals))
    assert run.ended
    assert not run.ok
    assert len(run.changes) == fleet.CHANGES
    assert run.done < set(run.changes)
