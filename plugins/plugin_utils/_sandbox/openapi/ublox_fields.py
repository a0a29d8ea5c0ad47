# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the fields of u-blox requests mean, and which of their limits no document states."""

from __future__ import annotations

from typing import Any

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.openapi.parts import (
    COLLAPSED,
    MARK,
    Schema,
    array,
    inferred,
    record,
    text,
    whole,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.provisioning import (
    AUTHORIZATIONS,
    EVALUATION,
    MOST_SECONDS,
    STATES,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.validation import (
    AnyOf,
    Field,
    NotBoth,
    Rule,
)

_PROPERTIES_OF_EVENTS = (
    "the sample collapses it; the examples of DEVICE_PROPERTIES_CHANGE_EVENT print Authorizations and name the others"
)


def properties(date: str = "", *, settable: bool = False) -> Schema:
    """Authorizations, network parameters and zero touch, as requests set them and as answers show them."""
    dates = {date: text("When the state last changed.")} if date else {}
    names = AUTHORIZATIONS if settable else (*AUTHORIZATIONS, EVALUATION)
    authorization = record({"Name": text(enum=list(names)), "State": text(enum=list(STATES)), **dates})
    parts = {
        "Authorizations": array(authorization, "Features that are enabled or disabled."),
        "NetworkParameters": record(
            {"SecurityHeartbeatInSec": whole("How often the device connects, in seconds.", **_SECONDS)},
            optional=["SecurityHeartbeatInSec"],
        ),
        "Zerotouch": record({"CAName": text("The root CA of device certificates.")}, optional=["CAName"]),
    }
    return inferred(record(parts, optional=parts), _PROPERTIES_OF_EVENTS)


_SECONDS = {"minimum": 1, "maximum": MOST_SECONDS}

_MEANINGS = {
    "APIKey": "The key that u-blox support created for the client.",
    "APISecret": "The secret that was created together with the APIKey.",
    "RefreshToken": "A token that makes new AuthTokens for 3 days.",
    "TagName": "A tag; case does not distinguish tags.",
    "TagNames": "Tags; they stand for all the objects that have one of them.",
    "ProfileName": "The name of one device profile; case-sensitive.",
    "PageNumber": "The page to get; 1 if not given.",
    "DeviceProfileUID": "The id of a device profile; UNATTRIBUTED DEVICE PROFILE where none was sealed.",
    "DeviceProfileUIDs": "Ids of device profiles.",
    "Provisioning": "What is to be set; at least one property.",
    "Filter": "Which devices to list.",
    "ROTPublicUID": "The id of one device.",
    "ROTPublicUIDs": "Ids of devices.",
    "DeviceSerialNumbers": "Serial numbers of devices.",
    "SerialNumber": "The serial number of a device certificate.",
    "SerialNumbers": "Serial numbers of device certificates.",
    "IMEIs": "IMEIs of devices.",
    "Action": "Whether the devices are put on the whitelist or taken off it.",
    "Options": "Which parts of the information to return; all if not given.",
    "Type": "CONTINUOUS: a new key for every request; AUTOMATIC: a new key every so many Days.",
    "Days": "Days after which the key is rotated; 7 if not given; needed with AUTOMATIC only.",
    "KeyID": "The identity of a session key, 14 bytes in hexadecimal digits.",
    "KeyLength": "Bits of the key to make; 256 if not given.",
    "EncryptedHeader": "The header of a protected message in hexadecimal digits; 16 bytes, 12 for version 2.",
    "FromDate": "Beginning of the time asked for.",
    "ToDate": "End of the time asked for.",
    "NotificationType": "The kind of notification.",
    "NotificationURL": "The https URL that is called.",
    "AuthorizationToken": "What the header Authorization holds when the URL is called.",
    "CAName": "The name of a root CA; publicly unique; letters, digits, underscores, dashes and dots.",
    "CANames": "Names of root CAs; all if not given.",
    "FromCA": "The root CA that the devices have.",
    "ToCA": "The root CA that they are to have.",
    "CACertificateValidity": "Days for which the root CA is valid.",
    "DeviceCertificateValidity": "Days for which device certificates are valid; not beyond the root CA.",
    "RenewBeforeExpiration": "Days before its expiration at which a device certificate is renewed.",
    "RegistrationCode": "The code that the cloud service gave when the root CA was uploaded to it.",
    "SyncRequired": "No description is printed.",
}

_INFERRED_LIMITS = {
    "ROTPublicUID": "samples have 13, 15 and 16 hexadecimal digits",
    "ROTPublicUIDs": "samples have 13, 15 and 16 hexadecimal digits",
    "IMEIs": "the length of an IMEI with and without check digit, or with version",
    "PageNumber": "no lower bound is printed",
    "RegistrationCode": "it becomes the commonName of a certificate",
    "AuthorizationToken": "what a header can hold",
    "NotificationURL": "an empty URL is none",
}

_OWN_LIMITS: dict[str, dict[str, Any]] = {
    "TagName": {"minLength": 1, "maxLength": 255, "pattern": r'^[^\^`~<>"{}|,]+$'},
    "NotificationURL": {"format": "uri", "pattern": "^https://"},
    "KeyLength": {"default": 256},
    "DeviceProfileUID": {"pattern": "^(.*)$"},
}
"""Limits that the document states and the sandbox checks elsewhere."""


def request_schema(fields: tuple[Field, ...], rules: tuple[Rule, ...]) -> Schema:
    """The JSON body of a call, from its declaration."""
    named = {name: field_schema(field, name) for field in fields for name in (field.name, *field.aliases)}
    schema: Schema = {"type": "object", "properties": named}
    needed = [field.name for field in fields if field.required]
    if needed:
        schema["required"] = needed
    aliases = {field.name: field.aliases for field in fields}
    for rule in rules:
        schema |= _ruled(rule, aliases)
    return schema


def _ruled(rule: Rule, aliases: dict[str, tuple[str, ...]]) -> Schema:
    match rule:
        case AnyOf(names):
            spellings = [spelling for name in names for spelling in (name, *aliases.get(name, ()))]
            return {"anyOf": [{"required": [name]} for name in spellings]}
        case NotBoth(names):
            return {"not": {"required": list(names)}}


def field_schema(field: Field, name: str) -> Schema:
    """One field of a request, under its own name or an alias."""
    limits = _limits(field)
    schema: Schema
    match field.type:
        case "strings":
            schema = array({"type": "string", **limits}, minItems=1)
        case "integer":
            schema = {"type": "integer", **limits}
        case "boolean":
            schema = {"type": "boolean"}
        case "object":
            schema = properties(settable=True)
        case "string or number":
            schema = {"type": ["string", "integer"], **limits, MARK: "the table says string, the sample has a number"}
        case _:
            schema = {"type": "string", **limits, **_OWN_LIMITS.get(field.name, {})}
    if field.type == "integer":
        schema |= {key: value for key, value in _OWN_LIMITS.get(field.name, {}).items() if key == "default"}
    if field.name in _INFERRED_LIMITS and MARK not in schema:
        schema[MARK] = f"limits: {_INFERRED_LIMITS[field.name]}"
    alias = "" if name == field.name else f" This spelling of {field.name} is that of the Device Whitelist guide."
    schema["description"] = _MEANINGS[field.name] + alias
    return schema


def _limits(field: Field) -> Schema:
    """The limits of a text, of each text of a list, or of a number."""
    found: Schema = {
        "minimum": field.minimum,
        "maximum": field.maximum,
        "minLength": field.min_length or None,
        "maxLength": field.max_length,
        "pattern": f"^(?:{field.pattern.pattern})$" if field.pattern else None,
        "enum": list(field.choices) or list(field.values) or None,
    }
    return {name: limit for name, limit in found.items() if limit is not None}


def rot_public_uid() -> Schema:
    """A device's id in an answer."""
    return text("The id of a device.")


def numeric_rot_public_uid() -> Schema:
    """A device's id in the answers of the E2E calls, where it is a number that has lost its leading zeros."""
    return {
        "type": ["integer", "string"],
        "description": "The id of the device as a number, without its leading zeros.",
        MARK: "the sample prints a number; an id with letters cannot be one and stays a text",
    }


def collapsed(schema: Schema) -> Schema:
    """The items of a list that the sample prints empty."""
    return inferred(schema, COLLAPSED)
