# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Clones and suspicious devices: u-blox Security Services REST API 1.1.29, Information APIs."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.living import TRACKERS_EU, Living, device
from tests.support.raw import Ublox
from tests.support.rules import rule
from tests.support.sandbox import Sandbox

CLONES, SUSPICIOUS = "/device/clone/get", "/device/suspicious/get"
D1, D2 = device(1), device(2)


@rule("clone")
def test_a_clone_is_an_event_of_its_device(living: Living, ublox: Ublox, sandbox: Sandbox) -> None:
    sandbox.control("POST", "/fleet/clone", {"id": D1})
    living.advance(days=1)
    sandbox.control("POST", "/fleet/clone", {"id": D1})
    sandbox.control("POST", "/fleet/clone", {"id": device(9)})
    since = {"FromDate": living.date(-2)}
    answer = ublox.ok(CLONES, {**since, "ROTPublicUIDs": [D1, D2]})
    assert [event["ROTPublicUID"] for event in answer["ClonedEvents"]] == [D1, D1]
    assert (answer["PageNumber"], answer["PageSize"], answer["TotalRecords"]) == (1, 100, 2)
    for body, expected in (
        ({"TagNames": ["cold-chain"], "FromDate": living.date(-0.5)}, [D1]),
        ({"DeviceProfileUID": "QHlN732VgUWCdfNeXHkQR1", **since}, [device(9)]),
        ({"DeviceProfileUID": "UNATTRIBUTED DEVICE PROFILE", **since}, []),
        ({"DeviceProfileUID": TRACKERS_EU, "ROTPublicUIDs": [device(9)], **since}, [D1, D1, device(9)]),
    ):
        assert [event["ROTPublicUID"] for event in ublox.ok(CLONES, body)["ClonedEvents"]] == expected


def _reasons(ublox: Ublox, *numbers: int) -> dict[str, list[str]]:
    body = {"ROTPublicUIDs": [device(number) for number in numbers]}
    return {entry["ROTPublicUID"]: entry["Reasons"] for entry in ublox.ok(SUSPICIOUS, body)["SuspiciousDevices"]}


@rule("suspicious.reasons")
def test_devices_with_serial_numbers_of_their_own_are_not_suspicious(ublox: Ublox) -> None:
    assert _reasons(ublox, *range(1, 16)) == {}


@rule("suspicious.reasons")
def test_two_devices_sealed_with_one_context_serial_number_are_suspicious(living: Living, ublox: Ublox) -> None:
    for number in (16, 17, 18):
        living.bootstrap(device(number), "trackers-eu", serial="235435" if number < 18 else "235436")
    reason = ["DUPLICATED_SCL_SERIAL_NUM_SEALED_INFO"]
    assert _reasons(ublox, 16, 17, 18) == {device(16): reason, device(17): reason}


@rule("suspicious.reasons")
def test_two_devices_sealed_with_one_device_serial_number_are_suspicious(living: Living, ublox: Ublox) -> None:
    living.bootstrap(device(16), "trackers-eu", device_serial="SN000001")
    reason = ["DUPLICATED_DEV_SERIAL_NUM_SEALING"]
    assert _reasons(ublox, 1, 2, 16) == {D1: reason, device(16): reason}


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        ("serial", "DUPLICATED_SCL_SERIAL_NUM_PROD_LOG"),
        ("device_serial", "DUPLICATED_DEV_SERIAL_NUM_PROD_LOG"),
    ],
)
@rule("suspicious.reasons", "control.portal")
def test_serial_numbers_that_the_production_log_has_twice_are_suspicious(
    ublox: Ublox, sandbox: Sandbox, key: str, reason: str
) -> None:
    entries = [
        {"id": "2000089280001", key: "7"},
        {"id": D1, key: "7"},
        {"id": D2, key: "8"},
        {"id": "ffff", key: "8"},
        {"id": device(3), key: "9"},
    ]
    sandbox.control("POST", "/portal/production-log", {"entries": entries})
    assert _reasons(ublox, 1, 2, 3) == {D2: [reason]}


@rule("suspicious.reasons", "suspicious.targets")
def test_a_device_can_be_suspicious_for_every_reason_and_is_found_by_tag_or_profile(
    living: Living, ublox: Ublox, sandbox: Sandbox
) -> None:
    for number in (16, 17):
        living.bootstrap(device(number), "trackers-eu", serial="1", device_serial="2", tags=["legacy"])
    entries = [{"id": device(number), "serial": "1", "device_serial": "2"} for number in (16, 17)]
    sandbox.control("POST", "/portal/production-log", {"entries": entries})
    for body in ({"TagNames": ["legacy"]}, {"DeviceProfileUID": TRACKERS_EU, "TagNames": ["cold-chain"]}):
        answer = ublox.ok(SUSPICIOUS, body)
        found = {entry["ROTPublicUID"]: entry["Reasons"] for entry in answer["SuspiciousDevices"]}
        assert set(found) == {device(16), device(17)}
        assert found[device(16)] == [
            "DUPLICATED_SCL_SERIAL_NUM_SEALED_INFO",
            "DUPLICATED_DEV_SERIAL_NUM_SEALING",
            "DUPLICATED_SCL_SERIAL_NUM_PROD_LOG",
            "DUPLICATED_DEV_SERIAL_NUM_PROD_LOG",
        ]
        assert answer["TotalRecords"] == 2


@pytest.mark.parametrize(
    ("targets", "status"),
    [({}, 400), ({"ROTPublicUIDs": ["ffff"]}, 400), ({"TagNames": ["nowhere"]}, 400), ({"DeviceProfileUID": "x"}, 404)],
)
@rule("suspicious.targets", "clone")
def test_clones_and_suspicious_devices_are_of_known_devices(ublox: Ublox, targets: dict[str, Any], status: int) -> None:
    ublox.refused(CLONES, {**targets, "FromDate": "2026-01-01"}, status)
    ublox.refused(SUSPICIOUS, targets, status)
