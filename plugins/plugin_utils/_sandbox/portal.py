# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What people do outside the API: in the u-blox portal, on the production line, at CalAmp's factory.

The seed and the control API play these parts.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from typing import Any

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.fleet.bootstrap import (
    NewDevice,
    activate,
    bootstrap,
    seal,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.fleet.properties import change_desired
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.store import Row
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.identifiers import (
    HEX_ID,
    IMEI,
    UNATTRIBUTED,
    normal_id,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.lookup import all_tags
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.profiles import (
    set_provisioning,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.provisioning import (
    EVALUATION,
    merged,
    parse_provisioning,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.tags import (
    create_tag,
    tag_devices,
    tag_profiles,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.world import World

PROFILE_UID = re.compile(r"[A-Za-z0-9_-]{1,64}")


class PortalError(ValueError):
    """Something that the portal would refuse."""


def create_profile(
    world: World,
    name: str,
    *,
    uid: str | None = None,
    tags: Sequence[str] = (),
    checks_whitelist: bool = True,
    provisioning: Any = None,
) -> str:
    """Make a device profile; its DeviceProfileUID. Tags that do not exist yet are created with it."""
    store = world.store
    uid = uid or _uid_for(name)
    if not name or not name.isprintable():
        raise PortalError("a device profile needs a printable name")
    if not PROFILE_UID.fullmatch(uid) or uid == UNATTRIBUTED:
        raise PortalError("a DeviceProfileUID consists of up to 64 letters, digits, - and _")
    if store.value("SELECT 1 FROM profile WHERE name = ? OR uid = ?", name, uid):
        raise PortalError(f"a device profile with the name {name!r} or the uid {uid!r} exists already")
    number = store.insert(
        "INSERT INTO profile (uid, name, checks_whitelist) VALUES (?, ?, ?)", uid, name, checks_whitelist
    )
    if tags:
        tag_profiles(store, known_tags_or_new(world, tags), [number])
    if provisioning:
        row = known_profile(world, name)
        set_provisioning(world, row, parse_provisioning(store, provisioning))
    return uid


def bootstrap_device(
    world: World,
    rot: str,
    *,
    profile: str | None = None,
    imei: str | None = None,
    serial: str | None = None,
    device_serial: str | None = None,
    tags: Sequence[str] = (),
) -> bool:
    """A device connects for the first time; whether it was activated. `profile` is a name or a UID, `serial` the
    number of its security context."""
    store = world.store
    if not HEX_ID.fullmatch(rot):
        raise PortalError("a ROTPublicUID consists of up to 16 hexadecimal digits")
    if imei is not None and not IMEI.fullmatch(imei):
        raise PortalError("an IMEI consists of 14 to 16 digits")
    if store.value("SELECT 1 FROM device WHERE rot = ? OR imei = ?", normal_id(rot), imei):
        raise PortalError(f"device {rot}, or its IMEI, is in the account already")
    row = None if profile is None else known_profile(world, profile)
    activated = bootstrap(world, NewDevice(rot, row, imei, device_serial, serial))
    if tags:
        number = store.value("SELECT id FROM device WHERE rot = ?", normal_id(rot))
        tag_devices(store, known_tags_or_new(world, tags), [number])
    return activated


def known_device(world: World, rot: str) -> Row:
    """A device of the account. Raises PortalError."""
    row = world.store.row("SELECT * FROM device WHERE rot = ?", normal_id(rot))
    if row is None:
        raise PortalError(f"there is no device {rot!r} in the account")
    return row


def activate_device(world: World, rot: str) -> None:
    """The Activate button of a device in the blacklist."""
    row = known_device(world, rot)
    if not row["blacklisted"]:
        raise PortalError(f"device {rot} is not in the blacklist")
    activate(world, row)


def seal_device(world: World, rot: str, *, profile: str | None = None, device_serial: str | None = None) -> bool:
    """The second stage of a bootstrap; whether the device is activated."""
    row = known_device(world, rot)
    if profile is None and device_serial is None:
        raise PortalError("a device seals a profile, a device_serial, or both")
    return seal(world, row, None if profile is None else known_profile(world, profile), device_serial)


def set_evaluation(world: World, rot: str, enabled: bool) -> None:
    """Switch a device's evaluation, which no call of the API can; it is applied at the next heartbeat."""
    change = {"Authorizations": {EVALUATION: "ENABLED" if enabled else "DISABLED"}}
    change_desired(world, [known_device(world, rot)["id"]], lambda desired: merged(desired, change))


def upload_production_log(world: World, entries: Sequence[dict[str, Any]]) -> None:
    """What the customer's production line wrote down: ids with the serial numbers of security context and device."""
    wrong = [entry["id"] for entry in entries if not HEX_ID.fullmatch(entry["id"])]
    if wrong:
        raise PortalError(f"{wrong[0]!r} is not a ROTPublicUID")
    world.store.execute_many(
        "INSERT INTO production_log (rot, serial, device_serial) VALUES (?, ?, ?)",
        [(normal_id(entry["id"]), entry.get("serial"), entry.get("device_serial")) for entry in entries],
    )


def set_profile_whitelist(world: World, profile: str, checks_whitelist: bool) -> None:
    """Have a device profile check or ignore the whitelist, for devices that bootstrap from now on."""
    row = known_profile(world, profile)
    world.store.execute("UPDATE profile SET checks_whitelist = ? WHERE id = ?", checks_whitelist, row["id"])


def _uid_for(name: str) -> str:
    """A UID of the documented look, the same for the same name."""
    return base64.urlsafe_b64encode(hashlib.sha256(name.encode()).digest()).decode()[:22]


def known_profile(world: World, name_or_uid: str) -> Row:
    """A device profile by name or UID. Raises PortalError."""
    row = world.store.row("SELECT * FROM profile WHERE name = ? OR uid = ?", name_or_uid, name_or_uid)
    if row is None:
        raise PortalError(f"there is no device profile {name_or_uid!r}")
    return row


def known_tags_or_new(world: World, names: Sequence[str]) -> list[int]:
    """The row numbers of tags; those that do not exist yet are created."""
    known = {row["folded"] for row in world.store.rows("SELECT folded FROM tag")}
    for name in names:
        if name.casefold() not in known:
            create_tag(world.store, name)
            known.add(name.casefold())
    return all_tags(world.store, names)
