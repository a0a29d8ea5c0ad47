# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook certificate_report: certificates that end soon, revoked ones, the ends of root CAs; and renewals."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.integration.playbooks.operator_desk import Desk, Stage, changed, refusal, said, writes
from tests.support.living import authorizations, device

LONG, SHORT, ENDING = "long.example.com", "short.example.com", "ending.example.com"
RENEW = {"certificate_renew": "true", "certificate_validity_days": 365}


def seed() -> dict[str, Any]:
    """A root CA for a year, one for a month, and one that ends itself in 20 days; their devices."""
    made = (datetime.now(UTC) - timedelta(days=1825 - 20)).isoformat(timespec="seconds")

    def profile(name: str) -> dict[str, Any]:
        grants = {"Authorizations": authorizations(ZTPV1="ENABLED"), "Zerotouch": {"CAName": name}}
        return {"name": name, "checks_whitelist": False, "provisioning": grants}

    return {
        "settings": {"heartbeats": "manual"},
        "root_cas": [
            {"name": LONG, "ca_validity_days": 3650, "device_validity_days": 365},
            {"name": SHORT, "ca_validity_days": 3650, "device_validity_days": 30},
            {"name": ENDING, "ca_validity_days": 1825, "device_validity_days": 365, "created": made},
        ],
        "profiles": [profile(name) for name in (LONG, SHORT, ENDING)],
        "devices": [
            {"id": device(1), "profile": LONG},
            *({"id": device(number), "profile": SHORT, "device_serial": f"SN|{number}"} for number in (2, 3, 4)),
            {"id": device(5), "profile": ENDING},
        ],
    }


@pytest.fixture(scope="module")
def reported(desk: Desk) -> Stage:
    desk.sandbox.reset(seed())
    desk.living().ublox.ok("/ztp/devicecertificate/revoke", {"CAName": SHORT, "ROTPublicUID": device(4)})
    return desk.stage(desk.plays("certificate_report"), "certificate_report")


@pytest.fixture(scope="module")
def checked(desk: Desk, reported: Stage) -> Stage:
    return desk.stage(desk.checks("certificate_report", **RENEW))


@pytest.fixture(scope="module")
def renewed(desk: Desk, checked: Stage) -> Stage:
    return desk.stage(desk.plays("certificate_report", **RENEW))


@pytest.fixture(scope="module")
def again(desk: Desk, renewed: Stage) -> Stage:
    return desk.stage(desk.plays("certificate_report", **RENEW))


@pytest.fixture(scope="module")
def after_heartbeat(desk: Desk, again: Stage) -> Stage:
    desk.beat()
    return desk.stage(desk.plays("certificate_report", **RENEW), "certificate_report")


def by_name(stage: Stage) -> dict[str, Any]:
    """The root CAs of a report."""
    return {ca["name"]: ca for ca in stage.report["root_cas"]}


def ids(entries: list[dict[str, Any]]) -> list[str]:
    return [entry["id"] for entry in entries]


def test_the_report_has_what_ends_soon_by_root_ca(reported: Stage) -> None:
    assert reported.run.rc == 0, reported.run.output
    assert writes(reported.run) == 0
    assert ids(by_name(reported)[LONG]["expiring"]) == []
    assert ids(by_name(reported)[SHORT]["expiring"]) == [device(2), device(3)]
    assert ids(by_name(reported)[ENDING]["expiring"]) == [device(5)]


def test_revoked_certificates_are_told_apart(reported: Stage) -> None:
    (revoked,) = by_name(reported)[SHORT]["revoked"]

    assert revoked["id"] == device(4)
    assert by_name(reported)[SHORT]["revoked_serial_numbers"] == [revoked["serial_number"]]


def test_a_root_ca_that_ends_itself_is_told_and_its_certificates_are_not_renewed(reported: Stage) -> None:
    assert [name for name, ca in by_name(reported).items() if ca["expires_soon"]] == [ENDING]
    assert by_name(reported)[ENDING]["renewable"] == []
    told = said(reported.run, "Say what is to be done")
    assert f"{ENDING} itself ends on {by_name(reported)[ENDING]['expires_on']}: rotate it with rotate_root_ca." in told


def test_the_report_for_people_is_not_broken_by_what_devices_say(reported: Stage) -> None:
    assert f"| `{device(2)}` | SN\\|2 |" in reported.files["certificate_report.md"]


def test_check_mode_writes_nothing_and_says_whose_would_be_renewed(checked: Stage) -> None:
    assert checked.run.rc == 0, checked.run.output
    assert writes(checked.run) == 0
    assert "Certificates that end soon are renewed" in changed(checked.run)


def test_what_ends_soon_is_renewed_and_nothing_else(renewed: Stage) -> None:
    assert renewed.run.rc == 0, renewed.run.output
    account = renewed.account
    assert {d["id"]: d["certificate_task"] for d in account["devices"] if d["certificate_task"]} == {
        device(2): "renew",
        device(3): "renew",
    }


def test_before_the_heartbeat_another_run_changes_nothing(again: Stage) -> None:
    assert again.run.rc == 0, again.run.output
    assert (changed(again.run), writes(again.run)) == ([], 0)


def test_after_the_heartbeat_nothing_is_left_to_renew(after_heartbeat: Stage) -> None:
    assert after_heartbeat.run.rc == 0, after_heartbeat.run.output
    assert writes(after_heartbeat.run) == 0
    short = by_name(after_heartbeat)[SHORT]
    assert (ids(short["expiring"]), ids(short["revoked"])) == ([], [device(4)])


def test_without_the_subscription_there_is_a_report_that_says_so(desk: Desk) -> None:
    desk.sandbox.settings(subscriptions={"Device Certificate Management": False})

    run = desk.plays("certificate_report", certificate_root_cas=SHORT, certificate_report_directory="without")

    desk.sandbox.settings(subscriptions={"Device Certificate Management": True})
    assert run.rc == 0, run.output
    assert "The revocation lists could not be read" in said(run, "Say what is to be done")
    (short,) = desk.report("without/certificate_report")["root_cas"]
    assert ids(short["revoked"]) == [device(4)]


def test_a_root_ca_that_is_not_there_is_told(desk: Desk) -> None:
    run = desk.plays("certificate_report", certificate_root_cas="shrt.example.com")

    assert "There is no root CA shrt.example.com, but" in refusal(run)
