# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A fleet of up to a million devices, with as many whitelist entries, in seconds.

Rows come from one statement each, while triggers and indexes are away; the counts of the lists are made afterwards.
These devices bootstrapped a while ago: nothing is told to hooks, and there are no notifications of it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.fleet.bootstrap import ACTIVATED
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.schema import BUCKET_SHIFT
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.store import Row, Store
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.identifiers import normal_id
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.provisioning import (
    Properties,
    root_ca_of,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.whitelist import ROT
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.world import World

MOST = 10_000_000
_NUMBERS = "WITH RECURSIVE n (i) AS (SELECT ? UNION ALL SELECT i + 1 FROM n WHERE i < ?) "


class GrowthError(ValueError):
    """A fleet that cannot be made."""


@dataclass(frozen=True, slots=True)
class Growth:
    """`count` devices with consecutive ids from `first_id`, of one profile, on the whitelist or not."""

    first_id: str
    count: int
    profile: Row | None = None
    whitelisted: bool = True
    tags: tuple[int, ...] = ()

    def span(self) -> tuple[int, int]:
        """The first and the last id as numbers. Raises GrowthError if there are not so many."""
        first = int(self.first_id, 16)
        last = first + self.count - 1
        if not 1 <= self.count <= MOST or last >= 2**63:
            raise GrowthError(f"count must be from 1 to {MOST}, and ids end at 7fffffffffffffff")
        return first, last


def whitelist_range(store: Store, first: int, last: int) -> None:
    """Put consecutive ids on the whitelist, those that are not there yet."""
    with store.in_bulk("whitelist"):
        store.execute(
            f"INSERT OR IGNORE INTO whitelist (kind, value, shown) "
            f"{_NUMBERS} SELECT '{ROT}', printf('%x', i), printf('%016x', i) FROM n",
            first,
            last,
        )
    _recount(store, "whitelist", "whitelist")
    store.execute(
        "UPDATE device SET whitelisted = 1 WHERE NOT whitelisted "
        f"AND EXISTS (SELECT 1 FROM whitelist WHERE kind = '{ROT}' AND value = device.rot)"
    )


def grow(world: World, growth: Growth) -> None:
    """Add the devices, ACTIVATED and provisioned as their profile says. Raises GrowthError if one of the ids is in the
    account already."""
    store, (first, last) = world.store, growth.span()
    if growth.whitelisted:
        whitelist_range(store, first, last)
    _refuse_known(store, first, last)
    properties: Properties = json.loads(growth.profile["provisioning"]) if growth.profile else {}
    _refuse_zero_touch(properties)
    text, authority, now = json.dumps(properties), root_ca_of(properties), world.clock.timestamp()
    before = store.value("SELECT ifnull(max(id), 0) FROM device")
    with store.in_bulk("device", "device_tag"):
        store.execute(
            "INSERT INTO device (rot, shown, profile_id, state, blacklisted, whitelisted, desired, current, "
            f"desired_ca, current_ca, bootstrapped, seen) {_NUMBERS}"
            f"SELECT printf('%x', i), printf('%016x', i), ?, '{ACTIVATED}', 0, ?, ?, ?, ?, ?, ?, ? FROM n",
            first,
            last,
            growth.profile["id"] if growth.profile else None,
            growth.whitelisted,
            text,
            text,
            authority,
            authority,
            now,
            now,
        )
        for tag in growth.tags:
            store.execute("INSERT INTO device_tag SELECT ?, id FROM device WHERE id > ?", tag, before)
    _recount_devices(store, growth)


def _refuse_known(store: Store, first: int, last: int) -> None:
    """Ids are compared as numbers; the normal form of two with as many digits is in the order of the numbers."""
    start = first
    while start <= last:
        end = min(last, 16 ** len(f"{start:x}") - 1)
        known = store.value(
            "SELECT shown FROM device WHERE length(rot) = ? AND rot BETWEEN ? AND ? LIMIT 1",
            len(f"{start:x}"),
            normal_id(f"{start:x}"),
            normal_id(f"{end:x}"),
        )
        if known is not None:
            raise GrowthError(f"device {known} is in the account already")
        start = end + 1


def _refuse_zero_touch(properties: Properties) -> None:
    if properties.get("Authorizations", {}).get("ZTPV1") == "ENABLED":
        raise GrowthError("a fleet made at once has no certificates; use a profile without ZTPV1")


def _recount_devices(store: Store, growth: Growth) -> None:
    _recount(store, "device", "device")
    _recount(store, "device/whitelisted", "device WHERE whitelisted AND NOT blacklisted")
    profile = growth.profile["id"] if growth.profile else None
    name = f"profile/{'' if profile is None else profile}"
    _recount(store, name, "device WHERE profile_id IS ?", profile)
    for tag in growth.tags:
        _recount(store, f"tag/{tag}", "device_tag WHERE tag_id = ?", tag, number="device_id")


def _recount(store: Store, name: str, rows: str, *values: int | None, number: str = "id") -> None:
    """Make the bucket counts of one list anew."""
    store.execute("DELETE FROM listing WHERE list = ?", name)
    store.execute(
        f"INSERT INTO listing SELECT ?, {number} >> {BUCKET_SHIFT}, count(*) FROM {rows} GROUP BY 2", name, *values
    )
