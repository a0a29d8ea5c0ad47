# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The OpenAPI document of an MT20W host."""

from __future__ import annotations

from typing import Any

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.mt20w.scan import (
    CARD_FORMATS,
    DATA_TYPE,
    PATH,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.mt20w.site import (
    MOST_SECTORS,
    SECTOR_BYTES,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.openapi.parts import (
    MARK,
    Schema,
    answer,
    assumptions,
    content,
    inferred,
    record,
    text,
    with_assumptions,
)

SYSTEM = "mt20w"
LAST_CONNECTED = "X-Device-Last-Connected"
_SAMPLE = {
    "BadgeId": "65535",
    "Primary": " MmBz+Li+C3Pk5GNR8oSsjWY6qa958PdTSAQS4RcbwCk=",
    "CardFormat": "smart",
    "Format": "Bytes",
}
_REFUSALS = {
    "400": (
        "The body is not what a reader sends.",
        "the specification names no status for this case",
    ),
    "401": ("The reader is not who it says, not commissioned, or sends a token that was sent before.", ""),
    "404": ("The credential is not known.", ""),
    "412": ("The credential is not associated with a user, or cannot be written.", ""),
}


def document() -> dict[str, Any]:
    """The whole document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "MT20W host",
            "version": "2019-10-15",
            "description": 'The request that an MT20W reader makes of its host. Written from "MT20W Authentication '
            'Changes"; the statuses are those of the vendor\'s page "MT20W ENGAGE Services". What they leave out is '
            f"marked {MARK}, with what it was inferred from.",
            MARK: assumptions(SYSTEM, "*"),
        },
        "servers": [{"url": "https://{host}", "variables": {"host": {"default": "access.example.com"}}}],
        "security": [{"driver": []}, {"device": []}],
        "paths": {PATH: {"post": _scan()}},
        "components": {
            "securitySchemes": {
                "driver": _scheme(
                    "Driver",
                    "Readers in USB mode. The token is base64 of the serial number, a colon, the encrypted number and "
                    "serial number, and :1; 132 characters. Each is good for one request.",
                ),
                "device": inferred(
                    _scheme("Device", "Readers in WiFi mode, as before. Refused for readers in USB mode."),
                    "the specification leaves this scheme as it was and does not describe it",
                ),
            },
            "headers": {LAST_CONNECTED: _header()},
            "schemas": {
                "Message": inferred(record({"message": text()}), "no error body is printed"),
            },
        },
    }


def _scheme(name: str, description: str) -> Schema:
    return {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": f"{name} {{token}}. {description}",
    }


def _header() -> Schema:
    schema = text("Base64 of the encrypted number, which has 14 digits and is another in each answer.")
    return {
        "description": "The number for the reader's next token. In every answer to a request with a Driver token.",
        "schema": inferred(schema, 'it says "encrypted with the siteKey and encoded in base64" and prints no example'),
    }


def _scan() -> dict[str, Any]:
    fields = {
        "BadgeId": text("The id that is printed on the credential."),
        "Primary": text("The credential, padded and with a CRC-16/XMODEM, encrypted under the site key, in base64."),
        "CardFormat": text("Whether the card can be written.", enum=list(CARD_FORMATS)),
        "Format": text("How Primary is given.", enum=["Bytes"]),
    }
    because = "the sample prints all four; the host can do without the others"
    body = inferred(record(fields, optional=[name for name in fields if name != "Primary"]), because)
    operation = {
        "operationId": "credentials_scan",
        "summary": "A card was presented to the reader",
        "requestBody": {"required": True, "content": content(body, _SAMPLE)},
        "responses": {"200": _data(), **{status: _refusal(status) for status in _REFUSALS}},
    }
    return with_assumptions(operation, SYSTEM, PATH)


def _data() -> Schema:
    found = answer("The data that the reader writes to the credential.")
    data = text(f"Whole sectors of {SECTOR_BYTES} bytes, at most {MOST_SECTORS}.", format="binary")
    return {
        **found,
        "headers": _headers(),
        "content": content(inferred(data, "the response format is said to be the existing one"), None, DATA_TYPE),
    }


def _refusal(status: str) -> Schema:
    description, because = _REFUSALS[status]
    found = {**answer(description, {"$ref": "#/components/schemas/Message"}), "headers": _headers()}
    return inferred(found, because) if because else found


def _headers() -> Schema:
    return {LAST_CONNECTED: {"$ref": f"#/components/headers/{LAST_CONNECTED}"}}
