# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Calls of u-blox Security Services: signed in, in their documented shapes, with errors that explain."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..._model.secret import Secret
from .. import errors
from ..transport import Answer, Traffic, Transport
from .calls import READS
from .shapes import READ_ANSWER, wire_body
from .token import Credentials, TokenSource, authorization
from .tolerant import UnknownShape

DEFAULT_URL = "https://ssapi.services.u-blox.com/v1"


class UbloxClient:
    """One account of u-blox Security Services. Safe to share between threads."""

    def __init__(self, credentials: Credentials, transport: Transport) -> None:
        self._transport = transport
        self._tokens = TokenSource(credentials, transport)

    @property
    def traffic(self) -> Traffic:
        return self._transport.traffic

    def give_up(self) -> None:
        """Nothing is tried again from now on."""
        self._transport.give_up()

    def close(self) -> None:
        self._transport.close()

    def sign_in(self) -> str:
        """A token that should be accepted now. Raises Unauthorized, and what the transport raises."""
        return self._tokens.token()

    def call(self, path: str, body: Mapping[str, Any]) -> Any:
        """The answer to one call, in the form of ``shapes.py``.

        Raises Rejected when the service refuses it, Unauthorized when signing in again does not help, BadAnswer for an
        answer of an unknown shape, and what ``Transport.send`` raises.
        """
        for value in body.values():
            if isinstance(value, Secret):
                self._transport.hide(value.reveal())
        answer = self._send(path, wire_body(path, body))
        request = f"POST {path}"
        if answer.status == 401:
            raise errors.Unauthorized(
                request, "the service does not accept the token (401), nor one just signed in for"
            )
        if answer.status >= 400:
            words = self._transport.message_of(answer.data)
            raise errors.Rejected(request, f"{answer.status}: {words or 'refused without a reason'}", answer.status)
        read = READ_ANSWER.get(path)
        if read is None:
            return answer.data
        try:
            return read(answer.data)
        except UnknownShape as shape:
            raise errors.BadAnswer(request, f"unexpected answer: {shape}") from None

    def _send(self, path: str, body: Mapping[str, Any]) -> Answer:
        """Sends with the current token, and once more with a new one after a 401 (which is never carried out)."""
        token = self._tokens.token()
        answer = self._post(path, body, token)
        if answer.status == 401:
            self._tokens.rejected(token, f"POST {path}")
            answer = self._post(path, body, self._tokens.token())
        return answer

    def _post(self, path: str, body: Mapping[str, Any], token: str) -> Answer:
        return self._transport.send(
            "POST", path, reads=path in READS, body=body, headers={"Authorization": authorization(token)}
        )
