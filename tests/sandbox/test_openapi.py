# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The OpenAPI documents: valid, complete, up to date, and marked where they do not follow a specification."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.fleet import payloads
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.openapi.documents import documents
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.store import Store
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.system import UbloxSystem
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.world import World
from tests.support.openapi import CALAMP, MT20W, UBLOX, broken, operations

SCHEMAS = Path(__file__).resolve().parents[2] / "schemas"
DOCUMENTS = documents()


@pytest.fixture(autouse=True)
def no_defect() -> None:
    """These tests need no running sandbox."""


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_document_is_valid_openapi_3_1(name: str) -> None:
    assert list(OpenAPIV31SpecValidator(DOCUMENTS[name]).iter_errors()) == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_file_is_what_make_generate_writes(name: str) -> None:
    assert json.loads((SCHEMAS / name).read_text()) == DOCUMENTS[name], "run make generate"


def test_every_endpoint_and_field_of_the_u_blox_sandbox_is_there() -> None:
    paths = DOCUMENTS[UBLOX]["paths"]
    endpoints = UbloxSystem(World(Store())).endpoints
    assert set(paths) == set(endpoints)
    for path, endpoint in endpoints.items():
        body = paths[path]["post"].get("requestBody", {"content": {"application/json": {"schema": {"properties": {}}}}})
        fields = {name for field in endpoint.fields for name in (field.name, *field.aliases)}
        assert set(body["content"]["application/json"]["schema"]["properties"]) == fields


def test_all_six_events_are_there() -> None:
    assert set(DOCUMENTS[UBLOX]["webhooks"]) == {
        payloads.BOOTSTRAP,
        payloads.PROPERTIES,
        payloads.ERRORS,
        payloads.RENEWAL,
        payloads.EXPIRATION,
        payloads.ROOT_CA_EXPIRATION,
    }


def marks(part: Any) -> Iterator[Any]:
    if isinstance(part, dict):
        for name, value in part.items():
            if name == "x-inferred":
                yield value
            else:
                yield from marks(value)
    elif isinstance(part, list):
        for item in part:
            yield from marks(item)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_whatever_is_inferred_says_from_what(name: str) -> None:
    found = list(marks(DOCUMENTS[name]))
    assert found
    for mark in found:
        reasons = [mark] if isinstance(mark, str) else [reason["because"] for reason in mark]
        assert all(len(reason) > 5 for reason in reasons)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_printed_requests_fit_their_own_schemas(name: str) -> None:
    for path, method, operation in operations(DOCUMENTS[name]):
        for media_type, media in operation.get("requestBody", {"content": {}})["content"].items():
            if "example" in media:
                place = ("paths", path, method, "requestBody", "content", media_type, "schema")
                assert broken(name, place, media["example"]) == []


EVENTS: dict[str, Any] = {
    payloads.BOOTSTRAP: {
        "ROTPublicUID": "135700008928c093",
        "Timestamp": "2020-05-07T11:23:32",
        "EventType": "DEVICE_BOOTSTRAP_EVENT",
        "Payload": {
            "RotVersion": "1",
            "SerialNumber": "235435",
            "Version": "12",
            "DeviceSerialNumber": "123234354",
            "IMEI": "862618583984360",
            "DeviceProfileUID": "QHlN732VgUWCdfNeXHkQR1",
            "TypeNumber": "SARA-R410M-03B-00",
            "IsBlacklisted": False,
        },
    },
    payloads.PROPERTIES: {
        "ROTPublicUID": "135700008928b093",
        "Timestamp": "2020-05-09T00:10:15",
        "EventType": "DEVICE_PROPERTIES_CHANGE_EVENT",
        "Payload": {
            "DesiredProperties": {
                "Authorizations": [
                    {"Name": "LocalDPR", "State": "ENABLED", "ModifiedDate": "2020-04-25T06:22:12+00:00"}
                ]
            },
            "CurrentProperties": {
                "Authorizations": [{"Name": "LocalDPR", "State": "ENABLED", "SyncDate": "2020-02-12T06:22:14+00:00"}]
            },
        },
    },
    payloads.ERRORS: {
        "ROTPublicUID": "135700008928c093",
        "EventType": "DEVICE_ERRORS_EVENT",
        "Timestamp": "2020-05-10T19:39Z",
        "Payload": {"Error": "Invalid KeySetId for device"},
    },
    payloads.RENEWAL: {
        "ROTPublicUID": "135700008928c093",
        "EventType": "DEVICE_CERTIFICATE_RENEWAL_EVENT",
        "Timestamp": "2020-05-10T19:39Z",
        "Payload": {
            "CertificateAuthorityName": "eaxample.com",
            "CertificateSerialNumber": "73068c914de40ccaee84e03a66b4858",
            "CertificateValidity": 1825,
            "ExpirationDate": "2020-05-10T19:39Z",
        },
    },
    payloads.EXPIRATION: {
        "ROTPublicUID": "135700008928c093",
        "EventType": "DEVICE_CERTIFICATE_EXPIRATION_EVENT",
        "Timestamp": "2020-05-10T19:39Z",
        "Payload": {
            "CertificateAuthorityName": "eaxample.com",
            "CertificateSerialNumber": "73068c914de40ccaee84e03a66b4858",
            "DaysToExpiration": 60,
            "ExpirationDate": "2020-05-10T19:39Z",
        },
    },
    payloads.ROOT_CA_EXPIRATION: {
        "EventType": "ROOTCA_EXPIRATION_EVENT",
        "Timestamp": "2020-05-10T19:39Z",
        "Payload": {
            "CertificateAuthorityName": "test-ca",
            "DaysToExpiration": 60,
            "ExpirationDate": "2020-09-20T09:52:58",
            "ProvisionedDevicesCount": 6,
        },
    },
}
"""The examples that the specification prints."""


@pytest.mark.parametrize("event", EVENTS)
def test_the_printed_events_fit_their_schemas(event: str) -> None:
    place = ("webhooks", event, "post", "requestBody", "content", "application/json", "schema")
    assert broken(UBLOX, place, EVENTS[event]) == []
    assert broken(UBLOX, place, {**EVENTS[event], "Unknown": 1}) != []


def test_the_other_two_documents_name_what_their_specifications_name() -> None:
    assert {(path, method) for path, method, _unused in operations(DOCUMENTS[CALAMP])} == {
        ("/api/login", "post"),
        ("/api/logout", "get"),
        ("/api/devices/passwords/esn", "get"),
        ("/api/devices/passwords/imei", "get"),
        ("/api/devices/passwords/mac", "get"),
        ("/api/devices/passwords/all", "post"),
    }
    [(path, method, scan)] = operations(DOCUMENTS[MT20W])
    assert (path, method) == ("/api/credentials/scan", "post")
    assert set(scan["responses"]) == {"200", "400", "401", "404", "412"}
    assert all("X-Device-Last-Connected" in answer["headers"] for answer in scan["responses"].values())
