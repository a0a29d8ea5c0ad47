# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading the live account, kind by kind, and sending what a plan holds."""

from __future__ import annotations

import datetime
import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import replace
from itertools import islice
from typing import Any

from ..._model.fleet import batched
from ..._model.ids import IdSet
from ..._model.kind import DeviceItem, Kind, Listing, LiveObject, ParentCall, PerDevice, PerParent, Progress
from ..._model.live import LiveAccount, Reading
from ..._model.membership import with_tagged
from ..._model.narrow import known, of_type
from ..._model.request import Request
from .. import errors
from ..endpoint import Endpoint
from ..transport import Traffic, Transport
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

    def read(self, reading: Reading) -> LiveAccount:
        """What ``reading`` says; each list is read once, all at the same time."""
        started = time.monotonic()
        listed = [kind for kind in reading.kinds if isinstance(kind.read, Listing)]
        found = dict(zip([kind.name for kind in listed], self._lists.map(self._list, listed), strict=True))
        for kind in reading.kinds:
            if isinstance(kind.read, PerParent):
                only = reading.parents.get(kind.name)
                found[kind.name] = self._of_parents(kind.read, found[kind.read.parent], only)
        for kind in reading.kinds:
            if isinstance(kind.read, PerDevice):
                items = reading.items.get(kind.name, {})
                asked = [(kind.read, with_tagged(item, reading, found)) for item in items.values()]
                found[kind.name] = dict(zip(items, self._lists.map(self._of_devices, asked), strict=True))
        self._reading_seconds += time.monotonic() - started
        return LiveAccount(found)

    def obstacles(self, targets: Iterable[tuple[Kind, LiveObject]]) -> dict[str, str]:
        """Why the service would refuse to delete some of ``targets``, by address."""
        asked = [(kind, target) for kind, target in targets if kind.obstacle is not None]
        answers = self._pages.map(self._obstacle, asked)
        return {kind.address(target.name): why for (kind, target), why in zip(asked, answers, strict=True) if why}

    def unknown_devices(self, devices: IdSet) -> IdSet:
        """Those of ``devices`` that the service does not know. Nothing is asked about none."""
        answers = self._pages.map(self._inquired, batched("/device/info/get", devices, Options=["CORE"]))
        return devices - IdSet(frozenset(device["id"] for answer in answers for device in answer))

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
        found: dict[str, LiveObject] = {}
        for each in listing.read(items):
            other = found.setdefault(kind.identity(each.name), each)
            if other.handle != each.handle:
                found[kind.identity(each.name)] = _ambiguous(each)
        return found

    def _of_parents(
        self, read: PerParent, parents: Mapping[str, LiveObject], only: frozenset[str] | None
    ) -> Mapping[str, LiveObject]:
        chosen = {identity: parent for identity, parent in parents.items() if only is None or identity in only}
        asked = [(call, parent) for parent in chosen.values() for call in read.calls]
        # A list waits for its pages, and so must not take their place in the pool.
        pool = self._lists if any(call.items for call in read.calls) else self._pages
        answers = pool.map(self._about_parent, asked)
        read_objects = ((i, read.read(parent, list(islice(answers, len(read.calls))))) for i, parent in chosen.items())
        return {identity: found for identity, found in read_objects if found is not None}

    def _about_parent(self, asked: tuple[ParentCall, LiveObject]) -> Any:
        call, parent = asked
        if call.items:
            return read_all(self._client, self._pages, call.path, call.items, call.body(parent))
        return self._client.call(call.path, call.body(parent))

    def _of_devices(self, asked: tuple[PerDevice, DeviceItem]) -> LiveObject:
        read, item = asked
        inquiry = read.inquire(item, days_until)
        try:
            requests = next(inquiry)
            while True:
                requests = inquiry.send(list(self._pages.map(self._inquired, requests)))
        except StopIteration as end:
            return of_type(LiveObject, end.value)
        except UnknownShape as shape:
            raise errors.BadAnswer(f"POST {read.path}", f"unexpected answer: {shape}") from None

    def _inquired(self, request: Request) -> Any:
        answer = self._client.call(request.path, request.body)
        try:
            return shapes.READ_INQUIRY[request.path](answer)
        except UnknownShape as shape:
            raise errors.BadAnswer(f"POST {request.path}", f"unexpected answer: {shape}") from None


def _ambiguous(found: LiveObject) -> LiveObject:
    """An object that has the name of another one: nothing can be declared of it, for nobody knows which is meant."""
    problem = "the account has several of this name, which cannot be told apart; rename all but one"
    return replace(found, progress=Progress(0, problems=(problem,)))


def days_until(iso_date: str) -> int:
    """From today (UTC) to a date, of which the time is left aside. Raises UnknownShape."""
    try:
        date = datetime.date.fromisoformat(iso_date[:10])
    except ValueError:
        raise UnknownShape(f"{iso_date!r} is not a date") from None
    return (date - datetime.datetime.now(datetime.UTC).date()).days


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
