# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is written down when something happens to a device, and whom the hooks tell."""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.delivery import Delivery, event_body
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.fleet import payloads
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.fleet.properties import (
    current_of,
    desired_of,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.store import Row
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.world import World

STATE_CHANGE = "DEVICE_STATE_CHANGE"
INFO_CHANGE = "DEVICE_INFO_CHANGE"
PROPERTIES_CHANGE = "DEVICE_PROPERTIES_CHANGE"
DEVICE_ERROR = "DEVICE_ERROR"
NOTIFICATION_TYPES = (STATE_CHANGE, INFO_CHANGE, PROPERTIES_CHANGE, DEVICE_ERROR)
"""u-blox Security Services REST API, /notification/get."""

USED_SYMMETRIC_KEY = "E2ESymmetricKey"
USED_PROTECTION = "E2EUplinkProtectionParameters"
USED_AUTHORIZATIONS = ("LocalDPR", "LocalC2C", "LocalC2CKeyPairing", "ZTPV1")
USED_RENEWAL = "ZTPCertificateRenewal"
USED_UPDATE = "ZTPCertificateUpdate"
USAGE_CAUSES = (USED_SYMMETRIC_KEY, USED_PROTECTION, *USED_AUTHORIZATIONS, USED_RENEWAL, USED_UPDATE)
"""The eight causes of a usage log, in the order of /device/usage/get, under names of ours."""


def device_row(world: World, number: int) -> Row:
    """A device with its profile's UID, as the events need it."""
    row = world.store.row(
        "SELECT d.*, p.uid AS profile_uid FROM device AS d LEFT JOIN profile AS p ON p.id = d.profile_id "
        "WHERE d.id = ?",
        number,
    )
    if row is None:
        raise LookupError(f"there is no device with the row number {number}")
    return row


def notify(world: World, device: Row, kind: str, payload: Any) -> None:
    """Write a notification down, for /notification/get."""
    world.store.execute(
        "INSERT INTO notification (device_id, time, type, payload) VALUES (?, ?, ?, ?)",
        device["id"],
        world.clock.timestamp(),
        kind,
        json.dumps(payload),
    )


def log_activity(world: World, device: int, command: str) -> None:
    """Write down what was carried out on a device, for /device/activity/get."""
    world.store.execute(
        "INSERT INTO activity (device_id, time, command) VALUES (?, ?, ?)", device, world.clock.timestamp(), command
    )


def log_usage(world: World, device: int, cause: str) -> None:
    """Write down that a service was used, for /device/usage/get."""
    world.store.execute(
        "INSERT INTO usage_log (device_id, time, cause) VALUES (?, ?, ?)", device, world.clock.timestamp(), cause
    )


def call_hooks(world: World, event: payloads.Event) -> None:
    """Send an event to the hooks of its type, once what caused it is committed."""
    kind = event["EventType"]
    hooks = world.store.rows("SELECT url, token FROM webhook WHERE type = ? ORDER BY id", kind)
    if not hooks:
        return
    body, settings = event_body(event), world.settings
    for url, token in hooks:
        delivery = Delivery(url, token, kind, body, settings.webhook_ca, settings.webhook_hosts)
        world.store.after_commit(lambda delivery=delivery: world.deliveries.put(delivery))  # type: ignore[misc]


def tell_bootstrap(world: World, device: Row) -> None:
    """A device bootstrapped: its INFO and its state are known."""
    notify(world, device, INFO_CHANGE, payloads.information(device))
    notify(world, device, STATE_CHANGE, {"State": device["state"]})
    log_activity(world, device["id"], "Bootstrap")
    call_hooks(world, payloads.bootstrap(device, world.clock.now()))


def tell_properties(world: World, device: Row) -> None:
    """Properties were applied on a device."""
    event = payloads.properties(device, world.clock.now(), desired_of(device), current_of(device))
    notify(world, device, PROPERTIES_CHANGE, event["Payload"])
    call_hooks(world, event)


def tell_error(world: World, device: Row, what: str) -> None:
    """Something went wrong with a device."""
    event = payloads.error(device, world.clock.now(), what)
    notify(world, device, DEVICE_ERROR, event["Payload"])
    call_hooks(world, event)
