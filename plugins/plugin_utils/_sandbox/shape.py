# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks for the documents of the control API and for seeds: which keys, of which types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


class ShapeError(ValueError):
    """A document that is not as it has to be; the text says where and why."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a document. `item` is the type of a list's items."""

    kind: type[Any]
    required: bool = False
    item: type[Any] | None = None

    def describes(self, value: Any) -> bool:
        """Whether the value has the type."""
        if not isinstance(value, self.kind) or (isinstance(value, bool) and self.kind is not bool):
            return False
        return self.item is None or all(isinstance(entry, self.item) for entry in value)


_WORDS = {
    str: "a text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    dict: "an object",
    list: "a list",
}


def checked(document: Any, keys: Mapping[str, Key], where: str) -> dict[str, Any]:
    """The document itself, if it is an object of these keys. Raises ShapeError."""
    if not isinstance(document, dict):
        raise ShapeError(f"{where} must be an object with {', '.join(keys)}")
    for name, value in document.items():
        if name not in keys:
            raise ShapeError(f"{where} has no {name!r}; it has {', '.join(keys)}")
        key = keys[name]
        if not key.describes(value):
            items = f" of {_WORDS[key.item].split()[-1]}s" if key.item in (str, dict) else ""
            raise ShapeError(f"{where}: {name} must be {_WORDS[key.kind]}{items}")
    missing = [name for name, key in keys.items() if key.required and name not in document]
    if missing:
        raise ShapeError(f"{where} needs {', '.join(missing)}")
    return document
