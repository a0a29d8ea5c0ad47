# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Device profiles and bootstrap provisioning: u-blox Security Services REST API 1.1.29, Device Profile APIs."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.raw import Ublox
from tests.support.rules import rule
from tests.support.sandbox import Sandbox

TRACKERS_EU, TRACKERS_US = "AyvylmHVdUiHQzUaCjOmC", "QHlN732VgUWCdfNeXHkQR1"
SET = "/deviceprofile/bootstrapprovisioning/set"
GET = "/deviceprofile/bootstrapprovisioning/get"
DELETE = "/deviceprofile/bootstrapprovisioning/delete"


def _names(answer: Any) -> list[str]:
    return [profile["ProfileName"] for profile in answer["DeviceProfiles"]]


def _set(ublox: Ublox, provisioning: Any) -> None:
    ublox.ok(SET, {"DeviceProfileUID": TRACKERS_US, "Provisioning": provisioning})


def _desired(ublox: Ublox) -> Any:
    answer = ublox.ok(GET, {"DeviceProfileUID": TRACKERS_US})
    assert answer["DeviceProfileUID"] == TRACKERS_US
    return answer["DesiredProperties"]


@rule("profile.list")
def test_all_profiles_are_listed_with_their_tags(ublox: Ublox) -> None:
    answer = ublox.ok("/deviceprofile/get")
    assert answer["DeviceProfiles"][0] == {
        "DeviceProfileUID": TRACKERS_EU,
        "ProfileName": "trackers-eu",
        "TagNames": ["cold-chain"],
    }
    assert _names(answer) == ["trackers-eu", "trackers-us", "gateways-lab"]


@rule("profile.by-tag")
def test_profiles_are_found_by_any_of_the_tags(ublox: Ublox) -> None:
    ublox.ok("/tag/assign", {"TagNames": ["legacy"], "DeviceProfileUIDs": [TRACKERS_US]})
    assert _names(ublox.ok("/deviceprofile/get", {"TagNames": ["LEGACY"]})) == ["trackers-us"]
    both = ublox.ok("/deviceprofile/get", {"TagNames": ["legacy", "cold-chain"]})
    assert _names(both) == ["trackers-eu", "trackers-us"]


@rule("profile.by-name")
def test_the_name_of_a_profile_is_case_sensitive(ublox: Ublox) -> None:
    assert _names(ublox.ok("/deviceprofile/get", {"ProfileName": "trackers-eu"})) == ["trackers-eu"]
    assert ublox.ok("/deviceprofile/get", {"ProfileName": "Trackers-EU"})["TotalRecords"] == 0


@rule("profile.exclusive")
def test_tags_and_name_are_mutually_exclusive(ublox: Ublox) -> None:
    body = {"TagNames": ["cold-chain"], "ProfileName": "trackers-eu"}
    assert "mutually exclusive" in ublox.refused("/deviceprofile/get", body)


@rule("profile.portal")
def test_no_documented_call_creates_a_profile(ublox: Ublox, sandbox: Sandbox) -> None:
    ublox.refused("/deviceprofile/create", {"ProfileName": "new"}, 404)
    made = sandbox.control("POST", "/portal/profile", {"name": "new", "tags": ["legacy", "made-here"]})
    assert ublox.ok("/deviceprofile/get", {"ProfileName": "new"})["DeviceProfiles"] == [
        {"DeviceProfileUID": made["uid"], "ProfileName": "new", "TagNames": ["legacy", "made-here"]}
    ]


@rule("bootstrap.get")
def test_what_was_never_set_is_an_empty_object(ublox: Ublox) -> None:
    assert _desired(ublox) == {}


@rule("bootstrap.set", "bootstrap.get")
def test_what_was_set_is_read_back(ublox: Ublox) -> None:
    provisioning = {
        "Authorizations": [{"Name": "LocalDPR", "State": "ENABLED"}, {"Name": "LocalC2C", "State": "DISABLED"}],
        "NetworkParameters": {"SecurityHeartbeatInSec": 86400},
        "Zerotouch": {"CAName": "legacy.example.com"},
    }
    _set(ublox, provisioning)
    assert _desired(ublox) == provisioning


@rule("bootstrap.merge")
def test_setting_changes_only_the_names_given(ublox: Ublox) -> None:
    _set(ublox, {"Authorizations": [{"Name": "LocalDPR", "State": "ENABLED"}]})
    _set(ublox, {"NetworkParameters": {"SecurityHeartbeatInSec": 60}})
    _set(ublox, {"Authorizations": [{"Name": "ZTPV1", "State": "ENABLED"}]})
    _set(ublox, {"Authorizations": [{"Name": "LocalDPR", "State": "DISABLED"}]})
    assert _desired(ublox) == {
        "Authorizations": [{"Name": "LocalDPR", "State": "DISABLED"}, {"Name": "ZTPV1", "State": "ENABLED"}],
        "NetworkParameters": {"SecurityHeartbeatInSec": 60},
    }


@rule("bootstrap.delete")
def test_deleting_makes_it_as_if_never_set(ublox: Ublox) -> None:
    _set(ublox, {"Zerotouch": {"CAName": "legacy.example.com"}})
    ublox.ok(DELETE, {"DeviceProfileUID": TRACKERS_US})
    assert _desired(ublox) == {}
    ublox.ok("/ztp/rootca/delete", {"CAName": "legacy.example.com"})


@pytest.mark.parametrize(
    "provisioning",
    [
        {},
        {"Authorizations": {}},
        {"Authorizations": ["LocalDPR"]},
        {"Authorizations": [{"Name": "Evaluation", "State": "ENABLED"}]},
        {"Authorizations": [{"Name": "LocalDPR", "State": "enabled"}]},
        {"Authorizations": [{"Name": "LocalDPR"}]},
        {"Authorizations": [{"Name": ["LocalDPR"], "State": "ENABLED"}]},
        {"Authorizations": [{"Name": "ZTPV1", "State": "ENABLED"}, {"Name": "ZTPV1", "State": "DISABLED"}]},
        {"NetworkParameters": 60},
        {"NetworkParameters": {"SecurityHeartbeatInSec": 0}},
        {"NetworkParameters": {"SecurityHeartbeatInSec": "60"}},
        {"NetworkParameters": {"SecurityHeartbeatInSec": True}},
        {"Zerotouch": "legacy.example.com"},
        {"Zerotouch": {"CAName": "unknown.example.com"}},
        {"Zerotouch": {"CAName": 1}},
        {"Zerotouch": {"CAName": "\u00e4"}},
    ],
)
@rule("bootstrap.invalid")
def test_wrong_provisioning_is_refused_as_a_whole(ublox: Ublox, provisioning: Any) -> None:
    body = {"DeviceProfileUID": TRACKERS_US, "Provisioning": provisioning}
    assert ublox.refused(SET, body).startswith("Bad Request. ")
    assert _desired(ublox) == {}


@pytest.mark.parametrize("path", [SET, GET, DELETE])
@rule("bootstrap.unknown")
def test_an_unknown_profile_is_not_found(ublox: Ublox, path: str) -> None:
    provisioning = {"NetworkParameters": {"SecurityHeartbeatInSec": 60}}
    ublox.refused(path, {"DeviceProfileUID": "nobody", "Provisioning": provisioning}, 404)
