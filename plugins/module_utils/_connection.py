# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How an account of u-blox Security Services is reached, and asked what needs no declaration."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ._apply.account_state import account_fingerprint
from ._live.endpoint import Endpoint
from ._live.errors import InvalidConnection
from ._live.ublox.account import PARALLEL_REQUESTS, Account
from ._live.ublox.client import DEFAULT_URL
from ._live.ublox.query import Query, requests_of
from ._live.ublox.token import Credentials, jwt_lifetime, jwt_subject
from ._model.secret import Secret, sealed


@dataclass(frozen=True, slots=True)
class Connection:
    """How to reach an account of u-blox Security Services. ``timeout`` is seconds for one request."""

    api_url: str = DEFAULT_URL
    api_key: str = ""
    api_secret: Secret | None = None
    api_token: Secret | None = None
    timeout: float = 30.0
    ca_bundle: str | None = None
    proxy: str | None = None

    @classmethod
    def from_options(cls, options: Mapping[str, Any]) -> Connection:
        """Out of module options or anything that has their names."""
        return cls(
            api_url=options["api_url"],
            api_key=options["api_key"] or "",
            api_secret=Secret(options["api_secret"]) if options["api_secret"] else None,
            api_token=Secret(options["api_token"]) if options["api_token"] else None,
            timeout=options["timeout"],
            ca_bundle=options["ca_bundle"],
            proxy=options["proxy"],
        )

    @property
    def fingerprint(self) -> str:
        """Tells this account from others; no secret can be found from it."""
        subject = jwt_subject(self.api_token.reveal()) if self.api_token and not self.api_key else ""
        return account_fingerprint(self.api_url, self.api_key or subject)

    def seal(self, secret: Secret) -> str:
        """Tells whether ``secret`` is still the same, to who has this connection's API secret; empty without one."""
        if self.api_secret is None:
            return ""
        return sealed(secret, self.api_secret)


def connect(connection: Connection, parallel: int = PARALLEL_REQUESTS) -> Account:
    """The live account, as a context manager. Nothing is sent yet. ``parallel`` reads go on at once.

    Raises InvalidConnection.
    """
    endpoint = Endpoint(
        connection.api_url, connection.timeout, ca_bundle=connection.ca_bundle, proxy=connection.proxy
    ).checked("api_url")
    credentials = Credentials(connection.api_key, connection.api_secret, connection.api_token)
    return Account(endpoint, credentials, parallel=parallel)


def sign_in(connection: Connection) -> tuple[str, float | None]:
    """A new token for ``connection``'s key and secret, and how many seconds it lives if it tells.

    A token that the connection has is left aside. Raises InvalidConnection without key and secret, and LiveError.
    """
    if not (connection.api_key and connection.api_secret):
        raise InvalidConnection("signing in needs api_key and api_secret (or UBLOX_API_KEY and UBLOX_API_SECRET)")
    with connect(replace(connection, api_token=None)) as account:
        token = account.sign_in()
    return token, jwt_lifetime(token)


def ask(account: Account, query: Query, options: Mapping[str, Any]) -> dict[str, Any]:
    """The whole answer to a query, ids in normal form, without secrets unless the query is for them.

    Raises InvalidDeclaration, before any request, with everything that is wrong in ``options``; LiveError.
    """
    (answer,) = ask_all(account, [(query, options)])
    return answer


def ask_all(account: Account, asked: Iterable[tuple[Query, Mapping[str, Any]]]) -> list[dict[str, Any]]:
    """The whole answers to several queries, in order, all asked at the same time. Raises as ``ask``."""
    now = datetime.datetime.now(datetime.UTC)
    return account.ask([(query, requests_of(query, options, now)) for query, options in asked])
