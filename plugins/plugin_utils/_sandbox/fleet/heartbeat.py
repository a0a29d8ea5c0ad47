# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The security heartbeat: a device connects, and what is desired of it becomes current.

u-blox Security Services REST API, /device/provisioning/set. A device in the blacklist beats too, but no action is
possible for it (Device Whitelist guide, "Get list of blacklisted devices").
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.fleet.events import (
    USED_AUTHORIZATIONS,
    device_row,
    log_activity,
    log_usage,
    tell_error,
    tell_properties,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.fleet.properties import set_current
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.fleet.zero_touch import certificate_work
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.store import Row, Store
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
        return
    apply_desired(world, row)
    certificate_work(world, device)


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
    store, now = world.store, world.clock.timestamp()
    for device in list(devices_with_work(store, now)):
        beat(world, device)
    store.execute("UPDATE device SET seen = ?", now)
    return int(store.value("SELECT count(*) FROM device"))


def devices_with_work(store: Store, now: float) -> Iterable[int]:
    """The devices for which a heartbeat would do more than be seen. Those whose certificate may be due for renewal
    are among them, if it is or not."""
    rows = store.rows(
        "SELECT id FROM device INDEXED BY device_pending WHERE pending AND NOT blacklisted "
        "UNION SELECT device_id FROM certificate_task "
        "UNION SELECT id FROM device INDEXED BY device_refusal WHERE refusal IS NOT NULL "
        "UNION SELECT c.device_id FROM root_ca AS a JOIN device_certificate AS c "
        "ON c.root_ca_id = a.id AND c.installed AND c.expires <= ? + a.renew_days * 86400 "
        "WHERE a.renew_days IS NOT NULL",
        now,
    )
    return (row[0] for row in rows)
