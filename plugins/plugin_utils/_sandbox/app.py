# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The ASGI application: path prefixes, the request ledger, faults, and the systems behind them."""

from __future__ import annotations

import asyncio
import json
import sys
import time
import traceback
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.types import Message, Receive, Scope, Send

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.calamp.system import CalAmpSystem
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.control import Control
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.exchange import (
    Access,
    Answer,
    Incoming,
    System,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.faults import (
    AFTER,
    ANSWER_KINDS,
    BEFORE,
    Rule,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.fleet.pulse import Pulse
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.mt20w.system import Mt20wSystem
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.protocol import TRANSPORT
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ready import PREFIXES
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.system import UbloxSystem
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.world import World


@dataclass(frozen=True, slots=True)
class Cut:
    """The connection is closed after these bytes of the body; None: before any answer."""

    after: bytes | None
    answer: Answer


@dataclass(frozen=True, slots=True)
class Trickle:
    """The body comes a few bytes at a time, with a pause of so many seconds before each."""

    size: int
    pause: float
    answer: Answer

    @property
    def status(self) -> int:
        """The status of the answer."""
        return self.answer.status


class Gate:
    """One system behind its prefix, with faults in front of it."""

    def __init__(self, world: World, system: System) -> None:
        self._world = world
        self._system = system

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        incoming = await _incoming(request)
        outcome = await self._outcome(incoming)
        if isinstance(outcome, Cut):
            await _cut(outcome, scope, receive, send)
        elif isinstance(outcome, Trickle):
            await _trickle(outcome, scope, send)
        else:
            await _response(outcome)(scope, receive, send)

    async def _outcome(self, incoming: Incoming) -> Answer | Cut | Trickle:
        name, path = self._system.name, incoming.path
        access = self._system.access(incoming)
        refused = access is Access.WRITE and not self._world.writes_allowed
        entry = self._world.ledger.of(name).record(incoming.method, path, access, refused)
        await asyncio.sleep(self._world.faults.latency_seconds(name, path))
        fault = self._world.faults.take(name, path, ANSWER_KINDS)
        if fault and fault.kind == "expire_token":
            self._system.expire_tokens()
            fault = None
        if fault and fault.when() == BEFORE:
            outcome = self._spoiled(fault, Answer(200, b""))
        else:
            answer = self._refuse_write() if refused else self._carried_out(incoming)
            outcome = self._spoiled(fault, answer) if fault and fault.when() == AFTER else answer
        entry["status"] = None if isinstance(outcome, Cut) else outcome.status
        return outcome

    def _refuse_write(self) -> Answer:
        return self._system.refusal(403, "The sandbox was told to refuse writes.")

    def _carried_out(self, incoming: Incoming) -> Answer:
        try:
            return self._system.answer(incoming)
        except Exception as error:  # what a client sent must never take the sandbox down
            self._world.ledger.of(self._system.name).internal_errors += 1
            where = traceback.extract_tb(error.__traceback__)[-1]
            place = f"{where.filename}:{where.lineno}"
            print(f"sandbox: {incoming.method} {incoming.path} failed: {error!r} at {place}", file=sys.stderr)
            return self._system.refusal(500, "The sandbox has a defect; its standard error says more.")

    def _spoiled(self, fault: Rule, answer: Answer) -> Answer | Cut | Trickle:
        match fault.kind:
            case "status":
                return self._status(fault)
            case "drop":
                return Cut(None, answer)
            case "trickle":
                return Trickle(fault.params["bytes"], fault.params["ms"] / 1000, answer)
            case "garbage":
                body = str(fault.params.get("body", "<html>upstream connect error</html>"))
                return Answer(200, body.encode(), "text/html")
            case _:
                half = answer.body[: len(answer.body) // 2]
                return Cut(half, answer) if fault.params.get("promise_all") else replace(answer, body=half)

    def _status(self, fault: Rule) -> Answer:
        code, body = fault.params["code"], fault.params.get("body")
        headers = tuple(fault.params.get("headers", {}).items())
        if body is None:
            phrase = HTTPStatus(code).phrase if code in set(HTTPStatus) else "Unknown"
            answer = self._system.refusal(code, phrase)
        elif isinstance(body, str):
            answer = Answer(code, body.encode(), "text/plain")
        else:
            answer = Answer(code, json.dumps(body).encode())
        return replace(answer, headers=answer.headers + headers)


async def _incoming(request: Request) -> Incoming:
    arrived = time.monotonic()
    scope = request.scope
    return Incoming(
        method=request.method,
        path=scope["path"].removeprefix(scope.get("root_path", "")),
        query=scope["query_string"].decode("latin-1"),
        headers={name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]},
        body=await request.body(),
        arrived=arrived,
    )


def _response(answer: Answer) -> Response:
    return Response(answer.body, answer.status, dict(answer.headers), answer.content_type)


async def _cut(cut: Cut, scope: Scope, receive: Receive, send: Send) -> None:
    """Close the connection without an answer, or in the middle of one."""
    transport: asyncio.Transport | None = scope.get(TRANSPORT)
    if transport is None:
        raise RuntimeError("this server cannot cut connections; start the sandbox with its own serve.py")
    if cut.after is None:
        transport.abort()
    else:
        await send(_start(cut.answer))
        await send({"type": "http.response.body", "body": cut.after, "more_body": True})
        transport.close()
    while (await receive())["type"] != "http.disconnect":
        pass


async def _trickle(trickle: Trickle, scope: Scope, send: Send) -> None:
    """Send the body bit by bit, until it is whole or the client has gone."""
    transport: asyncio.Transport | None = scope.get(TRANSPORT)
    body = trickle.answer.body
    await send(_start(trickle.answer))
    for start in range(0, len(body), trickle.size):
        await asyncio.sleep(trickle.pause)
        if transport is not None and transport.is_closing():
            return
        await send({"type": "http.response.body", "body": body[start : start + trickle.size], "more_body": True})
    await send({"type": "http.response.body", "body": b""})


def _start(answer: Answer) -> Message:
    headers = [
        (b"content-type", answer.content_type.encode()),
        (b"content-length", b"%d" % len(answer.body)),
        *((name.encode(), value.encode()) for name, value in answer.headers),
    ]
    return {"type": "http.response.start", "status": answer.status, "headers": headers}


def build_app(world: World, seed_document: Any = None) -> Starlette:
    """The application over a world whose account is loaded; `seed_document` is what a reset goes back to."""
    control, pulse = Control(world, seed_document), Pulse(world)

    async def controlled(request: Request) -> Response:
        pulse.start()
        client = request.client.host if request.client else ""
        return _response(control.answer(await _incoming(request), client))

    async def elsewhere(_request: Request) -> Response:
        return Response('{"message": "Not Found."}', 404, media_type="application/json")

    every = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]
    return Starlette(
        routes=[
            Mount(PREFIXES["ublox"], app=Gate(world, UbloxSystem(world))),
            Mount(PREFIXES["calamp"], app=Gate(world, CalAmpSystem(world))),
            Mount(PREFIXES["mt20w"], app=Gate(world, Mt20wSystem(world))),
            Mount(PREFIXES["control"], routes=[Route("/{path:path}", controlled, methods=every)]),
            Route("/{path:path}", elsewhere, methods=every),
        ]
    )
