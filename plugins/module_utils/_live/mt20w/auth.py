# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A reader's side of the Driver scheme, as authentication for httpx (MT20W Authentication Changes, "Handling Driver
Token From the API").
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Generator
from pathlib import Path
from typing import TYPE_CHECKING

from .codec import (
    DRIVER_SCHEME,
    LAST_CONNECTED,
    Mt20wError,
    SiteKey,
    fresh_number,
    make_token,
    parse_serial,
    read_last_connected,
)
from .numbers import FileNumber, HeldNumber, MemoryNumber

if TYPE_CHECKING:
    import httpx

    _Auth = httpx.Auth
else:
    try:
        from httpx import Auth as _Auth
    except ImportError:  # whoever makes requests has httpx; the others only import this module
        _Auth = object


class DriverAuth(_Auth):
    """Sends Driver tokens; each answer brings the number of the next one.

    The number is kept in ``number`` before the caller sees the answer, so that a program that is started again goes on
    where it was. Without a number, and when the host answers 401 because it expects another, one request is sent
    again: with the number that came with the 401, or else with a fresh one as a device's first request.

    One reader speaks with one host at a time: requests through one DriverAuth wait for each other. Two programs that
    act as the same reader put each other out of step, and recover with one more request each time.
    """

    requires_request_body = True  # it may have to be sent twice

    def __init__(self, site_key: SiteKey, serial: str, number: HeldNumber | Path | None = None) -> None:
        """``number``: where the next number is kept; a path is a FileNumber, None is only this object's memory.

        Raises InvalidSerial.
        """
        self._key = site_key
        self._serial = parse_serial(serial)
        self._number: HeldNumber = FileNumber(number) if isinstance(number, Path) else number or MemoryNumber()
        self._turn = threading.Lock()
        self._async_turn = asyncio.Lock()

    def __repr__(self) -> str:
        return f"DriverAuth({self._serial})"

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """One request, and a second one if the first was out of step."""
        number = self._number.load() or fresh_number()
        response = yield self._signed(request, number)
        following = self._take(response)
        if response.status_code == 401:
            response = yield self._signed(request, following or fresh_number(other_than=number))
            self._take(response)

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """`auth_flow` when it is this thread's turn."""
        with self._turn:
            yield from super().sync_auth_flow(request)

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """`auth_flow` when it is this task's turn."""
        async with self._async_turn:
            await request.aread()
            flow = self.auth_flow(request)
            try:
                outgoing = next(flow)
                while True:
                    response = yield outgoing
                    outgoing = flow.send(response)
            except StopIteration:
                return
            finally:
                flow.close()

    def _signed(self, request: httpx.Request, number: str) -> httpx.Request:
        request.headers["Authorization"] = f"{DRIVER_SCHEME} {make_token(self._key, self._serial, number)}"
        return request

    def _take(self, response: httpx.Response) -> str | None:
        """The number for the next request, kept; None if the answer brought none that can be used."""
        try:
            number = read_last_connected(self._key, response.headers.get(LAST_CONNECTED, ""))
        except Mt20wError:
            return None
        self._number.save(number)
        return number
