# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""POST /api/credentials/scan, behind the middleware: what the reader gets for a card that was presented to it.

The fields of the request are those of "MT20W Authentication Changes", the statuses those of the vendor's page "MT20W
ENGAGE Services", POST /api/credentials/scan.
"""

from __future__ import annotations

import contextlib
from typing import Any

from ansible_collections.edgeops.device_trust.plugins.module_utils._live.mt20w.codec import (
    DEVICE_SCHEME,
    Mt20wError,
    SiteKey,
    read_primary,
    verify_token,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._mt20w.verifier import Verdict
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.exchange import (
    JSON_TYPE,
    Answer,
    Incoming,
    json_answer,
    parse_json,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.mt20w.site import Site

PATH = "/api/credentials/scan"
FIELDS = ("BadgeId", "Primary", "CardFormat", "Format")
CARD_FORMATS = ("smart", "prox")
WRITABLE = "smart"
DATA_TYPE = "application/octet-stream"


class Refused(Exception):
    """An answer other than 200."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def scanned(site: Site, verdict: Verdict, incoming: Incoming) -> Answer:
    """The answer to a request that the middleware let through."""
    try:
        if verdict.scheme == DEVICE_SCHEME:
            _check_device_token(site.keys(), incoming.headers.get("authorization", ""))
        if (incoming.method, incoming.path) != ("POST", PATH):
            raise Refused(404, "There is no such API")
        return Answer(200, _credential_data(site, incoming), DATA_TYPE)
    except Refused as refused:
        return refusal(refused.status, str(refused))


def refusal(status: int, message: str) -> Answer:
    """An error of the host."""
    return json_answer(status, {"message": message})


def _check_device_token(keys: list[SiteKey], authorization: str) -> None:
    token = authorization.strip().partition(" ")[2].strip()
    for key in keys:
        with contextlib.suppress(Mt20wError):
            verify_token(key, token)
            return
    raise Refused(401, "Unauthorized")


def _credential_data(site: Site, incoming: Incoming) -> bytes:
    body = _document(incoming)
    known = site.credential(_credential(site.keys(), body.get("primary")))
    if known is None:
        raise Refused(404, "Credential not found")
    if not known.associated or body.get("cardformat", WRITABLE) != WRITABLE:
        raise Refused(412, "Credential is not associated with a user, or not writable")
    return known.data


def _document(incoming: Incoming) -> dict[str, Any]:
    """The fields by their names in small letters."""
    if incoming.content_type() != JSON_TYPE:
        raise Refused(400, f"Content-Type must be {JSON_TYPE}")
    try:
        body = parse_json(incoming.body)
    except ValueError as error:
        raise Refused(400, "The body is not valid JSON") from error
    if not isinstance(body, dict):
        raise Refused(400, f"The body must be an object with {', '.join(FIELDS)}")
    fields = {name.lower(): value for name, value in body.items()}
    for name in FIELDS:
        if not isinstance(fields.get(name.lower(), ""), str):
            raise Refused(400, f"{name} must be a text")
    if fields.get("cardformat", WRITABLE) not in CARD_FORMATS:
        raise Refused(400, f"CardFormat must be one of {', '.join(CARD_FORMATS)}")
    if fields.get("format", "Bytes") != "Bytes":
        raise Refused(400, "Format must be Bytes")
    return fields


def _credential(keys: list[SiteKey], primary: str | None) -> bytes:
    if primary is None:
        raise Refused(400, "Primary is required")
    for key in keys:
        with contextlib.suppress(Mt20wError):
            return read_primary(key, primary)
    raise Refused(400, "Primary must be base64 of 32 bytes that are encrypted under the site key")
