# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Devices in the account: u-blox Security Services REST API 1.1.29, and the Device Whitelist guide."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.raw import Ublox
from tests.support.rules import rule
from tests.support.sandbox import Sandbox

TRACKERS_US, GATEWAYS = "QHlN732VgUWCdfNeXHkQR1", "mbYbAX-CoEqE97TMFBsUKQ"


def _id(number: int) -> str:
    return f"00020000892800{number:02d}"


def _list(ublox: Ublox, filter_name: str | None = None) -> list[Any]:
    body = {"Filter": filter_name} if filter_name else {}
    return ublox.every("/device/list/get", "ROTPublicUIDs", body)


def _info(ublox: Ublox, body: Any) -> list[Any]:
    return list(ublox.ok("/device/info/get", body)["DeviceInfo"])


@rule("control.seed", "devices.filter")
def test_the_seed_has_whitelisted_unseen_and_blacklisted_devices(ublox: Ublox) -> None:
    assert _list(ublox) == _list(ublox, "ALL") == [*map(_id, range(1, 16)), _id(25)]
    assert _list(ublox, "WHITELISTED") == [*map(_id, range(1, 16))]
    assert _list(ublox, "BLACKLISTED") == [_id(25)]
    assert ublox.every("/device/whitelist/get", "DeviceWhitelist") == [*map(_id, range(1, 25))]


@rule("whitelist.activated")
def test_a_whitelisted_device_is_activated_with_what_its_profile_grants(ublox: Ublox, sandbox: Sandbox) -> None:
    provisioning = {"Authorizations": [{"Name": "LocalDPR", "State": "ENABLED"}]}
    body = {"DeviceProfileUID": TRACKERS_US, "Provisioning": provisioning}
    ublox.ok("/deviceprofile/bootstrapprovisioning/set", body)
    assert sandbox.control("POST", "/portal/device", {"id": _id(16), "profile": "trackers-us"})["activated"]
    [info] = _info(ublox, {"ROTPublicUIDs": [_id(16)]})
    assert (info["State"], info["IsBlacklisted"]) == ("ACTIVATED", False)
    [granted] = info["CurrentProperties"]["Authorizations"]
    assert (granted["Name"], granted["State"]) == ("LocalDPR", "ENABLED")
    assert _id(16) in _list(ublox, "WHITELISTED")


@rule("whitelist.allocated")
def test_a_device_that_is_not_whitelisted_lands_in_the_blacklist_with_nothing(ublox: Ublox, sandbox: Sandbox) -> None:
    made = sandbox.control("POST", "/portal/device", {"id": _id(77), "profile": TRACKERS_US})
    assert made == {"id": _id(77), "activated": False, "blacklisted": True}
    [info] = _info(ublox, {"ROTPublicUIDs": [_id(77)]})
    assert (info["State"], info["IsBlacklisted"]) == ("ALLOCATED", True)
    assert info["DesiredProperties"] == info["CurrentProperties"] == {}
    assert _list(ublox, "BLACKLISTED") == [_id(25), _id(77)]


@rule("blacklist.api")
def test_whitelisting_a_blacklisted_device_does_not_activate_it(ublox: Ublox) -> None:
    ublox.ok("/device/whitelist/add", {"ROTPublicUIDs": [_id(25)], "Action": "ADD"})
    assert _list(ublox, "BLACKLISTED") == [_id(25)]
    assert _id(25) not in _list(ublox, "WHITELISTED")


@rule("whitelist.ignored")
def test_a_profile_can_ignore_the_whitelist(ublox: Ublox, sandbox: Sandbox) -> None:
    assert sandbox.control("POST", "/portal/device", {"id": _id(78), "profile": "gateways-lab"})["activated"]
    assert _id(78) not in _list(ublox, "BLACKLISTED") + _list(ublox, "WHITELISTED")


@rule("whitelist.removal")
def test_leaving_the_whitelist_does_not_touch_a_device_that_has_bootstrapped(ublox: Ublox) -> None:
    before = _info(ublox, {"ROTPublicUIDs": [_id(13)]})
    ublox.ok("/device/whitelist/add", {"ROTPublicUIDs": [_id(13)], "Action": "DELETE"})
    assert _info(ublox, {"ROTPublicUIDs": [_id(13)]}) == before
    assert _id(13) in _list(ublox)
    assert _id(13) not in _list(ublox, "WHITELISTED") + _list(ublox, "BLACKLISTED")


@rule("devices.by-profile")
def test_devices_are_listed_by_profile(ublox: Ublox) -> None:
    answer = ublox.ok("/device/rotpublicuid/get", {"DeviceProfileUID": GATEWAYS})
    assert answer["ROTPublicUIDs"] == [_id(13), _id(14), _id(15)]


@rule("devices.unattributed")
def test_devices_without_a_profile_have_the_unattributed_one(ublox: Ublox, sandbox: Sandbox) -> None:
    sandbox.control("POST", "/portal/device", {"id": _id(79)})
    answer = ublox.ok("/device/rotpublicuid/get", {"DeviceProfileUID": "UNATTRIBUTED DEVICE PROFILE"})
    assert answer["ROTPublicUIDs"] == [_id(79)]
    [info] = _info(ublox, {"ROTPublicUIDs": [_id(79)], "Options": ["CORE"]})
    assert info["DeviceProfileUID"] == "UNATTRIBUTED DEVICE PROFILE"


@rule("devices.by-tag")
def test_devices_are_listed_by_one_or_more_tags_or_by_profile_or_tag(ublox: Ublox) -> None:
    ublox.ok("/tag/assign", {"TagNames": ["legacy"], "ROTPublicUIDs": [_id(3), _id(9)]})
    cold, old = [_id(1), _id(2), _id(3)], [_id(3), _id(9)]
    for body, expected in (
        ({"TagNames": ["cold-chain"]}, cold),
        ({"TagNames": ["Legacy"]}, old),
        ({"TagNames": ["legacy", "cold-chain"]}, [*cold, _id(9)]),
        ({"TagNames": ["legacy"], "DeviceProfileUID": GATEWAYS}, [*old, _id(13), _id(14), _id(15)]),
    ):
        answer = ublox.ok("/device/rotpublicuid/get", body)
        assert (answer["ROTPublicUIDs"], answer["TotalRecords"]) == (expected, len(expected))


@pytest.mark.parametrize(
    ("body", "status"), [({}, 400), ({"TagNames": ["nowhere"]}, 400), ({"DeviceProfileUID": "nobody"}, 404)]
)
@rule("devices.conditional")
def test_a_list_needs_a_profile_or_a_tag_that_exists(ublox: Ublox, body: Any, status: int) -> None:
    ublox.refused("/device/rotpublicuid/get", body, status)


@rule("devices.by-tag")
def test_a_list_by_tags_is_always_of_now(ublox: Ublox) -> None:
    body = {"TagNames": ["legacy", "cold-chain"], "PageNumber": 1}
    for number in range(4, 9):
        assert ublox.ok("/device/rotpublicuid/get", body)["TotalRecords"] == number - 1
        ublox.ok("/tag/assign", {"TagNames": ["legacy"], "ROTPublicUIDs": [_id(number)]})
    assert ublox.ok("/device/rotpublicuid/get", body)["ROTPublicUIDs"] == [*map(_id, range(1, 9))]
    assert ublox.ok("/device/rotpublicuid/get", {**body, "PageNumber": 10**30})["ROTPublicUIDs"] == []


@rule("info.targets")
def test_info_is_found_by_id_tag_or_serial_number(ublox: Ublox) -> None:
    def found(body: Any) -> list[str]:
        return [info["ROTPublicUID"] for info in _info(ublox, body)]

    assert found({"ROTPublicUIDs": ["2000089280004", "ffff"]}) == [_id(4)]
    assert found({"DeviceSerialNumbers": ["SN000005"]}) == [_id(5)]
    assert found({"TagNames": ["cold-chain"]}) == [_id(1), _id(2), _id(3)]
    assert found({"TagNames": ["cold-chain"], "ROTPublicUIDs": [_id(1), _id(6)]}) == [
        *(_id(1), _id(2), _id(3)),
        _id(6),
    ]
    ublox.refused("/device/info/get", {})


@rule("info.options")
def test_options_select_what_is_told(ublox: Ublox) -> None:
    def keys(*options: str) -> set[str]:
        [info] = _info(ublox, {"ROTPublicUIDs": [_id(1)], "Options": list(options)})
        return set(info) - {"ROTPublicUID"}

    assert "TypeNumber" in keys("CORE")
    assert keys("PROVISIONING") == {"DesiredProperties", "CurrentProperties"}
    assert keys("ZTP") == {"DeviceCertificates"}
    [everything] = _info(ublox, {"ROTPublicUIDs": [_id(1)]})
    assert set(everything) - {"ROTPublicUID"} == keys("CORE", "PROVISIONING", "ZTP")
