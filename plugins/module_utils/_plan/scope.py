# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What must be read from the live account to plan a declaration: no more than that."""

from __future__ import annotations

from dataclasses import dataclass

from .._model.desired import Desired, Section
from .._model.kind import Kind, PerParent
from .._model.references import names_in
from .._model.registry import KINDS


@dataclass(frozen=True, slots=True)
class Scope:
    """The kinds to read; ``parents`` limits those that are read one by one to these identities."""

    kinds: tuple[Kind, ...]
    parents: dict[str, frozenset[str]]


def scope_of(desired: Desired) -> Scope:
    """The kinds that are declared, those they name, and those whose objects could stand against a deletion."""
    managed = [section for section in desired.sections.values() if section.objects or section.exclusive]
    wanted = {section.kind.name for section in managed}
    parents = {
        section.kind.name: frozenset(section.objects) for section in managed if isinstance(section.kind.read, PerParent)
    }
    for section in managed:
        wanted |= _named(section)
        for holder in _holders(section):
            wanted.add(holder.name)
            parents.pop(holder.name, None)
    for name in tuple(wanted):
        read = KINDS[name].read
        if isinstance(read, PerParent):
            wanted.add(read.parent)
    return Scope(tuple(kind for kind in KINDS.values() if kind.name in wanted), parents)


def _named(section: Section) -> set[str]:
    """The kinds of the objects that the section's objects name."""
    return {
        reference.refers_to
        for declared in section
        for reference in section.kind.references
        if not declared.absent and names_in(reference, declared.name, declared.attributes)
    }


def _holders(section: Section) -> list[Kind]:
    """The kinds whose objects may stand against a deletion in this section."""
    deletes = section.exclusive or any(d.absent or d.directives.get("replace") for d in section)
    if not deletes:
        return []
    return [
        kind for kind in KINDS.values() if any(r.holds and r.refers_to == section.kind.name for r in kind.references)
    ]
