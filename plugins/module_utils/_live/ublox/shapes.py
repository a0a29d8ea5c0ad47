# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The forms that the specification of u-blox Security Services leaves out, and the one form this product writes.

The REST API document 1.1.29 shows ``[ ]`` and ``{ }`` for many values. Each reader here is tolerant and returns one
form; each says whether that form is documented or inferred, and from what. If the live service differs, this file
is the place to change.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from ..._model.ids import ID_LENGTH
from ..._model.secret import Secret


class UnknownShape(Exception):
    """A value in no form that is known here; its text says which and where."""


def _text(value: object, what: str) -> str:
    if isinstance(value, str) and value:
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise UnknownShape(f"{what} is {type(value).__name__}, expected text")


def _named(item: object, *names: str) -> str:
    """A name given as text, or as an object under one of ``names``."""
    if isinstance(item, Mapping):
        for name in names:
            if name in item:
                return _text(item[name], name)
        raise UnknownShape(f"an object without {' or '.join(names)}")
    return _text(item, names[0])


def read_tag(item: object) -> dict[str, Any]:
    """Inferred: ``Tags`` holds objects with ``TagName``, the word of the request; a plain name is read as well."""
    return {"TagName": _named(item, "TagName", "Name")}


def _list(value: object, what: str) -> Sequence[Any]:
    if isinstance(value, list):
        return value
    raise UnknownShape(f"{what} is {type(value).__name__}, expected a list")


def _object(value: object, what: str) -> Mapping[str, Any]:
    """An object; what is left out or null is an empty one."""
    if value is None:
        return {}
    if isinstance(value, Mapping):
        return value
    raise UnknownShape(f"{what} is {type(value).__name__}, expected an object")


def read_device_id(item: object) -> str:
    """Documented as text in the requests and in /device/activity/get; as a number in the samples of the E2E calls,
    which loses leading zeros: they are put back. Inferred for lists: text, or an object with the id.
    """
    names = ("ROTPublicUID", "RoTPublicUID", "Id")
    given = next((item[name] for name in names if name in item), item) if isinstance(item, Mapping) else item
    text = _named(item, *names)
    return text if isinstance(given, str) else text.zfill(ID_LENGTH)


def read_whitelist_entry(item: object) -> str | None:
    """Inferred: as ``read_device_id``. An entry that has an IMEI and no id is not ours to manage: None."""
    if isinstance(item, Mapping) and item.get("IMEI") and not any(key.lower() == "rotpublicuid" for key in item):
        return None
    return read_device_id(item)


def read_profile(item: object) -> dict[str, Any]:
    """Inferred from the requests' words: DeviceProfileUID, ProfileName, TagNames. ``TagNames`` is None when the
    service does not list them.
    """
    if not isinstance(item, Mapping):
        raise UnknownShape("a device profile that is not an object")
    tags = next((item[key] for key in ("TagNames", "Tags") if key in item), None)
    return {
        "DeviceProfileUID": _named(item, "DeviceProfileUID"),
        "ProfileName": _named(item, "ProfileName", "DeviceProfileName", "Name"),
        "TagNames": None if tags is None else [read_tag(tag)["TagName"] for tag in _list(tags, "TagNames")],
    }


def read_root_ca(item: object) -> dict[str, Any]:
    """Inferred: the fields of the answer to /ztp/rootca/create, which is documented."""
    if not isinstance(item, Mapping):
        raise UnknownShape("a root CA that is not an object")
    read: dict[str, Any] = {"CAName": _named(item, "CAName")}
    for name in ("CACertificateValidity", "DeviceCertificateValidity", "RenewBeforeExpiration"):
        if item.get(name) not in (None, ""):
            read[name] = read_count(item[name], name)
    expires = _expiry(item.get("CreatedDate"), read.get("CACertificateValidity"))
    return {**read, "ExpiresOn": expires} if expires else read


def _expiry(created: object, days: int | None) -> str:
    """The day on which a CA expires, by its documented CreatedDate and validity; empty if they do not tell."""
    if not isinstance(created, str) or days is None:
        return ""
    try:
        return (date.fromisoformat(created[:10]) + timedelta(days=days)).isoformat()
    except (ValueError, OverflowError):
        return ""


def read_webhook(item: object) -> dict[str, Any]:
    """Inferred: the fields of /notification/webhook/create; the token may be left out."""
    if not isinstance(item, Mapping):
        raise UnknownShape("a webhook that is not an object")
    read = {
        "NotificationURL": _named(item, "NotificationURL"),
        "NotificationType": _named(item, "NotificationType", "EventType"),
    }
    if item.get("AuthorizationToken"):
        read["AuthorizationToken"] = _text(item["AuthorizationToken"], "AuthorizationToken")
    return read


def read_count(value: object, what: str) -> int:
    """Documented as a number; a number in text is read as well."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and value.isdecimal():
        return int(value)
    raise UnknownShape(f"{what} is not a number")


def read_total(answer: object) -> dict[str, Any]:
    """Documented: how many records a list has in all."""
    return {"TotalRecords": read_count(_object(answer, "the answer").get("TotalRecords"), "TotalRecords")}


def read_provisioning(answer: object) -> dict[str, Any]:
    """DesiredProperties as ``{"Authorizations": {name: state}, "RootCA": name, "SecurityHeartbeatInSec": seconds}``,
    each only if set.

    Documented in the webhook payloads: a list of ``{"Name", "State"}`` under Authorizations. Inferred: the groups
    NetworkParameters and Zerotouch, from the list of properties that can change; their members, from the requests.
    """
    desired = _object(_object(answer, "the answer").get("DesiredProperties"), "DesiredProperties")
    read: dict[str, Any] = {}
    authorizations = desired.get("Authorizations")
    if isinstance(authorizations, Mapping):
        read["Authorizations"] = {name: _text(state, name).upper() for name, state in authorizations.items()}
    elif authorizations:
        states = [_object(item, "an authorization") for item in _list(authorizations, "Authorizations")]
        read["Authorizations"] = {_named(item, "Name"): _text(item.get("State"), "State").upper() for item in states}
    network = {**desired, **_object(desired.get("NetworkParameters"), "NetworkParameters")}
    if network.get("SecurityHeartbeatInSec") is not None:
        read["SecurityHeartbeatInSec"] = read_count(network["SecurityHeartbeatInSec"], "SecurityHeartbeatInSec")
    zerotouch = next((desired[key] for key in ("Zerotouch", "ZeroTouch", "ZTP") if desired.get(key)), None)
    if zerotouch:
        read["RootCA"] = _named(zerotouch, "CAName")
    return {"DesiredProperties": read}


def write_provisioning(body: Mapping[str, Any]) -> dict[str, Any]:
    """The form that is written: the reverse of ``read_provisioning``."""
    provisioning = body["Provisioning"]
    written: dict[str, Any] = {}
    if "Authorizations" in provisioning:
        written["Authorizations"] = [
            {"Name": name, "State": state} for name, state in sorted(provisioning["Authorizations"].items())
        ]
    if "SecurityHeartbeatInSec" in provisioning:
        written["NetworkParameters"] = {"SecurityHeartbeatInSec": provisioning["SecurityHeartbeatInSec"]}
    if "RootCA" in provisioning:
        written["Zerotouch"] = {"CAName": provisioning["RootCA"]}
    return {**body, "Provisioning": written}


READ_ITEM: Mapping[str, Callable[[object], Any]] = {
    "/tag/get": read_tag,
    "/deviceprofile/get": read_profile,
    "/ztp/rootca/get": read_root_ca,
    "/device/whitelist/get": read_whitelist_entry,
    "/notification/webhook/get": read_webhook,
}
READ_ANSWER: Mapping[str, Callable[[object], Any]] = {
    "/deviceprofile/bootstrapprovisioning/get": read_provisioning,
    "/device/rotpublicuid/get": read_total,
    "/ztp/rootca/device/get": read_total,
}
WRITE_BODY: Mapping[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    "/deviceprofile/bootstrapprovisioning/set": write_provisioning,
}


def wire_body(path: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """``body`` as it is sent: in its wire form, secrets revealed."""
    write = WRITE_BODY.get(path, dict)
    return {
        key: value.reveal() if isinstance(value, Secret) else _jsonable(value) for key, value in write(body).items()
    }


def _jsonable(value: Any) -> Any:
    return sorted(value) if isinstance(value, frozenset) else value
