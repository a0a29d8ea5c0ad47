# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""AuthTokens and RefreshTokens (u-blox Security Services REST API, Authentication APIs)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from typing import TYPE_CHECKING, Any

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox import credentials
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.exchange import Access
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.api import (
    ApiError,
    Call,
    Endpoint,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.validation import Field
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.world import World

if TYPE_CHECKING:
    from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.signing import SigningKey

NOT_AUTHORIZED = "Not Authorized."
_CACHED = 256


def not_authorized() -> ApiError:
    """The documented 401."""
    return ApiError(401, NOT_AUTHORIZED)


def bare_token(header: str) -> str:
    """The token of an Authorization header, with or without the word Bearer."""
    scheme, _space, rest = header.strip().partition(" ")
    return rest.strip() if scheme.lower() == "bearer" else header.strip()


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


class AuthTokens:
    """Makes and checks AuthTokens: JWTs signed with RS256 under a key that the state file keeps."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._key: SigningKey | None = None
        self._checked: dict[str, dict[str, Any]] = {}

    def issue(self) -> str:
        """A new AuthToken, with iat and exp in the sandbox's time."""
        now = int(self._world.clock.timestamp())
        key = self._signing_key()
        header = {"kid": _encode(key.fingerprint()), "alg": "RS256"}
        claims = {
            "sub": "device-trust-sandbox",
            "event_id": secrets.token_hex(16),
            "token_use": "id",
            "auth_time": now,
            "iss": "https://device-trust-sandbox.invalid/ublox",
            "exp": now + self._world.settings.auth_token_seconds,
            "iat": now,
            "generation": self._generation(),
        }
        signed = ".".join(_encode(json.dumps(part, separators=(",", ":")).encode()) for part in (header, claims))
        return f"{signed}.{_encode(key.sign(signed.encode()))}"

    def accepts(self, token: str, needed: str) -> bool:
        """Whether the token is what is needed: `valid`, `genuine` (expired will do), or `none`."""
        if needed == "none":
            return True
        return self.is_valid(token) if needed == "valid" else self.is_genuine(token)

    def is_genuine(self, token: str) -> bool:
        """Whether this sandbox issued the token, be it expired or not."""
        return self._claims(token) is not None

    def is_valid(self, token: str) -> bool:
        """Whether the token is genuine, has not expired and was not made invalid."""
        claims = self._claims(token)
        return (
            claims is not None
            and claims["exp"] > self._world.clock.timestamp()
            and claims["generation"] == self._generation()
        )

    def expire_all(self) -> None:
        """Make every AuthToken issued so far invalid."""
        self._world.store.set_meta("token_generation", str(self._generation() + 1))

    def _generation(self) -> int:
        return int(self._world.store.meta("token_generation") or 0)

    def _claims(self, token: str) -> dict[str, Any] | None:
        """The claims of a token with a right signature. Signatures once checked are remembered."""
        known = self._checked.get(token)
        if known is not None:
            return known
        try:
            signed, _dot, signature = token.rpartition(".")
            if not self._signing_key().has_signed(signed.encode(), _decode(signature)):
                return None
            claims: dict[str, Any] = json.loads(_decode(signed.split(".")[1]))
        except (binascii.Error, ValueError, IndexError):
            return None
        if len(self._checked) >= _CACHED:
            self._checked.clear()
        self._checked[token] = claims
        return claims

    def _signing_key(self) -> SigningKey:
        if self._key is None:
            from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.signing import SigningKey

            kept = self._world.store.meta("auth_key")
            self._key = SigningKey(kept)
            if not kept:
                self._world.store.set_meta("auth_key", self._key.pem())
        return self._key


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode(), expected.encode())


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def authenticate(call: Call, tokens: AuthTokens) -> Any:
    """/authenticate: an AuthToken, and a RefreshToken for three days."""
    key_fits = _same(call.get("APIKey"), credentials.API_KEY)
    if not (_same(call.get("APISecret"), credentials.API_SECRET) and key_fits):
        raise not_authorized()
    refresh = secrets.token_urlsafe(192)
    store, now = call.world.store, call.world.clock.timestamp()
    store.execute("DELETE FROM refresh_token WHERE expires <= ?", now)
    expires = now + call.world.settings.refresh_token_seconds
    store.execute("INSERT INTO refresh_token VALUES (?, ?)", _digest(refresh), expires)
    return {"AuthToken": tokens.issue(), "RefreshToken": refresh}


def refresh_auth_token(call: Call, tokens: AuthTokens) -> Any:
    """/refreshauthtoken: a new AuthToken for a RefreshToken that is not more than three days old."""
    if not _same(call.get("APIKey"), credentials.API_KEY):
        raise not_authorized()
    expires = call.world.store.value(
        "SELECT expires FROM refresh_token WHERE digest = ?", _digest(call.get("RefreshToken"))
    )
    if expires is None or expires <= call.world.clock.timestamp():
        raise not_authorized()
    return {"AuthToken": tokens.issue()}


def endpoints(tokens: AuthTokens) -> tuple[Endpoint, ...]:
    """The authentication APIs."""
    api_key = Field("APIKey", "string", required=True)
    return (
        Endpoint(
            "/authenticate",
            Access.AUTH,
            lambda call: authenticate(call, tokens),
            fields=(api_key, Field("APISecret", "string", required=True)),
            token="none",
        ),
        Endpoint(
            "/refreshauthtoken",
            Access.AUTH,
            lambda call: refresh_auth_token(call, tokens),
            fields=(api_key, Field("RefreshToken", "string", required=True)),
            token="refresh_needs",
        ),
    )
