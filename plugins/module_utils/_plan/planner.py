# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Desired against live: the whole plan, or every reason why there is none."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from .._model.desired import Declared, Desired, Section
from .._model.errors import PlanRefused, Problem
from .._model.fleet import not_known
from .._model.ids import IdSet
from .._model.kind import Kind, LiveObject, PerParent
from .._model.live import LiveAccount
from .._model.references import names_in
from .._model.registry import KINDS
from .contradictions import contradictions
from .diff import change_of, delete_of
from .disputes import disputes
from .guards import Guards, check_guards
from .plan import CannotChange, Change, Plan
from .references import closest, held_deletions, missing_references, with_order
from .selection import Selection


def make_plan(
    desired: Desired, live: LiveAccount, guards: Guards | None = None, selection: Selection | None = None
) -> Plan:
    """The changes that bring ``live`` to ``desired``, in order.

    Raises PlanRefused with every problem: objects that do not exist and cannot be made, immutable fields, dangling
    references, deletions of what is still named, and guards.
    """
    guards = guards or Guards()
    problems: list[Problem] = []
    changes = [change for section in desired.sections.values() for change in _changes(section, live, problems)]
    warnings = [*desired.warnings, *_device_warnings(desired, live)]
    missing = list(missing_references(desired, live))
    if guards.assume_references:
        warnings += [f"{problem.message}; an earlier task is taken to make it" for problem in missing]
    else:
        problems += missing
    problems += [*contradictions(desired), *disputes(desired, live), *held_deletions(changes, desired, live)]
    plan = Plan(with_order(changes, live), desired.account, tuple(warnings), desired=desired, live=live)
    plan = selection.planned(plan) if selection else plan
    problems += check_guards(plan, desired, live, guards)
    if problems:
        raise PlanRefused(problems)
    return plan


def refuse_blocked(plan: Plan, obstacles: Mapping[str, str]) -> None:
    """Raises PlanRefused for deletions that the service would refuse; ``obstacles`` says why, by address. What the plan
    itself clears away first is no obstacle.
    """
    cleared = {c.address for c in plan.changes if c.delta is not None and not c.delta.size_after}
    problems = [
        Problem(
            f"{change.address} cannot be deleted: {obstacles[change.address]}",
            change.declared.path if change.declared else "",
            change.position,
        )
        for change in plan.deletions()
        if obstacles.get(change.address) and not _lifted(change, cleared)
    ]
    if problems:
        raise PlanRefused(problems)


def devices_to_know(plan: Plan) -> IdSet:
    """The devices that the plan adds to a set of which the service demands that it knows them."""
    asked = IdSet()
    for change in plan.changes:
        if change.kind.members_must_be_known and change.delta is not None:
            asked |= change.delta.added
    return asked


def refuse_unknown(plan: Plan, unknown: IdSet) -> None:
    """Raises PlanRefused for devices that the service does not know: for one of them it refuses a whole request."""
    problems = []
    for change in plan.changes if unknown else ():
        wrong = change.delta.added & unknown if change.kind.members_must_be_known and change.delta else None
        if wrong and change.declared:
            message = f"{change.address}: {not_known(wrong)}"
            problems.append(Problem(message, change.declared.path, change.declared.position_of("ids")))
    if problems:
        raise PlanRefused(problems)


def _lifted(change: Change, cleared: Collection[str]) -> bool:
    obstacle = change.kind.obstacle
    if obstacle is None or not obstacle.lifted_by:
        return False
    return KINDS[obstacle.lifted_by].address(change.name) in cleared


def _changes(section: Section, live: LiveAccount, problems: list[Problem]) -> Iterator[Change]:
    kind = section.kind
    for identity, declared in kind.resolve(section.objects, live.of(kind.name)).items():
        try:
            change = _change(kind, identity, declared, live, section.exclusive)
        except CannotChange as refusal:
            problems.append(_with_suggestion(refusal.problem, kind, declared, live))
            continue
        if change:
            yield change
    if section.exclusive and not kind.singleton:
        for identity, found in live.of(kind.name).items():
            if identity not in section.objects:
                yield delete_of(kind, found, "not declared, section is exclusive")


def _change(kind: Kind, identity: str, declared: Declared, live: LiveAccount, exclusive: bool) -> Change | None:
    handle, found = "", live.find(kind.name, identity)
    if isinstance(kind.read, PerParent):
        parent = live.find(kind.read.parent, identity)
        if parent is None:
            if KINDS[kind.read.parent].create is None:
                return None  # that the parent does not exist is reported with the parent
            parent = LiveObject(declared.name, {})  # it is made first
        if parent.progress is not None and parent.progress.problems:
            return None  # what is wrong with the parent is reported with the parent
        handle = parent.handle
    handles = _handles(kind, declared, found, live)
    return change_of(kind, declared, found, exclusive=exclusive, handle=handle, handles=handles)


def _handles(kind: Kind, declared: Declared, found: LiveObject | None, live: LiveAccount) -> Mapping[str, str]:
    """The handles of the objects that a declared one names, or that it names no more, by name, where the service does
    not take the name.
    """
    handles: dict[str, str] = {}
    for reference in kind.references:
        target = KINDS[reference.refers_to]
        for attributes in (declared.attributes, found.attributes if found else {}):
            for name in names_in(reference, declared.name, attributes):
                named = live.find(target.name, target.identity(name))
                if named is not None and named.handle and not reference.key:
                    handles[name] = named.handle
    return handles


def _device_warnings(desired: Desired, live: LiveAccount) -> Iterator[str]:
    for section in desired.sections.values():
        for identity in section.objects:
            found = live.find(section.kind.name, identity)
            if found is not None and found.progress is not None:
                yield from (f"{section.kind.address(found.name)}: {text}" for text in found.progress.warnings)


def _with_suggestion(problem: Problem, kind: Kind, declared: Declared, live: LiveAccount) -> Problem:
    """Where an object does not exist and one of nearly that name does, says so."""
    names = [found.name for found in live.of(kind.name).values()]
    close = closest(declared.name, names)
    if kind.create is not None or not close or declared.name in names:
        return problem
    return replace(problem, hint=f"did you mean {close!r}? {problem.hint}")
