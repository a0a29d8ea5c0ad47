# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a host answers to whom (MT20W Authentication Changes)."""

from __future__ import annotations

import asyncio
import base64
import logging
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.edgeops.device_trust.plugins.module_utils._live.mt20w.codec import (
    HeaderForm,
    InvalidSerial,
    InvalidSiteKey,
    make_token,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._mt20w.stores import (
    MemoryStore,
    SqliteStore,
    StoreUnavailable,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._mt20w.verifier import Mode, Reason, Verifier
from tests.unit.mt20w.host import FIRST, KEY, OLD_KEY, STRANGER, USB, WIFI, Host, Reply, device, driver

USB_IN_FULL = USB.zfill(32)


def ask(host: Host, *authorization: str, path: str = "/") -> Reply:
    return asyncio.run(host.ask(*authorization, path=path))


@pytest.fixture
def host() -> Host:
    return Host()


def test_a_driver_token_of_a_reader_in_usb_mode_is_accepted_and_the_application_knows_whose_it_is(host: Host) -> None:
    reply = ask(host, driver())
    assert (reply.status, reply.body.decode()) == (200, USB_IN_FULL)


def test_the_first_request_of_a_reader_may_hold_any_number_and_later_ones_only_the_number_told(host: Host) -> None:
    number = ask(host, driver(number="00000000000000")).number()
    assert ask(host, driver(number="99999999999999")).status == 401
    assert ask(host, driver(number=number)).status == 200


def test_a_replayed_token_is_refused(host: Host) -> None:
    reply = ask(host, driver())
    second = driver(number=reply.number())
    assert [ask(host, header).status for header in (driver(), second, second, driver())] == [401, 200, 401, 401]


@pytest.mark.parametrize(
    ("authorization", "path", "status"),
    [
        (driver(), "/", 200),
        (driver(), "/404", 404),
        (driver(), "/412", 412),
        (driver(), "/fails", 500),
        (driver(STRANGER), "/", 401),
        ("Driver nonsense", "/", 401),
        ("Driver", "/", 401),
    ],
)
def test_every_answer_to_a_driver_request_carries_a_number(
    host: Host, authorization: str, path: str, status: int
) -> None:
    reply = ask(host, authorization, path=path)
    assert reply.status == status
    assert len(reply.number()) == 14


def test_the_number_is_another_in_each_answer(host: Host) -> None:
    numbers = [ask(host, driver()).number() for _unused in range(20)]
    assert len(set(numbers)) == 20


def test_a_reader_that_missed_an_answer_goes_on_with_the_number_of_the_refusal(host: Host) -> None:
    ask(host, driver())
    refused = ask(host, driver())
    assert refused.status == 401
    assert ask(host, driver(number=refused.number())).status == 200


def test_whoever_replays_a_token_does_not_put_the_reader_out_of_step(host: Host) -> None:
    number = ask(host, driver()).number()
    for _unused in range(10):
        assert ask(host, driver()).status == 401
    assert ask(host, driver(number=number)).status == 200


def test_the_scheme_device_is_refused_in_usb_mode_and_passed_on_in_wifi_mode(host: Host) -> None:
    refused, passed = ask(host, device(USB)), ask(host, device(WIFI), path="/412")
    assert (refused.status, passed.status) == (401, 412)
    assert passed.body.decode() == WIFI.zfill(32)


def test_answers_to_other_requests_than_driver_ones_carry_no_number_of_ours(host: Host) -> None:
    for authorization in ([device(USB)], [], ["Basic eDp5"]):
        assert ask(host, *authorization).header("X-Device-Last-Connected") is None


def test_the_scheme_driver_is_refused_in_wifi_mode(host: Host) -> None:
    assert ask(host, driver(WIFI)).status == 401


def test_the_name_of_a_scheme_may_have_small_letters(host: Host) -> None:
    assert ask(host, driver().replace("Driver ", "driver  ")).status == 200


@pytest.mark.parametrize(
    "authorization",
    [
        [],
        [""],
        [driver(), driver()],
        ["Basic eDp5"],
        [f"Bearer {make_token(KEY, USB, FIRST)}"],
        [make_token(KEY, USB, FIRST)],
        [driver(STRANGER)],
        [driver(key=OLD_KEY)],
        [driver()[:-4]],
        [driver() + "A"],
        [driver() + " "  "x"],
        ["Driver " + "é" * 132],
        ["Driver " + "\xff" * 5000],
        ["Driver " + base64.b64encode(b"\0" * 99).decode()],
        ["Device"],
        ["Device é"],
        ["Device " + base64.b64encode(b"\xff\xfe:").decode()],
        ["Device " + base64.b64encode(b"A0C1:x").decode()],
        [device(STRANGER)],
    ],
)  # fmt: skip
def test_whoever_is_not_entitled_gets_the_same_401(host: Host, authorization: list[str]) -> None:
    reply = ask(host, *authorization)
    assert (reply.status, reply.body) == (401, b'{"message": "Unauthorized"}')
    assert reply.header("WWW-Authenticate") == 'Driver realm="MT20W", Device realm="MT20W"'
    assert ask(host, driver()).status == 200


def test_while_a_site_key_is_rolled_both_keys_are_accepted_and_each_reader_is_answered_under_its_own() -> None:
    host = Host([KEY, OLD_KEY])
    old = ask(host, driver(key=OLD_KEY))
    assert old.status == 200
    again = ask(host, driver(number=old.number(OLD_KEY), key=OLD_KEY))
    assert again.status == 200
    rolled = ask(host, driver(number=again.number(OLD_KEY)))
    assert rolled.status == 200
    assert len(rolled.number(KEY)) == 14


def test_the_number_can_be_sent_in_the_other_form() -> None:
    host = Host(header_form=HeaderForm.HEX)
    reply = ask(host, driver())
    assert len(base64.b64decode(reply.header("X-Device-Last-Connected") or "")) == 32
    assert ask(host, driver(number=reply.number())).status == 200


def test_the_readers_may_be_a_function_that_is_asked_on_each_request() -> None:
    modes = {USB_IN_FULL: Mode.USB}
    verifier = Verifier([KEY], modes.get, MemoryStore())
    assert verifier.check([driver()]).accepted
    modes.clear()
    assert verifier.check([driver()]).refused is Reason.NOT_COMMISSIONED


def test_a_verifier_that_cannot_work_is_refused_at_once() -> None:
    with pytest.raises(InvalidSiteKey, match="at least one site key"):
        Verifier([], {}, MemoryStore())
    with pytest.raises(InvalidSerial):
        Verifier([KEY], {"no serial": Mode.USB}, MemoryStore())


def test_a_store_that_cannot_be_asked_refuses_with_503_and_a_number_that_leads_nowhere(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Broken(MemoryStore):
        def advance(self, serial: str, presented: str, fresh: str) -> bool:
            raise StoreUnavailable("fake outage")

    reply = ask(Host(store=Broken()), driver())
    assert (reply.status, reply.body) == (503, b'{"message": "Service Unavailable"}')
    assert len(reply.number()) == 14
    assert "fake outage" in caplog.text


def test_the_reason_is_in_the_log_of_the_host_and_no_token_is(host: Host, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "edgeops.device_trust.mt20w")
    for authorization in (
        driver(),
        driver(),
        driver(WIFI),
        driver(STRANGER),
        driver(key=OLD_KEY),
        device(USB),
        "Basic x",
    ):
        ask(host, authorization)
    reasons = (
        Reason.REPLAYED, Reason.WRONG_MODE, Reason.NOT_COMMISSIONED,
        Reason.NOT_GENUINE, Reason.WRONG_MODE, Reason.UNKNOWN_SCHEME,
    )  # fmt: skip
    assert [record.getMessage().partition(": refused ")[2].partition(": ")[2] for record in caplog.records] == [
        str(reason) for reason in reasons
    ]
    assert driver()[7:40] not in caplog.text


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
def test_of_200_replays_at_once_exactly_one_is_accepted(kind: str, tmp_path: Path) -> None:
    host = Host(store=MemoryStore() if kind == "memory" else SqliteStore(tmp_path / "numbers.db"))

    async def all_at_once() -> list[int]:
        number = (await host.ask(driver())).number()
        replies = await asyncio.gather(*(host.ask(driver(number=number)) for _unused in range(200)))
        return [reply.status for reply in replies]

    statuses = asyncio.run(all_at_once())
    assert sorted(statuses) == [200] + [401] * 199


def test_a_websocket_is_closed_and_everything_else_is_the_applications() -> None:
    seen: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["type"])

    async def connect(scope_type: str) -> list[Any]:
        sent: list[Any] = []

        async def send(message: Any) -> None:
            sent.append(message)

        async def receive() -> Any:
            return {"type": "websocket.connect"}

        await Host(app=app).middleware({"type": scope_type}, receive, send)
        return sent

    assert asyncio.run(connect("websocket")) == [{"type": "websocket.close", "code": 1008}]
    assert asyncio.run(connect("lifespan")) == []
    assert seen == ["lifespan"]
