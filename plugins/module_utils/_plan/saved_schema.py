# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The JSON Schema of plan files; ``make generate`` writes it to ``schemas/``."""

from __future__ import annotations

from typing import Any

from .._model.json_schema import DIALECT
from .._model.registry import KINDS
from .plan import Action
from .saved import FORMAT, FORMAT_VERSION

_DIGEST = {"type": "string", "pattern": "^(sha256:[0-9a-f]{64}|absent)$"}
_TEXTS = {"type": "array", "items": {"type": "string"}}
_COUNT = {"type": "integer", "minimum": 0}


def _closed(properties: dict[str, Any], optional: tuple[str, ...] = ()) -> dict[str, Any]:
    """An object that has these properties and no others."""
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


_IDS = _closed(
    {
        "$ids": _closed(
            {
                "digest": _DIGEST,
                "members": _TEXTS,
                "count": _COUNT,
                "file": {"type": "string", "pattern": r"^[A-Za-z0-9_.]+\.txt$"},
            },
            optional=("members", "count", "file"),
        )
    }
)
_SET_SUMMARY = _closed({"count": _COUNT, "digest": _DIGEST, "sample": _TEXTS})
_VALUE = {
    "anyOf": [
        {"type": ["string", "integer", "boolean"]},
        _closed({"$secret": {"type": "string", "pattern": "^(env|file|vault):"}}),
        _closed({"$names": _TEXTS}),
        _closed({"$states": {"type": "object", "additionalProperties": {"type": "string"}}}),
        _IDS,
    ]
}
_DECLARED = _closed(
    {
        "attributes": {"type": "object", "additionalProperties": _VALUE},
        "absent": {"type": "boolean"},
        "directives": {"type": "object", "additionalProperties": {"type": ["string", "integer", "boolean"]}},
        "path": {"type": "string"},
        "position": {"type": "string"},
    }
)
_IDS_OF_CHANGE = _closed({"added": _IDS, "removed": _IDS, "steps": {"type": "object", "additionalProperties": _IDS}})
_CHANGE = _closed(
    {
        "address": {"type": "string"},
        "kind": {"enum": list(KINDS)},
        "name": {"type": "string"},
        "action": {"enum": [action.name.lower() for action in Action]},
        "fields": {"type": "array", "items": _closed({"field": {"type": "string"}, "before": True, "after": True})},
        "reason": {"type": "string"},
        "notes": _TEXTS,
        "depends_on": _TEXTS,
        "requests": _COUNT,
        "set": _closed(
            {
                "added": _SET_SUMMARY,
                "removed": _SET_SUMMARY,
                "size_before": _COUNT,
                "size_after": _COUNT,
                "steps": {"type": "object", "additionalProperties": _SET_SUMMARY},
            },
            optional=("steps",),
        ),
        "base": _closed({"digest": _DIGEST, "attributes": {"type": "object"}}),
        "handle": {"type": "string"},
        "handles": {"type": "object", "additionalProperties": {"type": "string"}},
        "declared": {"anyOf": [{"type": "null"}, _DECLARED]},
        "ids": {"anyOf": [{"type": "null"}, _IDS_OF_CHANGE]},
        "requests_digest": _DIGEST,
    },
    optional=("set",),
)


def plan_schema() -> dict[str, Any]:
    """The schema of a plan file."""
    document = _closed(
        {
            "format": {"const": FORMAT},
            "format_version": {"const": FORMAT_VERSION},
            "account": _closed({"name": {"type": "string"}, "fingerprint": _DIGEST}),
            "summary": _closed(
                {"add": _COUNT, "change": _COUNT, "delete": _COUNT, "requests": _COUNT, "text": {"type": "string"}}
            ),
            "changes": {"type": "array", "items": _CHANGE},
            "warnings": _TEXTS,
            "secrets": {
                "type": "object",
                "propertyNames": {"pattern": "^(env|file|vault):"},
                "additionalProperties": {"type": "string", "pattern": "^hmac-sha256:[0-9a-f]{64}$"},
            },
            "digest": _DIGEST,
        }
    )
    return {"$schema": DIALECT, "title": "A saved plan of device-trust", **document}
