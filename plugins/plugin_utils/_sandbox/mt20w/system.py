# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An MT20W host as one system: the middleware that users are given, and the scan application behind it."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from ansible_collections.edgeops.device_trust.plugins.module_utils._live.mt20w.codec import HeaderForm
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._mt20w.middleware import (
    SCOPE_KEY,
    Message,
    Mt20wAuthentication,
    Receive,
    Scope,
    Send,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._mt20w.verifier import Verifier
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.exchange import Access, Answer, Incoming
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.mt20w.scan import PATH, refusal, scanned
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.mt20w.site import Site
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.world import World


class Mt20wSystem:
    """The simulated MT20W host."""

    name = "mt20w"

    def __init__(self, world: World) -> None:
        self._world = world
        self._site = Site(world.store)

    def access(self, incoming: Incoming) -> Access | None:
        """What the request would do: nothing but read."""
        return Access.READ if (incoming.method, incoming.path) == ("POST", PATH) else None

    def answer(self, incoming: Incoming) -> Answer:
        """Carry the request out, in one transaction. A number is spent whatever the answer."""
        with self._world.store.transaction():
            verifier = Verifier(
                self._site.keys(),
                self._site.mode,
                self._site.numbers,
                header_form=HeaderForm(self._world.settings.mt20w_header),
            )
            return _through(verifier, self._site, incoming)

    def refusal(self, status: int, message: str) -> Answer:
        """An error in the host's own form."""
        return refusal(status, message)

    def expire_tokens(self) -> None:
        """Put every reader out of step."""
        self._site.put_out_of_step()


def _through(verifier: Verifier, site: Site, incoming: Incoming) -> Answer:
    """The answer of the middleware with the scan application behind it."""
    sent: list[Message] = []

    async def application(scope: Scope, _receive: Receive, send: Send) -> None:
        answer = scanned(site, scope[SCOPE_KEY], incoming)
        headers = [(b"content-type", answer.content_type.encode())]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body})

    async def receive() -> Message:
        return {"type": "http.request", "body": incoming.body, "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in incoming.headers.items()]
    scope = {"type": "http", "method": incoming.method, "path": incoming.path, "headers": headers}
    _finish(Mt20wAuthentication(application, verifier)(scope, receive, send))
    return _answer(*sent)


def _finish(work: Coroutine[Any, Any, None]) -> None:
    """Run what waits for nothing: the store is this process's own, and so is the application."""
    try:
        work.send(None)
    except StopIteration:
        return
    raise RuntimeError("the middleware waited, though its store does not block")


def _answer(start: Message, body: Message) -> Answer:
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in start["headers"]}
    content_type = headers.pop("content-type")
    headers.pop("content-length", None)
    return Answer(start["status"], body["body"], content_type, tuple(headers.items()))
