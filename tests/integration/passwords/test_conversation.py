# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One conversation for all who ask: batches, what is known, what failed. Against a real server on this machine."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.edgeops.device_trust.plugins.module_utils._live.calamp.client import (
    Connection,
    Method,
    connection,
)
from ansible_collections.edgeops.device_trust.plugins.module_utils._live.calamp.keys import Key, KeyKind, keys
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.broker.conversation import Conversation
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.errors import DeviceTrustError
from tests.integration.passwords.exotic import CREDENTIALS, ExoticService, exotic_service

DEVICES: dict[str, dict[str, Any]] = {
    str(number): {"atCmdSms": f"Fakepw{number}", "imei": f"35969807000{number}"} for number in range(1000, 3000)
}


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ExoticService]:
    """A service of its own, and a pace that no other test shares."""
    tmp_path.chmod(0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    with exotic_service(DEVICES) as running:
        yield running


def connected(service: ExoticService, **changes: Any) -> Connection:
    settings: dict[str, Any] = {
        "url": service.environment["CALAMP_API_URL"],
        "username": CREDENTIALS["CALAMP_USERNAME"],
        "password": CREDENTIALS["CALAMP_PASSWORD"],
        "app_key": CREDENTIALS["CALAMP_APP_KEY"],
        "timeout": 5.0,
        "deadline": 5.0,
    }
    return connection(**{**settings, **changes})


def converse(at: Connection, talk: Callable[[Conversation], Awaitable[Any]]) -> Any:
    """What ``talk`` returns about a conversation that is closed in the end."""

    async def whole() -> Any:
        conversation = Conversation(at)
        try:
            return await talk(conversation)
        finally:
            await conversation.close()

    return asyncio.run(whole())


def esns(*numbers: int) -> list[Key]:
    return keys(KeyKind.ESN, numbers)


async def ask(conversation: Conversation, *numbers: int, anew: bool = False) -> dict[str, str]:
    """The passwords of devices by ESN."""
    records = await conversation.retrieve(esns(*numbers), Method.POST, anew=anew)
    return {key.text: record.fields["atCmdSms"].reveal() for key, record in records.items()}


def test_those_who_ask_at_the_same_time_share_one_login_and_one_request(service: ExoticService) -> None:
    async def talk(conversation: Conversation) -> Any:
        return await asyncio.gather(*(ask(conversation, number) for number in range(1000, 1100)))

    answers = converse(connected(service), talk)
    assert answers == [{str(number): f"Fakepw{number}"} for number in range(1000, 1100)]
    assert [(what, len(asked)) for what, asked in service.requests] == [("login", 0), ("all", 100), ("logout", 0)]


def test_what_is_known_is_not_asked_again_and_neither_is_what_does_not_exist(service: ExoticService) -> None:
    async def talk(conversation: Conversation) -> Any:
        first = await ask(conversation, 1000, 77)
        return first, await ask(conversation, 77, 1000)

    first, second = converse(connected(service), talk)
    assert first == second == {"1000": "Fakepw1000"}
    assert service.asked == ["1000", "77"]


def test_what_may_be_old_is_asked_anew(service: ExoticService) -> None:
    async def talk(conversation: Conversation) -> Any:
        await ask(conversation, 1000)
        service.devices = {"1000": {"atCmdSms": "Fakenew"}}
        return await ask(conversation, 1000, anew=True), await ask(conversation, 1000)

    assert converse(connected(service), talk) == ({"1000": "Fakenew"}, {"1000": "Fakenew"})
    assert service.asked == ["1000", "1000"]


def test_a_device_is_known_under_all_its_keys(service: ExoticService) -> None:
    async def talk(conversation: Conversation) -> Any:
        await ask(conversation, 1000)
        found = await conversation.retrieve(keys(KeyKind.IMEI, ["359698070001000"]), Method.POST)
        return [record.esn for record in found.values()]

    assert converse(connected(service), talk) == ["1000"]
    assert service.asked == ["1000"]


def test_what_somebody_waits_for_goes_before_what_is_fetched_ahead(service: ExoticService) -> None:
    async def talk(conversation: Conversation) -> Any:
        conversation.expect(esns(*range(1000, 2200)), Method.POST)
        return await ask(conversation, 2199, 2500)

    assert converse(connected(service), talk) == {"2199": "Fakepw2199", "2500": "Fakepw2500"}
    first = next(asked for what, asked in service.requests if what == "all")
    assert first[:2] == ["2199", "2500"]
    assert len(first) == 500


def test_what_was_fetched_ahead_is_not_asked_for_again(service: ExoticService) -> None:
    async def talk(conversation: Conversation) -> Any:
        conversation.expect(esns(*range(1000, 1400)), Method.POST)
        return [await ask(conversation, number) for number in (1000, 1399, 1200)], conversation.lacks(esns(1300))

    answers, lacks = converse(connected(service), talk)
    assert answers == [{"1000": "Fakepw1000"}, {"1399": "Fakepw1399"}, {"1200": "Fakepw1200"}]
    assert not lacks
    assert len(service.asked) == 400


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
def test_wrong_credentials_are_tried_once_for_all_and_never_again(status: int, service: ExoticService) -> None:
    service.login_status = status

    async def talk(conversation: Conversation) -> Any:
        together = await asyncio.gather(*(ask(conversation, number) for number in (1000, 1001)), return_exceptions=True)
        with pytest.raises(DeviceTrustError, match="check username and password"):
            conversation.expect(esns(1003), Method.POST)
        later = await asyncio.gather(ask(conversation, 1002), return_exceptions=True)
        return [*together, *later]

    failures = converse(connected(service, password="fake-wrong"), talk)
    assert len(failures) == 3
    assert all(isinstance(failure, DeviceTrustError) for failure in failures)
    assert "check username and password" in str(failures[2])
    assert [what for what, _unused in service.requests] == ["login"]


def test_a_service_that_distrusts_its_own_tokens_is_asked_once(service: ExoticService) -> None:
    service.distrusts_tokens = True

    async def talk(conversation: Conversation) -> Any:
        return [await asyncio.gather(ask(conversation, number), return_exceptions=True) for number in (1000, 1001)]

    failures = converse(connected(service), talk)
    assert all("was signed in and then refused" in str(failure) for (failure,) in failures)
    assert [what for what, _unused in service.requests] == ["login", "all", "logout"]


def test_a_library_that_is_missing_is_told_by_name(service: ExoticService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "httpx", None)
    with pytest.raises(DeviceTrustError, match=r"library httpx is missing; install it for .*: pip install httpx"):
        converse(connected(service), lambda conversation: ask(conversation, 1000))
    assert service.requests == []


def test_a_service_that_is_not_there_is_told_to_all_and_tried_again_after_a_while(service: ExoticService) -> None:
    async def talk() -> Any:
        now = [1000.0]
        conversation = Conversation(connected(service, url="http://127.0.0.1:1"), monotonic=lambda: now[0])
        messages = []
        for passing in (0.0, 1.0, 60.0):
            now[0] += passing
            before = conversation.requests
            with pytest.raises(DeviceTrustError, match="cannot reach") as failure:
                await ask(conversation, 1000)
            messages.append((str(failure.value), conversation.requests > before))
        await conversation.close()
        return messages

    messages = asyncio.run(talk())
    assert [tried for _unused, tried in messages] == [True, False, True]
    assert len({words for words, _unused in messages}) == 1


def test_a_device_that_nobody_asked_for_keeps_nobody_from_theirs(service: ExoticService) -> None:
    service.refused = {"1300"}

    async def talk(conversation: Conversation) -> Any:
        conversation.expect(esns(*range(1000, 2200)), Method.POST)
        asked = await asyncio.gather(ask(conversation, 1000), ask(conversation, 1001))
        return asked, conversation.foresight.worthwhile, await ask(conversation, 1002)

    asked, worthwhile, later = converse(connected(service), talk)
    assert asked == [{"1000": "Fakepw1000"}, {"1001": "Fakepw1001"}]
    assert not worthwhile
    assert later == {"1002": "Fakepw1002"}
    assert [len(asked) for what, asked in service.requests if what == "all"] == [500, 2, 1]


def test_a_device_that_was_asked_for_and_is_refused_is_an_error(service: ExoticService) -> None:
    service.refused = {"1300"}

    async def talk(conversation: Conversation) -> Any:
        with pytest.raises(DeviceTrustError, match="not allowed"):
            await ask(conversation, 1300)
        return await ask(conversation, 1000)

    assert converse(connected(service), talk) == {"1000": "Fakepw1000"}


def test_one_who_stops_waiting_takes_nothing_from_the_others(service: ExoticService) -> None:
    async def talk(conversation: Conversation) -> Any:
        impatient = asyncio.create_task(ask(conversation, 1000))
        patient = asyncio.create_task(ask(conversation, 1000))
        await asyncio.sleep(0)
        impatient.cancel()
        return await patient

    assert converse(connected(service), talk) == {"1000": "Fakepw1000"}


def test_keys_of_different_kinds_go_in_requests_of_their_own(service: ExoticService) -> None:
    async def talk(conversation: Conversation) -> Any:
        return await conversation.retrieve([*esns(1000), *keys(KeyKind.IMEI, ["359698070001001"])], Method.POST)

    assert [record.esn for record in converse(connected(service), talk).values()] == ["1000", "1001"]
    assert [(what, asked) for what, asked in service.requests if asked] == [
        ("all", ["1000"]),
        ("all", ["359698070001001"]),
    ]
