# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What happened to devices (u-blox Security Services REST API, Information APIs: notifications, clones, activity,
usage)."""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.clock import iso_seconds, moment
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.exchange import Access
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.fleet.events import (
    NOTIFICATION_TYPES,
    USAGE_CAUSES,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.fleet.passage import last_seen
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.listing import QueriedList
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.store import Row
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.api import Call, Endpoint
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.dates import (
    FROM_DATE,
    TO_DATE,
    days,
    period,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.identifiers import (
    DEVICE_PROFILE_UID,
    PAGE_NUMBER,
    ROT_PUBLIC_UID,
    ROT_PUBLIC_UIDS,
    TAG_NAMES,
    id_as_number,
    required,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.paging import paged
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.targets import (
    one_device,
    target_condition,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.validation import (
    AnyOf,
    Field,
    NotBoth,
)

NOTIFICATION_DAYS = 180
USAGE_DAYS = 60
LEAD_SECONDS = 5 * 60


def _stamp(row: Row) -> str:
    return iso_seconds(moment(row["time"]))


def notification_get(call: Call) -> Any:
    """/notification/get: oldest first."""
    start, end = period(call, NOTIFICATION_DAYS)
    condition, values = target_condition(call)
    kinds = [call.get("NotificationType")] if call.get("NotificationType") else NOTIFICATION_TYPES
    listing = QueriedList(
        "SELECT n.time, n.type, n.payload, d.shown FROM notification AS n JOIN device AS d ON d.id = n.device_id "
        f"WHERE {condition} AND n.time BETWEEN ? AND ? AND n.type IN (SELECT value FROM json_each(?)) "
        "ORDER BY n.time, n.id",
        (*values, start, end, json.dumps(kinds)),
    )
    return paged(call, "Notifications", listing, _notification)


def _notification(row: Row) -> dict[str, Any]:
    return {
        "ROTPublicUID": row["shown"],
        "Timestamp": _stamp(row),
        "NotificationType": row["type"],
        "Payload": json.loads(row["payload"]),
    }


def clone_get(call: Call) -> Any:
    """/device/clone/get: when another module was seen with the identity of a device."""
    start, end = period(call)
    condition, values = target_condition(call)
    listing = QueriedList(
        "SELECT c.time, d.shown FROM clone_event AS c JOIN device AS d ON d.id = c.device_id "
        f"WHERE {condition} AND c.time BETWEEN ? AND ? ORDER BY c.time, c.id",
        (*values, start, end),
    )
    return paged(call, "ClonedEvents", listing, lambda row: {"ROTPublicUID": row["shown"], "Timestamp": _stamp(row)})


def activity_get(call: Call) -> Any:
    """/device/activity/get: what was carried out on one device, and when it was last seen."""
    start, end = period(call)
    device = one_device(call)
    listing = QueriedList(
        "SELECT time, command FROM activity WHERE device_id = ? AND time BETWEEN ? AND ? ORDER BY time, id",
        (device["id"], start, end),
    )
    page = paged(call, "Activities", listing, lambda row: {"Command": row["command"], "Timestamp": _stamp(row)})
    return {**page, "LastSeen": iso_seconds(moment(last_seen(call.world, device)))}


def usage_get(call: Call) -> Any:
    """/device/usage/get: how often each service was used, by device; what is younger than five minutes is not there
    yet. Not paged."""
    start, end = days(call, USAGE_DAYS)
    end = min(end, call.world.clock.timestamp() - LEAD_SECONDS)
    condition, values = target_condition(call) if _is_filtered(call) else ("1", ())
    rows = call.world.store.rows(
        "SELECT d.shown, u.cause, count(*) AS n FROM usage_log AS u JOIN device AS d ON d.id = u.device_id "
        f"WHERE u.time >= ? AND u.time < ? AND {condition} GROUP BY d.id, u.cause ORDER BY d.id",
        start,
        end,
        *values,
    )
    used: dict[str, dict[str, int]] = {}
    for row in rows:
        used.setdefault(str(id_as_number(row["shown"])), {})[row["cause"]] = row["n"]
    return {
        device: {cause: counts[cause] for cause in USAGE_CAUSES if cause in counts} for device, counts in used.items()
    }


def _is_filtered(call: Call) -> bool:
    return call.get("ROTPublicUIDs") is not None or call.get("TagNames") is not None


_BY_DEVICE = (ROT_PUBLIC_UIDS, TAG_NAMES)

ENDPOINTS = (
    Endpoint(
        "/notification/get",
        Access.READ,
        notification_get,
        (
            FROM_DATE,
            TO_DATE,
            *_BY_DEVICE,
            Field("NotificationType", "string", choices=NOTIFICATION_TYPES),
            PAGE_NUMBER,
        ),
        (AnyOf(("ROTPublicUIDs", "TagNames")),),
    ),
    Endpoint(
        "/device/clone/get",
        Access.READ,
        clone_get,
        (FROM_DATE, TO_DATE, *_BY_DEVICE, DEVICE_PROFILE_UID, PAGE_NUMBER),
        (AnyOf(("ROTPublicUIDs", "TagNames", "DeviceProfileUID")),),
    ),
    Endpoint(
        "/device/activity/get", Access.READ, activity_get, (FROM_DATE, TO_DATE, required(ROT_PUBLIC_UID), PAGE_NUMBER)
    ),
    Endpoint(
        "/device/usage/get",
        Access.READ,
        usage_get,
        (FROM_DATE, TO_DATE, *_BY_DEVICE),
        (NotBoth(("ROTPublicUIDs", "TagNames")),),
    ),
)
