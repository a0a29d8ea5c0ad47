# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The OpenAPI document of u-blox Security Services: requests from the sandbox's declarations, answers from samples."""

from __future__ import annotations

import re
from typing import Any

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.openapi.parts import (
    MARK,
    NO_STATUS,
    ONLY_ERRORS,
    Schema,
    answer,
    assumptions,
    content,
    inferred,
    record,
    text,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.openapi.ublox_answers import ANSWERS
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.openapi.ublox_events import webhooks
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.openapi.ublox_fields import request_schema
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.openapi.ublox_operations import (
    OPERATIONS,
    Operation,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.store import Store
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.api import Endpoint, Upload
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.system import (
    API_VERSION,
    UbloxSystem,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.world import World

SYSTEM = "ublox"
_NO_METHOD = "no method is printed; the curl lines of the Device Whitelist guide use POST"
_WITH_CURL = ("/device/whitelist/add", "/device/list/get")
_CSV_SAMPLE = "Id,Type,Action\r\n0002000089282256,ROTPublicUID,ADD\r\n"
_ERRORS = {
    "400": ("BadRequest", "The request is not valid, or the account does not allow it.", ""),
    "401": ("NotAuthorized", "The AuthToken, or the API key, is missing, wrong or over.", ""),
    "404": ("NotFound", "The one thing that the request names does not exist.", NO_STATUS),
}
_SPELLINGS = ("message", "Message")


def document() -> dict[str, Any]:
    """The whole document."""
    endpoints = UbloxSystem(World(Store())).endpoints
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "u-blox Security Services REST API",
            "version": API_VERSION,
            "description": 'Written from the documents "Security Services REST APIs (1.1.29)" and "Device Whitelist". '
            f"What they leave out is marked {MARK}, with what it was inferred from.",
            MARK: assumptions(SYSTEM, "*"),
        },
        "servers": [{"url": "https://ssapi.services.u-blox.com/v1"}],
        "tags": [{"name": name} for name in dict.fromkeys(operation.group for operation in OPERATIONS.values())],
        "security": [{"authId": []}],
        "paths": {path: {"post": _operation(endpoints[path], operation)} for path, operation in OPERATIONS.items()},
        "webhooks": webhooks(),
        "components": {
            "securitySchemes": {
                "authId": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "The AuthToken of /authenticate.",
                }
            },
            "schemas": {spelling: _message(spelling) for spelling in _SPELLINGS},
            "responses": {
                _error_name(status, spelling): _error(status, spelling) for status in _ERRORS for spelling in _SPELLINGS
            },
        },
    }


def _operation(endpoint: Endpoint, operation: Operation) -> dict[str, Any]:
    key = endpoint.message_key
    found: dict[str, Any] = {
        "operationId": re.sub(r"\W+", "_", endpoint.path).strip("_"),
        "summary": operation.summary,
        "tags": [operation.group],
        "responses": {
            "200": _success(endpoint),
            **{status: {"$ref": f"#/components/responses/{_error_name(status, key)}"} for status in _ERRORS},
        },
    }
    if endpoint.token == "none":
        found["security"] = []
    if endpoint.fields:
        found["requestBody"] = _request(endpoint, operation)
    assumed = assumptions(SYSTEM, endpoint.path)
    if endpoint.path not in _WITH_CURL:
        assumed.append({"assumed": "POST", "because": _NO_METHOD})
    if assumed:
        found[MARK] = assumed
    return found


def _request(endpoint: Endpoint, operation: Operation) -> Schema:
    schema = request_schema(endpoint.fields, endpoint.rules)
    required = bool(schema.get("required") or schema.get("anyOf"))
    uploads = _upload(endpoint.upload) if endpoint.upload else {}
    return {"required": required, "content": {**content(schema, operation.sample), **uploads}}


def _upload(upload: Upload) -> Schema:
    columns = "Rows of Id, Type and Action, after a header row with these names; Type is ROTPublicUID."
    return content(text(columns), _CSV_SAMPLE, upload.content_type)


def _success(endpoint: Endpoint) -> Schema:
    schema = ANSWERS.get(endpoint.path)
    if schema is None:
        said = inferred({"$ref": f"#/components/schemas/{endpoint.message_key}"}, ONLY_ERRORS)
        return answer("It was carried out.", said)
    return answer("What was asked for.", schema)


def _error_name(status: str, spelling: str) -> str:
    """The 401 is spelled one way everywhere."""
    return _ERRORS[status][0] + ("Capital" if spelling == "Message" and status != "401" else "")


def _error(status: str, spelling: str) -> Schema:
    _name, description, because = _ERRORS[status]
    key = "message" if status == "401" else spelling
    found = answer(description, {"$ref": f"#/components/schemas/{key}"})
    return inferred(found, because) if because else found


def _message(name: str) -> Schema:
    return record({name: text()}, description="What happened, in words.")
