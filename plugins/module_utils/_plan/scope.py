# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What must be read from the live account to plan a declaration: no more than that."""

from __future__ import annotations

from .._model.desired import Declared, Desired, Section
from .._model.kind import DeviceItem, Field, Kind, PerDevice, PerParent
from .._model.live import Reading
from .._model.references import names_in
from .._model.registry import KINDS, read_with
from .._model.values import ids_of, names_of

_ASSIGNMENT = KINDS["tag_assignment"]


def scope_of(desired: Desired) -> Reading:
    """The kinds that are declared, those they name, and those whose objects could stand against a deletion."""
    managed = [section for section in desired.sections.values() if section.objects or section.exclusive]
    wanted = {section.kind.name for section in managed}
    parents = {
        section.kind.name: frozenset(section.objects) for section in managed if isinstance(section.kind.read, PerParent)
    }
    items = {s.kind.name: _items(s) for s in managed if isinstance(s.kind.read, PerDevice)}
    tags = frozenset(tag for found in items.values() for item in found.values() for tag in item.tags)
    if tags:
        wanted.add(_ASSIGNMENT.name)
        parents[_ASSIGNMENT.name] = parents.get(_ASSIGNMENT.name, frozenset()) | tags
    for section in managed:
        wanted |= _named(section)
        if section.kind.reaches_beyond(section):
            parents.pop(section.kind.name, None)
        for holder in _holders(section):
            wanted.add(holder.name)
            parents.pop(holder.name, None)
    assignments = desired.sections.get(_ASSIGNMENT.name)
    return Reading(
        read_with(wanted),
        parents,
        items,
        assignments.objects if assignments else {},
    )


def _items(section: Section) -> dict[str, DeviceItem]:
    return {identity: _item(declared) for identity, declared in section.objects.items()}


def _item(declared: Declared) -> DeviceItem:
    return DeviceItem(
        declared.name,
        declared.attributes,
        declared.directives,
        ids_of(declared.attributes),
        frozenset(map(KINDS["tag"].identity, names_of(declared.attributes, "tags"))),
    )


def _named(section: Section) -> set[str]:
    """The kinds of the objects that the section's objects name, or take out of their set."""
    return {
        reference.refers_to
        for declared in section
        for reference in section.kind.references
        if _names(section.kind, declared, reference)
    }


def _names(kind: Kind, declared: Declared, reference: Field) -> bool:
    if kind.set_field is not None and not reference.key:
        return reference.name in declared.attributes or bool(declared.directives.get("everywhere"))
    return not declared.absent and bool(names_in(reference, declared.name, declared.attributes))


def _holders(section: Section) -> list[Kind]:
    """The kinds whose objects may stand against a deletion in this section."""
    deletes = section.exclusive or any(d.absent or d.directives.get("replace") for d in section)
    if not deletes:
        return []
    return [
        kind
        for kind in KINDS.values()
        if not isinstance(kind.read, PerDevice)
        and any(r.holds and r.refers_to == section.kind.name for r in kind.references)
    ]
