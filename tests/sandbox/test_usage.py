# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Activity and usage: u-blox Security Services REST API 1.1.29, /device/activity/get and /device/usage/get."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.living import CA, DAY, ENABLED, Living, authorizations, device
from tests.support.raw import Ublox
from tests.support.rules import rule

ACTIVITY, USAGE = "/device/activity/get", "/device/usage/get"
D1, D2 = device(1), device(2)
LOCAL = {"Authorizations": authorizations(LocalDPR=ENABLED)}


@rule("activity")
def test_activities_tell_what_was_carried_out_and_when_the_device_was_seen(living: Living, ublox: Ublox) -> None:
    living.root_ca()
    living.provision(D1, **LOCAL)
    living.advance(seconds=60)
    living.zero_touch(D1)
    assert living.activities(D1)[:-1] == ["Bootstrap", "Set LocalDPR ENABLED", "Set ZTPV1 ENABLED", f"Set CAName {CA}"]
    assert living.activities(D1)[-1].startswith("Provision device certificate ")
    answer = ublox.ok(ACTIVITY, {"FromDate": living.date(-1), "ROTPublicUID": D1})
    assert set(answer) == {"PageNumber", "PageSize", "TotalRecords", "LastSeen", "Activities"}
    assert answer["TotalRecords"] == 5
    assert answer["LastSeen"] == answer["Activities"][-1]["Timestamp"]
    assert answer["LastSeen"].endswith("Z")


@rule("activity")
def test_activities_are_those_of_the_period_while_last_seen_is_of_now(living: Living, ublox: Ublox) -> None:
    living.advance(days=1)
    living.beat(D1)
    body = {"FromDate": living.date(-0.5), "ROTPublicUID": D1}
    answer = ublox.ok(ACTIVITY, body)
    assert (answer["Activities"], answer["TotalRecords"]) == ([], 0)
    assert answer["LastSeen"] > living.date(-0.5)


@rule("activity")
def test_activities_are_of_one_known_device(ublox: Ublox) -> None:
    ublox.refused(ACTIVITY, {"FromDate": "2026-01-01", "ROTPublicUID": "ffff"}, 404)
    ublox.refused(ACTIVITY, {"FromDate": "2026-01-01", "ROTPublicUID": 1})
    ublox.refused(ACTIVITY, {"FromDate": "2026-01-01"})


@rule("activity", "heartbeat.interval")
def test_the_interval_of_heartbeats_shows_in_last_seen(living: Living) -> None:
    living.provision(D1, NetworkParameters={"SecurityHeartbeatInSec": DAY})
    living.beat(D1)
    start = living.last_seen(D1)
    living.advance(days=3.5)
    assert (living.last_seen(D1) - start).days == 3


def _symmetric_key(living: Living) -> None:
    living.ublox.ok("/e2e/uplink/symmetrickey/get", {"KeyID": "1101000089280001443F8C16C7EC"})


def _protection(living: Living) -> None:
    header = {"EncryptedHeader": "1101000089280001621f7593c47f0000"}
    living.ublox.ok("/e2e/uplink/protectionparameters/get", header)


def _applied(name: str) -> Callable[[Living], None]:
    def apply(living: Living) -> None:
        living.provision(D1, Authorizations=authorizations(**{name: ENABLED}))
        living.beat(D1)

    return apply


def _renewed(living: Living) -> None:
    living.zero_touch(D1)
    body = {"CAName": CA, "DeviceCertificateValidity": 365, "ROTPublicUIDs": [D1]}
    living.ublox.ok("/ztp/devicecertificate/renew", body)
    living.beat(D1)


def _updated(living: Living) -> None:
    living.zero_touch(D1)
    living.ublox.ok("/ztp/devicecertificate/update", {"CAName": CA, "ROTPublicUIDs": [D1]})
    living.beat(D1, D1)


@pytest.mark.parametrize(
    ("use", "used"),
    [
        (_symmetric_key, {"E2ESymmetricKey": 1}),
        (_protection, {"E2EUplinkProtectionParameters": 1}),
        (_applied("LocalDPR"), {"LocalDPR": 1}),
        (_applied("LocalC2C"), {"LocalC2C": 1}),
        (_applied("LocalC2CKeyPairing"), {"LocalC2CKeyPairing": 1}),
        (_applied("ZTPV1"), {"ZTPV1": 1}),
        (_renewed, {"ZTPV1": 1, "ZTPCertificateRenewal": 1}),
        (_updated, {"ZTPV1": 1, "ZTPCertificateUpdate": 1}),
    ],
    ids=["symmetric key", "protection", "LocalDPR", "LocalC2C", "LocalC2CKeyPairing", "ZTPV1", "renewal", "update"],
)
@rule("usage.causes")
def test_each_of_the_eight_causes_makes_a_usage_log(
    living: Living, use: Callable[[Living], None], used: dict[str, int]
) -> None:
    living.root_ca()
    use(living)
    assert living.usage(D1) == used


@rule("usage.causes")
def test_what_is_only_desired_or_disabled_or_of_another_service_is_no_usage(living: Living, ublox: Ublox) -> None:
    living.provision(D1, **LOCAL)
    living.provision(D2, Authorizations=authorizations(LocalDPR="DISABLED"))
    living.beat(D2)
    ublox.ok("/e2e/downlink/protectionparameters/get", {"ROTPublicUID": D1})
    assert (living.usage(D1), living.usage(D2)) == ({}, {})


@rule("usage.lead-time", "usage.keys")
def test_usage_has_a_lead_time_of_five_minutes_and_counts(living: Living, ublox: Ublox) -> None:
    for _unused in range(3):
        _symmetric_key(living)
    body = {"FromDate": living.date(-1)[:10], "ROTPublicUIDs": [D1]}
    assert ublox.ok(USAGE, body) == {}
    living.advance(seconds=290)
    assert ublox.ok(USAGE, body) == {}
    living.advance(seconds=11)
    assert ublox.ok(USAGE, body) == {"2000089280001": {"E2ESymmetricKey": 3}}


@rule("usage.filter", "usage.keys")
def test_usage_is_of_all_devices_or_of_some(living: Living, ublox: Ublox) -> None:
    for rot in (D1, device(9), "abc"):
        if rot == "abc":
            living.bootstrap(rot, "gateways-lab")
        else:
            living.provision(rot, **LOCAL)
            living.beat(rot)
    living.advance(seconds=301)
    body = {"FromDate": living.date(-1)[:10]}
    seeded = {"2000089280013", "2000089280014", "2000089280015"}
    assert set(ublox.ok(USAGE, body)) == {"2000089280001", "2000089280009", "abc", *seeded}
    assert set(ublox.ok(USAGE, {**body, "TagNames": ["cold-chain"]})) == {"2000089280001"}
    assert set(ublox.ok(USAGE, {**body, "ROTPublicUIDs": ["ABC"]})) == {"abc"}


@rule("usage.filter")
def test_usage_is_not_asked_for_by_id_and_by_tag(living: Living, ublox: Ublox) -> None:
    body = {"FromDate": living.date()[:10], "TagNames": ["cold-chain"], "ROTPublicUIDs": [D1]}
    assert "mutually exclusive" in ublox.refused(USAGE, body)


@rule("usage.dates")
def test_usage_is_of_whole_days_until_today(living: Living, ublox: Ublox) -> None:
    _symmetric_key(living)
    day = living.date()[:10]
    living.advance(days=2)
    body = {"ROTPublicUIDs": [D1]}
    assert ublox.ok(USAGE, {**body, "FromDate": day})
    assert ublox.ok(USAGE, {**body, "FromDate": day, "ToDate": day})
    assert ublox.ok(USAGE, {**body, "FromDate": living.date(-1)[:10]}) == {}


@rule("usage.dates")
def test_usage_is_kept_for_60_days(living: Living, ublox: Ublox) -> None:
    ublox.ok(USAGE, {"FromDate": living.date(-60)[:10]})
    assert "60 days" in ublox.refused(USAGE, {"FromDate": living.date(-61)[:10]})


@pytest.mark.parametrize("date", ["2026-02-30", "20260201", "2026-2-1", "2026-02-01T00:00:00Z", "", 20260201, None])
@rule("usage.dates")
def test_usage_dates_are_written_as_year_month_and_day(living: Living, ublox: Ublox, date: Any) -> None:
    assert "FromDate" in ublox.refused(USAGE, {"FromDate": date})
    assert "ToDate" in ublox.refused(USAGE, {"FromDate": living.date()[:10], "ToDate": date})
    assert "ToDate" in ublox.refused(USAGE, {"FromDate": living.date()[:10], "ToDate": living.date(-2)[:10]})
