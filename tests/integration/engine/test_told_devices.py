# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Devices are told something, and the process is killed: the next run finishes. What the service shows is not repeated,
what it does not show is told once more.
"""

from __future__ import annotations

import signal
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.integration.certified import ROOT_CA, SEED, device_id
from tests.integration.engine import fleet
from tests.integration.engine.stage import Driver, Rehearsal
from tests.support.sandbox import Sandbox

REQUESTS = 11
NOT_SHOWN = {"/ztp/devicecertificate/renew", "/e2e/key/rotate"}
"""Calls of which reading does not tell that they were made, until the device's next heartbeat or ever."""
PROVISIONED_SEED: dict[str, Any] = {**SEED, "webhooks": []}
DECLARED = {
    "version": 1,
    "account": "rehearsal",
    "tags": ["downtown"],
    "root_cas": [{"name": "fleet.example.com", "ca_validity_days": 3650, "device_validity_days": 365}],
    "tag_assignments": [
        {"tag": "downtown", "ids": [device_id(4), device_id(5)], "profiles": ["trackers-us"]},
        {"tag": "cold-chain", "ids": [device_id(1)], "state": "absent"},
    ],
    "device_provisioning": [
        {"name": "downtown", "tags": ["downtown"], "authorizations": {"LocalC2C": "enabled"}},
        {"name": "returned", "ids": [device_id(7)], "state": "absent"},
    ],
    "device_certificates": [
        {"name": "pilots", "tags": ["downtown", "cold-chain"], "root_ca": "fleet.example.com"},
        {"name": "stolen", "ids": [device_id(6)], "state": "revoked"},
        {"name": "expiring", "ids": [device_id(8)], "renew_within_days": 370, "validity_days": 400},
    ],
    "key_rotation": [{"name": "pilots", "tags": ["downtown", "cold-chain"], "type": "AUTOMATIC", "days": 3}],
}


@pytest.fixture
def told(sandbox: Sandbox, driver: Driver, tmp_path: Path) -> Rehearsal:
    return Rehearsal(sandbox, driver, tmp_path, PROVISIONED_SEED, DECLARED)


def undisturbed(told: Rehearsal) -> tuple[Any, Counter[str]]:
    """What a run leaves that nothing happens to, and what was written for it."""
    told.begin_again()
    assert told.apply()["ok"]
    written = fleet.writes(told.sandbox.requests())
    assert written.total() == REQUESTS
    return told.account(), written


def repeated(told: Rehearsal, written: Counter[str]) -> Counter[str]:
    return fleet.writes(told.sandbox.requests()) - written


@pytest.mark.slow
@pytest.mark.parametrize("point", ["intent", "effect", "outcome"])
def test_killed_at_any_request_the_next_run_finishes(told: Rehearsal, point: str) -> None:
    expected, written = undisturbed(told)
    for number in range(1, REQUESTS + 1):
        told.begin_again()
        assert told.apply(kill=[point, number]) == {"killed": signal.SIGKILL}
        assert told.apply()["ok"]

        assert told.account() == expected, f"killed at the {point} of request {number}"
        again = repeated(told, written)
        assert set(again) <= NOT_SHOWN, f"killed at the {point} of request {number}"
        assert point != "intent" or parallel_only(again)


def parallel_only(again: Counter[str]) -> bool:
    """Changes go on side by side: one that was sent may not have been remembered yet when another was killed."""
    return all(count == 1 for count in again.values())


@pytest.mark.parametrize("point", ["intent", "effect", "outcome"])
def test_a_saved_plan_that_was_killed_is_resumed(told: Rehearsal, point: str) -> None:
    expected, written = undisturbed(told)
    told.begin_again()
    plan = str(told.save_plan())
    for number in range(2, REQUESTS + 1, 4):
        told.begin_again()
        assert told.apply(plan=plan, kill=[point, number], parallel=1) == {"killed": signal.SIGKILL}

        answer = told.apply(plan=plan, resume=True)

        assert answer.get("ok"), answer.get("text", answer)
        assert told.account() == expected, f"killed at the {point} of request {number}"
        assert set(repeated(told, written)) <= NOT_SHOWN


def test_after_their_heartbeat_nothing_is_left(told: Rehearsal) -> None:
    told.apply()
    told.sandbox.control("POST", "/fleet/heartbeat", {"all": True})

    assert told.apply()["planned"] == 0
    issuers = {found["id"]: found["certificates"][-1]["root_ca"] for found in told.sandbox.state()["devices"][:8]}
    assert [issuers[device_id(n)] for n in (2, 4, 8)] == ["fleet.example.com", "fleet.example.com", ROOT_CA]


def test_of_two_applies_at_once_each_device_is_told_by_one(told: Rehearsal, second_driver: Driver) -> None:
    _expected, written = undisturbed(told)
    told.begin_again()
    for path in fleet.DEVICE_CALLS:
        told.sandbox.fault("latency", path, system="ublox", ms=50)
    first = told.driver.begin(**told.job(lock_timeout=30))
    second = second_driver.begin(**told.job(lock_timeout=30))

    answers = [first(), second()]

    assert all(answer["ok"] for answer in answers), answers
    assert 0 in {answer["planned"] for answer in answers}
    assert not repeated(told, written)
