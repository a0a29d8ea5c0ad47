# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Signing in (REST API 1.1.29, Authentication APIs): when a token is asked for, refreshed, and given up."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.edgeops.device_trust.plugins.module_utils._live import errors
from ansible_collections.edgeops.device_trust.plugins.module_utils._live.endpoint import Endpoint
from ansible_collections.edgeops.device_trust.plugins.module_utils._live.transport import Transport
from ansible_collections.edgeops.device_trust.plugins.module_utils._live.ublox.client import UbloxClient
from ansible_collections.edgeops.device_trust.plugins.module_utils._live.ublox.token import (
    Credentials,
    TokenSource,
    jwt_lifetime,
)
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.errors import DeviceTrustError
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.secret import Secret
from tests.unit.live.server import Clock, Received, Reply, Script, Server, serving

KEY = Credentials("obviously-fake-key", Secret("obviously-fake-secret"))
DAY = 24 * 3600


def jwt(number: int, **claims: Any) -> str:
    """A token of no value, told from others by its number."""
    parts = [{"alg": "none"}, {"jti": number, **claims}]
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*encoded, "no-signature"])


class Service:
    """Gives tokens that last an hour and refuses those that it was told to forget."""

    def __init__(self, lifetime: int = 3600) -> None:
        self.lifetime = lifetime
        self.given: list[str] = []
        self.accepted: set[str] = set()
        self.refreshes = True

    def __call__(self, request: Received) -> Reply:
        if request.path == "/authenticate":
            assert request.body == {"APIKey": "obviously-fake-key", "APISecret": "obviously-fake-secret"}
            return Reply(200, {"AuthToken": self._new(), "RefreshToken": f"refresh-{len(self.given)}"})
        if request.path == "/refreshauthtoken":
            if not self.refreshes or not request.body["RefreshToken"].startswith("refresh-"):
                return Reply(401, {"message": "Not Authorized."})
            return Reply(200, {"AuthToken": self._new()})
        if request.headers["Authorization"].removeprefix("Bearer ") not in self.accepted:
            return Reply(401, {"message": "Not Authorized."})
        return Reply(200, {"message": "Success"})

    def _new(self) -> str:
        token = jwt(len(self.given), iat=50, exp=50 + self.lifetime)
        self.given.append(token)
        self.accepted.add(token)
        return token


@contextmanager
def signed_in(
    script: Script, credentials: Credentials = KEY, clock: Clock | None = None
) -> Iterator[tuple[TokenSource, Server, Clock]]:
    clock = clock or Clock()
    with serving(script) as server:
        transport = Transport(Endpoint(server.url, deadline=1), sleep=clock.sleep)
        yield TokenSource(credentials, transport, monotonic=clock.monotonic), server, clock
        transport.close()


def test_a_token_is_used_until_shortly_before_it_expires_and_then_refreshed() -> None:
    with signed_in(Service()) as (tokens, server, clock):
        first = tokens.token()
        clock.now += 3600 - 61
        assert tokens.token() == first
        clock.now += 2
        second = tokens.token()
        clock.now += 3600 - 61
        assert tokens.token() == second != first

    assert server.paths == ["/authenticate", "/refreshauthtoken"]


def test_it_expires_by_its_own_lifetime_whatever_the_clocks_say() -> None:
    with signed_in(Service(lifetime=100)) as (tokens, server, clock):
        tokens.token()
        clock.now += 89  # of a short life, the last tenth is not used
        tokens.token()
        clock.now += 2
        tokens.token()

    assert len(server.paths) == 2


def test_a_refresh_token_lives_three_days() -> None:
    with signed_in(Service()) as (tokens, server, clock):
        tokens.token()
        clock.now += 3 * DAY - 100
        tokens.token()
        clock.now += 3600
        tokens.token()

    assert server.paths == ["/authenticate", "/refreshauthtoken", "/authenticate"]


def test_when_refreshing_is_refused_it_signs_in_again() -> None:
    service = Service()
    with signed_in(service) as (tokens, server, clock):
        tokens.token()
        service.refreshes = False
        clock.now += 3600
        tokens.token()

    assert server.paths == ["/authenticate", "/refreshauthtoken", "/authenticate"]


def test_a_token_that_does_not_tell_its_lifetime_is_used_until_it_is_refused() -> None:
    with signed_in(lambda _unused: Reply(200, {"AuthToken": "opaque"})) as (tokens, server, clock):
        tokens.token()
        clock.now += 300 * DAY
        assert tokens.token() == "opaque"

    assert server.paths == ["/authenticate"]


def test_of_many_threads_one_signs_in() -> None:
    with signed_in(Service()) as (tokens, server, clock), ThreadPoolExecutor(8) as pool:
        for _unused in range(3):
            given = set(pool.map(lambda _unused: tokens.token(), range(64)))
            assert len(given) == 1
            clock.now += 3600

    assert server.paths == ["/authenticate", "/refreshauthtoken", "/refreshauthtoken"]


def test_threads_that_wait_for_one_that_fails_do_not_each_try_in_turn() -> None:
    """Else a service that does not answer would be waited for once by each thread."""
    together = threading.Barrier(8)
    released = threading.Event()
    with (
        signed_in(lambda _unused: Reply(401, wait_for=released)) as (tokens, server, _unused),
        ThreadPoolExecutor(8) as pool,
    ):

        def ask(_unused: int) -> type[Exception]:
            together.wait()
            with pytest.raises(errors.Unauthorized) as refused:
                tokens.token()
            return refused.type

        asked = pool.map(ask, range(8))
        threading.Timer(0.1, released.set).start()
        assert list(asked) == [errors.Unauthorized] * 8
        assert len(server.paths) == 1

        with pytest.raises(errors.Unauthorized):
            tokens.token()
        assert len(server.paths) == 2, "who comes later tries again"


@pytest.mark.parametrize("status", [400, 401, 403])
def test_wrong_credentials_are_named_and_not_shown(status: int) -> None:
    body = {"message": "bad obviously-fake-secret"}
    with (
        signed_in(lambda _unused: Reply(status, body)) as (tokens, _server, _clock),
        pytest.raises(errors.Unauthorized) as refused,
    ):
        tokens.token()

    assert "POST /authenticate: the service does not accept this API key and secret" in str(refused.value)
    assert "obviously-fake-secret" not in str(refused.value)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, {}),
        Reply(200, []),
        Reply(200, {"AuthToken": ""}),
        Reply(200, {"AuthToken": 5}),
        Reply(200, {"AuthToken": "line\nbreak"}),
        Reply(200, {"AuthToken": "caf\u00e9"}),
        Reply(404, {"message": "Not Found"}),
    ],
)
def test_an_answer_without_a_usable_token_asks_about_the_url(reply: Reply) -> None:
    with (
        signed_in(lambda _unused: reply) as (tokens, _server, _clock),
        pytest.raises(errors.BadAnswer, match="is this the API's URL"),
    ):
        tokens.token()


@pytest.mark.parametrize("credentials", [Credentials(), Credentials("key"), Credentials("", Secret("obviously-fake"))])
def test_no_credentials_are_said_before_any_request(credentials: Credentials) -> None:
    with signed_in(Service(), credentials) as (tokens, server, _unused):
        with pytest.raises(errors.InvalidConnection, match="give api_key and api_secret"):
            tokens.token()
        assert server.paths == []


@pytest.mark.parametrize("token", ["obviously\nfake", "obviously fak\u00e9", "obviously\x00fake"])
def test_a_token_that_no_header_can_carry_is_refused_and_not_shown(token: str) -> None:
    with pytest.raises(errors.InvalidConnection, match="api_token holds characters that no token has") as refused:
        TokenSource(Credentials(token=Secret(token)), Transport(Endpoint("http://127.0.0.1:1")))
    assert "obviously" not in str(refused.value)


class TestCalls:
    """A 401 to a call: it was not carried out, so it is sent once more with another token."""

    @contextmanager
    def client(self, service: Script, credentials: Credentials = KEY) -> Iterator[tuple[UbloxClient, Server]]:
        with serving(service) as server:
            client = UbloxClient(credentials, Transport(Endpoint(server.url, deadline=1), sleep=lambda _unused: None))
            yield client, server
            client.close()

    def test_a_token_that_is_refused_is_replaced_once_also_for_a_write(self) -> None:
        service = Service()
        with self.client(service) as (client, server):
            client.call("/tag/create", {"TagName": "a"})
            service.accepted.clear()
            assert client.call("/tag/create", {"TagName": "b"}) == {"message": "Success"}

        assert server.paths == ["/authenticate", "/tag/create", "/tag/create", "/authenticate", "/tag/create"]

    def test_a_service_that_refuses_every_token_is_not_asked_for_ever(self) -> None:
        service = Service()

        def refusing(request: Received) -> Reply:
            return service(request) if request.path == "/authenticate" else Reply(401, {"message": "no"})

        with self.client(refusing) as (client, server):
            with pytest.raises(errors.Unauthorized, match="POST /tag/get: the service does not accept the token"):
                client.call("/tag/get", {})
            assert server.paths == ["/authenticate", "/tag/get", "/authenticate", "/tag/get"]

    def test_a_given_token_is_used_first_and_the_key_when_it_is_refused(self) -> None:
        both = Credentials(KEY.api_key, KEY.api_secret, Secret("  obviously-fake-old\n"))
        with self.client(Service(), both) as (client, server):
            client.call("/tag/get", {})

        assert server.paths == ["/tag/get", "/authenticate", "/tag/get"]
        assert server.received[0].headers["Authorization"] == "Bearer obviously-fake-old"

    def test_a_given_token_that_is_refused_without_a_key_says_what_to_do(self) -> None:
        with self.client(Service(), Credentials(token=Secret("obviously-fake-old"))) as (client, server):
            for _unused in range(2):
                with pytest.raises(errors.Unauthorized, match=r"POST /tag/get: .* api_token .* has probably expired"):
                    client.call("/tag/get", {})
            assert server.paths == ["/tag/get"] * 2

    def test_threads_whose_tokens_are_refused_together_sign_in_once(self) -> None:
        service = Service()
        with self.client(service) as (client, server), ThreadPoolExecutor(8) as pool:
            client.call("/tag/get", {})
            service.accepted.clear()
            list(pool.map(lambda _unused: client.call("/tag/get", {}), range(32)))

        assert server.paths.count("/authenticate") == 2

    def test_no_secret_is_in_any_error_even_when_the_service_echoes_it(self) -> None:
        service = Service()

        def echoing(request: Received) -> Reply:
            if request.path == "/authenticate":
                return service(request)
            return Reply(400, {"message": f"{request.headers['Authorization']} {request.raw.decode()}"})

        body = {"NotificationURL": "https://h.example.com", "AuthorizationToken": Secret("obviously-fake-hook")}
        with self.client(echoing) as (client, server), pytest.raises(errors.Rejected) as refused:
            client.call("/notification/webhook/update", body)

        assert server.received[-1].body["AuthorizationToken"] == "obviously-fake-hook"
        assert str(refused.value).startswith("POST /notification/webhook/update: 400: Bearer (secret) ")
        for secret in ("obviously-fake-hook", "obviously-fake-secret", *service.given):
            assert secret not in str(refused.value)
        assert isinstance(refused.value, DeviceTrustError)


@given(st.text(max_size=60) | st.binary(max_size=40).map(lambda raw: f"a.{base64.urlsafe_b64encode(raw).decode()}.c"))
def test_whatever_a_token_is_its_lifetime_is_positive_or_unknown(token: str) -> None:
    lifetime = jwt_lifetime(token)

    assert lifetime is None or lifetime > 0


@pytest.mark.parametrize(
    ("claims", "lifetime"),
    [
        ({"iat": 1576488818, "exp": 1576492418}, 3600),  # the specification's sample
        ({"iat": 10, "exp": 10}, None),
        ({"iat": 10, "exp": 5}, None),
        ({"exp": 10}, None),
        ({"iat": "a", "exp": 10}, None),
        ({"iat": 0, "exp": 10**400}, None),
        ({"iat": 0, "exp": [10]}, None),
        ({"iat": float("nan"), "exp": 10}, None),
    ],
)
def test_lifetimes(claims: dict[str, Any], lifetime: float | None) -> None:
    assert jwt_lifetime(jwt(1, **claims)) == lifetime
    assert jwt_lifetime(f"Bearer {jwt(1, **claims)}") == lifetime
