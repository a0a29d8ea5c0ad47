# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Logins and bearer tokens of the password manager."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from typing import Any

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.credentials import (
    CALAMP_LOGINS,
    CalAmpLogin,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.world import World


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode(), expected.encode())


class Tokens:
    """HS256 JWTs, valid until they expire or log out."""

    def __init__(self, world: World) -> None:
        self._world = world

    def issue(self, login: CalAmpLogin) -> str:
        """A new token, with the word Bearer in front as the specification prints it."""
        now = int(self._world.clock.timestamp())
        expires = now + self._world.settings.calamp_token_seconds
        claims = {
            "jti": secrets.token_hex(16),
            "sub": login.username,
            "realm": login.realm,
            "iat": now,
            "exp": expires,
        }
        self._world.store.execute("DELETE FROM calamp_token WHERE expires <= ?", now)
        self._world.store.execute("INSERT INTO calamp_token VALUES (?, ?)", claims["jti"], expires)
        signed = ".".join(
            _encode(json.dumps(part, separators=(",", ":")).encode()) for part in ({"alg": "HS256"}, claims)
        )
        return f"Bearer {signed}.{self._signature(signed)}"

    def claims(self, header: str) -> dict[str, Any] | None:
        """The claims of an Authorization header whose token is valid now, else None."""
        scheme, _space, token = header.partition(" ")
        signed, _dot, signature = token.rpartition(".")
        if scheme != "Bearer" or not signature.isascii() or not _same(signature, self._signature(signed)):
            return None
        try:
            payload = signed.split(".")[1]
            claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        except (IndexError, binascii.Error, ValueError):
            return None
        expires = self._world.store.value("SELECT expires FROM calamp_token WHERE id = ?", claims["jti"])
        return claims if expires is not None and expires > self._world.clock.timestamp() else None

    def revoke(self, claims: dict[str, Any]) -> None:
        """Log the token out."""
        self._world.store.execute("DELETE FROM calamp_token WHERE id = ?", claims["jti"])

    def revoke_all(self) -> None:
        """Make every token issued so far invalid."""
        self._world.store.execute("DELETE FROM calamp_token")

    def _signature(self, signed: str) -> str:
        return _encode(hmac.new(self._key(), signed.encode(), hashlib.sha256).digest())

    def _key(self) -> bytes:
        kept = self._world.store.meta("calamp_key")
        if kept is None:
            kept = secrets.token_hex(32)
            self._world.store.set_meta("calamp_key", kept)
        return bytes.fromhex(kept)


def realm_of(app_key: str) -> str | None:
    """The realm that an x-app-key belongs to, None for an unknown key."""
    return next((login.realm for login in CALAMP_LOGINS if _same(app_key, login.app_key)), None)


def login_of(realm: str, username: str, password: str) -> CalAmpLogin | None:
    """The login with these credentials in the realm of the app key, if they are right."""
    return next(
        (
            login
            for login in CALAMP_LOGINS
            if login.realm == realm and login.username == username and _same(password, login.password)
        ),
        None,
    )
