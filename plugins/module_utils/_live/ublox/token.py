# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Signing in to u-blox Security Services: tokens kept until shortly before they expire."""

from __future__ import annotations

import base64
import json
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..._model.errors import DeviceTrustError
from ..._model.secret import Secret
from .. import errors
from ..transport import Answer, Transport

REFRESH_TOKEN_SECONDS = 3 * 24 * 3600
_MARGIN_SECONDS = 60.0
_SENDABLE = re.compile(r"[ -~]*")  # what a header can carry
_NO_CREDENTIALS = (
    "no credentials for u-blox Security Services: give api_key and api_secret "
    "(or set UBLOX_API_KEY and UBLOX_API_SECRET), or api_token (UBLOX_API_TOKEN)"
)
_TOKEN_REFUSED = (
    "the service does not accept api_token (401), and there is no api_key and api_secret to sign in with; "
    "the token has probably expired"
)


@dataclass(frozen=True, slots=True)
class Credentials:
    """An API key with its secret, or a ready AuthToken, or both (the token is then used first)."""

    api_key: str = ""
    api_secret: Secret | None = None
    token: Secret | None = None

    @property
    def can_sign_in(self) -> bool:
        return bool(self.api_key and self.api_secret)


class TokenSource:
    """Gives the AuthToken to send. Safe to share between threads: only one of them signs in.

    /authenticate gives an AuthToken and a RefreshToken; the AuthToken is used until shortly before its JWT's ``exp``,
    then /refreshauthtoken makes another, for 3 days (REST API 1.1.29, Authentication APIs). The lifetime is
    taken as ``exp - iat`` from the moment it came, so that a wrong clock on either side does no harm.
    """

    def __init__(
        self, credentials: Credentials, transport: Transport, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._credentials = credentials
        self._transport = transport
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._failure: DeviceTrustError | None = None
        self._token = credentials.token.reveal().strip() if credentials.token else ""
        if not _SENDABLE.fullmatch(self._token):
            raise errors.InvalidConnection("api_token holds characters that no token has, such as line breaks")
        self._good_until = float("inf") if self._token else 0.0
        self._refresh_token = ""
        self._refresh_until = 0.0
        for secret in (credentials.api_secret, credentials.token):
            if secret:
                transport.hide(secret.reveal())

    def token(self) -> str:
        """A token that should be accepted now. Raises Unauthorized, and what the transport raises.

        Who waited while another thread tried in vain gets its failure, and does not try as long again.
        """
        before = self._failure
        with self._lock:
            if self._token and self._monotonic() < self._good_until:
                return self._token
            if self._failure is not None and self._failure is not before:
                raise self._failure
            try:
                self._renew()
            except DeviceTrustError as failure:
                self._failure = failure
                raise
            return self._token

    def rejected(self, token: str, request: str) -> None:
        """Tells that the service answered 401 to ``request`` with ``token``: the next one is made by signing in.

        Raises Unauthorized when there is nothing to sign in with.
        """
        if not self._credentials.can_sign_in:
            raise errors.Unauthorized(request, _TOKEN_REFUSED)
        with self._lock:
            if token == self._token:
                self._token, self._refresh_token = "", ""

    def _renew(self) -> None:
        now = self._monotonic()
        if self._refresh_token and now < self._refresh_until:
            body = {"APIKey": self._credentials.api_key, "RefreshToken": self._refresh_token}
            headers = {"Authorization": authorization(self._token)}  # the call lists an authorization, as the others
            answer = self._transport.send("POST", "/refreshauthtoken", reads=True, body=body, headers=headers)
            if answer.status == 200:
                self._take("/refreshauthtoken", answer, now)
                return
        self._authenticate(now)

    def _authenticate(self, now: float) -> None:
        credentials = self._credentials
        if not credentials.can_sign_in or credentials.api_secret is None:
            raise errors.InvalidConnection(_NO_CREDENTIALS)
        body = {"APIKey": credentials.api_key, "APISecret": credentials.api_secret.reveal()}
        answer = self._transport.send("POST", "/authenticate", reads=True, body=body)
        if answer.status in {400, 401, 403}:
            raise errors.Unauthorized(
                "POST /authenticate",
                f"the service does not accept this API key and secret ({answer.status}); check api_key and api_secret "
                "(UBLOX_API_KEY, UBLOX_API_SECRET)",
            )
        self._take("/authenticate", answer, now)

    def _take(self, path: str, answer: Answer, now: float) -> None:
        data = answer.data
        token = data.get("AuthToken") if isinstance(data, Mapping) else None
        if answer.status != 200 or not isinstance(token, str) or not token or not _SENDABLE.fullmatch(token):
            raise errors.BadAnswer(f"POST {path}", f"status {answer.status} and no AuthToken; is this the API's URL?")
        self._token = token
        self._transport.hide(token, token.removeprefix("Bearer "))
        lifetime = jwt_lifetime(token)
        # A token that does not tell is used until it is refused.
        self._good_until = (
            now + lifetime - min(_MARGIN_SECONDS, lifetime / 10) if lifetime is not None else float("inf")
        )
        refresh = data.get("RefreshToken")
        if isinstance(refresh, str) and refresh:
            self._refresh_token, self._refresh_until = refresh, now + REFRESH_TOKEN_SECONDS - _MARGIN_SECONDS
            self._transport.hide(refresh)


def authorization(token: str) -> str:
    """The value of the Authorization header: the scheme Bearer once, whether the token came with it or not."""
    return token if token.startswith("Bearer ") else f"Bearer {token}"


def jwt_lifetime(token: str) -> float | None:
    """Seconds between a JWT's ``iat`` and ``exp``; None if it does not say. The signature is the server's to check."""
    claims = _claims(token)
    try:
        lifetime = float(claims["exp"]) - float(claims["iat"])
    except (ValueError, KeyError, TypeError, OverflowError):
        return None
    return lifetime if lifetime > 0 else None


def jwt_subject(token: str) -> str:
    """Whom a JWT was made for; empty if it does not say."""
    return str(_claims(token).get("sub", ""))


def _claims(token: str) -> Mapping[str, Any]:
    try:
        payload = token.removeprefix("Bearer ").split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (IndexError, ValueError, RecursionError):
        return {}
    return claims if isinstance(claims, Mapping) else {}
