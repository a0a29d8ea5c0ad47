# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""DriverAuth: what a reader sends next, whatever happened before. The other side is the host's own verifier."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from ansible_collections.edgeops.device_trust.plugins.module_utils._live.mt20w.auth import DriverAuth
from ansible_collections.edgeops.device_trust.plugins.module_utils._live.mt20w.codec import (
    LAST_CONNECTED,
    SiteKey,
    make_token,
    verify_token,
)
from ansible_collections.edgeops.device_trust.plugins.module_utils._live.mt20w.numbers import (
    FileNumber,
    MemoryNumber,
    NumberNotKept,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._mt20w.stores import MemoryStore
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._mt20w.verifier import Mode, Verifier

KEY = SiteKey(bytes(range(32)))
SERIAL = "A0C1777700000017"
URL = "http://host.test/api/credentials/scan"


class Host:
    """A host that answers over no network, and can lose answers and headers."""

    def __init__(self) -> None:
        self.verifier = Verifier([KEY], {SERIAL: Mode.USB}, MemoryStore())
        self.seen: list[tuple[str, int]] = []
        self.bodies: list[bytes] = []
        self.loses_answers = False
        self.tells = True

    def __call__(self, request: httpx.Request) -> httpx.Response:
        authorization = request.headers["Authorization"]
        verdict = self.verifier.check([authorization])
        status = 401 if verdict.refused else 200
        self.seen.append((verify_token(KEY, authorization.removeprefix("Driver "))[1], status))
        self.bodies.append(request.content)
        if self.loses_answers:
            raise httpx.ReadTimeout("lost", request=request)
        headers = {LAST_CONNECTED: verdict.last_connected or ""} if self.tells else {}
        return httpx.Response(status, headers=headers)

    @property
    def statuses(self) -> list[int]:
        return [status for _unused, status in self.seen]

    @property
    def numbers(self) -> list[str]:
        return [number for number, _unused in self.seen]

    def client(self, auth: DriverAuth) -> httpx.Client:
        return httpx.Client(transport=httpx.MockTransport(self), auth=auth)


@pytest.fixture
def host() -> Host:
    return Host()


def test_each_answer_brings_the_number_of_the_next_token(host: Host) -> None:
    with host.client(DriverAuth(KEY, SERIAL)) as client:
        for _unused in range(5):
            assert client.post(URL).status_code == 200
    assert host.statuses == [200] * 5
    assert len(set(host.numbers)) == 5


def test_a_reader_that_is_started_again_goes_on_where_it_was(host: Host, tmp_path: Path) -> None:
    file = tmp_path / "number"
    for _unused in range(3):
        with host.client(DriverAuth(KEY, SERIAL, file)) as client:
            client.post(URL)
    assert host.statuses == [200, 200, 200]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["number"]


def test_after_a_lost_answer_one_more_request_recovers(host: Host) -> None:
    with host.client(DriverAuth(KEY, SERIAL)) as client:
        client.post(URL)
        host.loses_answers = True
        with pytest.raises(httpx.ReadTimeout):
            client.post(URL)
        host.loses_answers = False
        assert client.post(URL, content=b"body").status_code == 200
        assert client.post(URL).status_code == 200
    assert host.statuses == [200, 200, 401, 200, 200]
    assert host.bodies[2:4] == [b"body", b"body"]


def test_without_a_number_in_the_401_the_second_try_is_a_first_request(host: Host) -> None:
    with host.client(DriverAuth(KEY, SERIAL, MemoryNumber("20180919105017"))) as client:
        host.verifier.check([f"Driver {make_token(KEY, SERIAL, '20180919105018')}"])
        host.tells = False
        assert client.post(URL).status_code == 401
        assert host.statuses == [401, 401]
        assert host.numbers[0] == "20180919105017" != host.numbers[1]


def test_a_number_that_was_lost_is_told_by_the_host(host: Host, tmp_path: Path) -> None:
    file = tmp_path / "number"
    with host.client(DriverAuth(KEY, SERIAL, file)) as client:
        client.post(URL)
    for content in (b"", b"nonsense", b"\xff\xfe"):
        file.write_bytes(content)
        with host.client(DriverAuth(KEY, SERIAL, file)) as client:
            assert client.post(URL).status_code == 200
    assert host.statuses == [200] + [401, 200] * 3


def test_a_host_with_another_key_is_asked_twice_and_no_more() -> None:
    asked = []

    def refuse(request: httpx.Request) -> httpx.Response:
        asked.append(request.headers["Authorization"])
        return httpx.Response(401, headers={LAST_CONNECTED: "bm90IGEgbnVtYmVyIQ=="})

    with httpx.Client(transport=httpx.MockTransport(refuse), auth=DriverAuth(KEY, SERIAL)) as client:
        assert client.get(URL).status_code == 401
    assert len(set(asked)) == 2


def test_a_body_that_is_made_on_the_way_is_sent_whole_both_times(host: Host) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"one, "
        yield b"two"

    with host.client(DriverAuth(KEY, SERIAL, MemoryNumber("20180919105017"))) as client:
        host.verifier.check([f"Driver {make_token(KEY, SERIAL, '20180919105018')}"])
        assert client.post(URL, content=pieces()).status_code == 200
    assert host.bodies == [b"one, two", b"one, two"]


def test_requests_of_several_threads_wait_for_each_other(host: Host) -> None:
    with host.client(DriverAuth(KEY, SERIAL)) as client, ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _unused: client.post(URL).status_code, range(40)))
    assert answers == host.statuses == [200] * 40


def test_requests_of_several_tasks_wait_for_each_other(host: Host) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"body"

    async def all_at_once() -> list[int]:
        auth = DriverAuth(KEY, SERIAL, MemoryNumber("20180919105017"))
        async with httpx.AsyncClient(transport=httpx.MockTransport(host), auth=auth) as client:
            answers = await asyncio.gather(*(client.post(URL, content=pieces()) for _unused in range(20)))
        return [answer.status_code for answer in answers]

    assert asyncio.run(all_at_once()) == host.statuses == [200] * 20
    assert host.bodies == [b"body"] * 20


@pytest.mark.parametrize("act", [FileNumber.load, lambda number: number.save("20180919105017")])
def test_a_place_for_the_number_that_cannot_be_used_is_named(
    tmp_path: Path, act: Callable[[FileNumber], object]
) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(NumberNotKept, match=r"folder: Is a directory"):
        act(FileNumber(tmp_path / "folder"))
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def test_the_text_forms_show_no_key() -> None:
    assert repr(DriverAuth(KEY, SERIAL)) == "DriverAuth(0000000000000000A0C1777700000017)"
