# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""JSON Schemas of what can be declared, derived from the Kinds: the same for editors and for the tool's own check."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .ids import ID_PATTERN
from .kind import Field, Kind
from .registry import SECTIONS, nested_in
from .values import Type

DIALECT = "https://json-schema.org/draft/2020-12/schema"
DOCUMENT_VERSION = 1
MODES = ("additive", "exclusive")
STATES = ("enabled", "disabled")


def field_schema(field: Field) -> dict[str, Any]:
    """The schema of one field's value."""
    return {"description": plain_text(field.description), **_VALUE_SCHEMAS[field.type](field)}


def _text(field: Field) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    if field.choices:
        schema["enum"] = list(field.choices)
    if field.key:
        schema["minLength"] = 1
    if field.max_length:
        schema["maxLength"] = field.max_length
    if field.pattern:
        schema["pattern"] = field.pattern
    return _with_default(schema, field)


def _integer(field: Field) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "integer"}
    if field.minimum is not None:
        schema["minimum"] = field.minimum
    if field.maximum is not None:
        schema["maximum"] = field.maximum
    return _with_default(schema, field)


def _with_default(schema: dict[str, Any], field: Field) -> dict[str, Any]:
    return schema if field.default is None else {**schema, "default": field.default}


def _names(field: Field) -> dict[str, Any]:
    item: dict[str, Any] = {"type": "string", "minLength": 1}
    if field.choices:
        item["enum"] = list(field.choices)
    return {"type": "array", "items": item, **({"minItems": 1} if field.needed_to_create else {})}


def _states(field: Field) -> dict[str, Any]:
    properties = {name: {"enum": list(STATES)} for name in field.choices}
    return {"type": "object", "properties": properties, "additionalProperties": False}


_VALUE_SCHEMAS: Mapping[Type, Callable[[Field], dict[str, Any]]] = {
    Type.TEXT: _text,
    Type.INTEGER: _integer,
    Type.FLAG: lambda field: _with_default({"type": "boolean"}, field),
    Type.SECRET: lambda _unused: {"type": "string", "minLength": 1},
    Type.NAMES: _names,
    Type.STATES: _states,
    Type.IDS: lambda _unused: {"type": "array", "items": {"type": "string", "pattern": ID_PATTERN}},
    Type.FILES: lambda _unused: {"type": "array", "items": {"type": "string", "minLength": 1}},
}


def object_schema(kind: Kind) -> dict[str, Any]:
    """The schema of one declared object, with what is nested in it."""
    fields = [field for field in kind.fields if not (kind.within and field.key)]
    properties = {field.name: field_schema(field) for field in fields}
    for nested in nested_in(kind):
        properties[nested.name] = {"description": nested.title, **object_schema(nested)}
    if kind.singleton:
        properties["mode"] = _mode_schema()
    schema: dict[str, Any] = {"type": "object", "properties": properties, "additionalProperties": False}
    if kind.key and not kind.within:
        schema["required"] = [kind.key.name]
    return schema


def can_be_exclusive(kind: Kind) -> bool:
    """Whether the section of ``kind`` may delete what it does not name."""
    return kind.delete is not None or kind.singleton


def _mode_schema() -> dict[str, Any]:
    return {
        "description": "additive leaves alone what is not declared here; exclusive removes it.",
        "enum": list(MODES),
        "default": "additive",
    }


def section_schema(kind: Kind) -> dict[str, Any]:
    """The schema of a section: a list of objects, or a mapping with mode and items."""
    if kind.singleton:
        return object_schema(kind)
    item = object_schema(kind)
    if [field.name for field in kind.fields if not field.directive] == ["name"]:
        item = {"anyOf": [field_schema(kind.fields[0]), item]}
    items = {"type": "array", "items": item}
    if not can_be_exclusive(kind):
        return items
    mapping = {
        "type": "object",
        "properties": {"mode": _mode_schema(), "items": items},
        "required": ["items"],
        "additionalProperties": False,
    }
    return {"anyOf": [items, mapping]}


def document_schema() -> dict[str, Any]:
    """The schema of a whole document, for editors; ``make generate`` writes it to ``schemas/``."""
    sections = {
        section: {"description": f"{kind.title}.", **section_schema(kind)} for section, kind in SECTIONS.items()
    }
    return {
        "$schema": DIALECT,
        "title": "Desired state of a device security account",
        "type": "object",
        "properties": {
            "version": {"description": "The version of this format.", "const": DOCUMENT_VERSION},
            "account": {"description": "A name for the account, shown in plans.", "type": "string", "minLength": 1},
            **sections,
        },
        "required": ["version"],
        "additionalProperties": False,
    }


def plain_text(markup: str) -> str:
    """``markup`` without Ansible's V(), C() and O() marks."""
    import re

    return re.sub(r"\b[VCO]\(([^)]*)\)", r"\1", markup)
