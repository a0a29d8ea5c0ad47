# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fleet lives on between requests, so that webhooks come when they are due."""

from __future__ import annotations

import asyncio
import sys

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.fleet.passage import GRAIN, catch_up
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.world import World


class Pulse:
    """Lets the fleet catch up once a second, in the server's own event loop."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, if it has not begun yet; to be called where the event loop runs."""
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run())

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(GRAIN)
            try:
                catch_up(self._world)
            except Exception as error:  # a defect here must not stop the clock
                self._world.ledger.of("ublox").internal_errors += 1
                print(f"sandbox: the fleet could not live on: {error!r}", file=sys.stderr)
