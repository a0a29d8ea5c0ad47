# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The events that u-blox Security Services sends to webhooks, as their examples print them."""

from __future__ import annotations

from typing import Any

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.fleet import payloads
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.openapi.parts import (
    Schema,
    answer,
    array,
    content,
    flag,
    inferred,
    record,
    text,
    whole,
)

_CERTIFICATE = {"CertificateAuthorityName": text(), "CertificateSerialNumber": text()}


def _properties(date: str) -> Schema:
    authorization = record({"Name": text(), "State": text(), date: text()})
    parts = {
        "Authorizations": array(authorization),
        "NetworkParameters": inferred({"type": "object"}, "named among what can change, not printed"),
        "Zerotouch": inferred({"type": "object"}, "named among what can change, not printed"),
    }
    return record(parts, optional=parts)


_PAYLOADS: dict[str, tuple[str, dict[str, Schema]]] = {
    payloads.BOOTSTRAP: (
        "A device bootstrapped",
        {
            "RotVersion": text(),
            "SerialNumber": text(),
            "Version": text(),
            "DeviceSerialNumber": {"type": ["string", "null"]},
            "IMEI": {"type": ["string", "null"]},
            "DeviceProfileUID": text(),
            "TypeNumber": text(),
            "IsBlacklisted": flag(),
        },
    ),
    payloads.PROPERTIES: (
        "Desired properties became current ones",
        {"DesiredProperties": _properties("ModifiedDate"), "CurrentProperties": _properties("SyncDate")},
    ),
    payloads.ERRORS: ("A device could not be reached, or did not do as it was told", {"Error": text()}),
    payloads.RENEWAL: (
        "A device certificate was renewed",
        {**_CERTIFICATE, "CertificateValidity": whole("Days."), "ExpirationDate": text()},
    ),
    payloads.EXPIRATION: (
        "A device certificate expires in 60, 30 or 7 days",
        {**_CERTIFICATE, "DaysToExpiration": whole(), "ExpirationDate": text()},
    ),
    payloads.ROOT_CA_EXPIRATION: (
        "A root CA expires in 180, 90, 60, 30, 7 or 0 days",
        {
            "CertificateAuthorityName": text(),
            "DaysToExpiration": whole(),
            "ExpirationDate": text(),
            "ProvisionedDevicesCount": whole(),
        },
    ),
}


def event_schema(name: str) -> Schema:
    """The body of one event."""
    device = {} if name == payloads.ROOT_CA_EXPIRATION else {"ROTPublicUID": text("The id of the device.")}
    return record(
        {**device, "Timestamp": text(), "EventType": text(enum=[name]), "Payload": record(_PAYLOADS[name][1])}
    )


def webhooks() -> dict[str, Any]:
    """All events, by name."""
    return {name: {"post": _webhook(name, summary)} for name, (summary, _unused) in _PAYLOADS.items()}


def _webhook(name: str, summary: str) -> dict[str, Any]:
    authorization = {
        "name": "Authorization",
        "in": "header",
        "required": True,
        "description": "The AuthorizationToken that was given for the URL.",
        "schema": text(),
    }
    return {
        "operationId": name,
        "summary": summary,
        "parameters": [authorization],
        "requestBody": {"required": True, "content": content(event_schema(name))},
        "responses": {"2XX": inferred(answer("Taken."), "no document says what a receiver has to answer")},
    }
