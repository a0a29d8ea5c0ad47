# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Declared fields of a request body, and the rules between them.

Fields that an endpoint does not declare are ignored; a wrong type, also null, is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


class Invalid(Exception):
    """A body that breaks a rule; the text says which."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `pattern` and `choices` hold for a text, or for each text of a list, `values` are the numbers
    allowed; `refusal` replaces the usual words. `aliases` are further spellings that the documents use for the same
    field."""

    name: str
    type: str
    required: bool = False
    aliases: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    min_length: int = 0
    max_length: int | None = None
    values: tuple[int, ...] = ()
    pattern: re.Pattern[str] | None = None
    choices: tuple[str, ...] = ()
    refusal: str = ""

    def check(self, value: Any) -> Any:
        """The value in its normal form. Raises Invalid."""
        try:
            return _CHECKS[self.type](self, value)
        except Invalid as problem:
            raise Invalid(self.refusal or f"{self.name} {problem}") from problem


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of the fields has to be given."""

    names: tuple[str, ...]

    def check(self, values: Mapping[str, Any]) -> None:
        """Raises Invalid."""
        if not any(name in values for name in self.names):
            raise Invalid(self.sentence())

    def sentence(self) -> str:
        """The rule in words."""
        return f"One of {', '.join(self.names)} is required"


@dataclass(frozen=True, slots=True)
class NotBoth:
    """No two of the fields may be given."""

    names: tuple[str, ...]

    def check(self, values: Mapping[str, Any]) -> None:
        """Raises Invalid."""
        given = [name for name in self.names if name in values]
        if len(given) > 1:
            raise Invalid(f"{' and '.join(given)} are mutually exclusive")

    def sentence(self) -> str:
        """The rule in words."""
        return f"{' and '.join(self.names)} are mutually exclusive"


Rule = AnyOf | NotBoth


def validated(body: Any, fields: tuple[Field, ...], rules: tuple[Rule, ...]) -> dict[str, Any]:
    """The declared fields that were given, in their normal form. Raises Invalid."""
    if not isinstance(body, dict):
        raise Invalid("The body must be a JSON object")
    values: dict[str, Any] = {}
    for field in fields:
        given = [body[name] for name in (field.name, *field.aliases) if name in body]
        if given:
            values[field.name] = _merged([field.check(value) for value in given])
        elif field.required:
            raise Invalid(f"{field.name} is required")
    for rule in rules:
        rule.check(values)
    return values


def _merged(values: list[Any]) -> Any:
    """Two spellings of one list are one list; of anything else the documented spelling counts."""
    if len(values) > 1 and isinstance(values[0], list):
        return [item for value in values for item in value]
    return values[0]


def _text(field: Field, value: Any) -> str:
    if not isinstance(value, str):
        raise Invalid("must be a string")
    if not value.isascii() and not _encodable(value):
        raise Invalid("must be valid Unicode")
    if len(value) < field.min_length:
        raise Invalid("must not be empty")
    if field.max_length is not None and len(value) > field.max_length:
        raise Invalid(f"must not be longer than {field.max_length} characters")
    if field.pattern and not field.pattern.fullmatch(value):
        raise Invalid("is not valid")
    if field.choices and value not in field.choices:
        raise Invalid(f"must be one of {', '.join(field.choices)}")
    return value


def _encodable(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _integer(field: Field, value: Any) -> int:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise Invalid("must be an integer")
    if field.minimum is not None and value < field.minimum:
        raise Invalid(f"must be at least {field.minimum}")
    if field.maximum is not None and value > field.maximum:
        raise Invalid(f"must be at most {field.maximum}")
    if field.values and value not in field.values:
        raise Invalid(f"must be one of {', '.join(map(str, field.values))}")
    return value


def _identifier(field: Field, value: Any) -> str:
    """A text, or the digits of a number, which lost their leading zeros."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**16:
        value = str(value)
    return _text(field, value)


def _boolean(_field: Field, value: Any) -> bool:
    if not isinstance(value, bool):
        raise Invalid("must be a boolean")
    return value


def _texts(field: Field, value: Any) -> list[str]:
    if not isinstance(value, list):
        raise Invalid("must be an array of strings")
    if not value:
        raise Invalid("must not be empty")
    for item in value:
        _text(field, item)
    return value


def _object(_field: Field, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Invalid("must be an object")
    return value


_CHECKS = {
    "string": _text,
    "string or number": _identifier,
    "integer": _integer,
    "boolean": _boolean,
    "strings": _texts,
    "object": _object,
}
