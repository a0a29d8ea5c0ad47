# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Notification hooks (u-blox Security Services REST API, Notification Hook APIs)."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.exchange import Access
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.fleet import payloads
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.store import Store
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.api import (
    SUCCESS,
    Call,
    Endpoint,
    bad_request,
    not_found,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.validation import Field

EVENT_TYPES = (
    payloads.BOOTSTRAP,
    payloads.PROPERTIES,
    payloads.ERRORS,
    payloads.RENEWAL,
    payloads.EXPIRATION,
    payloads.ROOT_CA_EXPIRATION,
)
HEADER_VALUE = re.compile(r"[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?")
"""What can be sent in an Authorization header."""


def _is_https_url(url: str) -> bool:
    if not url.isascii() or any(character.isspace() for character in url):
        return False
    try:
        parts = urlsplit(url)
        _unused = parts.port  # raises ValueError for a port that is none
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname)


def add_webhook(store: Store, url: str, event_type: str, token: str) -> None:
    """Register a hook; 400 for a URL that is not https, or for a second hook of this URL and type."""
    if not _is_https_url(url):
        raise bad_request("NotificationURL must be a fully qualified https URL")
    if store.value("SELECT 1 FROM webhook WHERE url = ? AND type = ?", url, event_type):
        raise bad_request("NotificationURL is already registered for this NotificationType")
    store.execute("INSERT INTO webhook (url, type, token) VALUES (?, ?, ?)", url, event_type, token)


def create(call: Call) -> Any:
    """/notification/webhook/create"""
    add_webhook(
        call.world.store,
        call.get("NotificationURL"),
        call.get("NotificationType"),
        call.get("AuthorizationToken"),
    )
    return SUCCESS


def update(call: Call) -> Any:
    """/notification/webhook/update: a new token for every hook of the URL."""
    url, token = call.get("NotificationURL"), call.get("AuthorizationToken")
    if not call.world.store.execute("UPDATE webhook SET token = ? WHERE url = ?", token, url):
        raise not_found("Unknown NotificationURL")
    return SUCCESS


def delete(call: Call) -> Any:
    """/notification/webhook/delete: every hook of the URL."""
    if not call.world.store.execute("DELETE FROM webhook WHERE url = ?", call.get("NotificationURL")):
        raise not_found("Unknown NotificationURL")
    return SUCCESS


def get(call: Call) -> Any:
    """/notification/webhook/get: not paged."""
    with_token = call.world.settings.webhook_tokens == "returned"
    return [
        {"NotificationURL": row["url"], "NotificationType": row["type"]}
        | ({"AuthorizationToken": row["token"]} if with_token else {})
        for row in call.world.store.rows("SELECT * FROM webhook ORDER BY id")
    ]


_URL = Field("NotificationURL", "string", required=True, min_length=1)
_TOKEN = Field("AuthorizationToken", "string", required=True, min_length=1, pattern=HEADER_VALUE)

ENDPOINTS = (
    Endpoint(
        "/notification/webhook/create",
        Access.WRITE,
        create,
        (_URL, _TOKEN, Field("NotificationType", "string", required=True, choices=EVENT_TYPES)),
    ),
    Endpoint("/notification/webhook/update", Access.WRITE, update, (_URL, _TOKEN)),
    Endpoint("/notification/webhook/delete", Access.WRITE, delete, (_URL,)),
    Endpoint("/notification/webhook/get", Access.READ, get),
)
