# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The client of the password manager against the sandbox: what it asks, how often, and what it says goes wrong."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.edgeops.device_trust.plugins.module_utils._live import errors
from ansible_collections.edgeops.device_trust.plugins.module_utils._live.calamp.client import (
    Connection,
    Method,
    PasswordManager,
    connection,
)
from ansible_collections.edgeops.device_trust.plugins.module_utils._live.calamp.keys import KeyKind, keys
from tests.integration.passwords.exotic import CREDENTIALS, exotic_service
from tests.support.sandbox import Sandbox

POST, LOGIN, LOGOUT = "/api/devices/passwords/all", "/api/login", "/api/logout"
FIRST = 1110110001


@pytest.fixture(autouse=True)
def private_pace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pace that no other test shares."""
    tmp_path.chmod(0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))


def settings(sandbox: Sandbox, **changes: Any) -> Connection:
    calamp = sandbox.ready["calamp"]
    known = {name: calamp[name] for name in ("url", "username", "password", "app_key")}
    return connection(**{**known, "timeout": 10.0, "deadline": 20.0, **changes})


@pytest.fixture
def manager(sandbox: Sandbox) -> Iterator[PasswordManager]:
    with PasswordManager(settings(sandbox)) as opened:
        yield opened


def counts(sandbox: Sandbox) -> dict[str, int]:
    """Requests by path, without the sandbox's own prefix."""
    by_path: dict[str, int] = sandbox.requests()["calamp"]["by_path"]
    return {path.removeprefix("/calamp"): count for path, count in by_path.items()}


def statuses(sandbox: Sandbox) -> list[int]:
    return [entry["status"] for entry in sandbox.requests()["calamp"]["last"]]


def test_one_conversation_is_login_retrieval_and_logout(sandbox: Sandbox) -> None:
    with PasswordManager(settings(sandbox)) as manager:
        found = manager.retrieve(keys(KeyKind.ESN, [FIRST, FIRST + 1]))
    assert [record.fields["atCmdSms"].reveal() for record in found.values()] == ["Nyfuwk83{", "Iqvzhv38?"]
    assert counts(sandbox) == {LOGIN: 1, POST: 1, LOGOUT: 1}
    assert manager.requests == 3


@pytest.mark.parametrize("method", list(Method))
def test_a_thousand_and_one_keys_are_three_requests_and_a_batch_of_strangers_is_only_missing(
    method: Method, manager: PasswordManager, sandbox: Sandbox
) -> None:
    wanted = keys(KeyKind.ESN, range(FIRST, FIRST + 1001))
    found = manager.retrieve(wanted, method)
    assert list(found) == wanted[:501]
    asked = counts(sandbox)
    assert asked[POST if method is Method.POST else "/api/devices/passwords/esn"] == 3
    assert set(statuses(sandbox)) == {200, 404}


@pytest.mark.parametrize(
    ("kind", "terms"),
    [
        (KeyKind.IMEI, ["359698070000002", "35-969807-000000-4"]),
        (KeyKind.MAC, ["02:ca:1a:00:00:02", "02CA.1A00.0004"]),
    ],
)
def test_devices_are_found_by_imei_and_mac_in_any_notation(
    kind: KeyKind, terms: list[str], manager: PasswordManager
) -> None:
    found = manager.retrieve(keys(kind, terms))
    assert [record.esn for record in found.values()] == ["1110110003", "1110110005"]


def test_a_device_named_twice_is_asked_for_once(manager: PasswordManager, sandbox: Sandbox) -> None:
    # 501 names, 500 devices: one request.
    manager.retrieve(keys(KeyKind.ESN, [*range(FIRST, FIRST + 500), FIRST]))
    assert counts(sandbox)[POST] == 1


def test_an_expired_token_is_renewed_once(manager: PasswordManager, sandbox: Sandbox) -> None:
    manager.retrieve(keys(KeyKind.ESN, [FIRST]))
    sandbox.control("POST", "/clock", {"advance_seconds": 4000})
    assert manager.retrieve(keys(KeyKind.ESN, [FIRST]))
    assert counts(sandbox)[LOGIN] == 2
    assert statuses(sandbox) == [200, 200, 401, 200, 200]


def test_a_token_that_is_refused_right_after_the_login_is_an_error(manager: PasswordManager, sandbox: Sandbox) -> None:
    sandbox.fault("status", POST, "calamp", code=401, body={"response": {"results": [], "errors": ["no"]}})
    with pytest.raises(errors.Unauthorized, match="was signed in and then refused"):
        manager.retrieve(keys(KeyKind.ESN, [FIRST]))
    assert counts(sandbox) == {LOGIN: 1, POST: 1}


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"password": "fake-wrong"}, errors.Unauthorized, "check username and password"),
        ({"username": "nobody@example.com"}, errors.Unauthorized, "'nobody@example.com' with this password"),
        ({"app_key": "fake-wrong-app-key"}, errors.Unauthorized, "the app key is not accepted"),
        ({"url": "http://127.0.0.1:1"}, errors.Unreachable, "cannot reach 127.0.0.1:1"),
    ],
)
def test_each_wrong_setting_has_a_message_of_its_own(
    changes: dict[str, str], error: type[Exception], words: str, sandbox: Sandbox
) -> None:
    with pytest.raises(error, match=words) as caught, PasswordManager(settings(sandbox, **changes)) as manager:
        manager.retrieve(keys(KeyKind.ESN, [FIRST]))
    assert "POST /api/login" in str(caught.value)
    assert "fake-" not in str(caught.value)


def test_a_wrong_address_on_the_right_server_is_told(sandbox: Sandbox) -> None:
    wrong = settings(sandbox, url=sandbox.ready["control"]["url"])
    with pytest.raises(errors.LiveError, match="POST /api/login"), PasswordManager(wrong) as manager:
        manager.retrieve(keys(KeyKind.ESN, [FIRST]))


def test_a_server_that_speaks_no_tls_is_told(sandbox: Sandbox) -> None:
    plain = settings(sandbox, url=sandbox.calamp_url.replace("http://", "https://"))
    with pytest.raises(errors.TlsFailure, match="no trusted TLS connection"), PasswordManager(plain) as manager:
        manager.retrieve(keys(KeyKind.ESN, [FIRST]))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"url": "http://connect.example.com"}, "api_url is plain http"),
        ({"url": "connect.example.com"}, "api_url must be an https URL"),
        ({"app_key": "two words"}, "app_key is sent as a header"),
    ],
)
def test_a_setting_that_must_not_be_used_is_refused_before_any_request(
    changes: dict[str, str], words: str, sandbox: Sandbox
) -> None:
    with pytest.raises(errors.InvalidConnection, match=words):
        settings(sandbox, **changes)


def test_too_many_requests_are_waited_out(manager: PasswordManager, sandbox: Sandbox) -> None:
    sandbox.fault("status", "*", "calamp", code=429, count=3)
    assert manager.retrieve(keys(KeyKind.ESN, [FIRST]))
    assert statuses(sandbox) == [429, 429, 429, 200, 200]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (400, "Request rate exceeded"),
        (403, "Requests are limited to 1 per 100ms"),
        (500, "Request rate exceeded"),
        (200, "Too many requests"),
    ],
)
def test_a_rejection_in_the_services_own_words_is_waited_out_too(
    code: int, words: str, manager: PasswordManager, sandbox: Sandbox
) -> None:
    body = {"response": {"results": [], "errors": [{"code": code, "message": words}]}}
    sandbox.fault("status", "*", "calamp", code=code, body=body, count=2)
    assert manager.retrieve(keys(KeyKind.ESN, [FIRST]))
    assert statuses(sandbox) == [code, code, 200, 200]


def test_a_rejection_in_the_services_own_words_that_does_not_end_is_an_error(sandbox: Sandbox) -> None:
    body = {"response": {"results": [], "errors": ["Too many requests"]}}
    sandbox.fault("status", "*", "calamp", code=400, body=body)
    with (
        pytest.raises(errors.RateLimited, match=r"POST /api/login: .*goes on rejecting \(400\): Too many requests"),
        PasswordManager(settings(sandbox, deadline=0.5)) as manager,
    ):
        manager.retrieve(keys(KeyKind.ESN, [FIRST]))


def test_a_share_of_the_rate_makes_the_requests_wait_longer(sandbox: Sandbox) -> None:
    started = time.monotonic()
    with PasswordManager(settings(sandbox, rate_share=0.25)) as manager:
        manager.retrieve(keys(KeyKind.ESN, [FIRST]))
    assert time.monotonic() - started >= 2 * 0.4


def test_too_many_requests_that_do_not_end_are_an_error(sandbox: Sandbox) -> None:
    sandbox.fault("status", "*", "calamp", code=429)
    started = time.monotonic()
    with (
        pytest.raises(errors.RateLimited, match=r"POST /api/login: .*429"),
        PasswordManager(settings(sandbox, deadline=1.0)) as manager,
    ):
        manager.retrieve(keys(KeyKind.ESN, [FIRST]))
    assert time.monotonic() - started < 5


def test_an_answer_that_is_not_json_is_told(manager: PasswordManager, sandbox: Sandbox) -> None:
    sandbox.fault("garbage", POST, "calamp")
    with pytest.raises(errors.BadAnswer, match=r"POST /api/devices/passwords/all: .* is not JSON"):
        manager.retrieve(keys(KeyKind.ESN, [FIRST]))


@pytest.mark.parametrize("body", [{}, {"response": {"results": []}}, {"response": {"results": [{"token": "x"}]}}])
def test_a_login_without_token_is_told(body: object, manager: PasswordManager, sandbox: Sandbox) -> None:
    sandbox.fault("status", LOGIN, "calamp", code=200, body=body)
    with pytest.raises(errors.BadAnswer, match="POST /api/login: the answer has"):
        manager.retrieve(keys(KeyKind.ESN, [FIRST]))


def test_a_refusal_brings_the_services_words_and_no_secret_that_it_echoes(
    manager: PasswordManager, sandbox: Sandbox
) -> None:
    echo = f"quota of user with {sandbox.ready['calamp']['password']} exceeded"
    body = {"response": {"results": [], "errors": [{"code": 400, "message": echo}]}}
    sandbox.fault("status", POST, "calamp", code=400, body=body)
    with pytest.raises(errors.Rejected) as caught:
        manager.retrieve(keys(KeyKind.ESN, [FIRST]))
    assert str(caught.value) == (
        "POST /api/devices/passwords/all: the service refused (400): quota of user with (secret) exceeded"
    )


def test_an_error_of_a_long_get_does_not_repeat_its_keys(manager: PasswordManager, sandbox: Sandbox) -> None:
    sandbox.fault("garbage", "/api/devices/passwords/esn", "calamp")
    with pytest.raises(errors.BadAnswer) as caught:
        manager.retrieve(keys(KeyKind.ESN, range(FIRST, FIRST + 500)), Method.GET)
    assert str(caught.value).startswith("GET /api/devices/passwords/esn: ")
    assert len(str(caught.value)) < 200


def test_a_logout_that_fails_spoils_nothing(sandbox: Sandbox) -> None:
    sandbox.fault("status", LOGOUT, "calamp", code=401)
    with PasswordManager(settings(sandbox)) as manager:
        assert manager.retrieve(keys(KeyKind.ESN, [FIRST]))


def test_a_conversation_that_its_caller_breaks_off_is_signed_out(sandbox: Sandbox) -> None:
    def break_off() -> None:
        with PasswordManager(settings(sandbox)) as manager:
            manager.login()
            raise KeyError

    with pytest.raises(KeyError):
        break_off()
    assert counts(sandbox) == {LOGIN: 1, LOGOUT: 1}


def test_a_service_that_falls_silent_is_not_waited_for_twice(sandbox: Sandbox) -> None:
    sandbox.fault("status", POST, "calamp", code=503)
    with pytest.raises(errors.Unavailable), PasswordManager(settings(sandbox, deadline=1.0)) as manager:
        manager.retrieve(keys(KeyKind.ESN, [FIRST]))
    assert LOGOUT not in counts(sandbox)


def test_of_two_records_for_one_device_the_later_one_counts_and_strangers_do_not(tmp_path: Path) -> None:
    record = {"atCmdSms": "fake-old", "modifiedOn": "2026-01-01T00:00:00.000+00:00"}
    newer = {"esn": "00a1", "atCmdSms": "fake-new", "modifiedOn": "2026-02-01T00:00:00.000+00:00"}
    with exotic_service({"00A1": record, "7": newer}) as service:
        connected = connection(
            url=service.environment["CALAMP_API_URL"],
            username=CREDENTIALS["CALAMP_USERNAME"],
            password=CREDENTIALS["CALAMP_PASSWORD"],
            app_key=CREDENTIALS["CALAMP_APP_KEY"],
        )
        with PasswordManager(connected) as manager:
            found = manager.retrieve(keys(KeyKind.ESN, ["00A1", "7"]))
    assert [(key.text, item.fields["atCmdSms"].reveal()) for key, item in found.items()] == [("00A1", "fake-new")]


PROCESS = """
import sys
from ansible_collections.edgeops.device_trust.plugins.module_utils._live.calamp.client import *
from ansible_collections.edgeops.device_trust.plugins.module_utils._live.calamp.keys import KeyKind, keys

url, username, password, app_key, rounds = sys.argv[1:]
with PasswordManager(connection(url=url, username=username, password=password, app_key=app_key)) as manager:
    for number in range(int(rounds)):
        assert manager.retrieve(keys(KeyKind.ESN, [1110110001 + number]))
"""


def test_four_processes_share_one_pace_and_the_service_never_has_to_refuse(sandbox: Sandbox) -> None:
    calamp = sandbox.ready["calamp"]
    arguments = [calamp["url"], calamp["username"], calamp["password"], calamp["app_key"], "8"]
    started = time.monotonic()
    processes = [subprocess.Popen([sys.executable, "-c", PROCESS, *arguments]) for _unused in range(4)]
    assert [process.wait(60) for process in processes] == [0, 0, 0, 0]
    elapsed = time.monotonic() - started
    asked = counts(sandbox)
    assert asked == {LOGIN: 4, POST: 32, LOGOUT: 4}
    assert set(statuses(sandbox)) == {200}
    assert elapsed >= 39 * 0.1
