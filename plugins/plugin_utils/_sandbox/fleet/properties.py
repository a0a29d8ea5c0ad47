# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The desired and the current properties of devices, with the date of each authorization.

Desired is what the API or the portal asks for; a security heartbeat makes it current (u-blox Security Services REST
API, /device/provisioning/set).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.clock import iso_offset, moment
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.fleet.schedule import reschedule
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.store import Row
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.provisioning import (
    Properties,
    merged,
    root_ca_of,
    shown_with_dates,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.world import World


def desired_of(row: Row) -> dict[str, Any]:
    """The desired properties of a device's row, as answers show them."""
    return _shown(row, "desired", "ModifiedDate")


def current_of(row: Row) -> dict[str, Any]:
    """The current properties of a device's row, as answers show them."""
    return _shown(row, "current", "SyncDate")


def _shown(row: Row, column: str, key: str) -> dict[str, Any]:
    dates = json.loads(row[f"{column}_dates"] or "{}")
    return shown_with_dates(json.loads(row[column]), key, dates, iso_offset(moment(row["bootstrapped"])))


def heartbeat_seconds(world: World, row: Row) -> int:
    """How often the device beats: what is current on it, or the default."""
    own: int | None = json.loads(row["current"]).get("NetworkParameters", {}).get("SecurityHeartbeatInSec")
    return own or world.settings.default_heartbeat_seconds


def change_desired(world: World, devices: Iterable[int], change: Callable[[Properties], Properties]) -> None:
    """Give devices, by row number, other desired properties: those that `change` makes of the present ones. Devices
    that are alike are worked out, and written, together."""
    now = iso_offset(world.clock.now())
    alike: dict[tuple[str, str | None, str], list[int]] = {}
    for number, desired, dates, current in world.store.each(
        "SELECT id, desired, desired_dates, current FROM device WHERE id IN (SELECT value FROM json_each(?))",
        json.dumps(list(devices)),
    ):
        alike.setdefault((desired, dates, current), []).append(number)
    for (desired, dates, current), numbers in alike.items():
        before: Properties = json.loads(desired)
        after, applied = change(before), json.loads(current)
        world.store.execute(
            "UPDATE device SET desired = ?, desired_dates = ?, desired_ca = ?, pending = ? "
            "WHERE id IN (SELECT value FROM json_each(?))",
            json.dumps(after),
            _dates(before, after, dates, now),
            root_ca_of(after),
            merged(applied, after) != applied,
            json.dumps(numbers),
        )
        reschedule(world, numbers)


def _dates(before: Properties, after: Properties, kept: str | None, now: str) -> str | None:
    """The dates of the authorizations in `after`: those that differ from `before` are of now."""
    old, new = before.get("Authorizations", {}), after.get("Authorizations", {})
    dates = {name: date for name, date in json.loads(kept or "{}").items() if name in new}
    dates |= {name: now for name, state in new.items() if old.get(name) != state}
    return json.dumps(dates) if dates else None


def set_current(world: World, row: Row, current: Properties) -> None:
    """Write what is applied on a device now; `row` has what was applied before."""
    dates = _dates(json.loads(row["current"]), current, row["current_dates"], iso_offset(world.clock.now()))
    desired = json.loads(world.store.value("SELECT desired FROM device WHERE id = ?", row["id"]))
    world.store.execute(
        "UPDATE device SET current = ?, current_dates = ?, current_ca = ?, pending = ? WHERE id = ?",
        json.dumps(current),
        dates,
        root_ca_of(current),
        merged(current, desired) != current,
        row["id"],
    )
    reschedule(world, [row["id"]])


def without(properties: Properties, part: str) -> Properties:
    """The properties but for one part."""
    return {name: value for name, value in properties.items() if name != part}
