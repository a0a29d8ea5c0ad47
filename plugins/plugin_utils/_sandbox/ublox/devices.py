# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists of devices, and what is known of each (u-blox REST API, Device APIs and Information APIs)."""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.clock import iso_offset, moment
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.exchange import Access
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.fleet.payloads import information
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.fleet.properties import (
    current_of,
    desired_of,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.listing import (
    CountedList,
    Listing,
    SelectedList,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.store import Row, Store, json_list
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.api import Call, Endpoint
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.identifiers import (
    DEVICE_PROFILE_UID,
    PAGE_NUMBER,
    ROT_PUBLIC_UIDS,
    TAG_NAMES,
    UNATTRIBUTED,
    normal_id,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.lookup import (
    all_tags,
    one_profile,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.paging import paged
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.root_ca import shown_pem
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.validation import (
    AnyOf,
    Field,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.world import World

CORE, PROVISIONING, ZTP = "CORE", "PROVISIONING", "ZTP"
FILTERS = {
    "ALL": CountedList("device", "SELECT shown FROM device WHERE 1"),
    "WHITELISTED": CountedList(
        "device/whitelisted",
        "SELECT shown FROM device INDEXED BY device_whitelisted WHERE whitelisted AND NOT blacklisted",
    ),
    "BLACKLISTED": CountedList(
        "device/blacklisted", "SELECT shown FROM device INDEXED BY device_blacklisted WHERE blacklisted"
    ),
}


def _shown_id(row: Row) -> Any:
    return row["shown"]


def list_get(call: Call) -> Any:
    """/device/list/get: the devices that have bootstrapped in the account."""
    return paged(call, "ROTPublicUIDs", FILTERS[call.values.get("Filter", "ALL")], _shown_id)


def rotpublicuid_get(call: Call) -> Any:
    """/device/rotpublicuid/get: the devices of a profile, of tags, or of either."""
    return paged(call, "ROTPublicUIDs", _linked(call), _shown_id)


def _linked(call: Call) -> Listing:
    store, uid, names = call.world.store, call.get("DeviceProfileUID"), call.get("TagNames")
    tags = [] if names is None else all_tags(store, names)
    profile = None if uid in (None, UNATTRIBUTED) else one_profile(store, uid)["id"]
    if names is None:
        sql = "SELECT id, shown FROM device WHERE profile_id IS ?"
        return CountedList(f"profile/{'' if profile is None else profile}", sql, values=(profile,))
    if uid is None and len(tags) == 1:
        sql = "SELECT shown FROM device_tag AS p JOIN device AS d ON d.id = p.device_id WHERE p.tag_id = ?"
        return CountedList(f"tag/{tags[0]}", sql, number="p.device_id", values=(tags[0],))
    either = "" if uid is None else "profile_id IS ? OR "
    values = () if uid is None else (profile,)
    holes = ",".join("?" * len(tags))
    return SelectedList(
        f"SELECT id FROM device WHERE {either}id IN "
        f"(SELECT device_id FROM device_tag WHERE tag_id IN ({holes})) ORDER BY id",
        "SELECT shown FROM device WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id",
        (*values, *tags),
    )


def info_get(call: Call) -> Any:
    """/device/info/get: devices by id, by tag or by their own serial number; unknown ones are left out."""
    options = set(call.get("Options") or (CORE, PROVISIONING, ZTP))
    return {"DeviceInfo": [_info(call.world, row, options) for row in _targets(call)]}


def _targets(call: Call) -> list[Row]:
    store = call.world.store
    tags = all_tags(store, call.get("TagNames") or ())
    return store.rows(
        "SELECT d.*, p.uid AS profile_uid FROM device AS d LEFT JOIN profile AS p ON p.id = d.profile_id WHERE d.id IN "
        "(SELECT id FROM device WHERE rot IN (SELECT value FROM json_each(?)) "
        "UNION SELECT id FROM device WHERE device_serial IN (SELECT value FROM json_each(?)) "
        "UNION SELECT device_id FROM device_tag WHERE tag_id IN (SELECT value FROM json_each(?))) ORDER BY d.id",
        json_list(normal_id(text) for text in call.get("ROTPublicUIDs") or ()),
        json_list(call.get("DeviceSerialNumbers") or ()),
        json.dumps(tags),
    )


def _info(world: World, row: Row, options: set[str]) -> dict[str, Any]:
    answer: dict[str, Any] = {"ROTPublicUID": row["shown"]}
    if CORE in options:
        bootstrapped = iso_offset(moment(row["bootstrapped"]))
        answer |= {**information(row), "State": row["state"], "BootstrapDate": bootstrapped}
    if PROVISIONING in options:
        answer["DesiredProperties"] = desired_of(row)
        answer["CurrentProperties"] = current_of(row)
    if ZTP in options:
        answer["DeviceCertificates"] = [_certificate(world, found) for found in _certificates(world.store, row["id"])]
    return answer


def _certificates(store: Store, device: int) -> list[Row]:
    return store.rows(
        "SELECT c.*, a.name FROM device_certificate AS c JOIN root_ca AS a ON a.id = c.root_ca_id "
        "WHERE c.device_id = ? AND c.installed ORDER BY c.id",
        device,
    )


def _certificate(world: World, row: Row) -> dict[str, Any]:
    return {
        "CAName": row["name"],
        "SerialNumber": row["serial"],
        "ExpirationDate": iso_offset(moment(row["expires"])),
        "IsRevoked": row["revoked"] is not None,
        "Certificate": shown_pem(world, row["certificate"]),
    }


ENDPOINTS = (
    Endpoint(
        "/device/list/get",
        Access.READ,
        list_get,
        (Field("Filter", "string", choices=tuple(FILTERS)), PAGE_NUMBER),
    ),
    Endpoint(
        "/device/rotpublicuid/get",
        Access.READ,
        rotpublicuid_get,
        (DEVICE_PROFILE_UID, TAG_NAMES, PAGE_NUMBER),
        (AnyOf(("DeviceProfileUID", "TagNames")),),
    ),
    Endpoint(
        "/device/info/get",
        Access.READ,
        info_get,
        (
            ROT_PUBLIC_UIDS,
            TAG_NAMES,
            Field("DeviceSerialNumbers", "strings"),
            Field("Options", "strings", choices=(CORE, PROVISIONING, ZTP)),
        ),
        (AnyOf(("ROTPublicUIDs", "TagNames", "DeviceSerialNumbers")),),
    ),
)
