# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading the live account, kind by kind, and sending what a plan holds."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from itertools import islice
from typing import Any

from ..._model.kind import Kind, Listing, LiveObject, PerParent
from ..._model.live import LiveAccount
from ..._model.narrow import known, of_type
from ..._model.registry import KINDS
from ..._model.request import Request
from .. import errors
from ..transport import Endpoint, Traffic, Transport
from . import shapes
from .client import UbloxClient
from .pages import Listed, read_all, read_list, read_pages, read_unpaged
from .query import Body, Form, Query
from .token import Credentials
from .tolerant import UnknownShape

PARALLEL_REQUESTS = 8


class Account:
    """A live account of u-blox Security Services. Use it as a context manager; it closes its connections."""

    def __init__(self, endpoint: Endpoint, credentials: Credentials, *, parallel: int = PARALLEL_REQUESTS) -> None:
        self._client = UbloxClient(credentials, Transport(endpoint))
        # Two pools, because a list in one waits for its pages in the other.
        self._lists = ThreadPoolExecutor(parallel, "list")
        self._pages = ThreadPoolExecutor(parallel, "page")
        self._reading_seconds = 0.0

    def __enter__(self) -> Account:
        return self

    def __exit__(self, *_unused: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends what is still under way (after a failure or an interrupt) as soon as its current request has ended."""
        self._client.give_up()
        self._lists.shutdown(wait=False, cancel_futures=True)
        self._pages.shutdown(cancel_futures=True)
        self._lists.shutdown()
        self._client.close()

    @property
    def traffic(self) -> Traffic:
        return self._client.traffic

    def seconds_per_request(self) -> float:
        """What one of the requests sent so far took on average, wall time."""
        return self._reading_seconds / self.traffic.reads if self.traffic.reads else 0.0

    def read(self, kinds: Iterable[Kind], parents: Mapping[str, frozenset[str]] | None = None) -> LiveAccount:
        """The live objects of ``kinds``; each list is read once, all at the same time.

        ``parents`` limits kinds that are read for each object of another kind to the parents of these identities.
        """
        started = time.monotonic()
        wanted = list(kinds)
        listed = [kind for kind in wanted if isinstance(kind.read, Listing)]
        found = dict(zip([kind.name for kind in listed], self._lists.map(self._list, listed), strict=True))
        for kind in wanted:
            if isinstance(kind.read, PerParent):
                only = (parents or {}).get(kind.name)
                found[kind.name] = self._of_parents(kind, kind.read, found[kind.read.parent], only)
        self._reading_seconds += time.monotonic() - started
        return LiveAccount(found)

    def read_again(self, kind: Kind, identity: str) -> LiveObject | None:
        """One object as it is now: what a write whose outcome is unknown is judged by."""
        kinds = [kind] if isinstance(kind.read, Listing) else [KINDS[kind.read.parent], kind]
        return self.read(kinds, {kind.name: frozenset({identity})}).find(kind.name, identity)

    def obstacles(self, targets: Iterable[tuple[Kind, LiveObject]]) -> dict[str, str]:
        """Why the service would refuse to delete some of ``targets``, by address."""
        asked = [(kind, target) for kind, target in targets if kind.obstacle is not None]
        answers = self._pages.map(self._obstacle, asked)
        return {kind.address(target.name): why for (kind, target), why in zip(asked, answers, strict=True) if why}

    def _obstacle(self, asked: tuple[Kind, LiveObject]) -> str:
        kind, target = asked
        obstacle = known(kind.obstacle)
        return obstacle.blocks(self._client.call(obstacle.path, obstacle.body(target)))

    def send(self, request: Request) -> None:
        self._client.call(request.path, request.body)

    def ask(self, asked: Sequence[tuple[Query, Sequence[Body]]]) -> list[dict[str, Any]]:
        """The whole answer to each query with its requests; all of them are sent at the same time. Raises LiveError."""
        answers = self._lists.map(self._answer, [(query, body) for query, bodies in asked for body in bodies])
        return [self._gathered(query, list(islice(answers, len(bodies)))) for query, bodies in asked]

    def _gathered(self, query: Query, answers: Sequence[Listed]) -> dict[str, Any]:
        items = [item for answer in answers for item in answer.items]
        beside = {name: value for answer in answers for name, value in answer.beside.items()}
        try:
            if query.path == "/deviceprofile/get":
                items = with_tags(self._client, self._pages, [shapes.read_profile(item) for item in items])
            return dict(query.gather([query.read(item) for item in items], beside))
        except UnknownShape as shape:
            raise errors.BadAnswer(f"POST {query.path}", f"unexpected answer: {shape}") from None

    def _answer(self, asked: tuple[Query, Body]) -> Listed:
        query, body = asked
        if query.form is Form.PAGES:
            return read_pages(self._client, self._pages, query.path, query.items, body)
        if query.form is Form.LIST:
            return read_list(self._client, query.path, query.items, body)
        return Listed([self._client.call(query.path, body)], {})

    def sign_in(self) -> str:
        """A token that should be accepted now. Raises as the calls do."""
        return self._client.sign_in()

    def _list(self, kind: Kind) -> Mapping[str, LiveObject]:
        listing = of_type(Listing, kind.read)
        if listing.paged:
            items = read_all(self._client, self._pages, listing.path, listing.items)
        else:
            items = read_unpaged(self._client, listing.path, listing.items)
        if kind.name == "device_profile":
            items = with_tags(self._client, self._pages, items)
        return {kind.identity(found.name): found for found in listing.read(items)}

    def _of_parents(
        self, kind: Kind, read: PerParent, parents: Mapping[str, LiveObject], only: frozenset[str] | None
    ) -> Mapping[str, LiveObject]:
        chosen = [(identity, parent) for identity, parent in parents.items() if only is None or identity in only]

        def fetch(parent: LiveObject) -> LiveObject | None:
            return read.read(parent, self._client.call(read.path, read.body(parent)))

        answers = self._pages.map(fetch, [parent for _unused, parent in chosen])
        return {
            identity: found for (identity, _unused), found in zip(chosen, answers, strict=True) if found is not None
        }


def with_tags(client: UbloxClient, pool: Executor, profiles: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Profiles with their tags. Where the service does not list a profile's tags, each tag is asked for its profiles
    (/deviceprofile/get with TagNames, which is documented).
    """
    completed = [dict(profile) for profile in profiles]
    if all(profile["TagNames"] is not None for profile in completed):
        return completed
    tags_of: dict[str, list[str]] = {profile["DeviceProfileUID"]: [] for profile in completed}
    for tag in read_all(client, pool, "/tag/get", "Tags"):
        name = tag["TagName"]
        for profile in read_all(client, pool, "/deviceprofile/get", "DeviceProfiles", {"TagNames": [name]}):
            tags_of.setdefault(profile["DeviceProfileUID"], []).append(name)
    return [{**profile, "TagNames": tags_of[profile["DeviceProfileUID"]]} for profile in completed]
