# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Desired against live: the whole plan, or every reason why there is none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from .._model.desired import Declared, Desired, Section
from .._model.errors import PlanRefused, Problem
from .._model.kind import Kind, PerParent
from .._model.live import LiveAccount
from .diff import CannotChange, change_of, delete_of
from .guards import Guards, check_guards
from .plan import Change, Plan
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
    warnings = list(desired.warnings)
    missing = list(missing_references(desired, live))
    if guards.assume_references:
        warnings += [f"{problem.message}; an earlier task is taken to make it" for problem in missing]
    else:
        problems += missing
    problems += held_deletions(changes, desired, live)
    plan = Plan(with_order(changes, live), desired.account, tuple(warnings), desired=desired, live=live)
    plan = selection.planned(plan) if selection else plan
    problems += check_guards(plan, desired, live, guards)
    if problems:
        raise PlanRefused(problems)
    return plan


def refuse_blocked(plan: Plan, obstacles: Mapping[str, str]) -> None:
    """Raises PlanRefused for deletions that the service would refuse; ``obstacles`` says why, by address."""
    problems = [
        Problem(
            f"{change.address} cannot be deleted: {obstacles[change.address]}",
            change.declared.path if change.declared else "",
            change.position,
        )
        for change in plan.deletions()
        if obstacles.get(change.address)
    ]
    if problems:
        raise PlanRefused(problems)


def _changes(section: Section, live: LiveAccount, problems: list[Problem]) -> Iterator[Change]:
    kind = section.kind
    for identity, declared in section.objects.items():
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
    handle = ""
    if isinstance(kind.read, PerParent):
        parent = live.find(kind.read.parent, identity)
        if parent is None:
            return None  # that the parent does not exist is reported with the parent
        handle = parent.handle
    return change_of(kind, declared, live.find(kind.name, identity), exclusive=exclusive, handle=handle)


def _with_suggestion(problem: Problem, kind: Kind, declared: Declared, live: LiveAccount) -> Problem:
    """Where an object does not exist and one of nearly that name does, says so."""
    close = closest(declared.name, [found.name for found in live.of(kind.name).values()])
    if kind.create is not None or not close:
        return problem
    return replace(problem, hint=f"did you mean {close!r}? {problem.hint}")
