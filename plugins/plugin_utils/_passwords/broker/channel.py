# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One connection to a process of the run: messages are JSON, one a line."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine, Mapping
from typing import Any

_ALIVE_SECONDS = 5.0


class Channel:
    """What one asker says and is told."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def receive(self) -> dict[str, Any] | None:
        """The next message, None when there will be none. Raises ConnectionError or ValueError for a broken one."""
        line = await self._line()
        if not line:
            return None
        message = json.loads(line)
        if not isinstance(message, dict):
            raise ValueError
        return message

    async def need(self, what: str) -> Any:
        """What only the asker has. Raises ConnectionError when it goes away instead."""
        await self.send({"need": what})
        message = await self.receive()
        if message is None or "supply" not in message:
            raise ConnectionResetError
        return message["supply"]

    async def send(self, message: Mapping[str, object]) -> None:
        await self._write(json.dumps(message, separators=(",", ":")).encode() + b"\n")

    async def kept_alive(self, reply: Coroutine[Any, Any, dict[str, object]]) -> dict[str, object]:
        """The ``reply``; while it takes its time the asker is told that this process is alive."""
        task = asyncio.ensure_future(reply)
        try:
            while not (await asyncio.wait({task}, timeout=_ALIVE_SECONDS))[0]:
                await self._write(b"\n")
            return task.result()
        finally:
            task.cancel()

    async def _line(self) -> bytes:
        """A whole line of any length, empty at the end."""
        parts = []
        while True:
            try:
                parts.append(await self._reader.readuntil(b"\n"))
                return b"".join(parts)
            except asyncio.LimitOverrunError as longer:
                parts.append(await self._reader.readexactly(longer.consumed))
            except asyncio.IncompleteReadError as end:
                if parts or end.partial:
                    raise ConnectionResetError from None
                return b""

    async def _write(self, line: bytes) -> None:
        self._writer.write(line)
        await self._writer.drain()
