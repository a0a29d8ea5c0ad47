# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the broker does with the service on behalf of its askers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

from ansible_collections.edgeops.device_trust.plugins.module_utils._live.calamp.client import (
    Connection,
    Method,
    load_transport,
)
from ansible_collections.edgeops.device_trust.plugins.module_utils._live.calamp.keys import Key, KeyKind, key
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.broker.channel import Channel
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.broker.conversation import Conversation
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.errors import InvalidKey
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.options import connection_of
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.selection import (
    answers,
    question_of,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.wire import as_data


class Service:
    """The conversations of a run, one for each connection."""

    def __init__(self) -> None:
        self._conversations: dict[Connection, Conversation] = {}
        self._settings: dict[str, dict[str, Any]] = {}

    @property
    def replies(self) -> dict[str, Callable[[dict[str, Any], Channel], Awaitable[dict[str, object]]]]:
        return {
            "wake": self._wake,
            "passwords": self._passwords,
            "records": self._records,
            "prefetch": self._prefetch,
        }

    async def close(self) -> None:
        await asyncio.gather(*(item.close() for item in self._conversations.values()), return_exceptions=True)

    @staticmethod
    async def _wake(request: dict[str, Any], channel: Channel) -> dict[str, object]:
        """Get ready for the first request to the service, and ask it nothing yet."""
        await asyncio.to_thread(load_transport)
        return {}

    async def _passwords(self, request: dict[str, Any], channel: Channel) -> dict[str, object]:
        """What a lookup wants: the passwords in its order, and the names of those that are missing."""
        question = question_of(request["terms"], request["options"])
        conversation = await self._conversation(request, channel)
        if question.prefetch:
            await self._look_ahead(conversation, question.keys, question.method, channel)
        records = await conversation.retrieve(question.keys, question.method)
        found, missing = answers(records, question)
        return {"found": found, "missing": missing}

    async def _records(self, request: dict[str, Any], channel: Channel) -> dict[str, object]:
        """What the inventory wants: the records as the service has them now, and how many requests that took."""
        keys = [key(KeyKind(kind), term) for kind, term in request["keys"]]
        conversation = await self._conversation(request, channel)
        before = conversation.requests
        records = await conversation.retrieve(keys, Method(request["method"]), anew=True)
        return {
            "records": [as_data(item, record) for item, record in records.items()],
            "requests": conversation.requests - before,
        }

    async def _prefetch(self, request: dict[str, Any], channel: Channel) -> dict[str, object]:
        """Fetch what lookups of the run will want: which of the keys, by number, the service does not know."""
        keys = [key(KeyKind(kind), term) for kind, term in request["keys"]]
        conversation = await self._conversation(request, channel)
        before = conversation.requests
        records = await conversation.retrieve(keys, Method(request["method"]))
        return {
            "missing": [at for at, item in enumerate(keys) if item not in records],
            "requests": conversation.requests - before,
        }

    async def _conversation(self, request: dict[str, Any], channel: Channel) -> Conversation:
        """The one with the request's settings. Those that are encrypted are revealed once."""
        settings = request["settings"]
        if any(isinstance(value, dict) for value in settings.values()):
            name = json.dumps(settings, sort_keys=True)
            if name not in self._settings:
                self._settings[name] = await channel.need("settings")
            settings = self._settings[name]
        connection = connection_of(settings)
        if connection not in self._conversations:
            self._conversations[connection] = Conversation(connection)
        return self._conversations[connection]

    @staticmethod
    async def _look_ahead(conversation: Conversation, wanted: Sequence[Key], method: Method, channel: Channel) -> None:
        """Have the devices that others of the play will ask for fetched too, in as few requests as possible."""
        foresight = conversation.foresight
        if not conversation.lacks(wanted):
            return
        # Else each task that fails would first have to tell all devices of its play.
        conversation.check_failure(recent=True)
        async with foresight.turn:
            if conversation.lacks(wanted) and foresight.worthwhile:
                fleet = list(possible_keys(wanted[0].kind, await channel.need("fleet")))
                foresight.noted(fruitful=not set(fleet).isdisjoint(wanted))
                conversation.expect(fleet, method)


def possible_keys(kind: KeyKind, terms: Iterable[object]) -> Iterable[Key]:
    """``terms`` as keys, without those that cannot be any: nobody has asked for them yet."""
    for term in terms:
        try:
            yield key(kind, term)
        except InvalidKey:
            continue
