# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The forms that the specification of u-blox Security Services leaves out, and the one form this product writes.

The REST API document 1.1.29 shows ``[ ]`` and ``{ }`` for many values. Each reader here is tolerant and returns one
form; each says whether that form is documented or inferred, and from what. If the live service differs, this file
is the place to change.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from ..._model.ids import ID_LENGTH
from ..._model.secret import Secret
from .tolerant import (
    ID_NAMES,
    Member,
    UnknownShape,
    as_it_came,
    count,
    device_id,
    flag,
    mapping,
    named,
    pem,
    record,
    sequence,
    text,
    texts,
)


def read_tag(item: object) -> dict[str, Any]:
    """Inferred: ``Tags`` holds objects with ``TagName``, the word of the request; a plain name is read as well."""
    return {"TagName": named(item, "TagName", "Name")}


def read_device_id(item: object) -> str:
    """Documented as text in the requests and in /device/activity/get; as a number in the samples of the E2E calls,
    which loses leading zeros: they are put back. Inferred for lists: text, or an object with the id.
    """
    names = (*ID_NAMES, "Id")
    given = next((item[name] for name in names if name in item), item) if isinstance(item, Mapping) else item
    found = named(item, *names)
    return found if isinstance(given, str) else found.zfill(ID_LENGTH)


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
        "DeviceProfileUID": named(item, "DeviceProfileUID"),
        "ProfileName": named(item, "ProfileName", "DeviceProfileName", "Name"),
        "TagNames": None if tags is None else [read_tag(tag)["TagName"] for tag in sequence(tags, "TagNames")],
    }


def read_root_ca(item: object) -> dict[str, Any]:
    """Inferred: the fields of the answer to /ztp/rootca/create, which is documented."""
    if not isinstance(item, Mapping):
        raise UnknownShape("a root CA that is not an object")
    read: dict[str, Any] = {"CAName": named(item, "CAName")}
    for name in ("CACertificateValidity", "DeviceCertificateValidity", "RenewBeforeExpiration"):
        if item.get(name) not in (None, ""):
            read[name] = count(item[name], name)
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
        "NotificationURL": named(item, "NotificationURL"),
        "NotificationType": named(item, "NotificationType", "EventType"),
    }
    if item.get("AuthorizationToken"):
        read["AuthorizationToken"] = text(item["AuthorizationToken"], "AuthorizationToken")
    return read


def read_total(answer: object) -> dict[str, Any]:
    """Documented: how many records a list has in all, beside its page."""
    page = mapping(answer, "the answer")
    return {**page, "TotalRecords": count(page.get("TotalRecords"), "TotalRecords")}


def read_root_cas(answer: object) -> Any:
    """Documented for the list. Inferred for the one that is named in the request, "to get a certificate": it may come
    alone, without the list around it.
    """
    if isinstance(answer, Mapping) and "CAs" not in answer and "CAName" in answer:
        return {"CAs": [answer], "TotalRecords": 1}
    return answer


def read_provisioning(answer: object) -> dict[str, Any]:
    """DesiredProperties as ``{"Authorizations": {name: state}, "RootCA": name, "SecurityHeartbeatInSec": seconds}``,
    each only if set.

    Documented in the webhook payloads: a list of ``{"Name", "State"}`` under Authorizations. Inferred: the groups
    NetworkParameters and Zerotouch, from the list of properties that can change; their members, from the requests.
    """
    desired = mapping(mapping(answer, "the answer").get("DesiredProperties"), "DesiredProperties")
    read: dict[str, Any] = {}
    authorizations = desired.get("Authorizations")
    if isinstance(authorizations, Mapping):
        read["Authorizations"] = {name: text(state, name).upper() for name, state in authorizations.items()}
    elif authorizations:
        states = [mapping(item, "an authorization") for item in sequence(authorizations, "Authorizations")]
        read["Authorizations"] = {named(item, "Name"): text(item.get("State"), "State").upper() for item in states}
    network = {**desired, **mapping(desired.get("NetworkParameters"), "NetworkParameters")}
    if network.get("SecurityHeartbeatInSec") is not None:
        read["SecurityHeartbeatInSec"] = count(network["SecurityHeartbeatInSec"], "SecurityHeartbeatInSec")
    zerotouch = next((desired[key] for key in ("Zerotouch", "ZeroTouch", "ZTP") if desired.get(key)), None)
    if zerotouch:
        read["RootCA"] = named(zerotouch, "CAName")
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
    "/device/rotpublicuid/get": read_device_id,
    "/notification/webhook/get": read_webhook,
}
READ_ANSWER: Mapping[str, Callable[[object], Any]] = {
    "/deviceprofile/bootstrapprovisioning/get": read_provisioning,
    "/device/rotpublicuid/get": read_total,
    "/ztp/rootca/get": read_root_cas,
    "/ztp/rootca/device/get": read_total,
}
WRITE_BODY: Mapping[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    "/deviceprofile/bootstrapprovisioning/set": write_provisioning,
    "/device/provisioning/set": write_provisioning,
}


def wire_body(path: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """``body`` as it is sent: in its wire form, secrets revealed."""
    write = WRITE_BODY.get(path, dict)
    return {
        key: value.reveal() if isinstance(value, Secret) else _jsonable(value) for key, value in write(body).items()
    }


def _jsonable(value: Any) -> Any:
    return sorted(value) if isinstance(value, frozenset) else value


def tag_name(item: object) -> str:
    """As ``read_tag``, the name alone."""
    return str(read_tag(item)["TagName"])


_ID = Member(ID_NAMES[0], device_id, also=ID_NAMES[1:], needed=True)


def device_profile(item: object) -> dict[str, Any]:
    """As ``read_profile``, in our words."""
    read = read_profile(item)
    return {"name": read["ProfileName"], "device_profile_uid": read["DeviceProfileUID"], "tags": read["TagNames"]}


def root_ca(item: object) -> dict[str, Any]:
    """Inferred: the fields of the answer to /ztp/rootca/create, which is documented, and its RenewBeforeExpiration."""
    read = record(item, "a root CA", _ROOT_CA)
    return {**read, "expires_on": _expiry(read["created"], read["ca_validity_days"]) or None}


_ROOT_CA = (
    Member("CAName", name="name", needed=True),
    Member("CACertificateValidity", count, "ca_validity_days"),
    Member("DeviceCertificateValidity", count, "device_validity_days"),
    Member("RenewBeforeExpiration", count, "renew_before_days"),
    Member("Certificate", pem),
    Member("CreatedDate", name="created"),
)


def revocation_list(item: object) -> dict[str, Any]:
    """Inferred from the text: "a standard CRL string as well as serial numbers of revoked device certificates"."""
    return record(
        item,
        "a CRL",
        (Member("CAName", name="root_ca"), Member("CRL", pem), Member("SerialNumbers", texts)),
    )


def certified_device(item: object) -> dict[str, Any]:
    """Inferred from the requests' words: a device with its certificate's SerialNumber; its id alone is read too."""
    members = (_ID, Member("SerialNumber"))
    return record(item if isinstance(item, Mapping) else {ID_NAMES[0]: item}, "a device", members)


def proof(answer: object) -> dict[str, Any]:
    """Documented (/ztp/rootca/popcertificate/generate). The certificate's line ends as ``pem`` reads them."""
    return record(answer, "a proof", (Member("CAName", name="root_ca"), Member("PoPCertificate", pem, "certificate")))


def device(item: object) -> dict[str, Any]:
    """Inferred from the fields of the webhook payloads and from what the options CORE, PROVISIONING and ZTP promise.
    The parts may also stand in objects of their own.
    """
    if isinstance(item, Mapping):
        parts = (item[part] for part in ("ROT", "CORE", "ProvisioningState", "PROVISIONING", "ZTP") if part in item)
        item = {**item, **{key: value for part in parts if isinstance(part, Mapping) for key, value in part.items()}}
    return record(item, "a device", _DEVICE)


def properties(value: object, _what: str) -> dict[str, Any]:
    """As ``read_provisioning``, in the words of the module bootstrap_provisioning; with each authorization's date,
    which the webhook payloads document as ModifiedDate and SyncDate.
    """
    read = read_provisioning({"DesiredProperties": value})["DesiredProperties"]
    dates = [item for item in mapping(value, "properties").get("Authorizations") or () if isinstance(item, Mapping)]
    return {
        "authorizations": {name: state.lower() for name, state in read.get("Authorizations", {}).items()},
        "root_ca": read.get("RootCA"),
        "security_heartbeat_seconds": read.get("SecurityHeartbeatInSec"),
        "dates": {
            named(item, "Name"): text(item[date], date)
            for item in dates
            for date in ("ModifiedDate", "SyncDate")
            if item.get(date)
        },
    }


def certificates(value: object, what: str) -> list[dict[str, Any]]:
    """Inferred from the payload of DEVICE_CERTIFICATE_RENEWAL_EVENT; one certificate may come without a list."""
    found = [value] if isinstance(value, Mapping) else sequence(value, what)
    return [record(item, "a device certificate", _CERTIFICATE) for item in found]


_CERTIFICATE = (
    Member("CAName", name="root_ca", also=("CertificateAuthorityName",)),
    Member("SerialNumber", also=("CertificateSerialNumber",)),
    Member("ExpirationDate"),
    Member("IsRevoked", flag),
    Member("Certificate", pem),
)
_DEVICE = (
    _ID,
    Member("DeviceSerialNumber"),
    Member("IMEI"),
    Member("TypeNumber"),
    Member("DeviceProfileUID"),
    Member("State", also=("DeviceState",)),
    Member("IsBlacklisted", flag),
    Member("DesiredProperties", properties, "desired"),
    Member("CurrentProperties", properties, "current"),
    Member("DeviceCertificates", certificates, "certificates"),
)


def known_devices(answer: object) -> list[dict[str, Any]]:
    """Documented: DeviceInfo is a list; its items are read as ``device``. A certificate that does not say which one it
    is cannot be managed.
    """
    found = [device(item) for item in sequence(mapping(answer, "the answer").get("DeviceInfo"), "DeviceInfo")]
    for certificate in (certificate for one in found for certificate in one["certificates"] or ()):
        for name, wire in (("root_ca", "CAName"), ("serial_number", "SerialNumber")):
            if certificate[name] is None:
                raise UnknownShape(f"a device certificate without {wire}")
    return found


def desired_properties(answer: object) -> list[dict[str, Any]]:
    """Documented: a list. Inferred: each item has the device's id and its DesiredProperties, as the answer to
    /deviceprofile/bootstrapprovisioning/get has them.
    """
    return [record(item, "a device", _DESIRED) for item in sequence(answer, "the answer")]


_DESIRED = (_ID, Member("DesiredProperties", properties, "desired"))


def revoked_serials(answer: object) -> list[dict[str, Any]]:
    """As ``revocation_list``, with serial numbers in lower case and without leading zeros: prints of one number differ
    in them.
    """
    lists = [revocation_list(item) for item in sequence(mapping(answer, "the answer").get("CRLs"), "CRLs")]
    return [
        {
            "root_ca": found["root_ca"],
            "serials": [serial.lower().lstrip("0") for serial in found["serial_numbers"] or ()],
        }
        for found in lists
    ]


def root_cas(answer: object) -> list[dict[str, Any]]:
    """As ``read_root_cas`` has left it, each root CA as ``read_root_ca``."""
    return [read_root_ca(item) for item in sequence(mapping(answer, "the answer").get("CAs"), "CAs")]


READ_INQUIRY: Mapping[str, Callable[[object], list[dict[str, Any]]]] = {
    "/device/info/get": known_devices,
    "/device/provisioning/get": desired_properties,
    "/ztp/rootca/crl/get": revoked_serials,
    "/ztp/rootca/get": root_cas,
}
"""Answers to the calls that kinds ask about devices with."""


def whitelist_entry(item: object) -> dict[str, Any]:
    """Inferred: as ``read_whitelist_entry``; what has no id yet has an IMEI."""
    if read_whitelist_entry(item) is None:
        return {"imei": text(mapping(item, "an entry")["IMEI"], "IMEI")}
    return {"id": device_id(item)}


def notification(item: object) -> dict[str, Any]:
    """Inferred from the webhook payloads, with the request's NotificationType for their EventType."""
    members = (
        replace(_ID, needed=False),
        Member("NotificationType", also=("EventType",)),
        Member("Timestamp"),
        Member("Payload", lambda value, _unused: as_it_came(value)),
    )
    return record(item, "a notification", members)


def clone(item: object) -> dict[str, Any]:
    """Inferred: an object with the device's id. All else is kept as it comes."""
    return record(item, "a cloned event", (_ID,))


def suspicious_device(item: object) -> dict[str, Any]:
    """Inferred: an object with the device's id and one or more of the documented reasons."""
    members = (
        _ID,
        Member("Reasons", texts, also=("Reason",)),
    )
    return record(item, "a suspicious device", members)


def usage(answer: object) -> list[dict[str, Any]]:
    """Documented: an object whose keys are ids, as numbers without their leading zeros. What it holds for each is not,
    and is kept as it comes.
    """
    return [{"id": device_id(key), "usage": value} for key, value in sorted(mapping(answer, "the answer").items())]


def e2e_parameters(answer: object) -> dict[str, Any]:
    """Documented. Keys and nonces are in Base64; what a call does not answer is left out."""
    read = record(answer, "the answer", _E2E)
    return {name: value for name, value in read.items() if value is not None}


_E2E = (
    replace(_ID, needed=False),
    Member("CipherSuite"),
    Member("MACLength", count),
    Member("KeyLength", count),
    Member("AuthKeyLength", count),
    Member("Key"),
    Member("EncryptionKey"),
    Member("AuthenticationKey"),
    Member("Nonce"),
    Member("KIV"),
    Member("AESIV", name="aes_iv"),
)
