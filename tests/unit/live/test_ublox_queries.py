# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Queries: what is asked for becomes requests, or everything that is wrong in it at once; answers become one form."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.edgeops.device_trust.plugins.module_utils._live.ublox.calls import READS
from ansible_collections.edgeops.device_trust.plugins.module_utils._live.ublox.queries import IDS_PER_REQUEST, QUERIES
from ansible_collections.edgeops.device_trust.plugins.module_utils._live.ublox.query import (
    Body,
    Query,
    query_options,
    query_spec,
    requests_of,
)
from ansible_collections.edgeops.device_trust.plugins.module_utils._live.ublox.tolerant import (
    SECRET_NAMES,
    UnknownShape,
    snake_case,
)
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.errors import InvalidDeclaration

NOW = datetime(2026, 11, 21, 12, 0, 30, tzinfo=UTC)
ID = "0002000089282245"
QUOTE = "quote it, or YAML takes it for a number and drops its zeros"
every_query = pytest.mark.parametrize("query", QUERIES.values(), ids=attrgetter("name"))


def bodies(name: str, options: Mapping[str, Any]) -> list[Body]:
    return list(requests_of(QUERIES[name], options, NOW))


def problems(name: str, options: Mapping[str, Any]) -> list[str]:
    with pytest.raises(InvalidDeclaration) as refused:
        requests_of(QUERIES[name], options, NOW)
    return [str(problem) for problem in refused.value.problems]


def result(name: str, *items: Any, **beside: Any) -> Mapping[str, Any]:
    query = QUERIES[name]
    return query.gather([query.read(item) for item in items], beside)


@every_query
def test_a_query_only_reads(query: Query) -> None:
    assert query.path in READS


@every_query
def test_options_and_their_documentation_are_the_same(query: Query) -> None:
    spec, documented = query_spec(query), query_options(query)

    assert spec == {
        name: {key: value for key, value in option.items() if key != "description"}
        for name, option in documented.items()
    }
    assert all(option["description"] for option in documented.values())


@every_query
def test_rules_name_options_that_there_are(query: Query) -> None:
    names = {parameter.name for parameter in query.parameters}

    assert {name for rule in (*query.one_of, *query.not_both) for name in rule} <= names


ASKED: list[tuple[str, dict[str, Any], list[dict[str, Any]]]] = [
    ("tag_info", {}, [{}]),
    ("device_list_info", {"filter": None}, [{}]),
    ("device_list_info", {"filter": "BLACKLISTED"}, [{"Filter": "BLACKLISTED"}]),
    ("blacklist", {}, [{"Filter": "BLACKLISTED"}]),
    ("device_profile_info", {"name": "trackers-eu", "tags": None}, [{"ProfileName": "trackers-eu"}]),
    (
        "device_info",
        {"ids": [ID, "fff0008003fa615", ID], "tags": ["cold"], "options": ["CORE", "ZTP"]},
        [{"ROTPublicUIDs": [ID, "fff0008003fa615"], "TagNames": ["cold"], "Options": ["CORE", "ZTP"]}],
    ),
    ("e2e_downlink_protection", {"id": f" {ID} "}, [{"ROTPublicUID": ID}]),
    ("e2e_symmetric_key", {"key_id": "11" * 14, "key_length": 128}, [{"KeyID": "11" * 14, "KeyLength": 128}]),
    (
        "notification_info",
        {"ids": [ID], "from_date": "2026-11-01", "to_date": "2026-11-20T10:00:00+02:00"},
        [{"ROTPublicUIDs": [ID], "FromDate": "2026-11-01T00:00:00+00:00", "ToDate": "2026-11-20T08:00:00+00:00"}],
    ),
    (
        "activity_info",
        {"id": ID, "from_date": "2020-02-01T00:00:00Z"},
        [{"ROTPublicUID": ID, "FromDate": "2020-02-01T00:00:00+00:00"}],
    ),
    ("activity_info", {"id": ID, "last_days": 7}, [{"ROTPublicUID": ID, "FromDate": "2026-11-14T12:01:30+00:00"}]),
    ("usage_info", {"last_days": 60, "tags": ["a"]}, [{"FromDate": "2026-09-22", "TagNames": ["a"]}]),
    (
        "usage_info",
        {"from_date": "2026-11-20", "to_date": "2026-11-20"},
        [{"FromDate": "2026-11-20", "ToDate": "2026-11-20"}],
    ),
]


@pytest.mark.parametrize(("name", "options", "expected"), ASKED)
def test_options_become_a_request(name: str, options: dict[str, Any], expected: list[dict[str, Any]]) -> None:
    assert bodies(name, options) == expected


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("device_info", {"ids": []}),
        ("device_info", {"ids": [], "tags": [], "options": ["CORE"]}),
        ("linked_device_info", {"tags": []}),
        ("crl_info", {"root_cas": []}),
        ("usage_info", {"last_days": 1, "ids": []}),
    ],
)
def test_an_empty_selection_asks_for_nothing_rather_than_for_everything(name: str, options: dict[str, Any]) -> None:
    assert bodies(name, options) == []
    assert all(value == [] for value in QUERIES[name].gather([], {}).values())


def test_beside_another_selection_an_empty_one_is_left_out() -> None:
    assert bodies("device_info", {"ids": [], "tags": ["cold"]}) == [{"TagNames": ["cold"]}]


def test_many_ids_are_shared_out_over_requests_and_other_selections_are_sent_once() -> None:
    ids = [f"{number:016x}" for number in range(2 * IDS_PER_REQUEST + 1)]

    first, second, third = bodies("device_info", {"ids": ids, "tags": ["cold"], "options": ["CORE"]})

    assert [*first["ROTPublicUIDs"], *second["ROTPublicUIDs"], *third["ROTPublicUIDs"]] == ids
    assert first["TagNames"] == ["cold"]
    assert "TagNames" not in second
    assert [body["Options"] for body in (first, second, third)] == [["CORE"]] * 3


WRONG: list[tuple[str, dict[str, Any], list[str]]] = [
    ("linked_device_info", {}, ["one of device_profile_uid, tags is needed"]),
    ("device_profile_info", {"name": "a", "tags": ["b"]}, ["name and tags cannot be given together"]),
    ("root_ca_device_info", {}, ["root_ca: is needed"]),
    (
        "root_ca_info",
        {"name": "no spaces"},
        ["name: 'no spaces' may hold letters, digits, underscores, dashes and dots only, at most 45 of them"],
    ),
    ("device_list_info", {"filter": "GREYLISTED"}, ["filter: 'GREYLISTED' is none of ALL, WHITELISTED, BLACKLISTED"]),
    ("e2e_symmetric_key", {"key_id": "11" * 14, "key_length": 192}, ["key_length: 192 is none of 128, 256"]),
    ("device_info", {"ids": [ID], "options": []}, ["options: must not be empty"]),
    (
        "device_info",
        {"ids": [2000089282245, True, "", "0002000089282245\n", "xyz"]},
        [
            f"ids[0]: 2000089282245 is a number, not an id ({QUOTE})",
            "ids[1]: True is not an id (expected 1 to 16 hexadecimal digits)",
            "ids[2]: '' is not an id (expected 1 to 16 hexadecimal digits)",
            "ids[4]: 'xyz' is not an id (expected 1 to 16 hexadecimal digits)",
        ],
    ),
    ("activity_info", {"id": 2e15, "last_days": 0}, [
        f"id: 2000000000000000.0 is a number, not an id ({QUOTE})",
        "last_days: 0 is out of range (allowed: at least 1)",
    ]),
    ("notification_info", {"tags": ["a"], "from_date": "yesterday"}, [
        "from_date: 'yesterday' is not a date of ISO 8601 (as 2026-11-01T00:00:00+00:00)",
    ]),
    ("notification_info", {"tags": ["a"], "from_date": "2026-11-02", "to_date": "2026-11-01"}, [
        "to_date: 2026-11-01T00:00:00+00:00 is before the beginning, 2026-11-02T00:00:00+00:00",
    ]),
    ("usage_info", {"from_date": "2026-11-02T00:00:00"}, [
        "from_date: '2026-11-02T00:00:00' is not a date (as 2026-11-01)",
    ]),
    ("clone_info", {"from_date": "2026-11-02", "last_days": 3}, [
        "from_date and last_days cannot be given together",
        "one of ids, tags, device_profile_uid is needed",
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "options", "expected"), WRONG)
def test_everything_wrong_is_told_at_once(name: str, options: dict[str, Any], expected: list[str]) -> None:
    assert sorted(problems(name, options)) == sorted(expected)


@pytest.mark.parametrize(
    ("name", "oldest", "too_old"),
    [("notification_info", "2026-05-25", "2026-05-24"), ("usage_info", "2026-09-22", "2026-09-21")],
)
def test_the_service_goes_back_180_days_for_notifications_and_60_for_usage(
    name: str, oldest: str, too_old: str
) -> None:
    days = 180 if name == "notification_info" else 60

    assert bodies(name, {"tags": ["a"], "from_date": oldest})
    assert bodies(name, {"tags": ["a"], "last_days": days})
    assert problems(name, {"tags": ["a"], "from_date": too_old}) == [
        f"from_date: {too_old} is more than {days} days ago; the service goes back no further"
    ]
    assert problems(name, {"tags": ["a"], "last_days": days + 1}) == [
        f"last_days: {days + 1} is out of range (allowed: from 1 to {days})"
    ]


@pytest.mark.parametrize("name", ["clone_info", "activity_info"])
def test_no_limit_is_documented_for_clones_and_activities(name: str) -> None:
    assert bodies(name, {"id": ID, "ids": [ID], "last_days": 4000})


PROPERTIES = {"Authorizations": [{"Name": "LocalDPR", "State": "ENABLED", "SyncDate": "2020-02-12T06:22:14+00:00"}]}
READ = {
    "authorizations": {"LocalDPR": "enabled"},
    "root_ca": None,
    "security_heartbeat_seconds": None,
    "dates": {"LocalDPR": "2020-02-12T06:22:14+00:00"},
}
NOTHING = {
    "device_serial_number": None,
    "imei": None,
    "type_number": None,
    "device_profile_uid": None,
    "state": None,
    "is_blacklisted": None,
    "desired": None,
    "current": None,
    "certificates": None,
}
CERTIFICATE = {
    "root_ca": "ca",
    "serial_number": "73068c91",
    "expiration_date": "2020-05-10T19:39Z",
    "is_revoked": None,
    "certificate": None,
}
ANSWERS: list[tuple[str, Any, dict[str, Any]]] = [
    ("device_list_info", [2000089282245, "FFF0008003FA615", {"ROTPublicUID": "1"}], {
        "ids": [ID, "0fff0008003fa615", "0000000000000001"],
    }),
    ("device_profile_info", [{"DeviceProfileUID": "U", "Name": "eu"}], {
        "device_profiles": [{"name": "eu", "device_profile_uid": "U", "tags": None}],
    }),
    ("whitelist", [2000089282245, {"IMEI": "862618583984360"}, {"Id": "1", "Type": "ROTPublicUID"}], {
        "ids": ["0000000000000001", ID], "imeis": ["862618583984360"],
    }),
    ("tag_info", ["b", {"TagName": "a"}], {"tags": ["b", "a"]}),
    ("device_info", [{"RoTPublicUID": 2000089282245, "IsBlacklisted": "false", "Novelty": {"SomeThing": 1}}], {
        "devices": [{**NOTHING, "id": ID, "is_blacklisted": False, "novelty": {"some_thing": 1}}],
    }),
    ("device_info", [{"ROTPublicUID": ID}, {"ROTPublicUID": 2000089282245, "State": "ACTIVATED"}], {
        "devices": [{**NOTHING, "id": ID, "state": "ACTIVATED"}],
    }),
    ("device_info", [{"ROTPublicUID": 1, "PROVISIONING": {"CurrentProperties": PROPERTIES, "DesiredProperties": {}}}], {
        "devices": [{**NOTHING, "id": "0000000000000001", "current": READ, "desired": {
            "authorizations": {}, "root_ca": None, "security_heartbeat_seconds": None, "dates": {},
        }, "provisioning": {"current_properties": {"authorizations": [
            {"name": "LocalDPR", "state": "ENABLED", "sync_date": "2020-02-12T06:22:14+00:00"},
        ]}, "desired_properties": {}}}],
    }),
    ("device_info", [{"ROTPublicUID": ID, "DeviceCertificates": {
        "CertificateAuthorityName": "ca", "CertificateSerialNumber": "73068c91", "ExpirationDate": "2020-05-10T19:39Z",
    }}], {"devices": [{**NOTHING, "id": ID, "certificates": [CERTIFICATE]}]}),
    ("notification_info", [{"ROTPublicUID": 1, "EventType": "DEVICE_ERROR", "Payload": {"IsBlacklisted": True}}], {
        "notifications": [{
            "id": "0000000000000001", "notification_type": "DEVICE_ERROR", "timestamp": None,
            "payload": {"is_blacklisted": True},
        }],
    }),
    ("suspicious_device_info", [{"ROTPublicUID": ID, "Reason": "DUPLICATED_DEV_SERIAL_NUM_SEALING"}], {
        "suspicious_devices": [{"id": ID, "reasons": ["DUPLICATED_DEV_SERIAL_NUM_SEALING"]}],
    }),
    ("usage_info", [{"2000089282256": {"LocalDPR": 1}}], {
        "devices": [{"id": "0002000089282256", "usage": {"LocalDPR": 1}}],
    }),
    ("root_ca_info", [{"CAName": "ca", "CACertificateValidity": "1825", "CreatedDate": "2020-04-20T19:00:36Z",
                       "Certificate": "-----BEGIN\\nEND-----"}], {
        "root_cas": [{
            "name": "ca", "ca_validity_days": 1825, "device_validity_days": None, "renew_before_days": None,
            "certificate": "-----BEGIN\nEND-----", "created": "2020-04-20T19:00:36Z", "expires_on": "2025-04-19",
        }],
    }),
    ("root_ca_device_info", [2000089282245, {"ROTPublicUID": ID, "SerialNumber": "7306"}], {
        "devices": [{"id": ID, "serial_number": None}, {"id": ID, "serial_number": "7306"}],
    }),
    ("webhook_info", [
        {"NotificationURL": "https://a", "NotificationType": "B"}, {"NotificationURL": "https://a", "EventType": "A"},
    ], {"webhooks": [{"url": "https://a", "events": ["A", "B"]}]}),
    ("api_version_info", [{"Version": "1.1.1"}], {"version": "1.1.1"}),
    ("e2e_uplink_protection", [{
        "Nonce": "BbUgA2S3/b938wAA", "MACLength": 128, "CipherSuite": "AES_128_CCM", "Key": "fake==",
        "KIV": "EQEBAIkoIrZnYX4vnjgCCC==", "ROTPublicUID": 2000089282245,
    }], {
        "nonce": "BbUgA2S3/b938wAA", "mac_length": 128, "cipher_suite": "AES_128_CCM", "key": "fake==",
        "kiv": "EQEBAIkoIrZnYX4vnjgCCC==", "id": ID,
    }),
]  # fmt: skip


@pytest.mark.parametrize(("name", "items", "expected"), ANSWERS)
def test_answers_of_any_known_form_become_one(name: str, items: list[Any], expected: dict[str, Any]) -> None:
    assert result(name, *items) == expected


@pytest.mark.parametrize("name", [name for name in QUERIES if not name.startswith("e2e_")])
def test_a_secret_in_an_answer_is_not_handed_on(name: str) -> None:
    secrets = {word.title(): "fake-secret" for word in SECRET_NAMES} | {"AuthorizationToken": "fake-secret"}
    known = {
        "ROTPublicUID": ID, "CAName": "ca", "TagName": "t", "DeviceProfileUID": "u", "ProfileName": "p",
        "NotificationURL": "https://a", "NotificationType": "T", "Payload": secrets,
    }  # fmt: skip
    item = {ID: {}} if name == "usage_info" else {**known, **secrets, "Nested": [secrets]}

    assert "fake-secret" not in json.dumps(result(name, item))


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
WIRE_NAMES = (
    "ROTPublicUID", "CAName", "DesiredProperties", "DeviceCertificates", "Reasons", "SerialNumbers", "IsBlacklisted",
    "Payload", "Certificate", "MACLength", "Authorizations", "NotificationURL", "NotificationType", "IMEI",
    "PROVISIONING",
)  # fmt: skip


@every_query
@settings(max_examples=40, deadline=None)
@given(item=anything | st.dictionaries(st.sampled_from(WIRE_NAMES), anything, max_size=5))
def test_an_answer_of_no_known_form_is_told_and_never_a_crash(query: Query, item: Any) -> None:
    with suppress(UnknownShape):
        json.dumps(query.gather([query.read(item)], {}))


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("DeviceProfileUID", "device_profile_uid"),
        ("ROTPublicUID", "id"),
        ("RoTPublicUIDs", "ids"),
        ("IsBlacklisted", "is_blacklisted"),
        ("CAName", "ca_name"),
        ("IMEI", "imei"),
        ("RotVersion", "rot_version"),
        ("AuthKeyLength", "auth_key_length"),
    ],
)
def test_names_in_snake_case(name: str, ours: str) -> None:
    assert snake_case(name) == ours
