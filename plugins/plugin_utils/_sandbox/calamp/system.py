# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The CalAmp Device Password Manager as one system (CalAmp Password Manager, "APIs").

Every answer, also an error, is the envelope `{"response": {"results": [...], "errors": [...]}}`. What the
specification leaves out, such as the form of an error and its status, is in inferred.py.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import parse_qs

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.calamp.auth import (
    Tokens,
    login_of,
    realm_of,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.calamp.devices import entry
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.calamp.rate_limit import admits
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.exchange import (
    JSON_TYPE,
    Access,
    Answer,
    Incoming,
    json_answer,
    parse_json,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.store import json_list
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.world import World

KEYS = ("esn", "imei", "mac")
MOST_KEYS = 500
PASSWORDS = "/api/devices/passwords/"


class Refused(Exception):
    """An error answer."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def _envelope(status: int, results: Sequence[Any], errors: Sequence[Any] = ()) -> Answer:
    return json_answer(status, {"response": {"results": list(results), "errors": list(errors)}})


class CalAmpSystem:
    """The simulated password manager."""

    name = "calamp"

    def __init__(self, world: World) -> None:
        self._world = world
        self._tokens = Tokens(world)
        self._calls: dict[tuple[str, str], tuple[Access, Callable[[Incoming], Answer]]] = {
            ("POST", "/api/login"): (Access.AUTH, self._login),
            ("GET", "/api/logout"): (Access.AUTH, self._logout),
            ("POST", PASSWORDS + "all"): (Access.READ, self._post_passwords),
            **{("GET", PASSWORDS + key): (Access.READ, self._get_passwords) for key in KEYS},
        }

    def calls(self) -> list[tuple[str, str, Access]]:
        """Method, path and access of every documented call."""
        return [(method, path, access) for (method, path), (access, _handler) in self._calls.items()]

    def access(self, incoming: Incoming) -> Access | None:
        """What the request would do; no request of this system writes."""
        call = self._calls.get((incoming.method, incoming.path))
        return call[0] if call else None

    def answer(self, incoming: Incoming) -> Answer:
        """Carry the request out."""
        try:
            if not admits(self._world, incoming.arrived):
                raise Refused(429, "More than 1 request per 100 ms")
            call = self._calls.get((incoming.method, incoming.path))
            if call is None:
                raise _unknown(incoming)
            with self._world.store.transaction():
                return call[1](incoming)
        except Refused as refused:
            return self.refusal(refused.status, str(refused))

    def refusal(self, status: int, message: str) -> Answer:
        """An error in the envelope."""
        return _envelope(status, [], [{"code": status, "message": message}])

    def expire_tokens(self) -> None:
        """Make every token issued so far invalid."""
        self._tokens.revoke_all()

    def _realm(self, incoming: Incoming) -> str:
        realm = realm_of(incoming.headers.get("x-app-key", ""))
        if realm is None:
            raise Refused(401, "Missing or invalid x-app-key")
        return realm

    def _authorized(self, incoming: Incoming) -> dict[str, Any]:
        realm = self._realm(incoming)
        claims = self._tokens.claims(incoming.headers.get("authorization", ""))
        if claims is None or claims["realm"] != realm:
            raise Refused(401, "Missing, invalid or expired token")
        return claims

    def _login(self, incoming: Incoming) -> Answer:
        realm, body = self._realm(incoming), _json_object(incoming)
        username, password = body.get("username"), body.get("password")
        if not isinstance(username, str) or not isinstance(password, str):
            raise Refused(400, "username and password are required")
        login = login_of(realm, username, password.encode(errors="replace").decode())
        if login is None:
            raise Refused(401, "Invalid username or password")
        return _envelope(200, [{"authToken": self._tokens.issue(login)}])

    def _logout(self, incoming: Incoming) -> Answer:
        self._tokens.revoke(self._authorized(incoming))
        return _envelope(200, [])

    def _get_passwords(self, incoming: Incoming) -> Answer:
        self._authorized(incoming)
        values = parse_qs(incoming.query, keep_blank_values=True).get("values", [])
        if len(values) != 1:
            raise Refused(400, "values is required once")
        keys = _keys(values[0])
        found = self._found(incoming.path.removeprefix(PASSWORDS), keys)
        return _envelope(200, [found[key] for key in dict.fromkeys(keys) if key in found])

    def _post_passwords(self, incoming: Incoming) -> Answer:
        """The same as with GET; the entries may be out of order, and here they are."""
        self._authorized(incoming)
        body = _json_object(incoming)
        given = [(kind, body[kind]) for kind in KEYS if kind in body]
        if len(given) != 1 or not isinstance(given[0][1], str):
            raise Refused(400, "One of esn, imei and mac is required, as comma separated text")
        kind, keys = given[0][0], _keys(given[0][1])
        found = self._found(kind, keys)
        return _envelope(200, [found[key] for key in _shuffled([key for key in dict.fromkeys(keys) if key in found])])

    def _found(self, kind: str, keys: Sequence[str]) -> dict[str, Any]:
        """The devices that exist, by the key as it was asked for."""
        store, column = self._world.store, "upper(mac)" if kind == "mac" else kind
        wanted = {key: key.upper() if kind == "mac" else key for key in keys}
        rows = store.rows(
            f"SELECT {column} AS asked, * FROM calamp_device WHERE {column} IN (SELECT value FROM json_each(?))",
            json_list(wanted.values()),
        )
        if not rows:
            raise Refused(404, f"None of the {kind} values are available")
        esns = json_list(row["esn"] for row in rows)
        kept: dict[str, dict[str, str]] = {}
        for esn, field, value in store.rows(
            "SELECT esn, field, value FROM calamp_password WHERE esn IN (SELECT value FROM json_each(?))",
            esns,
        ):
            kept.setdefault(esn, {})[field] = value
        entries = {row["asked"]: entry(row, kept.get(row["esn"], {})) for row in rows}
        return {key: entries[normal] for key, normal in wanted.items() if normal in entries}


def _unknown(incoming: Incoming) -> Refused:
    path = incoming.path
    if incoming.method == "GET" and path.startswith(PASSWORDS):
        return Refused(400, f"The key must be one of {', '.join(KEYS)}")
    return Refused(404, "There is no such API")


def _json_object(incoming: Incoming) -> dict[str, Any]:
    if incoming.content_type() != JSON_TYPE:
        raise Refused(400, f"Content-Type must be {JSON_TYPE}")
    try:
        document = parse_json(incoming.body)
    except ValueError as error:
        raise Refused(400, "The body is not valid JSON") from error
    if not isinstance(document, dict):
        raise Refused(400, "The body must be a JSON object")
    return document


def _keys(text: str) -> list[str]:
    keys = text.split(",")
    if not all(keys) or not text.isascii():
        raise Refused(400, "1 to 500 keys are required, comma separated")
    if len(keys) > MOST_KEYS:
        raise Refused(400, f"{len(keys)} keys were requested, {MOST_KEYS} are allowed")
    return keys


def _shuffled(keys: list[str]) -> list[str]:
    """Another order, the same each time: by digest; turned round where that is the order asked for."""
    other = sorted(keys, key=lambda key: hashlib.sha256(key.encode()).digest())
    return other[::-1] if other == keys else other
