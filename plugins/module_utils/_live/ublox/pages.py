# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists that come in pages: the first page tells how many there are, the others are read at the same time.

REST API 1.1.29: requests carry PageNumber; answers PageNumber, PageSize and TotalRecords.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import Any

from .. import errors
from .client import UbloxClient
from .shapes import READ_ITEM
from .tolerant import UnknownShape, count

_ROUNDS = 3
_MOST_PAGES = 1_000_000
_PAGING = ("PageNumber", "PageSize", "TotalRecords")


@dataclass(frozen=True, slots=True)
class Page:
    """One page as it came. ``total`` is None where the service does not say; ``beside`` is what else it says."""

    number: int
    size: int
    total: int | None
    items: Sequence[Any]
    beside: Mapping[str, Any] = field(default_factory=dict)

    @property
    def last(self) -> int:
        """The number of the last page, by what this page says."""
        if self.total is None or not self.size:
            return self.number
        return max(1, -(-self.total // self.size))


@dataclass(frozen=True, slots=True)
class Listed:
    """A whole list as it came, with what else its first page says."""

    items: Sequence[Any]
    beside: Mapping[str, Any]


class _Moved(Exception):
    """The list changed while its pages were read."""


def read_all(
    client: UbloxClient, pool: Executor, path: str, items: str, body: Mapping[str, Any] | None = None
) -> list[Any]:
    """All items of a paged list, in the form of ``shapes.py``. Raises as ``read_pages``."""
    return _shaped(path, read_pages(client, pool, path, items, body).items)


def read_pages(
    client: UbloxClient, pool: Executor, path: str, items: str, body: Mapping[str, Any] | None = None
) -> Listed:
    """A whole paged list, as it came.

    A list that moves while it is read is read again, up to three times; so is one in which something stands twice,
    because then something else was moved away between two pages. (If it comes the same again, it is believed.) Raises
    BadAnswer when it does not settle, when a page repeats, and when counts do not add up: never a part of the list in
    silence.
    """
    reason = ""
    before: Sequence[Any] | None = None
    for _unused in range(_ROUNDS):
        try:
            listed = _round(client, pool, path, items, body or {})
        except _Moved as moved:
            reason = str(moved)
            continue
        found = listed.items
        twice = _twice(found)
        if not twice or found == before:
            return listed
        reason, before = f"{twice} of {len(found)} records come twice", found
    unsettled = f"the pages do not add up, after {_ROUNDS} readings: {reason}"
    raise errors.BadAnswer(f"POST {path}", f"{unsettled}; run again when nothing changes the list any more")


def read_unpaged(client: UbloxClient, path: str, items: str) -> list[Any]:
    """All items of a list that comes whole, in the form of ``shapes.py``."""
    return _shaped(path, read_list(client, path, items).items)


def read_list(client: UbloxClient, path: str, items: str, body: Mapping[str, Any] | None = None) -> Listed:
    """A list that comes whole, as it came: under the key ``items``, or as the answer itself."""
    answer = client.call(path, body or {})
    found = answer.get(items) if items and isinstance(answer, Mapping) else answer
    if not isinstance(found, list):
        raise errors.BadAnswer(f"POST {path}", f"the answer holds no list{f' {items}' if items else ''}")
    return Listed(found, {})


def _round(client: UbloxClient, pool: Executor, path: str, items: str, body: Mapping[str, Any]) -> Listed:
    def fetch(number: int) -> Page:
        return _page(client.call(path, {**body, "PageNumber": number}), number, path, items)

    first = fetch(1)
    if first.total is None:
        return Listed(_until_short(fetch, first, path), first.beside)
    if first.last > _MOST_PAGES:
        raise errors.BadAnswer(f"POST {path}", f"{first.total} records cannot be right")
    pages = [first, *pool.map(fetch, range(2, first.last + 1))]
    return Listed(_joined(pages), first.beside)


def _page(answer: Any, number: int, path: str, items: str) -> Page:
    request = f"POST {path}"
    if not isinstance(answer, Mapping) or not isinstance(answer.get(items), list):
        raise errors.BadAnswer(request, f"page {number} holds no list {items}")
    try:
        got = count(answer.get("PageNumber", number), "PageNumber")
        total = count(answer["TotalRecords"], "TotalRecords") if answer.get("TotalRecords") is not None else None
        size = count(answer.get("PageSize", len(answer[items])), "PageSize")
    except UnknownShape as shape:
        raise errors.BadAnswer(request, f"page {number}: {shape}") from None
    if got != number:
        raise errors.BadAnswer(request, f"asked for page {number}, the service answered page {got}")
    beside = {name: value for name, value in answer.items() if name not in {items, *_PAGING}}
    return Page(number, size, total, answer[items], beside)


def _joined(pages: Sequence[Page]) -> list[Any]:
    """The items of all pages, when they agree with one another."""
    totals = {page.total for page in pages}
    if len(totals) > 1:
        counts = sorted(total for total in totals if total is not None)
        raise _Moved(f"the total went from {counts[0]} to {counts[-1]}")
    _refuse_repeats(pages)
    joined = [item for page in pages for item in page.items]
    if len(joined) != pages[0].total:
        raise _Moved(f"{pages[0].total} records announced, {len(joined)} received")
    return joined


def _refuse_repeats(pages: Sequence[Page]) -> None:
    seen: dict[str, int] = {}
    for page in pages:
        if page.items and len(pages) > 1:
            content = json.dumps(page.items, sort_keys=True)
            if content in seen:
                raise _Moved(f"page {page.number} repeats page {seen[content]}")
            seen[content] = page.number


def _twice(found: Sequence[Any]) -> int:
    """How many items are there more than once."""
    return len(found) - len({item if isinstance(item, str) else json.dumps(item, sort_keys=True) for item in found})


def _until_short(fetch: Callable[[int], Page], first: Page, path: str) -> list[Any]:
    """Without a total: page after page until one is empty; a page that repeats the one before is an error."""
    pages = [first]
    while pages[-1].items:
        page = fetch(pages[-1].number + 1)
        if page.items == pages[-1].items or page.number > _MOST_PAGES:
            raise errors.BadAnswer(f"POST {path}", f"page {page.number} repeats page {pages[-1].number}")
        pages.append(page)
    return [item for page in pages for item in page.items]


def _shaped(path: str, found: Sequence[Any]) -> list[Any]:
    read = READ_ITEM[path]
    try:
        return [item for item in map(read, found) if item is not None]
    except UnknownShape as shape:
        raise errors.BadAnswer(f"POST {path}", f"unexpected answer: {shape}") from None
