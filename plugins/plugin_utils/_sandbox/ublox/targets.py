# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The devices that a call is about: named by id, by tag or by device profile."""

from __future__ import annotations

import json

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.store import Row
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.api import (
    Call,
    bad_request,
    not_found,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.identifiers import (
    UNATTRIBUTED,
    normal_id,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.lookup import (
    all_devices,
    all_tags,
    one_profile,
)

BLACKLISTED = "Blacklisted ROTPublicUIDs"


def targets(call: Call) -> list[int]:
    """The row numbers of the devices of ROTPublicUIDs and of TagNames, in the order they appeared; 400 if an id or a
    tag is unknown."""
    store = call.world.store
    numbers = all_devices(store, call.get("ROTPublicUIDs") or ())
    tags = all_tags(store, call.get("TagNames") or ())
    if not tags:
        return numbers
    rows = store.each(
        "SELECT value FROM json_each(?) UNION "
        "SELECT device_id FROM device_tag WHERE tag_id IN (SELECT value FROM json_each(?)) ORDER BY 1",
        json.dumps(numbers),
        json.dumps(tags),
    )
    return [row[0] for row in rows]


def actionable_targets(call: Call) -> list[int]:
    """The same, for a call that acts on them; 400 if one is in the blacklist: no action is possible for it (Device
    Whitelist guide, "Get list of blacklisted devices")."""
    found = targets(call)
    blacklisted = "SELECT 1 FROM device WHERE blacklisted AND id IN (SELECT value FROM json_each(?)) LIMIT 1"
    if call.world.store.value(blacklisted, json.dumps(found)):
        raise bad_request(BLACKLISTED)
    return found


def target_rows(call: Call, numbers: list[int]) -> list[Row]:
    """The devices with these row numbers."""
    sql = "SELECT * FROM device WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id"
    return call.world.store.rows(sql, json.dumps(numbers))


def refuse_blacklisted(rows: list[Row]) -> None:
    """400 if one of the devices is in the blacklist."""
    if any(row["blacklisted"] for row in rows):
        raise bad_request(BLACKLISTED)


def target_condition(call: Call) -> tuple[str, tuple[str, ...]]:
    """SQL over `device_id` for the devices of ROTPublicUIDs, of TagNames and of DeviceProfileUID, and its values."""
    store = call.world.store
    parts: list[str] = []
    values: list[str] = []
    if call.get("ROTPublicUIDs") is not None:
        parts.append("SELECT value FROM json_each(?)")
        values.append(json.dumps(all_devices(store, call.get("ROTPublicUIDs"))))
    if call.get("TagNames") is not None:
        parts.append("SELECT device_id FROM device_tag WHERE tag_id IN (SELECT value FROM json_each(?))")
        values.append(json.dumps(all_tags(store, call.get("TagNames"))))
    if call.get("DeviceProfileUID") is not None:
        uid = call.get("DeviceProfileUID")
        profile = None if uid == UNATTRIBUTED else one_profile(store, uid)["id"]
        parts.append("SELECT id FROM device WHERE profile_id IS (SELECT value FROM json_each(?))")
        values.append(json.dumps([] if profile is None else [profile]))
    return f"device_id IN ({' UNION '.join(parts)})", tuple(values)


def one_device(call: Call) -> Row:
    """The device of ROTPublicUID; 404 if it is not in the account."""
    found = call.world.store.row("SELECT * FROM device WHERE rot = ?", normal_id(call.get("ROTPublicUID")))
    if found is None:
        raise not_found("Unknown ROTPublicUID")
    return found
