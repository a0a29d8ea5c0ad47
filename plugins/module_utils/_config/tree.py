# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A document as a tree in which each value knows its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from .._model.errors import InvalidDeclaration, Position, Problem
from .references import shown

Scalar: TypeAlias = "str | int | float | bool | None"


@dataclass(frozen=True, slots=True)
class Node:
    """A value with its position.

    ``text`` is a scalar exactly as a file has it (None for values that came as data), ``reference`` tells where a
    value was taken from when the document does not hold it itself, or not in clear (see ``references.py``).
    ``unknown``: it is not at hand, and nothing is checked that depends on it.
    """

    value: Scalar | list[Node] | dict[str, Node]
    position: Position
    text: str | None = None
    reference: str = ""
    keys: Mapping[str, Position] = field(default_factory=dict)
    unknown: bool = False

    @property
    def taken_from(self) -> str:
        """The reference as messages may show it; empty for what the document holds itself."""
        return shown(self.reference)

    def child_position(self, key: str) -> Position:
        return self.keys.get(key, self.position)


def plain(node: Node) -> Any:
    """The values alone, as JSON Schema sees them."""
    if isinstance(node.value, dict):
        return {key: plain(child) for key, child in node.value.items()}
    if isinstance(node.value, list):
        return [plain(child) for child in node.value]
    return node.value


def has_unknown(node: Node) -> bool:
    """Whether the value, or a part of it, is not at hand."""
    if isinstance(node.value, dict):
        return any(map(has_unknown, node.value.values()))
    if isinstance(node.value, list):
        return any(map(has_unknown, node.value))
    return node.unknown


DEEPEST = 100
TOO_DEEP = f"is nested more than {DEEPEST} levels deep"


def from_data(data: object, position: Position, depth: int = 0) -> Node:
    """A tree out of values that came as data (task arguments); all of it has the same position.

    Raises InvalidDeclaration when it is nested too deep to be walked.
    """
    if depth > DEEPEST:
        raise InvalidDeclaration([Problem(TOO_DEEP, position=position)])
    if isinstance(data, Mapping):
        return Node({str(key): from_data(value, position, depth + 1) for key, value in data.items()}, position)
    if isinstance(data, list | tuple):
        return Node([from_data(value, position, depth + 1) for value in data], position)
    if isinstance(data, bool | int | float) or data is None:
        return Node(data, position)
    return Node(str(data), position)
