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

from ansible_collections.edgeops.device_trust.plugins.module_utils._live.ublox.account import days_until
from ansible_collections.edgeops.device_trust.plugins.module_utils._live.ublox.shapes import (
    READ_ANSWER,
    READ_INQUIRY,
    READ_ITEM,
    read_provisioning,
    wire_body,
)
from ansible_collections.edgeops.device_trust.plugins.module_utils._live.ublox.tolerant import UnknownShape
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.ids import IdSet
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.kind import (
    DeviceItem,
    Listing,
    LiveObject,
    ParentCall,
    PerDevice,
    PerParent,
)
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.narrow import of_type
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
        *(
            "CurrentProperties",
            "DeviceCertificates",
            "SerialNumber",
            "SerialNumbers",
            "ExpirationDate",
            "IsBlacklisted",
        ),
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
                list(kind.read.read(list_of(kind.read.path, value)))
            elif isinstance(kind.read, PerParent):
                kind.read.read(LiveObject("eu", {}, "UID"), [answer_to(call, value) for call in kind.read.calls])
            else:
                found_out(kind.read, value)
    for read in READ_ANSWER.values():
        with suppress(UnknownShape):
            read(value)


def list_of(path: str, value: Any) -> list[Any]:
    """One item of a list, as the account reads it."""
    item = READ_ITEM[path](value)
    if isinstance(item, dict) and "TagNames" in item:
        item["TagNames"] = item["TagNames"] or []  # asked for elsewhere when they do not come
    return [] if item is None else [item]


def answer_to(call: ParentCall, value: Any) -> Any:
    return list_of(call.path, value) if call.items else READ_ANSWER[call.path](value)


ITEM = DeviceItem(
    "eu",
    {"root_ca": "ca", "renew_within_days": 30, "authorizations": {"ZTPV1": "enabled"}, "type": "AUTOMATIC"},
    {"state": "present"},
    IdSet.of(["1", "2"]),
    marks={},
)


def found_out(read: PerDevice, value: Any) -> LiveObject:
    """What an inquiry comes to when every call is answered with a value, or with a list of it."""
    inquiry = read.inquire(ITEM, days_until)
    try:
        requests = next(inquiry)
        while True:
            requests = inquiry.send([READ_INQUIRY[request.path](listed(request.path, value)) for request in requests])
    except StopIteration as end:
        return of_type(LiveObject, end.value)


def listed(path: str, value: Any) -> Any:
    """A value in the list that a call documents."""
    return {
        "/device/info/get": {"DeviceInfo": [value]},
        "/device/provisioning/get": [value],
        "/ztp/rootca/crl/get": {"CRLs": [value]},
    }[path]


NOTHING_SET: dict[str, Any] = {
    "authorizations": {},
    "root_ca": None,
    "security_heartbeat_seconds": None,
    "dates": {},
}
WIRE_PROPERTIES: dict[str, Any] = {
    "Authorizations": [{"Name": "ZTPV1", "State": "ENABLED", "SyncDate": "2020-02-12T06:22:14+00:00"}],
    "NetworkParameters": {"SecurityHeartbeatInSec": "60"},
    "Zerotouch": {"CAName": "ca"},
}
PROPERTIES = {
    "authorizations": {"ZTPV1": "enabled"},
    "root_ca": "ca",
    "security_heartbeat_seconds": 60,
    "dates": {"ZTPV1": "2020-02-12T06:22:14+00:00"},
}
CERTIFICATE = {"CAName": "ca", "SerialNumber": "0A", "ExpirationDate": "2030-01-01T00:00:00Z"}


class TestInquiries:
    """Answers about devices: tolerant where the rest is."""

    @pytest.mark.parametrize(
        ("came", "read"),
        [
            ({"ROTPublicUID": "0002000089282245"}, {"id": "0002000089282245", "desired": None, "certificates": None}),
            (
                {"RoTPublicUID": 2000089282245, "IsBlacklisted": True},
                {"id": "0002000089282245", "is_blacklisted": True},
            ),
            ({"ROTPublicUID": "FF", "IsBlacklisted": "false"}, {"id": "00000000000000ff", "is_blacklisted": False}),
            (
                {"ROTPublicUID": "1", "DesiredProperties": WIRE_PROPERTIES, "CurrentProperties": {}},
                {"desired": PROPERTIES, "current": {**PROPERTIES, **NOTHING_SET}},
            ),
            ({"ROTPublicUID": "1", "PROVISIONING": {"DesiredProperties": WIRE_PROPERTIES}}, {"desired": PROPERTIES}),
        ],
    )
    def test_devices(self, came: Any, read: dict[str, Any]) -> None:
        (found,) = READ_INQUIRY["/device/info/get"]({"DeviceInfo": [came]})

        assert {name: found[name] for name in read} == read

    @pytest.mark.parametrize(
        "came",
        [
            [CERTIFICATE],
            CERTIFICATE,
            {
                "CertificateAuthorityName": "ca",
                "CertificateSerialNumber": "0A",
                "ExpirationDate": "2030-01-01T00:00:00Z",
            },
        ],
    )
    def test_certificates(self, came: Any) -> None:
        (found,) = READ_INQUIRY["/device/info/get"]({"DeviceInfo": [{"ROTPublicUID": "1", "DeviceCertificates": came}]})
        (certificate,) = found["certificates"]

        assert certificate["root_ca"] == "ca"
        assert certificate["serial_number"] == "0A"
        assert certificate["expiration_date"] == "2030-01-01T00:00:00Z"
        assert certificate["is_revoked"] is None

    @pytest.mark.parametrize("missing", ["CAName", "SerialNumber"])
    def test_a_certificate_that_cannot_be_told_from_others_is_no_known_form(self, missing: str) -> None:
        partial = {name: value for name, value in CERTIFICATE.items() if name != missing}

        with pytest.raises(UnknownShape, match=f"a device certificate without {missing}"):
            READ_INQUIRY["/device/info/get"]({"DeviceInfo": [{"ROTPublicUID": "1", "DeviceCertificates": partial}]})

    @pytest.mark.parametrize(
        ("came", "desired"),
        [
            ({"ROTPublicUID": 1, "DesiredProperties": WIRE_PROPERTIES}, PROPERTIES),
            ({"RoTPublicUID": "01", "DesiredProperties": {}}, {**PROPERTIES, **NOTHING_SET}),
            ({"ROTPublicUID": "1", "DesiredProperties": None}, None),
        ],
    )
    def test_desired_properties(self, came: Any, desired: Any) -> None:
        (found,) = READ_INQUIRY["/device/provisioning/get"]([came])

        assert (found["id"], found["desired"]) == ("0000000000000001", desired)

    def test_serial_numbers_of_revoked_certificates_are_compared_as_numbers(self) -> None:
        answer = {"CRLs": [{"CAName": "ca", "CRL": "...", "SerialNumbers": ["00AB", "ab", "0C"]}, {"CAName": "other"}]}

        assert READ_INQUIRY["/ztp/rootca/crl/get"](answer) == [
            {"root_ca": "ca", "serials": ["ab", "ab", "c"]},
            {"root_ca": "other", "serials": []},
        ]

    @pytest.mark.parametrize(
        ("path", "answer"),
        [
            ("/device/info/get", []),
            ("/device/info/get", {"DeviceInfo": {}}),
            ("/device/info/get", {"DeviceInfo": [{"IMEI": "1"}]}),
            ("/device/provisioning/get", {"DesiredProperties": {}}),
            ("/device/provisioning/get", ["0002000089282245"]),
            ("/ztp/rootca/crl/get", []),
            ("/ztp/rootca/crl/get", {"CRLs": ["ca"]}),
        ],
    )
    def test_answers_in_no_known_form(self, path: str, answer: Any) -> None:
        with pytest.raises(UnknownShape):
            READ_INQUIRY[path](answer)

    def test_every_kind_asks_with_calls_whose_answers_are_read(self) -> None:
        device = {"ROTPublicUID": "1", "DeviceCertificates": [CERTIFICATE], "CurrentProperties": WIRE_PROPERTIES}
        for kind in KINDS.values():
            if isinstance(kind.read, PerDevice):
                found = found_out(kind.read, device)
                assert found.progress is not None
                assert found.progress.problems == ("2 is not known to the account: not bootstrapped, or misspelt",)
