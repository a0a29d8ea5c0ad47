# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What happens when a device bootstraps in the account, and when it is activated in the portal.

A device of a profile that checks the whitelist must be on it; otherwise it lands in the blacklist, ALLOCATED
and with nothing provisioned (Device Whitelist guide, "How whitelist works").
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.fleet.events import (
    INFO_CHANGE,
    STATE_CHANGE,
    device_row,
    log_activity,
    notify,
    tell_bootstrap,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.fleet.heartbeat import beat
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.fleet.payloads import information
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.fleet.properties import change_desired
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.store import Row
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.identifiers import normal_id
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.provisioning import Properties, merged
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.whitelist import (
    ADD,
    BY_IMEI,
    DELETE,
    ROT,
    Entry,
    change,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.world import World

ACTIVATED, ALLOCATED = "ACTIVATED", "ALLOCATED"


@dataclass(frozen=True, slots=True)
class NewDevice:
    """A device as it presents itself; `profile` is the row of the sealed device profile, if any, and `serial` the
    number of its security context."""

    rot: str
    profile: Row | None = None
    imei: str | None = None
    device_serial: str | None = None
    serial: str | None = None


def bootstrap(world: World, device: NewDevice) -> bool:
    """Take a device into the account; whether it was activated. It must not be there already. The connection is its
    first security heartbeat, so that it is provisioned at once."""
    listed = _is_listed(world, device.rot, device.imei)
    admitted = listed or _ignores_whitelist(device.profile)
    now = world.clock.timestamp()
    number = world.store.insert(
        "INSERT INTO device (rot, shown, profile_id, imei, serial, device_serial, state, blacklisted, whitelisted, "
        "bootstrapped, seen) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        normal_id(device.rot),
        device.rot,
        device.profile["id"] if device.profile else None,
        device.imei,
        device.serial,
        device.device_serial,
        ACTIVATED if admitted else ALLOCATED,
        not admitted,
        listed,
        now,
        now,
    )
    if admitted:
        _want_what_the_profile_says(world, number)
    tell_bootstrap(world, device_row(world, number))
    beat(world, number)
    return admitted


def activate(world: World, row: Row) -> None:
    """The Activate button of the portal: the device goes on the whitelist, and is provisioned at its next security
    heartbeat with what its profile says now (same guide, "Activate a blacklisted device")."""
    change(world.store, ADD, [Entry(ROT, row["rot"], row["shown"])])
    _admit(world, row["id"])


def seal(world: World, row: Row, profile: Row | None, device_serial: str | None) -> bool:
    """A device that bootstrapped seals a device profile, or a serial number, afterwards: the second stage of a two
    stage bootstrap (u-blox Security Services REST API, /device/rotpublicuid/get). Whether it is activated."""
    store, number = world.store, row["id"]
    if device_serial is not None:
        store.execute("UPDATE device SET device_serial = ? WHERE id = ?", device_serial, number)
    if profile is not None:
        store.execute("UPDATE device SET profile_id = ? WHERE id = ?", profile["id"], number)
    log_activity(world, number, "Seal")
    sealed = device_row(world, number)
    notify(world, sealed, INFO_CHANGE, information(sealed))
    if profile is None:
        return not row["blacklisted"]
    if _is_listed(world, row["shown"], row["imei"]) or _ignores_whitelist(profile):
        _admit(world, number)
        return True
    if not row["blacklisted"]:
        store.execute("UPDATE device SET state = ?, blacklisted = 1, due = NULL WHERE id = ?", ALLOCATED, number)
        notify(world, sealed, STATE_CHANGE, {"State": ALLOCATED})
    return False


def _admit(world: World, number: int) -> None:
    """Activate a device; it wants what its profile says from now on."""
    before = device_row(world, number)
    world.store.execute("UPDATE device SET state = ?, blacklisted = 0 WHERE id = ?", ACTIVATED, number)
    if before["state"] != ACTIVATED:
        notify(world, before, STATE_CHANGE, {"State": ACTIVATED})
    _want_what_the_profile_says(world, number)


def _want_what_the_profile_says(world: World, number: int) -> None:
    row = device_row(world, number)
    text = world.store.value("SELECT provisioning FROM profile WHERE id = ?", row["profile_id"])
    granted: Properties = json.loads(text or "{}")
    change_desired(world, [number], lambda desired: merged(desired, granted))


def _ignores_whitelist(profile: Row | None) -> bool:
    return profile is not None and not profile["checks_whitelist"]


def _is_listed(world: World, shown: str, imei: str | None) -> bool:
    """Whether the device is on the whitelist; an entry by its IMEI becomes one by its ROTPublicUID."""
    store, rot = world.store, normal_id(shown)
    if imei and store.value("SELECT 1 FROM whitelist WHERE kind = ? AND value = ?", BY_IMEI, imei):
        change(store, DELETE, [Entry(BY_IMEI, imei, imei)])
        change(store, ADD, [Entry(ROT, rot, shown)])
    return bool(store.value("SELECT 1 FROM whitelist WHERE kind = ? AND value = ?", ROT, rot))
