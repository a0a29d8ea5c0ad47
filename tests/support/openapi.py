# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The OpenAPI documents as tests use them: answers are held against closed schemas, so that no unnamed field passes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import jsonschema

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.openapi.documents import documents
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.openapi.parts import closed

UBLOX, CALAMP, MT20W = documents()


@cache
def strict(name: str) -> Any:
    """A document whose objects have no other properties than those it names. Requests stay open."""
    document = documents()[name]
    for item in document["paths"].values():
        for operation in item.values():
            operation["responses"] = closed(operation["responses"])
    return {
        **document,
        "components": closed(document["components"]),
        "webhooks": closed(document.get("webhooks", {})),
    }


def operations(document: Any) -> Iterator[tuple[str, str, Any]]:
    """Path, method and content of every operation."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield path, method, operation


def broken(name: str, pointer: tuple[str, ...], value: Any) -> list[str]:
    """What is wrong with a value under the schema at a place of a document."""
    reference = "/".join(part.replace("~", "~0").replace("/", "~1") for part in pointer)
    validator = jsonschema.Draft202012Validator({**strict(name), "$ref": f"#/{reference}"})
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]


def broken_answer(name: str, path: str, method: str, status: int, value: Any) -> list[str]:
    """What is wrong with the JSON of an answer."""
    found = strict(name)["paths"][path][method]["responses"].get(str(status))
    if found is None:
        return [f"the status {status} is not documented"]
    place: tuple[str, ...] = ("paths", path, method, "responses", str(status))
    if "$ref" in found:
        place = tuple(found["$ref"].removeprefix("#/").split("/"))
    return broken(name, (*place, "content", "application/json", "schema"), value)
