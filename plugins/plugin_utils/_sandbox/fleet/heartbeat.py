# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The security heartbeat: a device connects, and what is desired of it becomes current.

u-blox Security Services REST API, /device/provisioning/set. A device in the blacklist beats too, but no action is
possible for it (Device Whitelist guide, "Get list of blacklisted devices").
"""

from __future__ import annotations

import json

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.fleet.events import (
    USED_AUTHORIZATIONS,
    device_row,
    log_activity,
    log_usage,
    tell_error,
    tell_properties,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.fleet.properties import set_current
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.fleet.schedule import (
    reschedule,
    reschedule_busy,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.fleet.zero_touch import certificate_work
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.store import Row
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.provisioning import (
    PARTS,
    Properties,
    merged,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.world import World


def beat(world: World, device: int) -> None:
    """One security heartbeat of one device, now."""
    row = device_row(world, device)
    world.store.execute("UPDATE device SET seen = ? WHERE id = ?", world.clock.timestamp(), device)
    if row["blacklisted"]:
        return
    if row["refusal"] is not None:
        world.store.execute("UPDATE device SET refusal = NULL WHERE id = ?", device)
        tell_error(world, row, row["refusal"])
    else:
        if row["pending"]:
            apply_desired(world, row)
        certificate_work(world, device)
    reschedule(world, [device])


def apply_desired(world: World, row: Row) -> None:
    """Make the desired properties of a device its current ones."""
    before: Properties = json.loads(row["current"])
    after = merged(before, json.loads(row["desired"]))
    if after == before:
        return
    set_current(world, row, after)
    for part in PARTS:
        old, new = before.get(part, {}), after.get(part, {})
        for name in (name for name in new if old.get(name) != new[name]):
            log_activity(world, row["id"], f"Set {name} {new[name]}")
            if name in USED_AUTHORIZATIONS and new[name] == "ENABLED":
                log_usage(world, row["id"], name)
    tell_properties(world, device_row(world, row["id"]))


def beat_all(world: World) -> int:
    """One security heartbeat of every device, now; how many devices there are."""
    store = world.store
    for row in store.rows("SELECT id FROM device WHERE due IS NOT NULL ORDER BY id"):
        beat(world, row["id"])
    store.execute("UPDATE device SET seen = ?", world.clock.timestamp())
    reschedule_busy(world)
    return int(store.value("SELECT count(*) FROM device"))
