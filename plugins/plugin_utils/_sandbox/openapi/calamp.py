# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The OpenAPI document of the CalAmp Device Password Manager."""

from __future__ import annotations

from typing import Any

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.calamp.devices import FIELDS
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.calamp.system import KEYS, MOST_KEYS
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.openapi.parts import (
    JSON,
    MARK,
    Schema,
    answer,
    array,
    assumptions,
    content,
    inferred,
    record,
    text,
    whole,
    with_assumptions,
)

SYSTEM = "calamp"
_FORM = "the samples print an empty list of errors only"
_NO_STATUS = 'the text says "an error is returned" or "reject", without a status'
_OFTEN_NULL = ("imei", "mac")
_MEANINGS = {
    "esn": "Electronic Serial Number.",
    "imei": "IMEI, if the device has one.",
    "mac": "Ethernet MAC address, if the device has one.",
    "atCmdSms": "The password for AT commands and SMS.",
    "createdOn": "When the passwords were made.",
    "modifiedOn": "When they were last changed.",
}
_ERRORS = {
    "400": ("The request has no keys, too many, or is no valid JSON.", "Refused400"),
    "401": ("The app key, the login or the token is not accepted.", "Refused401"),
    "404": ("None of the keys is available.", "Refused404"),
    "429": ("The request came less than 100 ms after another one.", "Refused429"),
}


def document() -> dict[str, Any]:
    """The whole document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "CalAmp Device Password Manager",
            "version": "2.1",
            "description": 'Written from "Edge Device Security - Password Manager Rollout - Phase 2.1". '
            f"What it leaves out is marked {MARK}, with what it was inferred from.",
            MARK: assumptions(SYSTEM, "*"),
        },
        "servers": [{"url": "https://connect.calamp.com"}],
        "security": [{"appKey": [], "bearer": []}],
        "paths": {
            "/api/login": {"post": _login()},
            "/api/logout": {"get": _logout()},
            **{f"/api/devices/passwords/{key}": {"get": _get(key)} for key in KEYS},
            "/api/devices/passwords/all": {"post": _post()},
        },
        "components": {
            "securitySchemes": {
                "appKey": {"type": "apiKey", "in": "header", "name": "x-app-key"},
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "The authToken of /api/login, which has the word Bearer in it already.",
                },
            },
            "schemas": {
                "Error": inferred(record({"code": whole(), "message": text()}), _FORM),
                "Device": record({"devicePassword": _device()}),
            },
            "responses": {
                name: inferred(answer(description, _envelope({"type": "object"}, most=0)), _NO_STATUS)
                for description, name in _ERRORS.values()
            },
        },
    }


def _device() -> Schema:
    def field(name: str) -> Schema:
        schema = text(_MEANINGS.get(name, "A password."))
        return {**schema, "type": ["string", "null"]} if name in _OFTEN_NULL else schema

    return record({name: field(name) for name in FIELDS})


def _envelope(result: Schema, most: int | None = None) -> Schema:
    limit: dict[str, Any] = {} if most is None else {"maxItems": most}
    errors = array({"$ref": "#/components/schemas/Error"})
    return record({"response": record({"results": array(result, **limit), "errors": errors})})


def _login() -> dict[str, Any]:
    body = record({"username": text(), "password": text()})
    token = record({"authToken": text("With the word Bearer and a space in front.", pattern="^Bearer ")})
    answered = inferred(_envelope(token), "the sample snips what follows authToken")
    return _operation(
        "login",
        "Sign in, with CTC or PULS credentials",
        {"200": answer("Signed in.", answered)},
        ("400", "401", "429"),
        path="/api/login",
        security=[{"appKey": []}],
        requestBody={"required": True, "content": content(body, {"username": "user", "password": "fake"})},
    )


def _logout() -> dict[str, Any]:
    answered = inferred(_envelope({"type": "object"}), "no answer is printed")
    return _operation(
        "logout", "Sign out", {"200": answer("Signed out.", answered)}, ("401", "429"), path="/api/logout"
    )


def _get(key: str) -> dict[str, Any]:
    values = {
        "name": "values",
        "in": "query",
        "required": True,
        "description": f"1 to {MOST_KEYS} keys, comma separated.",
        "schema": text(),
        "example": "1110110001,1110110002" if key == "esn" else None,
    }
    parameter = {name: value for name, value in values.items() if value is not None}
    return _operation(
        f"passwords_by_{key}",
        f"Get the passwords of devices by {key.upper()}; only those that are available are returned",
        {"200": answer("Those that are available.", _devices())},
        tuple(_ERRORS),
        path="/api/devices/passwords/{key}",
        parameters=[parameter],
    )


def _post() -> dict[str, Any]:
    keys = {name: text(f"1 to {MOST_KEYS} keys, comma separated.") for name in KEYS}
    body = {**record(keys, optional=keys), "oneOf": [{"required": [name]} for name in KEYS]}
    return _operation(
        "passwords",
        "Get the passwords of devices; the answer may be in another order",
        {"200": answer("Those that are available.", _devices())},
        tuple(_ERRORS),
        path="/api/devices/passwords/all",
        requestBody={"required": True, "content": content(body, {"esn": "1110110001,1110110002"}, JSON)},
    )


def _devices() -> Schema:
    return _envelope({"$ref": "#/components/schemas/Device"})


def _operation(
    name: str, summary: str, answers: dict[str, Any], refusals: tuple[str, ...], *, path: str, **more: Any
) -> dict[str, Any]:
    refused = {status: {"$ref": f"#/components/responses/{_ERRORS[status][1]}"} for status in refusals}
    operation = {"operationId": name, "summary": summary, "responses": {**answers, **refused}, **more}
    return with_assumptions(operation, SYSTEM, path)
