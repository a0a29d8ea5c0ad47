# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What can be declared, in words."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ansible_collections.edgeops.device_trust.plugins.module_utils._engine import (
    KINDS,
    SECTIONS,
    DeviceTrustError,
    Kind,
    did_you_mean,
    field_as_data,
    kind_as_data,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.talk import Result, Talk

_WIDTH = 100


def explain(_unused: Talk, subject: str) -> Result:
    """All kinds, one, or a field of one. Raises DeviceTrustError for what there is not."""
    if not subject:
        kinds = [kind_as_data(kind) for kind in KINDS.values()]
        return Result({"kinds": kinds}, "\n".join(_overview(kinds)))
    kind, rest = _found(subject.split("."))
    if not rest:
        data = kind_as_data(kind)
        return Result(data, "\n".join(_kind_text(data)))
    name = ".".join(rest)
    if name not in kind.by_name:
        raise DeviceTrustError(f"{kind.name} has no field {name!r} ({did_you_mean(name, kind.by_name)})")
    field = field_as_data(kind.by_name[name])
    return Result({"kind": kind.name, "source": kind.source, **field}, "\n".join(_field_text(kind, field)))


def _found(words: Sequence[str]) -> tuple[Kind, Sequence[str]]:
    """The kind that the words begin with, by its name or as it is nested in another, and the words after it."""
    kind = KINDS.get(words[0]) or SECTIONS.get(words[0].removesuffix("[]"))
    if kind is None:
        raise DeviceTrustError(f"there is no kind {words[0]!r} ({did_you_mean(words[0], KINDS)})")
    rest = words[1:]
    nested = KINDS.get(rest[0]) if rest else None
    return (nested, rest[1:]) if nested and nested.within == kind.name else (kind, rest)


def _overview(kinds: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    width = max(len(kind["kind"]) for kind in kinds)
    for kind in kinds:
        yield f"{kind['kind']:<{width}}  {kind['title']}"
        yield f"{'':<{width}}  written as {kind['written']}"


def _kind_text(kind: Mapping[str, Any]) -> Iterator[str]:
    yield f"{kind['kind']}: {kind['title']}"
    yield ""
    yield f"Written as:  {kind['written']}"
    yield f"From:        {kind['source']}"
    yield f"Read with:   {kind['read']}"
    if kind["exclusive"]:
        yield "Mode:        additive leaves alone what is not declared, exclusive deletes it"
    for field in kind["fields"]:
        yield ""
        yield f"  {field['field']}: {field['type']}"
        yield from _described(field)
    for nested in kind["nested"]:
        yield ""
        yield f"  {nested}: a mapping, see 'device-trust explain {nested}'"


def _field_text(kind: Kind, field: Mapping[str, Any]) -> Iterator[str]:
    yield f"{kind.name}.{field['field']}: {field['type']}"
    yield from _described(field)
    yield ""
    if field["api"]:
        yield f"In the API:  {field['api']}"
    yield f"From:        {kind.source}"


def _described(field: Mapping[str, Any]) -> Iterator[str]:
    choices = [f"One of {', '.join(field['choices'])}."] if field["choices"] else []
    default = [] if field["default"] is None else [f"Default: {str(field['default']).lower()}."]
    sentences = [field["description"], *field["limits"], *choices, *default]
    yield from textwrap.wrap(" ".join(sentences), _WIDTH, initial_indent="      ", subsequent_indent="      ")
