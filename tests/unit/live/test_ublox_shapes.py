# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The forms that the specification leaves out: each tolerant form, and the one that comes of it."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.edgeops.device_trust.plugins.module_utils._live.ublox.shapes import (
    READ_ANSWER,
    READ_ITEM,
    read_provisioning,
    wire_body,
)
from ansible_collections.edgeops.device_trust.plugins.module_utils._live.ublox.tolerant import UnknownShape
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.kind import Listing, LiveObject
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.registry import KINDS
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.secret import Secret

TAG, PROFILE, CA = "/tag/get", "/deviceprofile/get", "/ztp/rootca/get"
WHITELIST, HOOK = "/device/whitelist/get", "/notification/webhook/get"

ITEMS: list[tuple[str, Any, Any]] = [
    (TAG, "downtown", {"TagName": "downtown"}),
    (TAG, {"TagName": "downtown", "CreatedDate": "2020"}, {"TagName": "downtown"}),
    (TAG, {"Name": "downtown"}, {"TagName": "downtown"}),
    (TAG, {"TagName": 2024}, {"TagName": "2024"}),
    (TAG, 2024, {"TagName": "2024"}),
    (WHITELIST, "0002000089282245", "0002000089282245"),
    (WHITELIST, "fff0008003fa615", "fff0008003fa615"),
    (WHITELIST, 2000089282245, "0002000089282245"),
    (WHITELIST, {"ROTPublicUID": "0002000089282245"}, "0002000089282245"),
    (WHITELIST, {"RoTPublicUID": 2000089282245, "IMEI": "862618583984360"}, "0002000089282245"),
    (WHITELIST, {"Id": "0002000089282245", "Type": "ROTPublicUID"}, "0002000089282245"),
    (WHITELIST, {"IMEI": "862618583984360"}, None),
    (
        PROFILE,
        {"DeviceProfileUID": "UID", "ProfileName": "eu", "TagNames": ["a", {"TagName": "b"}], "Other": 1},
        {"DeviceProfileUID": "UID", "ProfileName": "eu", "TagNames": ["a", "b"]},
    ),
    (
        PROFILE,
        {"DeviceProfileUID": "UID", "Name": "eu"},
        {"DeviceProfileUID": "UID", "ProfileName": "eu", "TagNames": None},
    ),
    (
        PROFILE,
        {"DeviceProfileUID": "UID", "DeviceProfileName": "eu", "Tags": []},
        {"DeviceProfileUID": "UID", "ProfileName": "eu", "TagNames": []},
    ),
    (CA, {"CAName": "ca", "RenewBeforeExpiration": None, "CACertificateValidity": ""}, {"CAName": "ca"}),
    (
        CA,
        {"CAName": "ca", "CACertificateValidity": "3650", "DeviceCertificateValidity": 365, "Certificate": "…"},
        {"CAName": "ca", "CACertificateValidity": 3650, "DeviceCertificateValidity": 365},
    ),
    (
        HOOK,
        {"NotificationURL": "https://h.example.com", "EventType": "DEVICE_ERRORS_EVENT", "AuthorizationToken": ""},
        {"NotificationURL": "https://h.example.com", "NotificationType": "DEVICE_ERRORS_EVENT"},
    ),
]


@pytest.mark.parametrize(("path", "came", "read"), ITEMS)
def test_items_of_lists(path: str, came: Any, read: Any) -> None:
    assert READ_ITEM[path](came) == read


@pytest.mark.parametrize(
    ("path", "came", "words"),
    [
        (TAG, {"Label": "a"}, "an object without TagName or Name"),
        (TAG, None, "TagName is NoneType, expected text"),
        (TAG, True, "TagName is bool, expected text"),
        (TAG, {"TagName": ["a"]}, "TagName is list, expected text"),
        (WHITELIST, {}, "an object without ROTPublicUID"),
        (WHITELIST, 1.5, "ROTPublicUID is float, expected text"),
        (PROFILE, "eu", "a device profile that is not an object"),
        (PROFILE, {"DeviceProfileUID": "UID", "ProfileName": "eu", "TagNames": "cold"}, "TagNames is str, expected a"),
        (PROFILE, {"DeviceProfileUID": "UID", "ProfileName": "eu", "TagNames": 5}, "TagNames is int, expected a list"),
        (CA, {"CAName": "ca", "CACertificateValidity": "ten years"}, "CACertificateValidity is not a number"),
        (HOOK, {"NotificationURL": "https://h.example.com"}, "an object without NotificationType or EventType"),
    ],
)
def test_what_is_in_no_known_form_is_named(path: str, came: Any, words: str) -> None:
    with pytest.raises(UnknownShape, match=re.escape(words)):
        READ_ITEM[path](came)


ALL = {"Authorizations": {"LocalDPR": "ENABLED"}, "SecurityHeartbeatInSec": 60, "RootCA": "ca"}


@pytest.mark.parametrize(
    ("came", "read"),
    [
        (
            {
                "Authorizations": [{"Name": "LocalDPR", "State": "ENABLED", "ModifiedDate": "2020-04-25"}],
                "NetworkParameters": {"SecurityHeartbeatInSec": 60},
                "Zerotouch": {"CAName": "ca"},
            },
            ALL,
        ),
        ({"Authorizations": {"LocalDPR": "enabled"}, "SecurityHeartbeatInSec": "60", "ZeroTouch": "ca"}, ALL),
        ({"Authorizations": [], "NetworkParameters": None, "Zerotouch": {}}, {}),
        ({"NetworkParameters": {"SecurityHeartbeatInSec": None}, "ZTP": None}, {}),
        (None, {}),
        ({}, {}),
    ],
)
def test_provisioning(came: Any, read: Any) -> None:
    assert read_provisioning({"DesiredProperties": came}) == {"DesiredProperties": read}
    if not came:
        assert read_provisioning(None) == read_provisioning({}) == {"DesiredProperties": {}}


@pytest.mark.parametrize(
    "answer",
    [
        [],
        {"DesiredProperties": [1]},
        {"DesiredProperties": {"Authorizations": ["LocalDPR"]}},
        {"DesiredProperties": {"Authorizations": "ENABLED"}},
        {"DesiredProperties": {"Authorizations": [{"Name": "LocalDPR"}]}},
        {"DesiredProperties": {"NetworkParameters": []}},
        {"DesiredProperties": {"Zerotouch": {"Name": "ca"}}},
    ],
)
def test_provisioning_in_no_known_form(answer: Any) -> None:
    with pytest.raises(UnknownShape):
        read_provisioning(answer)


def test_what_is_written_is_read_back_as_the_same() -> None:
    written = wire_body("/deviceprofile/bootstrapprovisioning/set", {"DeviceProfileUID": "UID", "Provisioning": ALL})

    assert written["DeviceProfileUID"] == "UID"
    assert read_provisioning({"DesiredProperties": written["Provisioning"]}) == {"DesiredProperties": ALL}


def test_secrets_are_revealed_in_what_is_sent_and_sets_are_in_order() -> None:
    body = {"AuthorizationToken": Secret("obviously-fake"), "TagNames": frozenset({"b", "a"})}

    assert wire_body("/any", body) == {"AuthorizationToken": "obviously-fake", "TagNames": ["a", "b"]}


WORDS = st.sampled_from(
    (
        *("TagName", "Name", "ROTPublicUID", "IMEI", "DeviceProfileUID", "ProfileName", "TagNames", "CAName", "CAs"),
        *("CACertificateValidity", "CreatedDate", "NotificationURL", "NotificationType", "AuthorizationToken"),
        *("DesiredProperties", "Authorizations", "NetworkParameters", "Zerotouch", "SecurityHeartbeatInSec", "State"),
    )
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just("2020-04-20T19:00:36Z"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None)
@given(json_values)
def test_whatever_the_service_answers_is_read_or_named(value: Any) -> None:
    """Also by the kinds, which take what the shapes give."""
    for kind in KINDS.values():
        with suppress(UnknownShape):
            if isinstance(kind.read, Listing):
                item = READ_ITEM[kind.read.path](value)
                if isinstance(item, dict) and "TagNames" in item:
                    item["TagNames"] = item["TagNames"] or []  # asked for elsewhere when they do not come
                list(kind.read.read([] if item is None else [item]))
            else:
                kind.read.read(LiveObject("eu", {}, "UID"), READ_ANSWER[kind.read.path](value))
    for read in READ_ANSWER.values():
        with suppress(UnknownShape):
            read(value)
