# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Login, retrieve and logout ("CalAmp Password Manager", APIs)."""

from __future__ import annotations

import importlib
import random
import re
import threading
import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from typing import Self

from ..._model.secret import Secret
from .. import errors
from ..endpoint import Endpoint
from ..transport import Answer, Transport
from . import shapes
from .errors import SILENCE, LoginRefused
from .keys import Key, KeyKind
from .pace import SMALLEST_SHARE, Pace, shared_pace
from .shapes import DevicePassword, Envelope

DEFAULT_URL = "https://connect.calamp.com"
_HEADER_VALUE = re.compile(r"[!-~]+")
_TOKEN = re.compile(r"[ -~]+")
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 5.0


class Method(StrEnum):
    """How passwords are retrieved; both forms bring the same."""

    POST = "post"
    GET = "get"


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who asks. ``app_key`` goes into the header x-app-key of every request."""

    username: str
    password: Secret
    app_key: Secret


@dataclass(frozen=True, slots=True)
class Connection:
    """Where the service is and who asks; what two conversations must have in common to be one.

    ``share`` is this machine's part of the service's rate, 1 for all of it.
    """

    credentials: Credentials
    endpoint: Endpoint = field(default_factory=lambda: Endpoint(DEFAULT_URL))
    share: float = 1.0


def connection(
    *,
    username: str,
    password: str,
    app_key: str,
    url: str = DEFAULT_URL,
    timeout: float = 30.0,
    deadline: float = 90.0,
    ca_bundle: str | None = None,
    proxy: str | None = None,
    rate_share: float = 1.0,
) -> Connection:
    """A connection out of plain settings. ``timeout`` (of an attempt) and ``deadline`` (of all) are seconds.

    Raises InvalidConnection when it must not or cannot be used.
    """
    if not SMALLEST_SHARE <= rate_share <= 1:
        raise errors.InvalidConnection(
            f"rate_share must be at least {SMALLEST_SHARE:.3f} and at most 1, got {rate_share:g}; "
            "with four machines it is 0.25 on each"
        )
    if not _HEADER_VALUE.fullmatch(app_key):
        raise errors.InvalidConnection("app_key is sent as a header: it must be printable ASCII without spaces")
    endpoint = Endpoint(url, timeout=timeout, deadline=deadline, ca_bundle=ca_bundle, proxy=proxy)
    return Connection(
        Credentials(username, Secret(password), Secret(app_key)),
        endpoint.checked("api_url"),
        rate_share,
    )


def load_transport() -> None:
    """Import what the first request needs, which takes a third of a second: for one who has to wait anyway."""
    importlib.import_module("httpx")


class PasswordManager:
    """One conversation. It signs in when it first needs to; as a context manager it signs out at the end."""

    def __init__(self, connection: Connection, *, pace: Pace | None = None) -> None:
        """``pace`` is the one shared by all processes of this machine unless another is given.

        Raises InvalidConnection before any request when the connection must not or cannot be used.
        """
        self._credentials = connection.credentials
        self._endpoint = connection.endpoint.checked("api_url")
        self._pace = pace or shared_pace(self._endpoint.url, self._credentials.username, connection.share)
        self._transport = Transport(
            self._endpoint, before_attempt=self._pace.before_attempt, understands=shapes.too_fast
        )
        self._transport.hide(self._credentials.password.reveal(), self._credentials.app_key.reveal())
        self._token: Secret | None = None
        self._given_up = threading.Event()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, failure: BaseException | None, traceback: object) -> None:
        # A service that does not answer would only be waited for once more.
        if failure is None or (isinstance(failure, Exception) and not isinstance(failure, SILENCE)):
            self.logout()
        self._transport.close()

    @property
    def requests(self) -> int:
        """How many requests were sent so far, retries included."""
        return self._transport.traffic.reads

    def give_up(self) -> None:
        """From now on nothing is tried again: for another thread that waits for this one to end."""
        self._given_up.set()
        self._transport.give_up()

    def retrieve(self, keys: Iterable[Key], method: Method = Method.POST) -> dict[Key, DevicePassword]:
        """The records of those ``keys`` that the service knows.

        Each device is asked for once however often it is named, in batches of 500 keys of one kind. Answers
        are matched by key: the service returns them in an order of its own.

        Raises a LiveError, whose text never holds a secret.
        """
        found: dict[Key, DevicePassword] = {}
        for kind, batch in batches(keys):
            found.update(_by_key(kind, batch, self._ask(kind, batch, method)))
        return found

    def login(self) -> None:
        """Sign in. Raises LoginRefused; a wrong app key is told from a wrong user where the service does.

        inferred: the specification names no status of a refusal, so each of 4xx is one, but for an address that is
        not the service's.
        """
        request = f"POST {shapes.LOGIN}"
        body = shapes.login_body(self._credentials.username, self._credentials.password.reveal())
        answer = self._send("POST", shapes.LOGIN, body=body)
        read = shapes.envelope(answer.data)
        if answer.status >= 400 and not (answer.status == 404 and read is None):
            raise self._refused(request, self._words(answer, read), answer.status)
        if read is None:
            raise self._rejected(request, answer, read)
        token = shapes.auth_token(read)
        if token is None:
            if read.errors:
                raise self._refused(request, self._words(answer, read), answer.status)
            raise errors.BadAnswer(request, "the answer has no authToken in response.results")
        if not _TOKEN.fullmatch(token):
            raise errors.BadAnswer(request, "the authToken of the answer cannot be sent in a header")
        self._transport.hide(token, token.removeprefix("Bearer "))
        self._token = Secret(token)

    def logout(self) -> None:
        """Sign out if signed in. Nothing depends on its outcome: a token ends by itself."""
        if self._token is None:
            return
        try:
            self._send("GET", shapes.LOGOUT, token=self._token)
        except errors.LiveError:
            pass
        finally:
            self._token = None

    def _ask(self, kind: KeyKind, batch: Collection[Key], method: Method) -> list[DevicePassword]:
        if method is Method.GET:
            request = f"GET {shapes.RETRIEVE_BY_GET.format(kind=kind.value)}"
            answer = self._signed_in(request, "GET", shapes.retrieve_path(kind, batch), None)
        else:
            request = f"POST {shapes.RETRIEVE_BY_POST}"
            answer = self._signed_in(request, "POST", shapes.RETRIEVE_BY_POST, shapes.retrieve_body(kind, batch))
        read = shapes.envelope(answer.data)
        if read is not None and shapes.none_available(answer.status, read):
            return []
        if answer.status >= 400 or read is None or (read.errors and not read.results):
            raise self._rejected(request, answer, read)
        return shapes.passwords(read)

    def _signed_in(self, request: str, method: str, path: str, body: object) -> Answer:
        """The answer to a request that needs a token; a token that is refused is renewed once."""
        fresh = self._token is None
        if fresh:
            self.login()
        answer = self._send(method, path, body=body, token=self._token, request=request)
        if answer.status == 401 and not fresh:
            self.login()
            answer = self._send(method, path, body=body, token=self._token, request=request)
        if answer.status in {401, 403}:
            words = self._words(answer, shapes.envelope(answer.data))
            said = f": {words}" if words else ""
            # 401 is about the user, whatever is asked; 403 may be about what is asked.
            refusal = LoginRefused if answer.status == 401 else errors.Unauthorized
            raise refusal(
                request,
                f"{self._credentials.username!r} was signed in and then refused ({answer.status}){said}",
            )
        return answer

    def _send(
        self, method: str, path: str, *, body: object = None, token: Secret | None = None, request: str = ""
    ) -> Answer:
        """The answer; a request that the service rejects for coming too soon is waited out until the deadline."""
        until = time.monotonic() + self._endpoint.deadline
        pause = _FIRST_PAUSE
        while True:
            answer = self._attempt(method, path, body, token, request)
            if not shapes.too_fast(answer.data):
                return answer
            if time.monotonic() + pause > until or self._given_up.wait(random.uniform(pause / 2, pause)):
                words = self._words(answer, shapes.envelope(answer.data))
                raise errors.RateLimited(
                    request or f"{method} {path}", f"the service goes on rejecting ({answer.status}): {words}"
                )
            pause = min(2 * pause, _LONGEST_PAUSE)

    def _attempt(self, method: str, path: str, body: object, token: Secret | None, request: str) -> Answer:
        """Every request of this service may be repeated, so all are sent as reads, the login too."""
        headers = {"x-app-key": self._credentials.app_key.reveal(), "Content-Type": "application/json"}
        if token is not None:
            headers["Authorization"] = token.reveal()
        connected = False
        try:
            answer = self._transport.send(method, path, reads=True, body=body, headers=headers)
            connected = answer.headers.get("connection", "").lower() != "close"
            return answer
        except errors.LiveError as failure:
            # A GET of 500 keys would fill the screen with its own address.
            if request and failure.request != request:
                failure.args = (str(failure).replace(failure.request, request),)
                failure.request = request
            raise
        finally:
            self._pace.answered(connected=connected)

    def _words(self, answer: Answer, read: Envelope | None) -> str:
        """The service's own words, shortened and without secrets."""
        return self._transport.message_of({"message": read.words} if read is not None and read.words else answer.data)

    def _refused(self, request: str, words: str, status: int) -> LoginRefused:
        said = f" It said: {words}" if words else ""
        user = self._credentials.username
        if shapes.speaks_of_app_key(words):
            return LoginRefused(request, f"the app key is not accepted ({status}); check app_key.{said}")
        return LoginRefused(
            request,
            f"the user {user!r} with this password is not accepted ({status}); check username and password.{said}",
        )

    def _rejected(self, request: str, answer: Answer, read: Envelope | None) -> errors.LiveError:
        words = self._words(answer, read)
        if read is None and answer.status == 404:
            return errors.Rejected(
                request, f"there is no such address at {self._endpoint.url}; check api_url", answer.status
            )
        if read is None and answer.status < 400:
            return errors.BadAnswer(request, "the answer has neither response.results nor response.errors")
        said = f": {words}" if words else ""
        return errors.Rejected(request, f"the service refused ({answer.status}){said}", answer.status)


def batches(keys: Iterable[Key], most: int = shapes.MOST_KEYS) -> Iterator[tuple[KeyKind, list[Key]]]:
    """``keys`` without repetitions, by kind, at most ``most`` together; in the order in which they were first named."""
    by_kind: Mapping[KeyKind, dict[Key, None]] = {kind: {} for kind in KeyKind}
    for key in keys:
        by_kind[key.kind].setdefault(key)
    for kind, unique in by_kind.items():
        rest = iter(unique)
        while batch := list(islice(rest, most)):
            yield kind, batch


def _by_key(kind: KeyKind, batch: Collection[Key], records: Iterable[DevicePassword]) -> dict[Key, DevicePassword]:
    """What was asked for, in that order; of two records for the same device the one modified last."""
    latest: dict[Key | None, DevicePassword] = {}
    for record in records:
        key = record.key(kind)
        if key not in latest or record.modified_on >= latest[key].modified_on:
            latest[key] = record
    return {key: latest[key] for key in batch if key in latest}
