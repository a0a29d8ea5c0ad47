# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When each device has something to do: its next security heartbeat, or the one at which its certificate is renewed.

The moment is kept with the device as `due`, and indexed, so that a million devices with nothing to do cost nothing as
time goes by. Whatever gives a device work, or takes it away, has it scheduled anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.fleet.notices import DAY
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.world import World

_INTERVAL = "ifnull(json_extract(current, '$.NetworkParameters.SecurityHeartbeatInSec'), :usual)"
_AFTER_NOW = f"seen + (max(CAST((:now - seen) / ({_INTERVAL}) AS INTEGER), 0) + 1) * {_INTERVAL}"
"""The first heartbeat after now."""
_BUSY = "pending OR refusal IS NOT NULL OR EXISTS (SELECT 1 FROM certificate_task AS t WHERE t.device_id = device.id)"
_RENEWAL_START = f"max(c.expires - a.renew_days * {DAY}, c.issued + {DAY})"
_BEATS_UNTIL = f"(max({_RENEWAL_START}, :now) - seen) / ({_INTERVAL})"
_RENEWAL = (
    f"seen + max(CAST({_BEATS_UNTIL} AS INTEGER) + ({_BEATS_UNTIL} > CAST({_BEATS_UNTIL} AS INTEGER) "
    f"OR {_RENEWAL_START} <= :now), 1) * {_INTERVAL}"
)
"""The first heartbeat at which the certificate is renewed: at the start of its renewal or later, and after now."""
_RENEWED = (
    "SELECT due FROM (SELECT " + _RENEWAL + " AS due, a.expires FROM device_certificate AS c JOIN root_ca AS a "
    "ON a.id = c.root_ca_id WHERE c.device_id = device.id AND c.installed AND a.renew_days IS NOT NULL "
    "AND c.expires < a.expires) WHERE due < expires"
)
_SCHEDULE = (
    f"UPDATE device SET due = CASE WHEN blacklisted THEN NULL WHEN {_BUSY} THEN {_AFTER_NOW} ELSE ({_RENEWED}) END "
    "WHERE "
)


def reschedule(world: World, numbers: Iterable[int]) -> None:
    """Work out anew when these devices have something to do."""
    _run(world, "id IN (SELECT value FROM json_each(:numbers))", numbers=json.dumps(list(numbers)))


def reschedule_busy(world: World) -> None:
    """The same, for all devices that have something to do."""
    _run(world, "due IS NOT NULL")


def reschedule_root_ca(world: World, root_ca: int) -> None:
    """The same, for all devices with a certificate of a root CA."""
    _run(
        world,
        "id IN (SELECT device_id FROM device_certificate WHERE root_ca_id = :root_ca AND installed)",
        root_ca=root_ca,
    )


def _run(world: World, which: str, **values: object) -> None:
    named = {**values, "now": world.clock.timestamp(), "usual": world.settings.default_heartbeat_seconds}
    world.store.execute_named(_SCHEDULE + which, named)
