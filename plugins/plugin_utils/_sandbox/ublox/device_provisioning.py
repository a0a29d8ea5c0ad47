# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is to be set on devices that have bootstrapped (u-blox Security Services REST API, /device/provisioning)."""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.exchange import Access
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.fleet.properties import (
    change_desired,
    desired_of,
    set_current,
    without,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.api import SUCCESS, Call, Endpoint
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.identifiers import (
    ROT_PUBLIC_UIDS,
    TAG_NAMES,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.provisioning import (
    merged,
    parse_provisioning,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.subscriptions import (
    need_subscriptions_for,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.targets import (
    actionable_targets,
    target_rows,
    targets,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.validation import AnyOf, Field


def provisioning_set(call: Call) -> Any:
    """/device/provisioning/set: the parts and names given, applied at the next security heartbeat."""
    changes = parse_provisioning(call.world.store, call.get("Provisioning"))
    need_subscriptions_for(call.world, changes)
    change_desired(call.world, actionable_targets(call), lambda desired: merged(desired, changes))
    return SUCCESS


def provisioning_get(call: Call) -> Any:
    """/device/provisioning/get: not paged."""
    rows = target_rows(call, targets(call))
    return [{"ROTPublicUID": row["shown"], "DesiredProperties": desired_of(row)} for row in rows]


def provisioning_delete(call: Call) -> Any:
    """/device/provisioning/delete: nothing is applied any more; what was applied stays, but for the network
    parameters, which go back to their defaults."""
    numbers = actionable_targets(call)
    change_desired(call.world, numbers, lambda _desired: {})
    for row in target_rows(call, numbers):
        if "NetworkParameters" in row["current"]:
            set_current(call.world, row, without(json.loads(row["current"]), "NetworkParameters"))
    return SUCCESS


_FIELDS = (ROT_PUBLIC_UIDS, TAG_NAMES)
_RULES = (AnyOf(("ROTPublicUIDs", "TagNames")),)

ENDPOINTS = (
    Endpoint(
        "/device/provisioning/set",
        Access.WRITE,
        provisioning_set,
        (*_FIELDS, Field("Provisioning", "object", required=True)),
        _RULES,
        message_key="Message",
    ),
    Endpoint("/device/provisioning/get", Access.READ, provisioning_get, _FIELDS, _RULES),
    Endpoint("/device/provisioning/delete", Access.WRITE, provisioning_delete, _FIELDS, _RULES),
)
