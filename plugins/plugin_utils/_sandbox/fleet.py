# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What happens when a device bootstraps in the account.

A device of a profile that checks the whitelist must be on it; otherwise it lands in the blacklist, ALLOCATED
and with nothing provisioned (Device Whitelist guide, "How whitelist works").
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.clock import iso_offset
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.store import Row
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.identifiers import normal_id
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.lookup import one_root_ca
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.provisioning import (
    Properties,
    root_ca_of,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.root_ca import authority_of
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
    """A device as it presents itself; `profile` is the row of the sealed device profile, if any."""

    rot: str
    profile: Row | None = None
    imei: str | None = None
    device_serial: str | None = None
    type_number: str = "SARA-R410M-03B-00"


def bootstrap(world: World, device: NewDevice) -> bool:
    """Take a device into the account; whether it was activated. It must not be there already."""
    store, moment = world.store, iso_offset(world.clock.now())
    listed = _is_listed(world, device)
    admitted = listed or (device.profile is not None and not device.profile["checks_whitelist"])
    granted: Properties = json.loads(device.profile["provisioning"]) if admitted and device.profile else {}
    number = store.insert(
        "INSERT INTO device (rot, shown, profile_id, imei, device_serial, type_number, state, blacklisted, "
        "whitelisted, desired, current, desired_ca, current_ca, bootstrapped) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        normal_id(device.rot),
        device.rot,
        device.profile["id"] if device.profile else None,
        device.imei,
        device.device_serial,
        device.type_number,
        ACTIVATED if admitted else ALLOCATED,
        not admitted,
        listed,
        json.dumps(granted),
        json.dumps(granted),
        root_ca_of(granted),
        root_ca_of(granted),
        moment,
    )
    _provide_certificate(world, number, device.rot, granted)
    return admitted


def _is_listed(world: World, device: NewDevice) -> bool:
    """Whether the device is on the whitelist; an entry by its IMEI becomes one by its ROTPublicUID."""
    store, rot = world.store, normal_id(device.rot)
    if device.imei and store.value("SELECT 1 FROM whitelist WHERE kind = ? AND value = ?", BY_IMEI, device.imei):
        change(store, DELETE, [Entry(BY_IMEI, device.imei, device.imei)])
        change(store, ADD, [Entry(ROT, rot, device.rot)])
    return bool(store.value("SELECT 1 FROM whitelist WHERE kind = ? AND value = ?", ROT, rot))


def _provide_certificate(world: World, number: int, rot: str, granted: Properties) -> None:
    """Zero-touch provisioning: a certificate of the named root CA, if ZTPV1 is enabled."""
    name = root_ca_of(granted)
    if name is None or granted.get("Authorizations", {}).get("ZTPV1") != "ENABLED":
        return
    from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.certificates import issue

    authority = one_root_ca(world.store, name)
    leaf = issue(authority_of(authority), rot, world.clock.now(), authority["device_days"])
    world.store.execute(
        "INSERT INTO device_certificate (device_id, root_ca_id, serial, certificate, expires) VALUES (?, ?, ?, ?, ?)",
        number,
        authority["id"],
        leaf.serial,
        leaf.certificate,
        iso_offset(leaf.expires),
    )
