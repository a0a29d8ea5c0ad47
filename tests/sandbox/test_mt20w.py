# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The simulated MT20W host, over HTTP (MT20W Authentication Changes; the vendor's MT20W ENGAGE Services)."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from ansible_collections.edgeops.device_trust.plugins.module_utils._live.mt20w.auth import DriverAuth
from ansible_collections.edgeops.device_trust.plugins.module_utils._live.mt20w.codec import (
    LAST_CONNECTED,
    SiteKey,
    make_primary,
    make_token,
    read_last_connected,
)
from tests.support.raw import plain_client
from tests.support.rules import rule
from tests.support.sandbox import Sandbox

PATH = "/api/credentials/scan"
USB, WIFI, UNCOMMISSIONED = "A0C1777700000017", "A0C1777700000020", "A0C1777700000014"
FIRST = "20180919105017"
SAMPLE = {
    "BadgeId": "65535",
    "Primary": " MmBz+Li+C3Pk5GNR8oSsjWY6qa958PdTSAQS4RcbwCk=",
    "CardFormat": "smart",
    "Format": "Bytes",
}
"""The body of the specification's sample request, with the space that it has."""

SECOND_SAMPLE = (
    "MDAwMDAwMDAwMDAwMDAwMEEwQzE3Nzc3MDAwMDAwMTQ6QjQzNjcxQjhBMkE2MkVCMEMzRkZCOUNCMTZEM0E3N0FFMTZEMDJEN0Y3NzQyODQ1Mk"
    "NGRDY5NjQyODgzQTE1RDox"
)


@pytest.fixture
def key(sandbox: Sandbox) -> SiteKey:
    return SiteKey.from_hex(sandbox.ready["mt20w"]["site_key"])


@pytest.fixture
def http(sandbox: Sandbox) -> Iterator[httpx.Client]:
    with plain_client(sandbox.mt20w_url) as client:
        yield client


@pytest.fixture
def reader(sandbox: Sandbox, key: SiteKey) -> Iterator[httpx.Client]:
    """The USB reader of the default seed."""
    with plain_client(sandbox.mt20w_url, auth=DriverAuth(key, USB)) as client:
        yield client


def send(http: httpx.Client, token: str, scheme: str = "Driver", body: Any = None) -> httpx.Response:
    sent = SAMPLE if body is None else body
    return http.post(PATH, json=sent, headers={"Authorization": f"{scheme} {token}"})


@rule("mt20w.scan", "mt20w.driver")
def test_the_sample_request_gets_the_data_of_its_credential(http: httpx.Client, key: SiteKey) -> None:
    answer = send(http, make_token(key, USB, "20190111034856"))
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/octet-stream")
    assert len(answer.content) == 2 * 48
    assert len(read_last_connected(key, answer.headers[LAST_CONNECTED])) == 14


@rule("mt20w.scan")
def test_a_credential_that_the_host_does_not_know_is_not_found(reader: httpx.Client, key: SiteKey) -> None:
    answer = reader.post(PATH, json={**SAMPLE, "Primary": make_primary(key, bytes(16))})
    assert (answer.status_code, answer.json()) == (404, {"message": "Credential not found"})
    assert LAST_CONNECTED in answer.headers


@rule("mt20w.scan")
def test_a_credential_without_a_user_or_one_that_cannot_be_written_fails_the_precondition(
    reader: httpx.Client, key: SiteKey
) -> None:
    nobodys = make_primary(key, bytes.fromhex("fa4e0000000000000000000000000002"))
    for body in ({**SAMPLE, "Primary": nobodys}, {**SAMPLE, "CardFormat": "prox"}):
        answer = reader.post(PATH, json=body)
        assert answer.status_code == 412
        assert LAST_CONNECTED in answer.headers


def test_the_names_of_the_fields_may_be_written_as_the_vendors_page_has_them(reader: httpx.Client) -> None:
    lower = {name[0].lower() + name[1:]: value for name, value in SAMPLE.items()}
    assert reader.post(PATH, json=lower).status_code == 200


@pytest.mark.parametrize(
    ("content", "content_type", "reason"),
    [
        (b"", "application/json", "not valid JSON"),
        (b"{", "application/json", "not valid JSON"),
        (b"[" * 100_000, "application/json", "not valid JSON"),
        (b"[]", "application/json", "must be an object with BadgeId, Primary, CardFormat, Format"),
        (b"{}", "application/json", "Primary is required"),
        (b'{"Primary": 7}', "application/json", "Primary must be a text"),
        (b'{"Primary": null}', "application/json", "Primary must be a text"),
        (b'{"Primary": "AAAA"}', "application/json", "base64 of 32 bytes"),
        (b'{"Primary": "' + base64.b64encode(bytes(32)) + b'"}', "application/json", "encrypted under the site key"),
        (b'{"Primary": "AAAA", "CardFormat": "mobile"}', "application/json", "CardFormat must be one of smart, prox"),
        (b'{"Primary": "AAAA", "Format": "Hex"}', "application/json", "Format must be Bytes"),
        (b"Primary=AAAA", "application/x-www-form-urlencoded", "Content-Type must be application/json"),
    ],
)
@rule("mt20w.requests")
def test_a_body_that_is_none_is_a_bad_request(
    reader: httpx.Client, content: bytes, content_type: str, reason: str
) -> None:
    answer = reader.post(PATH, content=content, headers={"Content-Type": content_type})
    assert answer.status_code == 400
    assert reason in answer.json()["message"]
    assert LAST_CONNECTED in answer.headers


@rule("mt20w.requests")
def test_other_paths_and_methods_are_not_found_and_need_a_token_too(http: httpx.Client, reader: httpx.Client) -> None:
    assert http.post("/api/credentials").status_code == 401
    for method, path in (("POST", "/api/credentials"), ("GET", PATH), ("POST", "/")):
        answer = reader.request(method, path)
        assert answer.status_code == 404
        assert LAST_CONNECTED in answer.headers


@rule("mt20w.replay", "mt20w.first")
def test_each_token_is_good_for_one_request(http: httpx.Client, key: SiteKey) -> None:
    number = FIRST
    for _unused in range(3):
        token = make_token(key, USB, number)
        answers = [send(http, token), send(http, token)]
        assert [answer.status_code for answer in answers] == [200, 401]
        number = read_last_connected(key, answers[0].headers[LAST_CONNECTED])


@rule("mt20w.commissioned")
def test_a_reader_that_is_not_commissioned_is_refused_until_it_is(
    http: httpx.Client, key: SiteKey, sandbox: Sandbox
) -> None:
    assert send(http, SECOND_SAMPLE).status_code == 401
    assert send(http, make_token(key, UNCOMMISSIONED, FIRST)).status_code == 401
    assert send(http, make_token(key, "A0C1777700000099", FIRST)).status_code == 401
    sandbox.control("POST", "/mt20w/reader", {"serial": UNCOMMISSIONED})
    assert send(http, make_token(key, UNCOMMISSIONED, FIRST)).status_code == 200
    sandbox.control("POST", "/mt20w/reader", {"serial": UNCOMMISSIONED, "commissioned": False})
    assert send(http, make_token(key, UNCOMMISSIONED, FIRST)).status_code == 401


@rule("mt20w.device")
def test_the_scheme_device_is_for_readers_in_wifi_mode(http: httpx.Client, key: SiteKey) -> None:
    assert send(http, make_token(key, USB, FIRST), "Device").status_code == 401
    for _unused in range(2):
        answer = send(http, make_token(key, WIFI, FIRST), "Device")
        assert answer.status_code == 200
        assert LAST_CONNECTED not in answer.headers
    assert send(http, make_token(SiteKey(bytes(32)), WIFI, FIRST), "Device").status_code == 401
    assert send(http, make_token(key, WIFI, FIRST)).status_code == 401


@rule("mt20w.commissioned")
def test_the_site_key_can_be_rolled(http: httpx.Client, key: SiteKey, sandbox: Sandbox) -> None:
    new = SiteKey(bytes(range(32)))
    old_hex, new_hex = key.raw.hex().upper(), new.raw.hex().upper()
    for keys, statuses in (([new_hex, old_hex], [200, 200]), ([new_hex], [401, 200])):
        assert sandbox.control("POST", "/mt20w/site_keys", {"site_keys": keys})["site_keys"] == keys
        for used, status in zip((key, new), statuses, strict=True):
            sandbox.control("POST", "/mt20w/reader", {"serial": USB})
            body = {**SAMPLE, "Primary": make_primary(used, bytes.fromhex("2523a4626cf123ddc56ac3849b860f40"))}
            assert send(http, make_token(used, USB, FIRST), body=body).status_code == status


@rule("mt20w.header-form")
def test_the_header_can_have_the_other_form(reader: httpx.Client, key: SiteKey, sandbox: Sandbox) -> None:
    sandbox.settings(mt20w_header="hex")
    answers = [reader.post(PATH, json=SAMPLE) for _unused in range(3)]
    assert [answer.status_code for answer in answers] == [200] * 3
    assert len(base64.b64decode(answers[0].headers[LAST_CONNECTED])) == 32


@rule("fault.choice")
def test_faults_and_counts_work_as_for_the_other_systems(reader: httpx.Client, sandbox: Sandbox) -> None:
    sandbox.fault("status", PATH, "mt20w", code=503, count=1)
    sandbox.fault("drop", PATH, "mt20w", when="after", count=1)
    assert reader.post(PATH, json=SAMPLE).status_code == 503
    with pytest.raises(httpx.RemoteProtocolError):
        reader.post(PATH, json=SAMPLE)
    assert reader.post(PATH, json=SAMPLE).status_code == 200
    counted = sandbox.requests()["mt20w"]
    assert counted["by_path"] == {PATH: 4}
    assert [entry["status"] for entry in counted["last"]] == [503, None, 401, 200]


@rule("fault.tokens")
def test_a_reader_that_was_put_out_of_step_recovers(reader: httpx.Client, sandbox: Sandbox) -> None:
    assert reader.post(PATH, json=SAMPLE).status_code == 200
    sandbox.fault("expire_token", PATH, "mt20w", count=1)
    assert reader.post(PATH, json=SAMPLE).status_code == 200
    assert [entry["status"] for entry in sandbox.requests()["mt20w"]["last"]] == [200, 401, 200]


@rule("process.state")
def test_the_numbers_outlive_a_restart(tmp_path: Path) -> None:
    state = str(tmp_path / "state.db")
    number = tmp_path / "number"
    token = ""
    for _unused in range(2):
        with Sandbox("--state", state) as running:
            key = SiteKey.from_hex(running.ready["mt20w"]["site_key"])
            with plain_client(running.mt20w_url) as http:
                assert not token or send(http, token).status_code == 401
            with plain_client(running.mt20w_url, auth=DriverAuth(key, USB, number)) as reader:
                answer = reader.post(PATH, json=SAMPLE)
                assert (answer.status_code, answer.history) == (200, [])
                token = answer.request.headers["Authorization"].removeprefix("Driver ")


def test_the_site_can_be_seeded(sandbox: Sandbox, http: httpx.Client) -> None:
    key = SiteKey(bytes(range(32)))
    credential = bytes(range(16))
    sandbox.reset(
        {
            "mt20w": {
                "site_keys": [key.raw.hex()],
                "readers": [{"serial": "1"}],
                "credentials": [{"credential": credential.hex(), "badge_id": "7", "sectors": 13}],
            }
        }
    )
    answer = send(http, make_token(key, "1", FIRST), body={"Primary": make_primary(key, credential)})
    assert (answer.status_code, len(answer.content)) == (200, 624)


@pytest.mark.parametrize(
    ("section", "reason"),
    [
        ({"site_keys": []}, "mt20w: a host needs at least one site key"),
        ({"site_keys": ["BAE3"]}, "the site key must have 64 hexadecimal digits, this one has 4"),
        ({"readers": [{"serial": "x"}]}, "the serial number must be 1 to 32 hexadecimal digits"),
        ({"readers": [{"serial": "1", "mode": "lan"}]}, "mode must be one of usb, wifi"),
        ({"readers": [{}]}, "a reader needs serial"),
        ({"credentials": [{"credential": "2523"}]}, "credential must be 32 hexadecimal digits"),
        ({"credentials": [{"credential": "x" * 32}]}, "credential must be 32 hexadecimal digits"),
        ({"credentials": [{"credential": "0" * 32, "sectors": 14}]}, "sectors must be from 0 to 13"),
    ],
)
@rule("control.refusals")
def test_a_seed_that_cannot_be_is_refused_with_the_reason(sandbox: Sandbox, section: Any, reason: str) -> None:
    answer = httpx.post(f"{sandbox.control_url}/state/reset", json={"mt20w": section}, verify=False)
    assert answer.status_code == 400
    assert reason in answer.text
