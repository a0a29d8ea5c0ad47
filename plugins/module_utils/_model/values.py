# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The values that attributes take, and how two of them are told apart."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any, TypeAlias

from .ids import IdSet
from .secret import Secret

Value: TypeAlias = "str | int | bool | Secret | frozenset[str] | Mapping[str, str] | IdSet"
Attributes: TypeAlias = Mapping[str, Value]


class Type(Enum):
    """What a field holds."""

    TEXT = "text"
    INTEGER = "integer"
    FLAG = "flag"
    SECRET = "secret"
    NAMES = "names"  # a set of names; order never matters
    STATES = "states"  # name -> enabled | disabled; names that are left out are not touched
    IDS = "ids"  # a large set of device ids
    FILES = "files"  # paths and globs of files whose ids join the set


def ids_of(attributes: Attributes, name: str = "ids") -> IdSet:
    """A large set of ids among ``attributes``; none where nothing is said."""
    ids = attributes.get(name)
    return ids if isinstance(ids, IdSet) else IdSet()


def names_of(attributes: Attributes, name: str) -> frozenset[str]:
    """A set of names among ``attributes``; none where nothing is said."""
    names = attributes.get(name)
    return names if isinstance(names, frozenset) else frozenset()


def as_data(value: Value | None) -> Any:
    """``value`` in JSON's terms, secrets masked, sets sorted; a large id set as its count, digest and sample."""
    if isinstance(value, Secret):
        return str(value)
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, IdSet):
        return value.summary()
    if isinstance(value, Mapping):
        return dict(sorted(value.items()))
    return value
