# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The parts that OpenAPI documents are made of, and the mark `x-inferred` for what no specification says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.inferred import INFERRED, Inference

Schema = dict[str, Any]
MARK = "x-inferred"
JSON = "application/json"

COLLAPSED = "the printed sample shows this as [ ] or { } without its content"
NO_STATUS = "the specification names no status for this case"
ONLY_ERRORS = "only an error body is printed for this call"


def text(description: str = "", **more: Any) -> Schema:
    """A string."""
    return _described({"type": "string", **more}, description)


def whole(description: str = "", **more: Any) -> Schema:
    """An integer."""
    return _described({"type": "integer", **more}, description)


def flag(description: str = "") -> Schema:
    """A boolean."""
    return _described({"type": "boolean"}, description)


def array(items: Schema, description: str = "", **more: Any) -> Schema:
    """An array."""
    return _described({"type": "array", "items": items, **more}, description)


def record(properties: Mapping[str, Schema], *, optional: Iterable[str] = (), description: str = "") -> Schema:
    """An object with these properties, all of which are there but the optional ones."""
    needed = [name for name in properties if name not in set(optional)]
    schema: Schema = {"type": "object", "properties": dict(properties)}
    if needed:
        schema["required"] = needed
    return _described(schema, description)


def inferred(part: Schema, because: str) -> Schema:
    """The part, marked as one that the specification leaves out."""
    return {**part, MARK: because}


def content(schema: Schema, example: Any = None, media_type: str = JSON) -> Schema:
    """The content of a request or an answer."""
    media: Schema = {"schema": schema}
    if example is not None:
        media["example"] = example
    return {media_type: media}


def answer(description: str, schema: Schema | None = None, example: Any = None) -> Schema:
    """One answer of an operation."""
    found: Schema = {"description": description}
    if schema is not None:
        found["content"] = content(schema, example)
    return found


def assumptions(system: str, path: str) -> list[dict[str, str]]:
    """What is assumed of a call, or of all of them ("*"): from the table of inferences."""
    return [_shown(inference) for inference in INFERRED if (inference.system, inference.path) == (system, path)]


def with_assumptions(part: Schema, system: str, path: str) -> Schema:
    """The part with what is assumed about it, if anything is."""
    found = assumptions(system, path)
    return {**part, MARK: found} if found else part


def closed(part: Any) -> Any:
    """A document in which objects have the properties that they name and no others: for checking answers."""
    if isinstance(part, list):
        return [closed(item) for item in part]
    if not isinstance(part, dict):
        return part
    schema = {name: closed(value) for name, value in part.items()}
    if schema.get("type") == "object" and "properties" in schema:
        schema.setdefault("additionalProperties", False)
    return schema


def _shown(inference: Inference) -> dict[str, str]:
    return {"assumed": inference.assumed, "because": inference.because}


def _described(schema: Schema, description: str) -> Schema:
    return {**schema, "description": description} if description else schema
