# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The CalAmp Password Manager, "APIs"."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.support.raw import CalAmp, devices, error, pause
from tests.support.rules import rule
from tests.support.sandbox import Sandbox

FIRST, SECOND = "1110110001", "1110110002"
FIELDS = [
    *("esn", "imei", "mac", "user", "atCmdSms", "guiEngr", "gui1", "wifi0"),
    *("createdOn", "modifiedOn", "ukey"),
]
PASSWORD = re.compile(r"[A-Z][a-z]{5}[0-9]{2}[^A-Za-z0-9]")
PASSWORD_FIELDS = ["user", "atCmdSms", "guiEngr", "gui1", "ukey"]


def _esns(count: int, first: int = 1110110001) -> list[str]:
    return [str(first + number) for number in range(count)]


@pytest.fixture
def limited(calamp: CalAmp, sandbox: Sandbox) -> CalAmp:
    """A logged-in client under the documented rate limit."""
    sandbox.settings(calamp_interval_ms=100)
    pause()
    return calamp


@rule("calamp.login")
def test_a_login_answers_a_token_that_begins_with_bearer(calamp: CalAmp) -> None:
    answer = calamp.http.post("/api/login", json=calamp.credentials())
    [result] = answer.json()["response"]["results"]
    assert result["authToken"].startswith("Bearer eyJhbGciOiJIUzI1")


@pytest.mark.parametrize("change", [{"username": "other@example.com"}, {"password": "wrong"}])
@rule("calamp.refused")
def test_wrong_credentials_are_refused_in_the_envelope(calamp: CalAmp, change: dict[str, str]) -> None:
    answer = calamp.http.post("/api/login", json={**calamp.credentials(), **change})
    assert error(answer) == (401, "Invalid username or password")


@pytest.mark.parametrize("body", [{}, {"username": "sandbox@example.com"}, {"username": 1, "password": 2}, []])
@rule("calamp.requests")
def test_an_incomplete_login_is_a_bad_request(calamp: CalAmp, body: Any) -> None:
    assert error(calamp.http.post("/api/login", json=body))[0] == 400


@pytest.mark.parametrize("app_key", ["", "wrong", "fake-puls-app-key"])
@rule("calamp.app-key")
def test_every_request_needs_the_app_key_of_the_login(calamp: CalAmp, app_key: str) -> None:
    headers = {"x-app-key": app_key}
    assert error(calamp.http.post("/api/login", json=calamp.credentials(), headers=headers))[0] == 401
    path = f"/api/devices/passwords/esn?values={FIRST}"
    assert error(calamp.http.get(path, headers=headers))[0] == 401
    assert error(calamp.http.get("/api/logout", headers=headers))[0] == 401


@rule("calamp.app-key")
def test_puls_users_log_in_with_an_app_key_of_their_own(calamp: CalAmp, sandbox: Sandbox) -> None:
    puls = sandbox.ready["calamp"]["puls"]
    calamp.http.headers["x-app-key"] = puls["app_key"]
    body = {"username": puls["username"], "password": puls["password"]}
    answer = calamp.http.post("/api/login", json=body)
    calamp.http.headers["Authorization"] = answer.json()["response"]["results"][0]["authToken"]
    assert len(devices(calamp.get(FIRST))) == 1


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer a.b.c", "Bearer ..", "nonsense"])
@rule("calamp.token", "calamp.refused")
def test_passwords_need_a_token(calamp: CalAmp, header: str) -> None:
    calamp.http.headers["Authorization"] = header
    assert error(calamp.get(FIRST))[0] == 401
    assert error(calamp.post({"esn": FIRST}))[0] == 401


@rule("calamp.token")
def test_a_token_without_the_word_bearer_is_refused(calamp: CalAmp) -> None:
    calamp.http.headers["Authorization"] = calamp.http.headers["Authorization"].removeprefix("Bearer ")
    assert error(calamp.get(FIRST))[0] == 401


@rule("calamp.logout")
def test_a_token_that_has_logged_out_is_refused(calamp: CalAmp) -> None:
    answer = calamp.http.get("/api/logout")
    assert (answer.status_code, answer.json()) == (200, {"response": {"results": [], "errors": []}})
    assert error(calamp.get(FIRST))[0] == 401
    assert error(calamp.http.get("/api/logout"))[0] == 401


@rule("calamp.lifetime")
def test_a_token_expires_by_the_sandbox_clock(calamp: CalAmp, sandbox: Sandbox) -> None:
    sandbox.control("POST", "/clock", {"advance_seconds": 3590})
    assert calamp.get(FIRST).status_code == 200
    sandbox.control("POST", "/clock", {"advance_seconds": 20})
    assert error(calamp.get(FIRST))[0] == 401


@rule("calamp.test-devices")
def test_the_printed_devices_are_answered_as_printed(calamp: CalAmp) -> None:
    first, second = devices(calamp.get(f"{FIRST},{SECOND}"))
    assert first == {
        "esn": "1110110001",
        "imei": None,
        "mac": None,
        "user": "Ehqmug44*",
        "atCmdSms": "Nyfuwk83{",
        "guiEngr": "Sgnlen50^",
        "gui1": "Qjastg25^",
        "wifi0": "Esn-1110110001",
        "createdOn": "2021-05-13T19:19:16.414+00:00",
        "modifiedOn": "2021-05-13T19:19:16.414+00:00",
        "ukey": "Rnwkup89=",
    }
    assert (second["user"], second["gui1"], second["ukey"]) == ("Whikmx05{", "Upojjt01%", "Vmmdsf33>")
    assert second["createdOn"] == "2021-05-13T19:44:39.129+00:00"


@rule("calamp.test-devices")
def test_all_501_test_devices_have_every_field(calamp: CalAmp) -> None:
    found = devices(calamp.get(",".join(_esns(500)))) + devices(calamp.get("1110110501"))
    assert [device["esn"] for device in found] == _esns(501)
    assert all(list(device) == FIELDS for device in found)
    assert all(PASSWORD.fullmatch(device[field]) for device in found for field in PASSWORD_FIELDS)
    assert all(device["wifi0"] == f"Esn-{device['esn']}" for device in found)
    assert calamp.get("1110110502").status_code == 404


@rule("calamp.characters")
def test_passwords_hold_the_characters_that_are_hard_to_quote(calamp: CalAmp) -> None:
    found = devices(calamp.get(",".join(_esns(500))))
    used = {device[field][-1] for device in found for field in PASSWORD_FIELDS}
    assert used == set("{}^*?=%>\\'\"$")


@rule("calamp.keys")
def test_about_half_of_the_test_devices_are_found_by_imei_and_mac_too(calamp: CalAmp) -> None:
    found = devices(calamp.get(",".join(_esns(500))))
    keyed = [device for device in found if device["imei"]]
    assert 0.4 < len(keyed) / len(found) < 0.6
    for kind in ("imei", "mac"):
        assert devices(calamp.get(",".join(device[kind] for device in keyed[:3]), kind)) == keyed[:3]
        assert devices(calamp.post({kind: keyed[0][kind]})) == keyed[:1]
    assert devices(calamp.get(keyed[0]["mac"].lower(), "mac")) == keyed[:1]


@rule("calamp.order")
def test_get_answers_in_the_order_asked_and_post_in_another(calamp: CalAmp) -> None:
    asked = _esns(20)[::-1]
    assert [device["esn"] for device in devices(calamp.get(",".join(asked)))] == asked
    answers = [[device["esn"] for device in devices(calamp.post({"esn": ",".join(asked)}))] for _unused in range(2)]
    assert answers[0] == answers[1] != asked
    assert sorted(answers[0]) == sorted(asked)
    for pair in ([FIRST, SECOND], [SECOND, FIRST]):
        assert [device["esn"] for device in devices(calamp.post({"esn": ",".join(pair)}))] == pair[::-1]


@rule("calamp.partial")
def test_of_some_keys_only_those_that_exist_are_answered_once(calamp: CalAmp) -> None:
    asked = ["nobody", FIRST, "9", FIRST]
    assert [device["esn"] for device in devices(calamp.get(",".join(asked)))] == [FIRST]
    assert [device["esn"] for device in devices(calamp.post({"esn": ",".join(asked)}))] == [FIRST]


@rule("calamp.partial")
def test_if_none_of_the_keys_exists_it_is_an_error(calamp: CalAmp) -> None:
    assert error(calamp.get("nobody,9")) == (404, "None of the esn values are available")
    assert error(calamp.post({"imei": "nobody"}))[0] == 404


@rule("calamp.500")
def test_500_keys_are_answered_and_501_are_an_error(calamp: CalAmp) -> None:
    keys = _esns(501)
    assert len(devices(calamp.post({"esn": ",".join(keys[:500])}))) == 500
    assert error(calamp.post({"esn": ",".join(keys)}))[0] == 400
    assert error(calamp.get(",".join(keys)))[0] == 400


@pytest.mark.parametrize("values", ["", ",", f"{FIRST},", f",{FIRST}"])
@rule("calamp.500")
def test_an_empty_key_is_an_error(calamp: CalAmp, values: str) -> None:
    assert error(calamp.get(values))[0] == 400
    assert error(calamp.post({"esn": values}))[0] == 400


@pytest.mark.parametrize("body", [{}, {"serial": FIRST}, {"esn": [FIRST]}, {"esn": FIRST, "imei": "1"}, [FIRST]])
@rule("calamp.keys")
def test_a_post_names_exactly_one_kind_of_key(calamp: CalAmp, body: Any) -> None:
    assert error(calamp.post(body))[0] == 400


@pytest.mark.parametrize("query", ["", "?value=1", f"?values={FIRST}&values={SECOND}"])
@rule("calamp.keys")
def test_a_get_names_its_values_once(calamp: CalAmp, query: str) -> None:
    assert error(calamp.http.get(f"/api/devices/passwords/esn{query}"))[0] == 400


@rule("calamp.requests")
def test_a_body_that_is_no_json_is_an_error(calamp: CalAmp) -> None:
    for content_type in ("application/json", "text/plain"):
        headers = {"Content-Type": content_type}
        answer = calamp.http.post("/api/devices/passwords/all", content=b"esn=1", headers=headers)
        assert error(answer)[0] == 400


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/devices/passwords/serial?values=1", 400),
        ("GET", "/api/nothing", 404),
        ("POST", "/api/logout", 404),
        ("GET", "/api/login", 404),
        ("DELETE", "/api/devices/passwords/all", 404),
    ],
)
@rule("calamp.requests")
def test_what_is_not_documented_is_an_error_in_the_envelope(
    calamp: CalAmp, method: str, path: str, status: int
) -> None:
    assert error(calamp.http.request(method, path))[0] == status


def _widen(sandbox: Sandbox) -> None:
    """An interval that no machine is too slow for, in the place of the 100 ms."""
    assert sandbox.control("GET", "/settings")["calamp_interval_ms"] == 100
    sandbox.settings(calamp_interval_ms=60_000)


def _interval_over(sandbox: Sandbox) -> None:
    """Back to the default, and then that long."""
    sandbox.settings(calamp_interval_ms=100)
    pause()


@rule("calamp.rate")
def test_more_than_one_request_per_100_ms_is_rejected(limited: CalAmp, sandbox: Sandbox) -> None:
    assert limited.get(FIRST).status_code == 200
    _widen(sandbox)
    answers = [limited.get(FIRST), limited.get(FIRST)]
    assert [error(answer) for answer in answers] == [(429, "More than 1 request per 100 ms")] * 2
    _interval_over(sandbox)
    assert limited.get(FIRST).status_code == 200


@rule("calamp.rate")
def test_login_and_logout_are_requests_too(limited: CalAmp, sandbox: Sandbox) -> None:
    assert limited.http.post("/api/login", json=limited.credentials()).status_code == 200
    _widen(sandbox)
    assert limited.get(FIRST).status_code == 429
    assert limited.http.get("/api/logout").status_code == 429
    _interval_over(sandbox)
    assert limited.http.get("/api/logout").status_code == 200
    _widen(sandbox)
    assert limited.http.post("/api/login", json=limited.credentials()).status_code == 429


@rule("control.calamp")
def test_a_regenerated_password_is_another_one_and_moves_modified_on(calamp: CalAmp, sandbox: Sandbox) -> None:
    [before] = devices(calamp.get(FIRST))
    sandbox.control("POST", "/calamp/password", {"esn": FIRST, "field": "atCmdSms"})
    [after] = devices(calamp.get(FIRST))
    assert {field for field in FIELDS if before[field] != after[field]} == {"atCmdSms", "modifiedOn"}
    assert after["modifiedOn"] > before["modifiedOn"]
    assert PASSWORD.fullmatch(after["atCmdSms"])
    sandbox.control("POST", "/calamp/password", {"esn": FIRST})
    [last] = devices(calamp.get(FIRST))
    assert {field for field in FIELDS if last[field] != after[field]} == {*PASSWORD_FIELDS, "modifiedOn"}
    assert last["modifiedOn"] > after["modifiedOn"]
