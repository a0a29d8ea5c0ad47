# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""At most one request per 100 ms, login and logout among them (CalAmp Password Manager, "APIs")."""

from __future__ import annotations

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.world import World


def admits(world: World, arrived: float) -> bool:
    """Whether a request that arrived at this monotonic second may pass: if the last one that passed is long
    enough ago, in real time."""
    interval = world.settings.calamp_interval_ms / 1000
    last = world.calamp_last_request
    if last is not None and arrived - last < interval:
        return False
    world.calamp_last_request = arrived
    return True
