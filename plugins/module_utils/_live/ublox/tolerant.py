# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading values whose form is not documented: what is understood comes in one form, anything else is an error."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from ..._model.ids import ID_LENGTH, is_id, normal_id

ID_NAMES = ("ROTPublicUID", "RoTPublicUID")
ID_LIST_NAMES = ("ROTPublicUIDs", "RoTPublicUIDs")
SECRET_NAMES = frozenset(
    {
        "apisecret",
        "authtoken",
        "refreshtoken",
        "authorizationtoken",
        "key",
        "encryptionkey",
        "authenticationkey",
        "privatekey",
    }
)
"""The specification's names of secrets, in lower case. What is handed on as it came is handed on without them."""
_WORD_END = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


class UnknownShape(Exception):
    """A value in no form that is known here; its text says which and where."""


Reader: TypeAlias = Callable[[object, str], Any]
"""Reads a value; the text names it in an error."""


def text(value: object, what: str) -> str:
    """Text; a number is read as text."""
    if isinstance(value, str) and value:
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise UnknownShape(f"{what} is {type(value).__name__}, expected text")


def named(item: object, *names: str) -> str:
    """A name given as text, or as an object under one of ``names``."""
    if isinstance(item, Mapping):
        for name in names:
            if name in item:
                return text(item[name], name)
        raise UnknownShape(f"an object without {' or '.join(names)}")
    return text(item, names[0])


def sequence(value: object, what: str) -> Sequence[Any]:
    """A list."""
    if isinstance(value, list):
        return value
    raise UnknownShape(f"{what} is {type(value).__name__}, expected a list")


def mapping(value: object, what: str) -> Mapping[str, Any]:
    """An object; what is left out or null is an empty one."""
    if value is None:
        return {}
    if isinstance(value, Mapping):
        return value
    raise UnknownShape(f"{what} is {type(value).__name__}, expected an object")


def count(value: object, what: str) -> int:
    """A number; a number in text is read as well."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and value.isdecimal():
        return int(value)
    raise UnknownShape(f"{what} is not a number")


def flag(value: object, what: str) -> bool:
    """True or false; also in text."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in {"true", "false"}:
        return value.lower() == "true"
    raise UnknownShape(f"{what} is neither true nor false")


def texts(value: object, what: str) -> list[str]:
    """A list of texts; one text alone is a list of it."""
    return [text(item, what) for item in (value if isinstance(value, list) else [value])]


def pem(value: object, what: str) -> str:
    """PEM with real line ends; where it comes with backslash and n, which samples print, they are put in."""
    return text(value, what).replace("\\r", "").replace("\\n", "\n")


def device_id(item: object, what: str = ID_NAMES[0]) -> str:
    """A ROTPublicUID in normal form: 16 digits, in lower case. As text, as a number or in an object."""
    found = named(item, *ID_NAMES, "Id") if isinstance(item, Mapping) else text(item, what)
    return normal_id(found) if is_id(found) else found.zfill(ID_LENGTH)


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an object that is known here, by the service's name. ``also`` are other names that it may have,
    ``name`` is ours where it is not the same in snake case. Without one that is ``needed`` the object means nothing.
    """

    wire: str
    read: Reader = text
    name: str = ""
    also: tuple[str, ...] = ()
    needed: bool = False


def record(item: object, what: str, members: Sequence[Member]) -> dict[str, Any]:
    """An object in our words. Every member is there, None where the service says nothing of it; what is not known is
    kept under its name in snake case, secrets are not.
    """
    if not isinstance(item, Mapping):
        raise UnknownShape(f"{what} that is not an object")
    found: dict[str, Any] = {}
    taken: set[str] = set()
    for member in members:
        names = (member.wire, *member.also)
        wire = next((name for name in names if item.get(name) not in (None, "")), None)
        if wire is None and member.needed:
            raise UnknownShape(f"{what} without {member.wire}")
        found[member.name or snake_case(member.wire)] = None if wire is None else member.read(item[wire], wire)
        taken.update(names)
    rest = as_it_came({key: value for key, value in item.items() if key not in taken})
    return {**rest, **found}


def as_it_came(value: object) -> Any:
    """A value of any form: names in snake case, ids of devices in normal form, secrets left out."""
    if isinstance(value, Mapping):
        pairs = ((str(key), child) for key, child in value.items())
        return {
            snake_case(key): device_id(child) if key in ID_NAMES and child else as_it_came(child)
            for key, child in pairs
            if not is_secret(key)
        }
    if isinstance(value, list):
        return [as_it_came(child) for child in value]
    return value


def is_secret(name: str) -> bool:
    return name.lower() in SECRET_NAMES


def snake_case(name: str) -> str:
    """``DeviceProfileUID`` as ``device_profile_uid``; the name of a device's id as ``id``."""
    if name in ID_NAMES:
        return "id"
    if name in ID_LIST_NAMES:
        return "ids"
    return _WORD_END.sub("_", name).lower()
