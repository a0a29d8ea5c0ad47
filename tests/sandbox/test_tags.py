# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tags: u-blox Security Services REST API 1.1.29, Tag APIs."""

from __future__ import annotations

import pytest

from tests.support.raw import Ublox
from tests.support.rules import rule
from tests.support.sandbox import Sandbox

DEVICE, OTHER = "0002000089280005", "0002000089280006"
TRACKERS_EU = "AyvylmHVdUiHQzUaCjOmC"
GATEWAYS = "mbYbAX-CoEqE97TMFBsUKQ"


def _tags_of(sandbox: Sandbox, device: str) -> list[str]:
    [found] = [entry for entry in sandbox.state()["devices"] if entry["id"] == device]
    return list(found["tags"])


def _profile_tags(sandbox: Sandbox, uid: str) -> list[str]:
    [found] = [entry for entry in sandbox.state()["profiles"] if entry["uid"] == uid]
    return list(found["tags"])


def _names(ublox: Ublox) -> list[str]:
    return [tag["TagName"] for tag in ublox.ok("/tag/get")["Tags"]]


@rule("tag.list")
def test_a_created_tag_is_listed_as_written(ublox: Ublox) -> None:
    assert ublox.ok("/tag/create", {"TagName": "Downtown (west) 2"}) == {"message": "Success"}
    assert _names(ublox) == ["cold-chain", "legacy", "Downtown (west) 2"]


@pytest.mark.parametrize("symbol", list('^`~<>"{}|,'))
@rule("tag.name")
def test_forbidden_symbols_are_refused(ublox: Ublox, symbol: str) -> None:
    assert ublox.refused("/tag/create", {"TagName": f"down{symbol}town"}) == "Bad Request. Invalid TagName"


@pytest.mark.parametrize("name", ["", "down\ntown", "a" * 256])
@rule("tag.name")
def test_other_impossible_names_are_refused(ublox: Ublox, name: str) -> None:
    assert ublox.refused("/tag/create", {"TagName": name}) == "Bad Request. Invalid TagName"


@rule("tag.name")
def test_a_name_may_have_255_characters(ublox: Ublox) -> None:
    ublox.ok("/tag/create", {"TagName": "a" * 255})


@pytest.mark.parametrize("name", ["legacy", "LEGACY", "Legacy"])
@rule("tag.case")
def test_names_are_unique_whatever_their_case(ublox: Ublox, name: str) -> None:
    assert "already exists" in ublox.refused("/tag/create", {"TagName": name})


@rule("tag.case")
def test_a_tag_is_deleted_whatever_the_case_of_its_name(ublox: Ublox) -> None:
    ublox.ok("/tag/delete", {"TagName": "LEGACY"})
    assert _names(ublox) == ["cold-chain"]


@rule("tag.delete")
def test_an_assigned_tag_cannot_be_deleted(ublox: Ublox) -> None:
    assert (
        ublox.refused("/tag/delete", {"TagName": "cold-chain"})
        == "Request aborted. This tag is currently assigned to ROTPublicUID(s)"
    )


@rule("tag.delete")
def test_an_unassigned_tag_can_be_deleted_and_leaves_the_profiles(ublox: Ublox, sandbox: Sandbox) -> None:
    ublox.ok("/tag/remove", {"TagNames": ["cold-chain"], "ROTPublicUIDs": ["*"]})
    ublox.ok("/tag/delete", {"TagName": "cold-chain"})
    assert _profile_tags(sandbox, TRACKERS_EU) == []


@rule("tag.unknown")
def test_deleting_an_unknown_tag_is_not_found(ublox: Ublox) -> None:
    ublox.refused("/tag/delete", {"TagName": "nowhere"}, 404)


@rule("tag.assign")
def test_every_given_tag_is_assigned_to_every_given_device(ublox: Ublox, sandbox: Sandbox) -> None:
    ublox.ok("/tag/assign", {"TagNames": ["legacy", "Cold-Chain"], "ROTPublicUIDs": [DEVICE, OTHER]})
    assert _tags_of(sandbox, DEVICE) == _tags_of(sandbox, OTHER) == ["cold-chain", "legacy"]


@rule("tag.assign")
def test_assigning_twice_is_assigning_once(ublox: Ublox, sandbox: Sandbox) -> None:
    for _unused in range(2):
        ublox.ok("/tag/assign", {"TagNames": ["legacy", "LEGACY"], "ROTPublicUIDs": [DEVICE, DEVICE]})
    assert _tags_of(sandbox, DEVICE) == ["legacy"]
    assert ublox.ok("/device/rotpublicuid/get", {"TagNames": ["legacy"]})["TotalRecords"] == 1


@rule("request.ids")
def test_ids_are_compared_without_leading_zeros_and_case(ublox: Ublox, sandbox: Sandbox) -> None:
    sandbox.control("POST", "/portal/device", {"id": "00020001003ffff", "profile": "trackers-eu"})
    ublox.ok("/tag/assign", {"TagNames": ["legacy"], "ROTPublicUIDs": ["20001003FFFF"]})
    assert _tags_of(sandbox, "00020001003ffff") == ["legacy"]


@rule("tag.assign")
def test_tags_are_assigned_to_device_profiles(ublox: Ublox) -> None:
    ublox.ok("/tag/assign", {"TagNames": ["legacy"], "DeviceProfileUIDs": [GATEWAYS]})
    [profile] = ublox.ok("/deviceprofile/get", {"ProfileName": "gateways-lab"})["DeviceProfiles"]
    assert profile["TagNames"] == ["legacy"]
    assert ublox.ok("/device/rotpublicuid/get", {"TagNames": ["legacy"]})["ROTPublicUIDs"] == []


@rule("tag.sync")
def test_sync_required_extends_the_change_to_the_devices_of_the_profile(ublox: Ublox) -> None:
    body = {"TagNames": ["legacy"], "DeviceProfileUIDs": [GATEWAYS], "SyncRequired": True}
    members = {"DeviceProfileUID": GATEWAYS}
    ublox.ok("/tag/assign", body)
    tagged = ublox.ok("/device/rotpublicuid/get", {"TagNames": ["legacy"]})["ROTPublicUIDs"]
    assert tagged == ublox.ok("/device/rotpublicuid/get", members)["ROTPublicUIDs"] != []
    ublox.ok("/tag/remove", body)
    assert ublox.ok("/device/rotpublicuid/get", {"TagNames": ["legacy"]})["ROTPublicUIDs"] == []


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"TagNames": ["nowhere"], "ROTPublicUIDs": [DEVICE]}, "Bad Request. Invalid TagNames"),
        ({"TagNames": ["legacy"], "ROTPublicUIDs": [DEVICE, "abc"]}, "Bad Request. Invalid ROTPublicUIDs"),
        ({"TagNames": ["legacy"], "ROTPublicUIDs": ["not an id"]}, "Bad Request. Invalid ROTPublicUIDs"),
        ({"TagNames": ["legacy"], "DeviceProfileUIDs": ["nobody"]}, "Bad Request. Invalid DeviceProfileUIDs"),
        (
            {"TagNames": ["legacy"]},
            "Bad Request. One of ROTPublicUIDs, DeviceProfileUIDs is required",
        ),
    ],
)
@rule("tag.assign-unknown")
def test_an_assignment_with_anything_unknown_is_refused_as_a_whole(
    ublox: Ublox, sandbox: Sandbox, body: dict[str, list[str]], message: str
) -> None:
    before = sandbox.state()
    assert ublox.refused("/tag/assign", body) == message
    assert sandbox.state() == before


@rule("tag.remove")
def test_removing_a_combination_that_does_not_exist_is_ignored(ublox: Ublox, sandbox: Sandbox) -> None:
    before = sandbox.state()
    ublox.ok("/tag/remove", {"TagNames": ["legacy", "nowhere"], "ROTPublicUIDs": [DEVICE, "abc"]})
    ublox.ok("/tag/remove", {"TagNames": ["legacy"], "DeviceProfileUIDs": [TRACKERS_EU, "nobody"]})
    assert sandbox.state() == before


@pytest.mark.parametrize("every", ["*", "{*}"])
@rule("tag.wildcard")
def test_all_tags_can_be_removed_from_a_device_or_a_profile(ublox: Ublox, sandbox: Sandbox, every: str) -> None:
    ublox.ok("/tag/remove", {"TagNames": [every], "ROTPublicUIDs": ["0002000089280001"]})
    assert _tags_of(sandbox, "0002000089280001") == []
    assert _tags_of(sandbox, "0002000089280002") == ["cold-chain"]
    assert _profile_tags(sandbox, TRACKERS_EU) == ["cold-chain"]
    ublox.ok("/tag/remove", {"TagNames": [every], "DeviceProfileUIDs": [TRACKERS_EU]})
    assert _profile_tags(sandbox, TRACKERS_EU) == []


@pytest.mark.parametrize("every", ["*", "{*}"])
@rule("tag.wildcard")
def test_a_tag_can_be_removed_from_all_devices_or_all_profiles(ublox: Ublox, sandbox: Sandbox, every: str) -> None:
    ublox.ok("/tag/remove", {"TagNames": ["cold-chain"], "ROTPublicUIDs": [every]})
    assert [device["tags"] for device in sandbox.state()["devices"] if device["tags"]] == []
    assert _profile_tags(sandbox, TRACKERS_EU) == ["cold-chain"]
    ublox.ok("/tag/remove", {"TagNames": ["cold-chain"], "DeviceProfileUIDs": [every]})
    assert _profile_tags(sandbox, TRACKERS_EU) == []


@rule("tag.wildcards")
def test_everything_cannot_be_removed_from_everything(ublox: Ublox) -> None:
    ublox.refused("/tag/remove", {"TagNames": ["*"], "ROTPublicUIDs": ["*"]})
