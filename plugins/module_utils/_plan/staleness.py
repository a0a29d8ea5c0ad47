# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether objects are still what a plan was made against."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .._model.digest import live_digest
from .._model.errors import Problem
from .._model.kind import DeviceItem, LiveObject, PerDevice
from .._model.live import LiveAccount, Reading
from .._model.narrow import known
from .._model.registry import read_with
from .._model.values import as_data
from .plan import Change, Plan
from .text import shown

PLAN_AGAIN = "make the plan again"


def reading_of(changes: Iterable[Change]) -> Reading:
    """What to read again: the objects of these changes, and of devices those alone that would change."""
    identities: dict[str, set[str]] = {}
    items: dict[str, dict[str, DeviceItem]] = {}
    for change in changes:
        identities.setdefault(change.kind.name, set()).add(change.identity)
        if isinstance(change.kind.read, PerDevice):
            items.setdefault(change.kind.name, {})[change.identity] = _item(change)
    parents = {name: frozenset(found) for name, found in identities.items()}
    return Reading(read_with(identities), parents, items)


def _item(change: Change) -> DeviceItem:
    declared = known(change.declared)
    return DeviceItem(change.name, declared.attributes, declared.directives, known(change.delta).added)


def moved(plan: Plan, live: LiveAccount) -> Iterator[Problem]:
    """The objects of a plan that are others now than when they were read for it."""
    for change in plan.changes:
        was = plan.live.find(change.kind.name, change.identity)
        now = live.find(change.kind.name, change.identity)
        if live_digest(was) != live_digest(now):
            yield moved_problem(change, shown_attributes(was) if was else None, now)


def moved_problem(change: Change, was: Mapping[str, Any] | None, now: LiveObject | None) -> Problem:
    """Says what is different now; ``was`` holds the attributes as ``shown_attributes`` gives them."""
    return Problem(f"{change.address} has changed since the plan was made: {_difference(was, now)}", hint=PLAN_AGAIN)


def _difference(was: Mapping[str, Any] | None, now: LiveObject | None) -> str:
    if now is None:
        return "it does not exist any more"
    if was is None:
        return "it exists now"
    is_now = shown_attributes(now)
    names = sorted(name for name in {*is_now, *was} if is_now.get(name) != was.get(name))
    told = "; ".join(f"{name} was {_brief(was.get(name))}, is {_brief(is_now.get(name))}" for name in names)
    return told or "it was made again"


def _brief(value: Any) -> str:
    if isinstance(value, Mapping) and "count" in value:
        return f"{value['count']:,} ids"
    return shown(value)


def shown_attributes(found: LiveObject) -> dict[str, Any]:
    """What an object looked like, in JSON's terms; secrets masked."""
    return {name: as_data(value) for name, value in sorted(found.attributes.items())}
