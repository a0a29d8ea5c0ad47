# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faults on demand, as the control API drives them."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest

from tests.support.raw import CalAmp, Ublox, error
from tests.support.rules import rule
from tests.support.sandbox import Sandbox

CREATE = "/tag/create"


def _names(ublox: Ublox) -> list[str]:
    return [tag["TagName"] for tag in ublox.every("/tag/get", "Tags")]


def _many_tags(ublox: Ublox, sandbox: Sandbox) -> list[str]:
    """Ten tags on pages of three."""
    sandbox.settings(page_size=3)
    for number in range(8):
        ublox.ok(CREATE, {"TagName": f"tag-{number}"})
    return _names(ublox)


@rule("fault.latency")
def test_latency_delays_an_answer(ublox: Ublox, sandbox: Sandbox) -> None:
    sandbox.fault("latency", "/tag/get", ms=400, count=1)
    started = time.monotonic()
    ublox.ok("/tag/get")
    slow = time.monotonic() - started
    ublox.ok("/tag/get")
    assert slow >= 0.4
    assert time.monotonic() - started - slow < 0.35


@rule("fault.status")
def test_a_status_comes_before_the_effect_with_its_headers(ublox: Ublox, sandbox: Sandbox) -> None:
    sandbox.fault("status", CREATE, code=429, headers={"Retry-After": "1"}, count=1)
    answer = ublox.post(CREATE, {"TagName": "new"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "1")
    assert answer.json() == {"message": "Too Many Requests"}
    assert "new" not in _names(ublox)
    ublox.ok(CREATE, {"TagName": "new"})


@rule("fault.status")
def test_a_status_can_come_after_the_effect(ublox: Ublox, sandbox: Sandbox) -> None:
    sandbox.fault("status", CREATE, code=503, when="after", body="upstream is gone", count=1)
    answer = ublox.post(CREATE, {"TagName": "new"})
    assert (answer.status_code, answer.text) == (503, "upstream is gone")
    assert "new" in _names(ublox)


@rule("fault.status")
def test_a_status_body_can_be_json(ublox: Ublox, sandbox: Sandbox) -> None:
    sandbox.fault("status", "/tag/get", code=599, body={"odd": True})
    answer = ublox.post("/tag/get")
    assert (answer.status_code, answer.json()) == (599, {"odd": True})


@pytest.mark.parametrize(("when", "effect"), [("before", False), ("after", True)])
@rule("fault.drop")
def test_a_dropped_connection_has_no_answer(ublox: Ublox, sandbox: Sandbox, when: str, effect: bool) -> None:
    sandbox.fault("drop", CREATE, when=when, count=1)
    with pytest.raises(httpx.TransportError):
        ublox.post(CREATE, {"TagName": "new"})
    assert ("new" in _names(ublox)) is effect


@rule("fault.body")
def test_garbage_is_a_200_that_is_no_json(ublox: Ublox, sandbox: Sandbox) -> None:
    sandbox.fault("garbage", "/tag/get", count=1)
    answer = ublox.post("/tag/get")
    assert answer.status_code == 200
    with pytest.raises(ValueError, match="Expecting value"):
        answer.json()


@rule("fault.body")
def test_a_truncated_body_is_json_that_ends_too_soon(ublox: Ublox, sandbox: Sandbox) -> None:
    whole = ublox.post("/tag/get").content
    sandbox.fault("truncate", "/tag/get", count=1)
    assert ublox.post("/tag/get").content == whole[: len(whole) // 2]


@rule("fault.body")
def test_a_truncated_body_can_promise_its_whole_length(ublox: Ublox, sandbox: Sandbox) -> None:
    sandbox.fault("truncate", "/tag/get", promise_all=True, count=1)
    with pytest.raises(httpx.RemoteProtocolError):
        ublox.post("/tag/get")
    assert ublox.post("/tag/get").status_code == 200


@rule("fault.body")
def test_a_body_can_trickle(ublox: Ublox, sandbox: Sandbox) -> None:
    whole = ublox.post("/tag/get").content
    sandbox.fault("trickle", "/tag/get", bytes=40, ms=30, count=1)
    started = time.monotonic()
    with ublox.http.stream("POST", "/tag/get") as answer:
        arrived = [(chunk, time.monotonic() - started) for chunk in answer.iter_raw()]
    assert b"".join(chunk for chunk, _at in arrived) == whole
    assert len(arrived) > 1
    assert arrived[-1][1] >= 0.03 * (len(whole) // 40)
    assert arrived[0][1] < arrived[-1][1]


@rule("fault.body")
def test_a_client_that_gives_up_on_a_trickle_leaves_the_sandbox_well(ublox: Ublox, sandbox: Sandbox) -> None:
    sandbox.fault("trickle", CREATE, bytes=1, ms=200, count=1)
    with pytest.raises(httpx.ReadTimeout):
        ublox.post(CREATE, {"TagName": "new"}, timeout=0.1)
    assert "new" in _names(ublox)


@rule("fault.choice")
def test_faults_meet_every_endpoint_alike(ublox: Ublox, sandbox: Sandbox) -> None:
    sandbox.fault("status", "/e2e/key/rotate", code=503, when="after", count=1)
    body = {"ROTPublicUIDs": ["0002000089280001"], "Type": "CONTINUOUS"}
    assert ublox.post("/e2e/key/rotate", body).status_code == 503
    [device] = [entry for entry in sandbox.state()["devices"] if entry["id"] == "0002000089280001"]
    assert device["key_rotation"] == {"type": "CONTINUOUS", "days": None}


@rule("fault.tokens")
def test_tokens_expire_early(ublox: Ublox, sandbox: Sandbox) -> None:
    sandbox.fault("expire_token", "/tag/get", system="ublox", count=1)
    assert ublox.post("/apiversion").status_code == 200
    assert ublox.post("/tag/get").status_code == 401
    assert ublox.post("/apiversion").status_code == 401
    body = {"APIKey": ublox.env["UBLOX_API_KEY"], "RefreshToken": ublox.tokens["RefreshToken"]}
    ublox.http.headers["Authorization"] = ublox.ok("/refreshauthtoken", body)["AuthToken"]
    assert ublox.post("/tag/get").status_code == 200


@rule("fault.tokens")
def test_calamp_tokens_expire_early(calamp: CalAmp, sandbox: Sandbox) -> None:
    sandbox.fault("expire_token", system="calamp", count=1)
    assert error(calamp.get("1110110001"))[0] == 401
    calamp.login()
    assert calamp.get("1110110001").status_code == 200


@rule("fault.pages")
def test_page_1_can_come_again_under_another_number(ublox: Ublox, sandbox: Sandbox) -> None:
    names = _many_tags(ublox, sandbox)
    sandbox.fault("repeat_page", "/tag/get", count=1)
    assert ublox.ok("/tag/get")["PageNumber"] == 1
    answer = ublox.ok("/tag/get", {"PageNumber": 2})
    assert (answer["PageNumber"], [tag["TagName"] for tag in answer["Tags"]]) == (2, names[:3])
    answer = ublox.ok("/tag/get", {"PageNumber": 2})
    assert [tag["TagName"] for tag in answer["Tags"]] == names[3:6]


@pytest.mark.parametrize(("change", "total", "second"), [("inserted", 11, slice(2, 5)), ("removed", 9, slice(4, 7))])
@rule("fault.pages")
def test_a_list_can_shift_while_it_is_read(
    ublox: Ublox, sandbox: Sandbox, change: str, total: int, second: slice
) -> None:
    names = _many_tags(ublox, sandbox)
    sandbox.fault("shifting_total", "/tag/get", change=change, count=1)
    assert ublox.ok("/tag/get")["TotalRecords"] == 10
    answer = ublox.ok("/tag/get", {"PageNumber": 2})
    assert (answer["TotalRecords"], [tag["TagName"] for tag in answer["Tags"]]) == (total, names[second])
    assert _names(ublox) == names


@rule("fault.choice")
def test_a_rule_is_for_one_system_and_one_path_or_for_any(ublox: Ublox, calamp: CalAmp, sandbox: Sandbox) -> None:
    sandbox.fault("status", "/tag/get", system="ublox", code=500)
    assert ublox.post("/tag/get").status_code == 500
    assert ublox.post("/device/list/get").status_code == 200
    assert calamp.get("1110110001").status_code == 200
    sandbox.fault("status", code=502)
    assert ublox.post("/device/list/get").status_code == 502
    assert error(calamp.get("1110110001")) == (502, "Bad Gateway")


@rule("fault.choice")
def test_a_rule_can_let_requests_pass_and_then_strike_a_number_of_times(ublox: Ublox, sandbox: Sandbox) -> None:
    sandbox.fault("status", "/tag/get", code=500, skip=2, count=2)
    statuses = [ublox.post("/tag/get").status_code for _unused in range(6)]
    assert statuses == [200, 200, 500, 500, 200, 200]


@rule("fault.choice")
def test_a_probability_with_a_seed_strikes_the_same_requests_each_time(ublox: Ublox, sandbox: Sandbox) -> None:
    def statuses(seed: int) -> list[int]:
        sandbox.control("DELETE", "/faults")
        sandbox.fault("status", "/tag/get", code=500, probability=0.5, seed=seed)
        return [ublox.post("/tag/get").status_code for _unused in range(20)]

    assert statuses(1) == statuses(1)
    assert statuses(1) != statuses(2)
    assert set(statuses(1)) == {200, 500}


@rule("fault.choice")
def test_rules_are_listed_with_their_hits_and_lifted(ublox: Ublox, sandbox: Sandbox) -> None:
    sandbox.fault("status", "/tag/get", code=500)
    ublox.post("/tag/get")
    [rule] = sandbox.control("GET", "/faults")["rules"]
    assert (rule["kind"], rule["path"], rule["params"], rule["hits"]) == ("status", "/tag/get", {"code": 500}, 1)
    assert sandbox.control("DELETE", "/faults") == {"rules": []}
    assert ublox.post("/tag/get").status_code == 200


@pytest.mark.parametrize(
    "rule",
    [
        "drop",
        {},
        {"kind": "explode"},
        {"kind": "latency"},
        {"kind": "latency", "params": {"ms": "1"}},
        {"kind": "latency", "params": {"ms": -1}},
        {"kind": "status", "params": {"code": True}},
        {"kind": "status", "params": {"code": 99}},
        {"kind": "status", "params": {"code": 500, "when": "never"}},
        {"kind": "status", "params": {"code": 500, "headers": {"Retry-After": 1}}},
        {"kind": "trickle", "params": {"ms": 1}},
        {"kind": "trickle", "params": {"bytes": 0, "ms": 1}},
        {"kind": "trickle", "params": {"bytes": 1, "ms": 10**6}},
        {"kind": "drop", "system": "other"},
        {"kind": "drop", "path": "tag/get"},
        {"kind": "drop", "count": -1},
        {"kind": "drop", "probability": 2},
        {"kind": "drop", "often": True},
        {"kind": "drop", "params": {"ms": 1}},
    ],
)
@rule("fault.refusals")
def test_a_rule_that_cannot_be_is_refused_with_the_reason(sandbox: Sandbox, rule: Any) -> None:
    answer = httpx.post(sandbox.control_url + "/faults", json=[{"kind": "drop"}, rule], verify=False)
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert sandbox.control("GET", "/faults") == {"rules": []}
