# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A host for tests: the middleware before a small application, called without a network."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from ansible_collections.edgeops.device_trust.plugins.module_utils._live.mt20w.codec import (
    SiteKey,
    make_token,
    read_last_connected,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._mt20w.middleware import (
    SCOPE_KEY,
    Application,
    Message,
    Mt20wAuthentication,
    Receive,
    Scope,
    Send,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._mt20w.stores import MemoryStore, NumberStore
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._mt20w.verifier import Mode, Verifier

KEY = SiteKey(bytes(range(32)))
OLD_KEY = SiteKey(bytes(range(1, 33)))
USB, WIFI, STRANGER = "A0C1777700000017", "A0C1777700000020", "A0C1777700000099"
FIRST = "20180919105017"


@dataclass(frozen=True)
class Reply:
    """One answer."""

    status: int
    headers: Sequence[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str | None:
        """The only header of this name, or None."""
        values = [value for key, value in self.headers if key == name.lower()]
        assert len(values) < 2, values
        return values[0] if values else None

    def number(self, key: SiteKey = KEY) -> str:
        """The number for the next token."""
        return read_last_connected(key, self.header("X-Device-Last-Connected") or "")


class FakeDefect(Exception):
    """What the application does not expect."""


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers the status that the path names, with the reader's serial number as the body."""
    if scope["path"] == "/fails":
        raise FakeDefect
    status = int(scope["path"].lstrip("/") or 200)
    headers = [(b"X-Device-Last-Connected", b"from the application")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": scope[SCOPE_KEY].serial.encode()})


class Host:
    """The middleware with readers in both modes."""

    def __init__(
        self,
        keys: Sequence[SiteKey] = (KEY,),
        store: NumberStore | None = None,
        app: Application = application,
        **more: Any,
    ) -> None:
        verifier = Verifier(keys, {USB: Mode.USB, WIFI: Mode.WIFI}, store or MemoryStore(), **more)
        self.middleware = Mt20wAuthentication(app, verifier)

    async def ask(self, *authorization: str, path: str = "/") -> Reply:
        """One request with these Authorization headers."""
        sent: list[Message] = []

        async def send(message: Message) -> None:
            sent.append(message)

        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        headers = [(b"authorization", value.encode("latin-1")) for value in authorization]
        scope = {"type": "http", "method": "POST", "path": path, "headers": headers}
        with suppress(FakeDefect):
            await self.middleware(scope, receive, send)
        start, body = sent
        pairs = [(name.decode(), value.decode()) for name, value in start["headers"]]
        return Reply(start["status"], pairs, body["body"])


def driver(serial: str = USB, number: str = FIRST, key: SiteKey = KEY) -> str:
    """An Authorization header of the scheme Driver."""
    return f"Driver {make_token(key, serial, number)}"


def device(serial: str) -> str:
    """An Authorization header of the scheme Device."""
    text = f"{serial.zfill(32)}:{'0' * 64}:1"
    return f"Device {base64.b64encode(text.encode()).decode()}"
