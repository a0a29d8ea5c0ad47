# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Kinds and their fields in words, derived from their declarations: what to write, within which limits, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .json_schema import can_be_exclusive, plain_text
from .kind import Field, Kind
from .registry import KINDS, nested_in
from .values import Type

TYPE_WORDS: Mapping[Type, str] = {
    Type.TEXT: "text",
    Type.INTEGER: "whole number",
    Type.FLAG: "true or false",
    Type.SECRET: "secret text",
    Type.NAMES: "set of names",
    Type.STATES: "mapping of name to enabled or disabled",
    Type.IDS: "set of device ids",
    Type.FILES: "list of paths and globs",
}


def kind_as_data(kind: Kind) -> dict[str, Any]:
    """A kind in JSON's terms."""
    return {
        "kind": kind.name,
        "title": kind.title,
        "written": _written(kind),
        "exclusive": can_be_exclusive(kind),
        "source": kind.source,
        "read": kind.read.path,
        "fields": [field_as_data(field) for field in kind.fields if not (kind.within and field.key)],
        "nested": [nested.name for nested in nested_in(kind)],
    }


def field_as_data(field: Field) -> dict[str, Any]:
    """A field in JSON's terms."""
    return {
        "field": field.name,
        "type": TYPE_WORDS[field.type],
        "description": plain_text(field.description),
        "limits": list(field_limits(field)),
        "choices": list(field.choices),
        "default": field.default,
        "api": field.wire,
    }


def field_limits(field: Field) -> Iterator[str]:
    """Sentences on what a value must be."""
    if field.key or field.needed_to_create:
        yield "Required." if field.key else "Required to create the object."
    if field.immutable:
        yield "Cannot change in place."
    if field.minimum is not None:
        yield f"{field.minimum} to {field.maximum}." if field.maximum is not None else f"{field.minimum} or more."
    if field.max_length:
        yield f"At most {field.max_length} characters."
    if field.rule:
        yield f"It {field.rule}."
    if field.refers_to:
        held = ", which cannot be deleted meanwhile" if field.holds else ""
        yield f"Names a {KINDS[field.refers_to].name}{held}."


def _written(kind: Kind) -> str:
    if kind.within:
        return f"{KINDS[kind.within].section}[].{kind.name}"
    return kind.section
