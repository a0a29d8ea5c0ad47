# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a team declared, read and checked, with the place of each part in its files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from .errors import Position
from .kind import Kind
from .values import Attributes


@dataclass(frozen=True, slots=True)
class Declared:
    """One declared object. ``attributes`` holds what was declared and nothing else: left out is not empty."""

    name: str
    attributes: Attributes
    absent: bool = False
    directives: Mapping[str, str | int | bool] = field(default_factory=dict)
    path: str = ""
    position: Position | None = None
    positions: Mapping[str, Position] = field(default_factory=dict)

    def position_of(self, attribute: str) -> Position | None:
        return self.positions.get(attribute, self.position)


@dataclass(frozen=True, slots=True)
class Section:
    """The declared objects of one kind. ``exclusive``: what is live and not declared is deleted."""

    kind: Kind
    objects: Mapping[str, Declared]  # by identity
    exclusive: bool = False
    position: Position | None = None

    def __iter__(self) -> Iterator[Declared]:
        return iter(self.objects.values())


@dataclass(frozen=True, slots=True)
class Desired:
    """A whole declaration. A kind without a section is not managed."""

    sections: Mapping[str, Section]  # by the kind's name
    account: str = ""
    warnings: tuple[str, ...] = ()

    def find(self, kind: str, identity: str) -> Declared | None:
        section = self.sections.get(kind)
        return section.objects.get(identity) if section else None
