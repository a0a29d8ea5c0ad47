# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Time goes by: heartbeats that fall due, and expiries that are announced, each at its own moment.

Between two moments only devices that have something to do are looked at: the others beat without effect, and
when they were last seen follows from their interval.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from typing import NamedTuple

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.clock import moment
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.fleet import payloads
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.fleet.events import call_hooks
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.fleet.heartbeat import beat
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.fleet.notices import (
    DEVICE_CERTIFICATE_NOTICES,
    ROOT_CA_NOTICES,
    days_left,
    next_notice,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.fleet.properties import heartbeat_seconds
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.fleet.zero_touch import (
    CERTIFICATE,
    announce_expiry,
    installed,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.store import Row
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.world import World

GRAIN = 1.0
"""Seconds that have to pass before anything is looked at."""
BEAT, CERTIFICATE_NOTICE, ROOT_CA_NOTICE = "beat", "certificate", "root_ca"


class Due(NamedTuple):
    """Something that happens at a moment: a heartbeat of a device, or a notice of a certificate or a root CA."""

    at: float
    kind: str
    number: int


def catch_up(world: World) -> None:
    """Let the fleet live up to now."""
    now = world.clock.timestamp()
    if now < world.lived_until:  # the clock was moved back
        world.lived_until = now
    if now - world.lived_until < GRAIN:
        return
    with world.store.transaction():
        live(world, world.lived_until, now)
    world.lived_until = now


def live(world: World, start: float, end: float) -> None:
    """Everything that is due after `start` and until `end`, in its order."""
    ahead = list(_ahead(world, start, end))
    heapq.heapify(ahead)
    while ahead:
        due = heapq.heappop(ahead)
        with world.clock.at(max(due.at, start)):
            for following in _HAPPENINGS[due.kind](world, due):
                if following.at <= end:
                    heapq.heappush(ahead, following)


def _ahead(world: World, start: float, end: float) -> Iterator[Due]:
    store = world.store
    for number, at in store.rows("SELECT id, next_notice FROM root_ca WHERE next_notice <= ?", end):
        yield Due(at, ROOT_CA_NOTICE, number)
    for number, at in store.rows("SELECT id, next_notice FROM device_certificate WHERE next_notice <= ?", end):
        yield Due(at, CERTIFICATE_NOTICE, number)
    if world.settings.heartbeats == "clock":
        for number, at in store.rows("SELECT id, due FROM device WHERE due <= ?", end):
            yield Due(at, BEAT, number)


def _beat(world: World, due: Due) -> Iterator[Due]:
    if world.store.value("SELECT due FROM device WHERE id = ?", due.number) != due.at:
        return
    beat(world, due.number)
    again = world.store.value("SELECT due FROM device WHERE id = ?", due.number)
    if again is not None:
        yield Due(again, BEAT, due.number)
    present = installed(world.store, due.number)
    if present is not None and present["next_notice"] is not None and present["issued"] >= due.at:
        yield Due(present["next_notice"], CERTIFICATE_NOTICE, present["id"])


def _certificate_notice(world: World, due: Due) -> Iterator[Due]:
    row = world.store.row(f"{CERTIFICATE} WHERE c.id = ? AND c.next_notice = ?", due.number, due.at)
    if row is None:  # renewed, removed or revoked in the meantime
        return
    announce_expiry(world, row, days_left(row["expires"], due.at))
    following = next_notice(DEVICE_CERTIFICATE_NOTICES, row["expires"], due.at)
    world.store.execute("UPDATE device_certificate SET next_notice = ? WHERE id = ?", following, due.number)
    if following is not None:
        yield Due(following, CERTIFICATE_NOTICE, due.number)


def _root_ca_notice(world: World, due: Due) -> Iterator[Due]:
    row = world.store.row("SELECT * FROM root_ca WHERE id = ? AND next_notice = ?", due.number, due.at)
    if row is None:
        return
    devices = world.store.value(
        "SELECT count(*) FROM device_certificate WHERE root_ca_id = ? AND installed", due.number
    )
    days = days_left(row["expires"], due.at)
    call_hooks(
        world,
        payloads.root_ca_expiration(world.clock.now(), row["name"], days, moment(row["expires"]), devices),
    )
    following = next_notice(ROOT_CA_NOTICES, row["expires"], due.at)
    world.store.execute("UPDATE root_ca SET next_notice = ? WHERE id = ?", following, due.number)
    if following is not None:
        yield Due(following, ROOT_CA_NOTICE, due.number)


_HAPPENINGS = {BEAT: _beat, CERTIFICATE_NOTICE: _certificate_notice, ROOT_CA_NOTICE: _root_ca_notice}


def last_seen(world: World, row: Row) -> float:
    """When the device last connected."""
    seen: float = row["seen"]
    if world.settings.heartbeats == "manual" or row["blacklisted"]:
        return seen
    interval = heartbeat_seconds(world, row)
    return seen + max((world.clock.timestamp() - seen) // interval, 0) * interval
