# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sends single requests to an MT20W host: no retries, no redirects, no authentication of its own."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from types import TracebackType
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from .. import errors
from ..endpoint import Endpoint, is_loopback
from .codec import CREDENTIAL_BYTES, SiteKey, make_primary
from .host_check import Reply

if TYPE_CHECKING:
    import httpx

SCAN_PATH = "/api/credentials/scan"
MOST_AT_ONCE = 200
_MOST_BODY_BYTES = 1 << 20


class Probe:
    """The sender for a HostCheck. Each request is a scan of a credential that no host knows, so nothing happens
    to any card."""

    def __init__(self, endpoint: Endpoint, key: SiteKey, path: str = SCAN_PATH) -> None:
        """Raises InvalidConnection when the endpoint must not or cannot be used."""
        self._endpoint = endpoint.checked("url")
        self._request = f"POST {path}"
        self._url = endpoint.url.rstrip("/") + path
        self._body = {
            "BadgeId": "0",
            "Primary": make_primary(key, b"\xff" * CREDENTIAL_BYTES),
            "CardFormat": "smart",
            "Format": "Bytes",
        }
        self._client = _client(self._endpoint)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._client.close()

    def send(self, authorizations: Sequence[str | None]) -> Sequence[Reply]:
        """See host_check.Send, for at most MOST_AT_ONCE requests. Raises Unreachable, TlsFailure and Timeout."""
        if len(authorizations) == 1:
            return [self._ask(authorizations[0])]
        start = Barrier(len(authorizations))

        def ask(authorization: str | None) -> Reply:
            start.wait()
            return self._ask(authorization)

        with ThreadPoolExecutor(len(authorizations)) as pool:
            return list(pool.map(ask, authorizations))

    def _ask(self, authorization: str | None) -> Reply:
        import httpx

        headers = {} if authorization is None else {"Authorization": authorization}
        where = urlsplit(self._url).netloc
        try:
            answer = self._client.post(self._url, json=self._body, headers=headers)
        except httpx.TimeoutException:
            raise errors.Timeout(self._request, f"no answer from {where} within {self._endpoint.timeout:g} s") from None
        except httpx.ConnectError as failure:
            if "CERTIFICATE_VERIFY_FAILED" in str(failure) or "SSL" in str(failure):
                raise errors.TlsFailure(
                    self._request, f"no trusted TLS connection to {where}: {failure}; see the option ca_bundle"
                ) from None
            raise errors.Unreachable(self._request, f"cannot reach {where}: {failure}") from None
        except httpx.HTTPError:
            return Reply(0, {}, b"")
        return Reply(
            answer.status_code,
            {name.lower(): value for name, value in answer.headers.items()},
            answer.content[:_MOST_BODY_BYTES],
        )


def _client(endpoint: Endpoint) -> httpx.Client:
    import httpx

    parts = urlsplit(endpoint.url)
    local = is_loopback(parts.hostname or "")
    limits = httpx.Limits(max_connections=MOST_AT_ONCE, max_keepalive_connections=MOST_AT_ONCE)
    try:
        return httpx.Client(
            verify=ssl.create_default_context(cafile=endpoint.ca_bundle) if parts.scheme == "https" else False,
            proxy=None if local else endpoint.proxy,
            trust_env=not local and endpoint.proxy is None,
            timeout=endpoint.timeout,
            limits=limits,
        )
    except (OSError, ssl.SSLError) as failure:
        raise errors.InvalidConnection(f"ca_bundle {endpoint.ca_bundle!r} cannot be read: {failure}") from None
    except (ValueError, ImportError, httpx.InvalidURL):
        # What these say can hold the credentials of the proxy.
        raise errors.InvalidConnection("the proxy cannot be used: it must be an http:// or https:// URL") from None
