# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one door to the network: a request with deadlines, retries that know whether it reads or writes, and errors
that say what happened without showing a secret.
"""

from __future__ import annotations

import datetime
import email.utils
import json
import random
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from .._model.narrow import known
from .._model.printable import printable
from .._model.secret import redact
from . import errors
from .endpoint import Endpoint, is_loopback

if TYPE_CHECKING:
    import httpx

MAX_ANSWER_BYTES = 64 * 1024 * 1024
TRANSIENT_STATUSES = frozenset({502, 503, 504})
_NOT_ALLOWED = frozenset({401, 403})  # says enough, whatever the body is
_BACKOFF_FIRST = 0.2
_BACKOFF_LONGEST = 8.0
_SHOWN_MESSAGE = 300
_SHORTEST_TIMEOUT = 0.1


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer. ``data`` is the parsed JSON body, None when the body is empty."""

    status: int
    headers: Mapping[str, str]
    data: Any


@dataclass(slots=True)
class Traffic:
    """How many requests were sent, retries included."""

    reads: int = 0
    writes: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def count(self, *, reads: bool) -> None:
        with self._lock:
            if reads:
                self.reads += 1
            else:
                self.writes += 1


@dataclass(frozen=True, slots=True)
class _Attempt:
    """How one attempt ended: with an answer, or with the error to raise if it is not tried again."""

    answer: Answer | None = None
    error: errors.LiveError | None = None
    wait: float | None = None  # seconds the server asked for
    safe_to_repeat: bool = False  # certainly not carried out


class Transport:
    """Sends requests to one system. Safe to share between threads: each gets an ``httpx.Client`` of its own.

    One keep-alive client costs under a millisecond of CPU a request, a fresh one 45 ms for its TLS context.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        sleep: Callable[[float], object] | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        before_attempt: Callable[[], None] | None = None,
        understands: Callable[[object], bool] | None = None,
    ) -> None:
        """``before_attempt`` is called before each attempt; a system with a pace of its own waits there. ``sleep``
        waits between attempts, unless given until ``give_up`` is called. What the caller ``understands`` is an answer
        even with a status of 500 or more.
        """
        self.endpoint = endpoint
        self.traffic = Traffic()
        self._given_up = threading.Event()
        self._sleep = sleep or self._given_up.wait
        self._monotonic = monotonic
        self._before_attempt = before_attempt
        self._understands = understands
        self._secrets: frozenset[str] = frozenset()
        self._local = threading.local()
        self._clients: list[httpx.Client] = []
        self._lock = threading.Lock()
        self._tls: ssl.SSLContext | None = None

    def hide(self, *secrets: str) -> None:
        """From now on no error text of this transport shows one of ``secrets``, even when the server echoes it."""
        with self._lock:
            self._secrets = self._secrets.union(secret for secret in secrets if len(secret) > 3)

    def give_up(self) -> None:
        """From now on nothing is tried again, and nobody waits for it: for threads whose work nobody needs any more."""
        self._given_up.set()

    def close(self) -> None:
        with self._lock:
            clients, self._clients = self._clients, []
        for client in clients:
            client.close()

    def send(
        self,
        method: str,
        path: str,
        *,
        reads: bool,
        body: object = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """The answer to ``method path``, whatever its status below 500 except 429.

        A read is repeated on lost connections, 429, 502, 503 and 504 until the deadline. A write is repeated only
        when it certainly was not carried out (no connection, or refused with 429).

        Raises Unreachable, TlsFailure, Timeout, RateLimited, Unavailable, BadAnswer; OutcomeUnknown for a write that
        may have taken effect.
        """
        request = f"{method} {path}"
        started = self._monotonic()
        failures = 0
        while True:
            left = self.endpoint.deadline - (self._monotonic() - started)
            attempt = self._attempt(request, method, path, reads, body, content, headers, left)
            if attempt.answer is not None:
                return attempt.answer
            error = known(attempt.error)
            failures += 1
            wait = self._wait(failures, attempt.wait)
            repeatable = (reads or attempt.safe_to_repeat) and failures <= self._most_retries(attempt)
            too_late = self._monotonic() - started + wait > self.endpoint.deadline
            if not repeatable or too_late or self._given_up.is_set():
                raise error
            self._sleep(wait)

    def message_of(self, data: object) -> str:
        """The server's own words out of an error answer, shortened, on one line and without secrets."""
        words = ""
        if isinstance(data, Mapping):
            words = next((str(data[key]) for key in ("message", "Message", "error", "errors") if data.get(key)), "")
        words = printable(" ".join(redact(words, self._secrets).split()))
        return words if len(words) <= _SHOWN_MESSAGE else words[:_SHOWN_MESSAGE] + "…"

    @staticmethod
    def _most_retries(attempt: _Attempt) -> int:
        """A host that is not there is not asked all through the deadline; one that is busy is."""
        return 2 if isinstance(attempt.error, errors.Unreachable) else 1000

    @staticmethod
    def _wait(failures: int, asked: float | None) -> float:
        """Seconds before the next attempt: what the server asked for, else exponential with full jitter."""
        longest = min(_BACKOFF_LONGEST, _BACKOFF_FIRST * 2 ** min(failures, 10))
        jitter = random.uniform(0, longest)
        return asked + jitter / 10 if asked is not None else jitter

    def _attempt(
        self,
        request: str,
        method: str,
        path: str,
        reads: bool,
        body: object,
        content: bytes | None,
        headers: Mapping[str, str] | None,
        left: float,
    ) -> _Attempt:
        """One attempt, in at most ``left`` seconds."""
        import httpx

        if self._before_attempt:
            self._before_attempt()
        sent_headers = {"Accept": "application/json", **(headers or {})}
        if content is None and body is not None:
            content = json.dumps(body, separators=(",", ":")).encode()
            sent_headers.setdefault("Content-Type", "application/json")
        client = self._client()
        limit = max(_SHORTEST_TIMEOUT, min(self.endpoint.timeout, left))
        until = self._monotonic() + limit
        self.traffic.count(reads=reads)
        try:
            with client.stream(
                method, self.endpoint.url.rstrip("/") + path, content=content, headers=sent_headers, timeout=limit
            ) as response:
                raw = self._body(request, response, until)
        except httpx.InvalidURL:
            raise errors.InvalidConnection(f"{self.endpoint.url} is not a URL that can be asked") from None
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError) as failure:
            return _Attempt(error=self._unreachable(request, failure), safe_to_repeat=True)
        except errors.Timeout as failure:
            return self._lost(request, reads, failure)
        except httpx.TimeoutException:
            late = errors.Timeout(request, f"no answer within {limit:.3g} s")
            return self._lost(request, reads, late)
        except httpx.HTTPError as failure:
            lost = errors.Unavailable(request, f"the connection was lost ({type(failure).__name__})")
            return self._lost(request, reads, lost)
        except errors.BadAnswer as failure:
            return self._lost(request, reads, failure)
        return self._judge(request, reads, response, raw)

    def _judge(self, request: str, reads: bool, response: httpx.Response, raw: bytes) -> _Attempt:
        """What a complete answer means for this request."""
        status = response.status_code
        if status == 429:
            wait = _retry_after(response.headers)
            asked = f" and asks to wait {wait:.0f} s" if wait else ""
            limited = errors.RateLimited(
                request,
                f"the service goes on answering 429 (too many requests){asked}; "
                f"no more than {self.endpoint.deadline:g} s are spent on a request",
            )
            return _Attempt(error=limited, wait=wait, safe_to_repeat=True)
        if status >= 500:
            said_in_json = _json_or_none(raw)
            if self._understands and self._understands(said_in_json):
                return _Attempt(answer=Answer(status, dict(response.headers), said_in_json))
            words = self.message_of(said_in_json)
            said = f": {words}" if words else ""
            failed = errors.Unavailable(request, f"the service answered {status}{said}")
            if status not in TRANSIENT_STATUSES and reads:
                raise failed
            lost = self._lost(request, reads, failed)
            return _Attempt(error=lost.error, wait=_retry_after(response.headers))
        if 300 <= status < 400:
            raise errors.BadAnswer(
                request, f"the service redirects ({status}); check the URL, redirects are not followed"
            )
        if not raw.strip():
            return _Attempt(answer=Answer(status, dict(response.headers), None))
        try:
            data = json.loads(raw)
        except (ValueError, RecursionError):
            if status in _NOT_ALLOWED:
                return _Attempt(answer=Answer(status, dict(response.headers), None))
            kind = response.headers.get("content-type", "no content type").split(";")[0]
            bad = errors.BadAnswer(
                request, f"the answer (status {status}, {kind}, {len(raw)} bytes) is not JSON; is this the API's URL?"
            )
            if reads or status >= 400:
                raise bad from None
            return self._lost(request, reads, bad)
        return _Attempt(answer=Answer(status, dict(response.headers), data))

    def _lost(self, request: str, reads: bool, why: errors.LiveError) -> _Attempt:
        if reads:
            if isinstance(why, errors.BadAnswer):
                raise why
            return _Attempt(error=why)
        reason = str(why).removeprefix(f"{request}: ")
        return _Attempt(error=errors.OutcomeUnknown(request, f"{reason}; it is not known whether it took effect"))

    def _body(self, request: str, response: httpx.Response, until: float) -> bytes:
        """The whole body, within the size limit and the time of one attempt (a trickle has no read timeout)."""
        parts: list[bytes] = []
        size = 0
        for part in response.iter_bytes():
            size += len(part)
            parts.append(part)
            if size > MAX_ANSWER_BYTES:
                raise errors.BadAnswer(request, f"the answer is larger than {MAX_ANSWER_BYTES >> 20} MiB")
            if self._monotonic() > until:
                raise errors.Timeout(request, f"the answer was not complete within {self.endpoint.timeout:g} s")
        return b"".join(parts)

    def _unreachable(self, request: str, failure: Exception) -> errors.LiveError:
        where = urlsplit(self.endpoint.url).netloc
        reason = redact(str(failure), self._secrets) or type(failure).__name__
        if "CERTIFICATE_VERIFY_FAILED" in reason or "SSL" in reason or "TLS" in reason:
            return errors.TlsFailure(
                request,
                f"no trusted TLS connection to {where}: {reason}. "
                "If the server's certificate comes from a CA of your own, name its file in the option ca_bundle",
            )
        return errors.Unreachable(request, f"cannot reach {where}: {reason}")

    def _client(self) -> httpx.Client:
        client: httpx.Client | None = getattr(self._local, "client", None)
        if client is None or client.is_closed:
            client = self._local.client = self._new_client()
            with self._lock:
                self._clients.append(client)
        return client

    def _new_client(self) -> httpx.Client:
        import httpx

        parts = urlsplit(self.endpoint.url)
        local = is_loopback(parts.hostname or "")
        proxy = None if local else self.endpoint.proxy
        try:
            return httpx.Client(
                verify=self._tls_context() if parts.scheme == "https" else False,
                proxy=proxy,
                trust_env=proxy is None and not local,
                follow_redirects=False,
            )
        except (ValueError, ImportError, httpx.InvalidURL):
            # What these say can hold the credentials of the proxy.
            whose = "proxy" if proxy else "the environment (HTTPS_PROXY, ALL_PROXY)"
            raise errors.InvalidConnection(
                f"the proxy that {whose} names cannot be used: it must be an http:// or https:// URL"
            ) from None

    def _tls_context(self) -> ssl.SSLContext:
        with self._lock:
            if self._tls is None:
                try:
                    self._tls = ssl.create_default_context(cafile=self.endpoint.ca_bundle)
                except (OSError, ssl.SSLError) as failure:
                    raise errors.InvalidConnection(
                        f"ca_bundle {self.endpoint.ca_bundle!r} cannot be read as PEM certificates: {failure}"
                    ) from None
            return self._tls


def _json_or_none(raw: bytes) -> object:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that a Retry-After header asks for (RFC 9110, 10.2.3: a number or a date), None without one."""
    value = headers.get("retry-after", "").strip()
    if value.isdecimal():
        return float(value)
    try:
        date = email.utils.parsedate_to_datetime(value)
        # A date of "-0000" comes without a zone, and means UTC as all dates of HTTP do.
        return max(0.0, date.replace(tzinfo=date.tzinfo or datetime.UTC).timestamp() - time.time())
    except (ValueError, OverflowError):
        return None
