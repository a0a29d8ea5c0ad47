# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The ASGI middleware that an MT20W host puts in front of its application. Plain ASGI, for asyncio servers."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from ansible_collections.edgeops.device_trust.plugins.module_utils._live.mt20w.codec import LAST_CONNECTED
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._mt20w.stores import StoreUnavailable
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._mt20w.verifier import Verdict, Verifier

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

SCOPE_KEY = "mt20w"
"""Where the application finds the Verdict in its scope."""

_log = logging.getLogger("edgeops.device_trust.mt20w")
_HEADER = LAST_CONNECTED.lower().encode()
_CHALLENGE = (b"www-authenticate", b'Driver realm="MT20W", Device realm="MT20W"')


class Mt20wAuthentication:
    """Lets requests of commissioned readers through and answers 401 to all others.

    * `Driver`: for readers in USB mode; each token once. Every answer carries X-Device-Last-Connected, also an
      error, the application's own and a 401.
    * `Device`: refused for readers in USB mode. For readers in WiFi mode it is passed on; whether the token is
      right is for the application to say, as before.

    The Verdict is in `scope["mt20w"]`. Why a request was refused goes to the log `edgeops.device_trust.mt20w`.
    """

    def __init__(self, app: Application, verifier: Verifier) -> None:
        self._app = app
        self._verifier = verifier

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection."""
        match scope["type"]:
            case "http":
                await self._http(scope, receive, send)
            case "websocket":
                # Readers do not use them, and letting one through would go around the check.
                await send({"type": "websocket.close", "code": 1008})
            case _:
                await self._app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        values = [value.decode("latin-1") for name, value in scope["headers"] if name.lower() == b"authorization"]
        try:
            verdict = await self._checked(values)
        except StoreUnavailable as failure:
            _log.error("MT20W host: %s", failure)
            await _answer(
                send, 503, b'{"message": "Service Unavailable"}', [_header(self._verifier.header_of_nobody())]
            )
            return
        if verdict.refused:
            _log.info("MT20W host: refused %s: %s", verdict.serial or "a request", verdict.refused)
            headers = [_CHALLENGE]
            if verdict.last_connected is not None:
                headers.append(_header(verdict.last_connected))
            await _answer(send, 401, b'{"message": "Unauthorized"}', headers)
            return
        await self._passed_on(verdict, scope, receive, send)

    async def _checked(self, values: list[str]) -> Verdict:
        if self._verifier.blocks:
            return await asyncio.to_thread(self._verifier.check, values)
        return self._verifier.check(values)

    async def _passed_on(self, verdict: Verdict, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def send_with_header(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                if verdict.last_connected is not None:
                    others = [pair for pair in message.get("headers", ()) if pair[0].lower() != _HEADER]
                    message = {**message, "headers": [*others, _header(verdict.last_connected)]}
            await send(message)

        try:
            await self._app({**scope, SCOPE_KEY: verdict}, receive, send_with_header)
        except Exception:
            if not started:
                await _answer(send_with_header, 500, b'{"message": "Internal Server Error"}', [])
            raise


def _header(value: str) -> tuple[bytes, bytes]:
    return _HEADER, value.encode()


async def _answer(send: Send, status: int, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
    always = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": [*always, *headers]})
    await send({"type": "http.response.body", "body": body})
