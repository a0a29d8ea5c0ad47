# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Objects against their Kind's JSON Schema, and what the validator finds in words that help."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .._model.errors import Position, Problem
from .._model.ids import ID_RULE
from .._model.json_schema import object_schema
from .._model.kind import Field, Kind
from .._model.registry import KINDS, nested_in
from .._model.values import Type
from .suggest import did_you_mean
from .tree import Node, has_unknown, plain

if TYPE_CHECKING:
    from jsonschema import ValidationError
    from jsonschema.protocols import Validator

_TYPES = {
    "string": "text",
    "integer": "a whole number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping",
}
_SHOWN_VALUE = 80


def check_object(kind: Kind, node: Node, path: str) -> tuple[list[Problem], frozenset[str]]:
    """What is wrong with one declared object by its schema, and the options that have something wrong or unknown.

    Long lists of ids, and objects that are nested in this one, are checked elsewhere.
    """
    elsewhere = {nested.name for nested in nested_in(kind)} | {f.name for f in kind.fields if f.type is Type.IDS}
    data: Any = node.value
    if isinstance(data, dict):
        data = {key: plain(value) for key, value in data.items() if key not in elsewhere}
    elif isinstance(data, list):
        data = []
    unknown = _unknown_options(node, elsewhere)
    errors = [
        error
        for error in _validator(kind.name).iter_errors(data)
        if not error.absolute_path or error.absolute_path[0] not in unknown
    ]
    wrong = {str(error.absolute_path[0]) for error in errors if error.absolute_path}
    return [problem for error in errors for problem in _problems(kind, error, node, path)], unknown | wrong


def _unknown_options(node: Node, elsewhere: Collection[str]) -> frozenset[str]:
    """The options whose value, or a part of it, is not at hand."""
    options = node.value if isinstance(node.value, dict) else {}
    return frozenset(name for name, child in options.items() if name not in elsewhere and has_unknown(child))


@functools.cache
def _validator(kind: str) -> Validator:
    from jsonschema import Draft202012Validator
    from jsonschema.validators import extend

    whole: type[Validator] = extend(Draft202012Validator, {"pattern": _pattern})  # type: ignore[no-untyped-call]
    return whole(object_schema(KINDS[kind]))


def _pattern(
    _unused: Validator, pattern: str, instance: object, schema: Mapping[str, Any]
) -> Iterator[ValidationError]:
    """The patterns of fields describe the whole text; for Python alone ``$`` is also before a last line feed. That a
    text must not be empty is said once.
    """
    from jsonschema import ValidationError

    said = instance == "" and "minLength" in schema
    if isinstance(instance, str) and not said and re.fullmatch(pattern, instance) is None:
        yield ValidationError("has the wrong form")


def _problems(kind: Kind, error: ValidationError, root: Node, path: str) -> Iterator[Problem]:
    steps = list(error.absolute_path)
    node, position = locate(root, steps)
    where = path + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)
    if error.validator == "additionalProperties":
        instance, schema = _any(error.instance), _any(error.schema)
        known = schema["properties"]
        for key in instance:
            if key not in known:
                yield Problem(f"unknown option {key!r}", where, node.child_position(key), did_you_mean(key, known))
        return
    explain = _WORDS.get(str(error.validator), _by_validator)
    wanted = _field(kind, steps)
    message, hint = explain(error, wanted, _shown(node, error.instance, wanted))
    yield Problem(message, where, position, hint)


def _any(value: object) -> Any:
    """What a validator reports has the type that its schema keyword implies, which the checker cannot know."""
    return value


def locate(root: Node, steps: Sequence[str | int]) -> tuple[Node, Position]:
    """The node at the end of ``steps``, as deep as they lead, and its position."""
    node = root
    for step in steps:
        children: Any = node.value
        node = children[step]
    return node, node.position


def _field(kind: Kind, steps: Sequence[str | int]) -> Field | None:
    """The field that ``steps`` lead into."""
    return next((kind.by_name[str(step)] for step in steps if step in kind.by_name), None)


_Words = Callable[["ValidationError", "Field | None", str], tuple[str, str]]


def _wrong_type(error: ValidationError, _unused: Field | None, shown: str) -> tuple[str, str]:
    wanted = _TYPES.get(str(error.validator_value), str(error.validator_value))
    hint = "quote it" if error.validator_value == "string" and isinstance(error.instance, bool | int) else ""
    return f"must be {wanted}, got {shown}", hint


def _shown(node: Node, value: object, field: Field | None) -> str:
    """A wrong value as messages may show it: short, and not where it may be a secret."""
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if field is not None and field.type.name == "SECRET":
        return "another type"
    if node.reference:
        return f"the value of {node.taken_from}"
    text = repr(value)
    return text if len(text) <= _SHOWN_VALUE else f"{text[:_SHOWN_VALUE]}…"


def _wrong_choice(error: ValidationError, _unused: Field | None, shown: str) -> tuple[str, str]:
    choices = [str(choice) for choice in _any(error.validator_value)]
    hint = did_you_mean(str(error.instance), choices)
    allowed = f"allowed: {', '.join(choices)}"
    return f"{shown} is not allowed", f"{hint} {allowed}" if hint.startswith("did you mean") else allowed


def _wrong_pattern(_unused: ValidationError, field: Field | None, shown: str) -> tuple[str, str]:
    rule = (field.rule if field else "") or "has the wrong form"
    return f"{shown} {rule}", ""


def _missing(error: ValidationError, _unused: Field | None, __: str) -> tuple[str, str]:
    names = [name for name in _any(error.validator_value) if name not in _any(error.instance)]
    return f"{', '.join(names)} is missing", ""


def _by_validator(error: ValidationError, _unused: Field | None, __: str) -> tuple[str, str]:
    return error.message, ""


def _range(_unused: ValidationError, field: Field | None, shown: str) -> tuple[str, str]:
    low, high = (field.minimum, field.maximum) if field else (None, None)
    limits = f"{low} to {high}" if high is not None else f"{low} or more"
    return f"{shown} is out of range", f"allowed: {limits}"


_WORDS: dict[str, _Words] = {
    "type": _wrong_type,
    "enum": _wrong_choice,
    "pattern": _wrong_pattern,
    "required": _missing,
    "minimum": _range,
    "maximum": _range,
    "maxLength": lambda error, *_unused: (
        f"is {len(_any(error.instance))} characters long",
        f"at most {error.validator_value}",
    ),
    "minLength": lambda *_unused: ("must not be empty", ""),
    "minItems": lambda *_unused: ("must not be empty", ""),
}

ID_HINT = f"{ID_RULE}, in quotes"
