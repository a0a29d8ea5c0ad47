# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What names what: order between changes, and objects that are named but missing, or deleted but still named."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from .._model.desired import Declared, Desired
from .._model.errors import Problem
from .._model.kind import Field, Kind, PerDevice
from .._model.live import LiveAccount
from .._model.references import names_in
from .._model.registry import KINDS
from .plan import Action, Change


def missing_references(desired: Desired, live: LiveAccount) -> Iterator[Problem]:
    """Declared objects that name one that neither exists nor is declared."""
    for _unused, declared, reference, name in _named_by_declared(desired):
        target = KINDS[reference.refers_to]
        identity = target.identity(name)
        if live.find(target.name, identity) or (desired.find(target.name, identity) and target.create):
            continue
        if target.create is None and reference.key:
            continue  # the parent itself is declared beside it, and its absence is reported there
        section = desired.sections.get(target.name)
        names = [found.name for found in live.of(target.name).values()]
        names += [other.name for other in section or () if not other.absent]
        close = closest(name, names)
        yield Problem(
            f"{target.address(name)} does not exist and is not declared",
            f"{declared.path}.{reference.name}",
            declared.position_of(reference.name),
            f"did you mean {close!r}?" if close else f"declare it in {target.section}, or correct the name",
        )


def closest(name: str, names: Iterable[str]) -> str:
    """The one of ``names`` that was probably meant; empty if none is near."""
    by_folded = {candidate.casefold(): candidate for candidate in names}
    close = difflib.get_close_matches(name.casefold(), by_folded, 1)
    return by_folded[close[0]] if close else ""


def _named_by_declared(desired: Desired) -> Iterator[tuple[Kind, Declared, Field, str]]:
    for section in desired.sections.values():
        for declared in section:
            for reference in section.kind.references:
                if declared.absent and not _chooses(section.kind, reference):
                    continue
                for name in names_in(reference, declared.name, declared.attributes):
                    yield section.kind, declared, reference, name


def _chooses(kind: Kind, reference: Field) -> bool:
    """Whether the field says which devices are meant: also of those that lose something."""
    return isinstance(kind.read, PerDevice) and not reference.holds


def held_deletions(changes: Sequence[Change], desired: Desired, live: LiveAccount) -> Iterator[Problem]:
    """Deletions of objects that something still names once the plan is carried out."""
    deleted = {(change.kind.name, change.identity): change for change in changes if change.deletes}
    if not deleted:
        return
    for kind, declared, reference, name in _named_by_declared(desired):
        found = deleted.get((reference.refers_to, KINDS[reference.refers_to].identity(name)))
        if found and (found.action is Action.DELETE or reference.holds):
            yield _held(found, kind, declared.name, declared)
    for kind in KINDS.values():
        for reference in kind.references:
            if reference.holds:
                yield from _held_by_live(kind, reference, deleted, changes, desired, live)


def _held_by_live(
    kind: Kind,
    reference: Field,
    deleted: Mapping[tuple[str, str], Change],
    changes: Sequence[Change],
    desired: Desired,
    live: LiveAccount,
) -> Iterator[Problem]:
    """Live objects whose reference stays because nobody declares otherwise."""
    going = {change.identity for change in changes if change.kind is kind and change.action is Action.DELETE}
    target = KINDS[reference.refers_to]
    for identity, found in live.of(kind.name).items():
        declared = desired.find(kind.name, identity)
        if identity in going or (declared and reference.name in declared.attributes):
            continue
        for name in names_in(reference, found.name, found.attributes):
            change = deleted.get((target.name, target.identity(name)))
            if change:
                yield _held(change, kind, found.name, change.declared)


def _held(change: Change, kind: Kind, by: str, where: Declared | None) -> Problem:
    verb = "deleted" if change.action is Action.DELETE else "replaced"
    return Problem(
        f"{change.address} cannot be {verb}: {kind.address(by)} still refers to it",
        where.path if where else change.address,
        where.position if where else None,
        "remove the reference first, or in the same plan",
    )


def with_order(changes: Sequence[Change], live: LiveAccount) -> tuple[Change, ...]:
    """The changes with what each must wait for: what it names is made first; what named it is gone first."""
    by_target = {(change.kind.name, change.identity): change for change in changes}
    waits: dict[str, set[str]] = {change.address: set() for change in changes}
    for change in changes:
        named = {target.address: target for target in _targets(change, by_target, _names_after(change))}
        for target in named.values():
            if target.action in {Action.CREATE, Action.REPLACE}:
                waits[change.address].add(target.address)
        for target in _targets(change, by_target, _names_before(change, live)):
            if target.action is Action.DELETE or (target.deletes and target.address not in named):
                waits[target.address].add(change.address)
    return tuple(replace(change, depends_on=tuple(sorted(waits[change.address]))) for change in changes)


def _targets(
    change: Change, by_target: Mapping[tuple[str, str], Change], names: Iterable[tuple[Field, str]]
) -> Iterator[Change]:
    for reference, name in names:
        target = by_target.get((reference.refers_to, KINDS[reference.refers_to].identity(name)))
        if target is not None and target is not change:
            yield target


def _names_after(change: Change) -> Iterator[tuple[Field, str]]:
    if change.declared is None or change.action is Action.DELETE:
        return
    for reference in change.kind.references:
        for name in names_in(reference, change.name, change.declared.attributes):
            yield reference, name


def _names_before(change: Change, live: LiveAccount) -> Iterator[tuple[Field, str]]:
    found = live.find(change.kind.name, change.identity)
    if found is None:
        return
    for reference in change.kind.references:
        for name in names_in(reference, found.name, found.attributes):
            yield reference, name
