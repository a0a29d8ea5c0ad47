# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Devices whose serial numbers are not theirs alone (u-blox Security Services REST API, /device/suspicious/get)."""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.exchange import Access
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.listing import QueriedList
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.store import Row
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.api import Call, Endpoint
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.identifiers import (
    DEVICE_PROFILE_UID,
    PAGE_NUMBER,
    ROT_PUBLIC_UIDS,
    TAG_NAMES,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.paging import paged
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.targets import target_condition
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.validation import AnyOf

_OTHER_DEVICE = "SELECT 1 FROM device AS o WHERE o.{column} = d.{column} AND o.id <> d.id"
_OTHER_LOGGED = (
    "SELECT 1 FROM production_log AS l JOIN production_log AS o ON o.{column} = l.{column} AND o.rot <> l.rot "
    "WHERE l.rot = d.rot"
)
REASONS = {
    "DUPLICATED_SCL_SERIAL_NUM_SEALED_INFO": _OTHER_DEVICE.format(column="serial"),
    "DUPLICATED_DEV_SERIAL_NUM_SEALING": _OTHER_DEVICE.format(column="device_serial"),
    "DUPLICATED_SCL_SERIAL_NUM_PROD_LOG": _OTHER_LOGGED.format(column="serial"),
    "DUPLICATED_DEV_SERIAL_NUM_PROD_LOG": _OTHER_LOGGED.format(column="device_serial"),
}
"""The documented reasons, in their order, and when each holds for a device `d`: another one has the same serial
number of its security context or of the device, as sealed or in the customer's production log."""


def suspicious_get(call: Call) -> Any:
    """/device/suspicious/get: those of the devices that there is a reason to suspect."""
    condition, values = target_condition(call)
    listed = ", ".join(f"EXISTS ({reason})" for reason in REASONS.values())
    flags = f"json_array({listed})"
    listing = QueriedList(
        f"SELECT shown, flags FROM (SELECT id AS device_id, shown, {flags} AS flags FROM device AS d) "
        f"WHERE {condition} AND instr(flags, '1') ORDER BY device_id",
        values,
    )
    return paged(call, "SuspiciousDevices", listing, _suspect)


def _suspect(row: Row) -> dict[str, Any]:
    holds = zip(REASONS, json.loads(row["flags"]), strict=True)
    return {"ROTPublicUID": row["shown"], "Reasons": [reason for reason, flag in holds if flag]}


ENDPOINTS = (
    Endpoint(
        "/device/suspicious/get",
        Access.READ,
        suspicious_get,
        (ROT_PUBLIC_UIDS, TAG_NAMES, DEVICE_PROFILE_UID, PAGE_NUMBER),
        (AnyOf(("ROTPublicUIDs", "TagNames", "DeviceProfileUID")),),
    ),
)
