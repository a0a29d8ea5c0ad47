# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A saved plan whose apply was killed is brought to its end: what was begun is finished, the rest is checked."""

from __future__ import annotations

import signal

import pytest

from ansible_collections.edgeops.device_trust.plugins.module_utils import _engine as engine
from ansible_collections.edgeops.device_trust.plugins.module_utils._apply.journal import past_runs
from tests.integration.engine import fleet
from tests.integration.engine.stage import Rehearsal, Undisturbed


@pytest.mark.slow
@pytest.mark.parametrize("point", ["intent", "effect", "outcome"])
def test_it_is_finished_wherever_it_was_killed(rehearsal: Rehearsal, undisturbed: Undisturbed, point: str) -> None:
    plan = str(rehearsal.save_plan())
    for number in range(1, fleet.REQUESTS + 1, 5):
        rehearsal.begin_again()
        assert rehearsal.apply(plan=plan, kill=[point, number]) == {"killed": signal.SIGKILL}

        answer = rehearsal.apply(plan=plan, resume=True)

        assert answer.get("ok"), answer.get("text", answer)
        assert rehearsal.account() == undisturbed.account, f"killed at the {point} of request {number}"
        assert fleet.writes(rehearsal.sandbox.requests()) == undisturbed.writes


def test_killed_again_and_again_it_is_finished_by_the_last_resume(
    rehearsal: Rehearsal, undisturbed: Undisturbed
) -> None:
    plan = str(rehearsal.save_plan())
    while "killed" in (answer := rehearsal.apply(plan=plan, resume=True, kill=["effect", 7])):
        pass

    assert answer["ok"], answer
    assert rehearsal.account() == undisturbed.account
    assert fleet.writes(rehearsal.sandbox.requests()) == undisturbed.writes


def test_without_resume_what_was_begun_counts_as_moved(rehearsal: Rehearsal) -> None:
    plan = str(rehearsal.save_plan())
    rehearsal.apply(plan=plan, parallel=1, kill=["effect", 3])

    assert rehearsal.apply(plan=plan)["error"].startswith(
        "tag.new-01 has changed since the plan was made: it exists now"
    )


def test_the_journal_tells_what_was_under_way(rehearsal: Rehearsal) -> None:
    plan = rehearsal.save_plan()
    rehearsal.apply(plan=str(plan), parallel=1, kill=["effect", 3])

    run = next(past_runs(rehearsal.state.journals))

    assert run.plan == engine.read_plan(plan, lambda _unused: "").digest
    assert run.done == {"tag.new-01", "tag.new-02"}
    assert run.begun - run.done == {"tag.new-03"}
    assert run.unsettled == ("tag.new-03: /tag/create",)
    assert not run.ended


def test_what_somebody_else_changed_meanwhile_is_refused(rehearsal: Rehearsal) -> None:
    """Both what was not begun and what was done already; what was begun and not ended is finished."""
    plan = str(rehearsal.save_plan())
    rehearsal.apply(plan=plan, parallel=1, kill=["effect", 3])
    rehearsal.ublox("/tag/delete", TagName="new-01")
    rehearsal.ublox("/tag/create", TagName="new-04")
    before = rehearsal.account()

    error = rehearsal.apply(plan=plan, resume=True)["error"]

    assert "tag.new-01 has changed since this plan was applied to it" in error
    assert "tag.new-04 has changed since the plan was made: it exists now" in error
    assert "tag.new-03" not in error
    assert rehearsal.account() == before


def test_a_token_that_was_sent_is_not_sent_again(rehearsal: Rehearsal) -> None:
    """Nobody can see in the account whether a token has arrived that the service does not return; the journal knows."""
    rehearsal.sandbox.settings(webhook_tokens="hidden")
    (hook,) = [hook for hook in fleet.declaration()["webhooks"] if "up-03" in hook["url"]]
    declared = {"version": 1, "webhooks": [{**hook, "update_token": "always"}], "tags": ["zulu"]}
    fleet.write_document(rehearsal.document, declared)
    plan = str(rehearsal.save_plan())
    rehearsal.sandbox.fault("status", "/tag/create", system="ublox", code=400, count=1)
    assert not rehearsal.apply(plan=plan)["ok"]

    assert rehearsal.apply(plan=plan, resume=True)["ok"]

    assert fleet.writes(rehearsal.sandbox.requests())["/notification/webhook/update"] == 1
    assert "zulu" in rehearsal.account()["tags"]
