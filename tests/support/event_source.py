# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The event source ublox_events, run as ansible-rulebook runs it, in a thread of its own."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from typing import Any, Self

from ansible_collections.edgeops.device_trust.extensions.eda.plugins.event_source import ublox_events

TOKEN = "Bearer fake-hook-token"


def free_port() -> int:
    """A port of this machine that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class EventSource:
    """The source, listening. `room` is how many events the rules take before they are busy."""

    def __init__(self, room: int = 0, **args: Any) -> None:
        self.port = free_port()
        self.events: list[dict[str, Any]] = []
        self._args = {"token": TOKEN, "port": self.port, **args}
        self._room = room
        self._loop = asyncio.new_event_loop()
        self._task: asyncio.Task[None] | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return self
            except OSError:
                time.sleep(0.02)
        raise RuntimeError("the event source does not listen")

    def __exit__(self, *_unused: object) -> None:
        if self._task is not None:
            self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join(10)

    def wait(self, number: int) -> list[dict[str, Any]]:
        """The events that the rules got, once there are so many."""
        deadline = time.monotonic() + 10
        while len(self.events) < number and time.monotonic() < deadline:
            time.sleep(0.01)
        assert len(self.events) >= number, self.events
        return self.events

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._task = self._loop.create_task(self._serve())
        try:
            self._loop.run_until_complete(self._task)
        except asyncio.CancelledError:
            pass
        finally:
            self._loop.close()

    async def _serve(self) -> None:
        queue: asyncio.Queue[Any] = asyncio.Queue(self._room)
        rules = asyncio.create_task(self._rules(queue)) if not self._room else None
        try:
            await ublox_events.main(queue, self._args)
        finally:
            if rules is not None:
                rules.cancel()

    async def _rules(self, queue: asyncio.Queue[Any]) -> None:
        while True:
            self.events.append(await queue.get())
