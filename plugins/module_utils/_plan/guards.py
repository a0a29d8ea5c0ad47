# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a plan may not do unless it is allowed by name. Guards fail closed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from .._model.desired import Desired, Section
from .._model.errors import Problem
from .._model.ids import IdSet
from .._model.kind import PerDevice
from .._model.live import LiveAccount
from .._model.registry import KINDS
from .devices import removed_by
from .plan import Action, Change, Plan

FREE_DELETIONS = 10
FREE_PERCENT = 30


@dataclass(frozen=True, slots=True)
class Guards:
    """What is allowed beyond the defaults.

    ``allow_delete`` raises the budget of deletions of a kind to a number; ``allow_empty`` names kinds (or sections)
    whose exclusive section may be empty, which removes everything. ``assume_references``: an object that is named
    but does not exist is taken to be made by somebody before (an earlier task in check mode).
    """

    allow_delete: Mapping[str, int] = field(default_factory=dict)
    allow_empty: frozenset[str] = frozenset()
    assume_references: bool = False


def check_guards(plan: Plan, desired: Desired, live: LiveAccount, guards: Guards) -> Iterator[Problem]:
    """What stands against the plan as a whole."""
    for section in desired.sections.values():
        yield from _empty(section, guards)
    for change in plan.changes:
        yield from _protected(change)
        yield from _emptied(change, guards)
    for kind, changes in _by_kind(plan).items():
        yield from _budget(kind, changes, live, guards)


def _empty(section: Section, guards: Guards) -> Iterator[Problem]:
    kind = section.kind
    if not section.exclusive or {kind.name, kind.section} & guards.allow_empty:
        return
    present = [declared for declared in section if not declared.absent]
    if kind.singleton:
        present = [
            declared
            for declared in present
            if any(isinstance(v, IdSet) and len(v) for v in declared.attributes.values())
        ]
    if not present:
        yield Problem(
            f"the section {kind.section} is exclusive and empty, which would remove everything",
            kind.section,
            section.position,
            f"if that is meant, allow it by name: allow_empty: [{kind.name}], or --allow-empty {kind.name}",
        )


def _emptied(change: Change, guards: Guards) -> Iterator[Problem]:
    """One of several sets that is declared to be exactly what is listed, which is nothing."""
    declared, delta = change.declared, change.delta
    if declared is None or change.kind.singleton or {change.kind.name} & guards.allow_empty:
        return
    no_ids = delta is not None and not delta.size_after and delta.size_before
    no_names = any(field.before and field.after == [] for field in change.fields)
    if declared.directives.get("exclusive") == "tag" and (no_ids or no_names):
        yield Problem(
            f"{change.address} is exclusive and empty, which would remove everything",
            declared.path,
            declared.position_of("exclusive"),
            f"if that is meant, allow it by name: allow_empty: [{change.kind.name}], or --allow-empty "
            f"{change.kind.name}; or say state: absent with everywhere: true",
        )


def _protected(change: Change) -> Iterator[Problem]:
    declared = change.declared
    loses = _loses(change)
    if declared and declared.directives.get("protected") and (change.deletes or loses):
        what = f"lose {loses}" if loses else "be deleted" if change.action is Action.DELETE else "be replaced"
        yield Problem(
            f"{change.address} is protected and would {what}",
            declared.path,
            declared.position_of("protected"),
            "remove protected: true in a commit of its own if that is meant",
        )


def _loses(change: Change) -> str:
    """What a set would lose: ids, or the names that are beside them; empty for nothing."""
    if change.delta is None or len(change.delta.removed):
        return "ids" if change.delta else ""
    lists = (field for field in change.fields if isinstance(field.before, list) and isinstance(field.after, list))
    return ", ".join(field.field for field in lists if set(field.before) - set(field.after))


def _by_kind(plan: Plan) -> dict[str, list[Change]]:
    grouped: dict[str, list[Change]] = {}
    for change in plan.changes:
        grouped.setdefault(change.kind.name, []).append(change)
    return grouped


def _budget(kind: str, changes: list[Change], live: LiveAccount, guards: Guards) -> Iterator[Problem]:
    deltas = [change.delta for change in changes if change.delta is not None]
    if isinstance(KINDS[kind].read, PerDevice):
        deletions, of = sum(map(removed_by, changes)), sum(delta.size_after for delta in deltas)
    elif deltas:
        deletions, of = sum(len(delta.removed) for delta in deltas), sum(delta.size_before for delta in deltas)
    else:
        deletions, of = sum(change.deletes for change in changes), len(live.of(kind))
    allowed = guards.allow_delete.get(kind)
    if allowed is not None:
        if deletions > allowed:
            yield Problem(
                f"{kind}: {deletions:,} would be deleted, {allowed:,} are allowed", hint=_raise(kind, deletions)
            )
    elif deletions > FREE_DELETIONS and deletions * 100 > of * FREE_PERCENT:
        yield Problem(
            f"{kind}: {deletions:,} of {of:,} would be deleted, "
            f"more than {FREE_DELETIONS} and more than {FREE_PERCENT} %",
            hint=_raise(kind, deletions),
        )


def _raise(kind: str, deletions: int) -> str:
    option = f"--allow-delete {kind}={deletions}"
    return f"if that is meant, allow it by name: allow_delete: {{{kind}: {deletions}}}, or {option}"
