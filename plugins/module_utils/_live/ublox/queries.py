# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every call of u-blox Security Services that answers, as data (REST API 1.1.29; the section is the path).

What a call answers is read by ``shapes.py``; here is what it takes, and what the result is called.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from . import shapes
from .query import Asked, Body, Form, Gather, Parameter, Query
from .tolerant import as_it_came, device_id

IDS_PER_REQUEST = 500


def _listed(name: str) -> Gather:
    """All items as the result ``name``."""
    return lambda items, _beside: {name: list(items)}


def _single(items: Sequence[Any], _beside: Body) -> Mapping[str, Any]:
    """The one object itself."""
    (found,) = items
    return found  # type: ignore[no-any-return]  # a reader of shapes.py made it


def _devices(items: Sequence[Any], _beside: Body) -> Mapping[str, Any]:
    """Each device once, whatever it was found by."""
    return {"devices": list({item["id"]: item for item in items}.values())}


def _activities(items: Sequence[Any], beside: Body) -> Mapping[str, Any]:
    return {"last_seen": beside.get("LastSeen"), "activities": list(items)}


def _webhooks(items: Sequence[Any], _beside: Body) -> Mapping[str, Any]:
    """By URL, as the module webhook has them. The token is not handed on."""
    events: dict[str, set[str]] = {}
    for item in items:
        events.setdefault(item["NotificationURL"], set()).add(item["NotificationType"])
    return {"webhooks": [{"url": url, "events": sorted(names)} for url, names in events.items()]}


def _whitelist(items: Sequence[Any], _beside: Body) -> Mapping[str, Any]:
    return {"ids": _sorted(items, "id"), "imeis": _sorted(items, "imei")}


def _sorted(items: Iterable[Mapping[str, str]], member: str) -> list[str]:
    return sorted(item[member] for item in items if member in item)


def _usage(items: Sequence[Any], _beside: Body) -> Mapping[str, Any]:
    return {"devices": [device for answer in items for device in answer]}


_IDS = Parameter("ids", "ROTPublicUIDs", Asked.IDS, "ROTPublicUIDs of devices. Quote them.", selects=True)
_TAGS = Parameter("tags", "TagNames", Asked.TEXTS, "Tags; the devices that have one of them are meant.", selects=True)
_PROFILE = Parameter(
    "device_profile_uid",
    "DeviceProfileUID",
    Asked.TEXT,
    "The DeviceProfileUID of a device profile; V(UNATTRIBUTED DEVICE PROFILE) for devices without one.",
    selects=True,
)
_ID = Parameter("id", "ROTPublicUID", Asked.ID, "ROTPublicUID of the device. Quote it.", required=True)
_CA_NAME = Parameter(
    "root_ca",
    "CAName",
    Asked.TEXT,
    "The name of the root CA.",
    required=True,
    pattern=r"[A-Za-z0-9_.\-]{1,45}",
    rule="may hold letters, digits, underscores, dashes and dots only, at most 45 of them",
)


def _from(what: str, oldest_days: int = 0) -> tuple[Parameter, ...]:
    """The parameters of a window in time. ``oldest_days`` is how far back the specification lets it begin."""
    return (
        Parameter(
            "from_date",
            "FromDate",
            Asked.MOMENT,
            f"The beginning, in ISO 8601; {what} that came after it are returned. Without a zone it is UTC.",
            oldest_days=oldest_days,
        ),
        Parameter(
            "last_days",
            "FromDate",
            Asked.LAST_DAYS,
            "So many days back, instead of O(from_date).",
            minimum=1,
            maximum=oldest_days or None,
        ),
        Parameter(
            "to_date",
            "ToDate",
            Asked.MOMENT,
            "The end, in ISO 8601. Without it there is none.",
        ),
    )


_WINDOW_ONE_OF = ("from_date", "last_days")

_ALL = (
    Query(
        "device_profile_info",
        "/deviceprofile/get",
        Form.PAGES,
        shapes.device_profile,
        _listed("device_profiles"),
        "DeviceProfiles",
        (
            Parameter("name", "ProfileName", Asked.TEXT, "The name of a profile; letter case counts."),
            Parameter("tags", "TagNames", Asked.TEXTS, "Tags; the profiles that have one of them.", selects=True),
        ),
        not_both=(("name", "tags"),),
    ),
    Query(
        "device_list_info",
        "/device/list/get",
        Form.PAGES,
        device_id,
        _listed("ids"),
        "ROTPublicUIDs",
        (
            Parameter(
                "filter",
                "Filter",
                Asked.TEXT,
                "Which devices: all, or only those on the whitelist, or only those that were blacklisted when they "
                "bootstrapped. Without it all of them.",
                choices=("ALL", "WHITELISTED", "BLACKLISTED"),
            ),
        ),
    ),
    Query(
        "linked_device_info",
        "/device/rotpublicuid/get",
        Form.PAGES,
        device_id,
        _listed("ids"),
        "ROTPublicUIDs",
        (_PROFILE, _TAGS),
        one_of=(("device_profile_uid", "tags"),),
    ),
    Query("whitelist", "/device/whitelist/get", Form.PAGES, shapes.whitelist_entry, _whitelist, "DeviceWhitelist"),
    Query(
        "blacklist",
        "/device/list/get",
        Form.PAGES,
        device_id,
        lambda items, _beside: {"blacklisted_ids": sorted(items)},
        "ROTPublicUIDs",
        always={"Filter": "BLACKLISTED"},
    ),
    Query(
        "device_info",
        "/device/info/get",
        Form.LIST,
        shapes.device,
        _devices,
        "DeviceInfo",
        (
            replace(_IDS, batch=IDS_PER_REQUEST),
            _TAGS,
            Parameter(
                "device_serial_numbers",
                "DeviceSerialNumbers",
                Asked.TEXTS,
                "Serial numbers that the maker of the devices gave them.",
                selects=True,
            ),
            Parameter(
                "options",
                "Options",
                Asked.TEXTS,
                "What to return. V(CORE) is the sealed information, V(PROVISIONING) the desired and the current "
                "properties, V(ZTP) the device certificates. Without it all of them.",
                choices=("CORE", "PROVISIONING", "ZTP"),
            ),
        ),
        one_of=(("ids", "tags", "device_serial_numbers"),),
    ),
    Query(
        "notification_info",
        "/notification/get",
        Form.PAGES,
        shapes.notification,
        _listed("notifications"),
        "Notifications",
        (
            *_from("notifications", oldest_days=180),
            _IDS,
            _TAGS,
            Parameter(
                "notification_type",
                "NotificationType",
                Asked.TEXT,
                "Only notifications of this type.",
                choices=(
                    "DEVICE_STATE_CHANGE",
                    "DEVICE_INFO_CHANGE",
                    "DEVICE_PROPERTIES_CHANGE",
                    "DEVICE_ERROR",
                ),
            ),
        ),
        one_of=(_WINDOW_ONE_OF, ("ids", "tags")),
        not_both=(_WINDOW_ONE_OF,),
    ),
    Query(
        "clone_info",
        "/device/clone/get",
        Form.PAGES,
        shapes.clone,
        _listed("cloned_events"),
        "ClonedEvents",
        (*_from("events"), _IDS, _TAGS, _PROFILE),
        one_of=(_WINDOW_ONE_OF, ("ids", "tags", "device_profile_uid")),
        not_both=(_WINDOW_ONE_OF,),
    ),
    Query(
        "suspicious_device_info",
        "/device/suspicious/get",
        Form.PAGES,
        shapes.suspicious_device,
        _listed("suspicious_devices"),
        "SuspiciousDevices",
        (_IDS, _TAGS, _PROFILE),
        one_of=(("ids", "tags", "device_profile_uid"),),
    ),
    Query(
        "activity_info",
        "/device/activity/get",
        Form.PAGES,
        as_it_came,
        _activities,
        "Activities",
        (_ID, *_from("activities")),
        one_of=(_WINDOW_ONE_OF,),
        not_both=(_WINDOW_ONE_OF,),
    ),
    Query(
        "usage_info",
        "/device/usage/get",
        Form.OBJECT,
        shapes.usage,
        _usage,
        parameters=(
            Parameter("from_date", "FromDate", Asked.DAY, "The first day, as V(2026-11-01).", oldest_days=60),
            Parameter(
                "last_days",
                "FromDate",
                Asked.LAST_DAYS_BY_DATE,
                "So many days back, instead of O(from_date).",
                minimum=1,
                maximum=60,
            ),
            Parameter("to_date", "ToDate", Asked.DAY, "The last day, as V(2026-11-30). Without it today."),
            _IDS,
            _TAGS,
        ),
        one_of=(_WINDOW_ONE_OF,),
        not_both=(_WINDOW_ONE_OF, ("ids", "tags")),
    ),
    Query("api_version_info", "/apiversion", Form.OBJECT, as_it_came, _single),
    Query(
        "root_ca_info",
        "/ztp/rootca/get",
        Form.PAGES,
        shapes.root_ca,
        _listed("root_cas"),
        "CAs",
        (
            Parameter(
                "name",
                "CAName",
                Asked.TEXT,
                "The name of one root CA. Without it all of them.",
                pattern=_CA_NAME.pattern,
                rule=_CA_NAME.rule,
            ),
        ),
    ),
    Query(
        "crl_info",
        "/ztp/rootca/crl/get",
        Form.LIST,
        shapes.revocation_list,
        _listed("crls"),
        "CRLs",
        (
            Parameter(
                "root_cas",
                "CANames",
                Asked.TEXTS,
                "The names of root CAs. Without it all of them.",
                selects=True,
            ),
        ),
    ),
    Query(
        "root_ca_device_info",
        "/ztp/rootca/device/get",
        Form.PAGES,
        shapes.certified_device,
        _listed("devices"),
        "Devices",
        (_CA_NAME,),
    ),
    Query(
        "root_ca_proof",
        "/ztp/rootca/popcertificate/generate",
        Form.OBJECT,
        shapes.proof,
        _single,
        parameters=(
            _CA_NAME,
            Parameter(
                "registration_code",
                "RegistrationCode",
                Asked.TEXT,
                "The code that your platform gave when the root CA was uploaded to it.",
                required=True,
            ),
        ),
    ),
    Query("webhook_info", "/notification/webhook/get", Form.LIST, shapes.read_webhook, _webhooks),
    Query("tag_info", "/tag/get", Form.PAGES, shapes.tag_name, _listed("tags"), "Tags"),
    *(
        Query(
            f"e2e_uplink_{purpose}",
            f"/e2e/uplink/{purpose}parameters/get",
            Form.OBJECT,
            shapes.e2e_parameters,
            _single,
            parameters=(
                Parameter(
                    "encrypted_header",
                    "EncryptedHeader",
                    Asked.TEXT,
                    "The beginning of a message from a device, in hexadecimal digits.",
                    required=True,
                    pattern=pattern,
                    rule=rule,
                ),
            ),
        )
        for purpose, pattern, rule in (
            (
                "protection",
                r"(?:[0-9A-Fa-f]{2}){12,16}",
                "must be the first 16 bytes of the message, or 12 for version 2, as hexadecimal digits",
            ),
            ("integrity", r"(?:[0-9A-Fa-f]{2})+", "must consist of pairs of hexadecimal digits"),
        )
    ),
    *(
        Query(
            f"e2e_downlink_{purpose}",
            f"/e2e/downlink/{purpose}parameters/get",
            Form.OBJECT,
            shapes.e2e_parameters,
            _single,
            parameters=(_ID,),
        )
        for purpose in ("protection", "integrity")
    ),
    Query(
        "e2e_symmetric_key",
        "/e2e/uplink/symmetrickey/get",
        Form.OBJECT,
        shapes.e2e_parameters,
        _single,
        parameters=(
            Parameter(
                "key_id",
                "KeyID",
                Asked.TEXT,
                "The identity of the key.",
                required=True,
                pattern=r"[0-9A-Fa-f]{28}",
                rule="must be 14 bytes, as 28 hexadecimal digits",
            ),
            Parameter(
                "key_length",
                "KeyLength",
                Asked.INTEGER,
                "The length of the key in bits. Without it the service takes 256.",
                choices=(128, 256),
            ),
        ),
    ),
)
QUERIES: Mapping[str, Query] = {query.name: query for query in _ALL}
