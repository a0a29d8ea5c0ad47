# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook quarantine_device: all that can be done about a device at once, and what waits for its heartbeat."""

from __future__ import annotations

import json

import pytest

from tests.integration.playbooks.operator_desk import Desk, Stage, changed, refusal, said, writes
from tests.support.living import CA, authorizations, device

STOLEN, OTHER, STRANGER, UNSEEN = device(1), device(2), device(9), device(20)
GRANTS = {"Authorizations": authorizations(ZTPV1="ENABLED", LocalDPR="ENABLED"), "Zerotouch": {"CAName": CA}}
SEED = {
    "settings": {"heartbeats": "manual"},
    "root_cas": [{"name": CA, "ca_validity_days": 3650, "device_validity_days": 365}],
    "tags": ["first", "second"],
    "profiles": [{"name": "trackers", "provisioning": GRANTS}],
    "whitelist": {"ids": [STOLEN, OTHER, UNSEEN]},
    "devices": [
        {"id": STOLEN, "profile": "trackers", "tags": ["first", "second"], "imei": "862618583900001"},
        {"id": OTHER, "profile": "trackers", "tags": ["first"]},
        {"id": STRANGER, "profile": "trackers"},
    ],
}
CASE = {"quarantine_case": "INC-4711", "quarantine_report_directory": "tickets"}
CONFIRMED = {**CASE, "quarantine_confirm": "true"}
DELETING = {**CONFIRMED, "quarantine_delete_certificate": "true"}
TICKET = f"tickets/INC-4711-{STOLEN}"
TOLD = "Say what was done, and what is left"


@pytest.fixture(scope="module")
def checked(desk: Desk) -> Stage:
    desk.sandbox.reset(SEED)
    return desk.stage(desk.checks("quarantine_device", **CASE, quarantine_device=STOLEN))


@pytest.fixture(scope="module")
def first(desk: Desk, checked: Stage) -> Stage:
    return desk.stage(desk.plays("quarantine_device", **CONFIRMED, quarantine_device=STOLEN), TICKET)


@pytest.fixture(scope="module")
def again(desk: Desk, first: Stage) -> Stage:
    return desk.stage(desk.plays("quarantine_device", **CONFIRMED, quarantine_device=STOLEN))


@pytest.fixture(scope="module")
def deleting(desk: Desk, again: Stage) -> Stage:
    """After a heartbeat, the certificate is to be removed, too."""
    desk.beat(STOLEN)
    return desk.stage(desk.plays("quarantine_device", **DELETING, quarantine_device=STOLEN), TICKET)


@pytest.fixture(scope="module")
def deleted(desk: Desk, deleting: Stage) -> Stage:
    desk.beat(STOLEN)
    return desk.stage(desk.plays("quarantine_device", **DELETING, quarantine_device=STOLEN))


def test_without_confirmation_nothing_is_asked_or_done(desk: Desk) -> None:
    unconfirmed = desk.plays("quarantine_device", **CASE, quarantine_device=STOLEN)

    assert "say -e quarantine_confirm=true" in refusal(unconfirmed)
    assert unconfirmed.collection_tasks == []


def test_check_mode_needs_no_confirmation_writes_nothing_and_does_not_claim_to_have_done_it(checked: Stage) -> None:
    assert checked.run.rc == 0, checked.run.output
    assert (writes(checked.run), checked.files) == (0, {})
    told = said(checked.run, TOLD)
    assert "Nothing was done, this was a check." in told
    assert "Its tags: first, second." in told
    assert "It is on the whitelist." in told
    assert "is NOT revoked." in told
    assert "At its next security heartbeat, not before, ZTPV1 would be disabled." in told


def test_what_can_be_done_at_once_is_done_though_the_device_is_offline(checked: Stage, first: Stage) -> None:
    assert first.run.rc == 0, first.run.output
    (stolen, other, stranger) = first.account["devices"]
    (certificate,) = stolen["certificates"]

    assert certificate["revoked"]
    assert stolen["tags"] == ["quarantine"]
    assert first.account["whitelist"] == [OTHER, UNSEEN]
    assert {each["State"] for each in stolen["desired"]["Authorizations"]} == {"DISABLED"}
    assert [other, stranger] == checked.account["devices"][1:]


def test_what_waits_for_its_heartbeat_is_said(first: Stage) -> None:
    told = said(first.run, TOLD)

    assert first.report["disables"] == ["LocalDPR", "ZTPV1"]
    assert "At its next security heartbeat, not before, LocalDPR is disabled." in told
    assert f"of {CA} is revoked, and still on the device." in told
    assert "Run this again after its next security heartbeat" in told


def test_the_ticket_has_what_the_device_did(first: Stage) -> None:
    assert first.report["activities"][0]["command"] == "Bootstrap"
    assert {entry["notification_type"] for entry in first.report["notifications"]} >= {"DEVICE_STATE_CHANGE"}
    assert first.report["last_seen"]
    assert "| IMEI | 862618583900001 |" in first.files[f"{TICKET}.md"]


def test_what_was_found_at_first_is_kept(first: Stage) -> None:
    found = json.loads(first.files[f"{TICKET}-found.json"])

    assert found["tags"] == ["first", "second"]
    assert found["device"]["current"]["authorizations"]["ZTPV1"] == "enabled"
    assert not found["device"]["certificates"][0]["is_revoked"]


def test_a_second_run_changes_nothing(again: Stage) -> None:
    assert again.run.rc == 0, again.run.output
    assert (changed(again.run), writes(again.run)) == ([], 0)


def test_after_its_heartbeat_the_authorizations_are_off(deleting: Stage) -> None:
    assert deleting.run.rc == 0, deleting.run.output
    assert deleting.report["still_enabled"] == deleting.report["disables"] == []


def test_the_certificate_is_removed_if_asked_for_at_the_heartbeat(deleting: Stage, deleted: Stage) -> None:
    assert writes(deleting.run) == 1
    assert "not before, its certificate is removed." in said(deleting.run, TOLD)
    assert writes(deleted.run) == 0
    assert "It has no certificate." in said(deleted.run, TOLD)


def test_a_measure_that_fails_does_not_keep_the_others_and_is_told(deleted: Stage, desk: Desk) -> None:
    desk.sandbox.settings(subscriptions={"Device Certificate Management": False})

    run = desk.plays("quarantine_device", **CONFIRMED, quarantine_device=OTHER)

    desk.sandbox.settings(subscriptions={"Device Certificate Management": True})
    told = refusal(run)
    assert "the certificate is revoked: " in told
    assert "subscription is not active" in told
    assert desk.device(OTHER)["tags"] == ["quarantine"]
    assert desk.report(f"tickets/INC-4711-{OTHER}")["not_done"] == ["the certificate is revoked"]


def test_a_device_that_has_never_bootstrapped_is_taken_from_the_whitelist(deleted: Stage, desk: Desk) -> None:
    run = desk.plays("quarantine_device", **CONFIRMED, quarantine_device=UNSEEN.lstrip("0"))

    assert run.rc == 0, run.output
    assert UNSEEN not in desk.sandbox.state()["whitelist"]
    assert "has never bootstrapped in this account" in said(run, TOLD)


def test_a_device_in_the_blacklist_is_tagged_and_told_not_to_be_activated(deleted: Stage, desk: Desk) -> None:
    run = desk.plays("quarantine_device", **CONFIRMED, quarantine_device=STRANGER)

    assert run.rc == 0, run.output
    assert "It is in the blacklist" in said(run, TOLD)
    assert desk.device(STRANGER)["tags"] == ["quarantine"]


@pytest.mark.parametrize("wrong", [{}, {"quarantine_device": "tracker-7"}])
def test_what_is_no_device_is_told(desk: Desk, wrong: dict[str, str]) -> None:
    run = desk.plays("quarantine_device", **CONFIRMED, **wrong)

    assert "by its ROTPublicUID" in refusal(run)
    assert run.collection_tasks == []
