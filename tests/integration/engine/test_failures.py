# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A change that fails stops what depends on it and nothing else, and the report tells of every change."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from ansible_collections.edgeops.device_trust.plugins.module_utils import _engine as engine
from tests.integration.engine import fleet
from tests.integration.engine.stage import Rehearsal, Undisturbed


def dependents(changes: Sequence[engine.Change], address: str) -> set[str]:
    """Whatever waits for ``address``, directly or not."""
    found = {change.address for change in changes if address in change.depends_on}
    return found.union(*(dependents(changes, other) for other in found))


@pytest.mark.parametrize("path", sorted(fleet.WRITING_CALLS))
def test_only_what_depends_on_a_failed_change_is_left_out(
    rehearsal: Rehearsal, undisturbed: Undisturbed, path: str
) -> None:
    planned = rehearsal.plan().changes
    rehearsal.sandbox.fault("status", path, system="ublox", code=400, body={"message": "Not today."}, count=1)

    answer = rehearsal.apply()

    by_status: dict[str, set[str]] = {}
    for outcome in answer["report"]:
        by_status.setdefault(outcome["status"], set()).add(outcome["address"])
    (failed,) = by_status["failed"]
    assert by_status.get("blocked", set()) == dependents(planned, failed)
    assert set().union(*by_status.values()) == {change.address for change in planned}
    assert set(by_status) <= {"done", "failed", "blocked"}
    assert f"failed: {failed}: POST {path}: 400: Not today." in answer["text"]

    rehearsal.sandbox.control("DELETE", "/faults")
    again = rehearsal.apply()
    assert (again["planned"], again["ok"]) == (fleet.CHANGES - len(by_status["done"]), True)
    assert rehearsal.account() == undisturbed.account


def test_what_waits_in_a_chain_is_blocked_to_its_end(rehearsal: Rehearsal) -> None:
    """A tag that cannot be made; the profile that would get it; the tag that the profile then still has."""
    rehearsal.sandbox.fault("status", "/tag/create", system="ublox", code=400)

    lines = rehearsal.apply()["text"].splitlines()

    assert "  blocked: device_profile.profile-01: waits for tag.new-01" in lines
    assert "  blocked: tag.old-04: waits for device_profile.profile-04" in lines
    assert lines[0].endswith("27 of 60 changes were not carried out:")


def test_a_service_that_stumbles_all_the_time_is_written_to_once_for_each_change(
    rehearsal: Rehearsal, undisturbed: Undisturbed
) -> None:
    """Tokens expire, reads fail, answers are cut: whatever can be retried is, and nothing is sent twice for it."""
    for requests in (10, 60, 90):
        rehearsal.sandbox.fault("expire_token", system="ublox", skip=requests, count=1)
    for path in ("/tag/get", "/ztp/rootca/get", "/deviceprofile/get", "/deviceprofile/bootstrapprovisioning/get"):
        rehearsal.sandbox.fault("status", path, system="ublox", code=503, probability=0.3, seed=2)
        rehearsal.sandbox.fault("drop", path, system="ublox", when="after", probability=0.2, seed=3)

    answer = rehearsal.apply()

    assert answer.get("ok"), answer
    assert rehearsal.account() == undisturbed.account
    ledger = rehearsal.sandbox.requests()["ublox"]
    assert ledger["auth"] >= 4
    refused = sum(entry["status"] == 401 for entry in ledger["last"])
    assert fleet.writes({"ublox": ledger}).total() <= undisturbed.writes.total() + refused
