# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists in pages (PageNumber, PageSize, TotalRecords): all of it, or an error; never a part in silence."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest

from ansible_collections.edgeops.device_trust.plugins.module_utils._live import errors
from ansible_collections.edgeops.device_trust.plugins.module_utils._live.endpoint import Endpoint
from ansible_collections.edgeops.device_trust.plugins.module_utils._live.transport import Transport
from ansible_collections.edgeops.device_trust.plugins.module_utils._live.ublox.client import UbloxClient
from ansible_collections.edgeops.device_trust.plugins.module_utils._live.ublox.pages import read_all, read_unpaged
from ansible_collections.edgeops.device_trust.plugins.module_utils._live.ublox.token import Credentials
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.secret import Secret
from tests.unit.live.server import Received, Reply, Server, serving

SIZE = 3
NAMES = [f"t{number}" for number in range(10)]
Answer = Callable[[int, int], Any]  # (page number, number of the request) -> body


def page(names: Sequence[str], number: int, total: int | None = None, **more: Any) -> dict[str, Any]:
    """A page of a list of tags, as /tag/get has it."""
    return {
        "Tags": [{"TagName": name} for name in names[(number - 1) * SIZE : number * SIZE]],
        "PageNumber": number,
        "PageSize": SIZE,
        "TotalRecords": len(names) if total is None else total,
        **more,
    }


@contextmanager
def reading(answer: Answer) -> Iterator[tuple[Callable[[], list[str]], Server]]:
    """A function that reads all tags, from a service that answers so."""

    def script(request: Received) -> Reply:
        return Reply(200, answer(request.body["PageNumber"], len(server.received)))

    with serving(script) as server, ThreadPoolExecutor(4) as pool:
        client = UbloxClient(Credentials(token=Secret("obviously-fake")), Transport(Endpoint(server.url)))
        yield lambda: [tag["TagName"] for tag in read_all(client, pool, "/tag/get", "Tags")], server
        client.close()


def pages_asked(server: Server) -> list[int]:
    return [request.body["PageNumber"] for request in server.received]


@pytest.mark.parametrize("length", [0, 1, 3, 4, 9, 10])
def test_every_page_is_read_once_and_the_order_kept(length: int) -> None:
    with reading(lambda number, _unused: page(NAMES[:length], number)) as (read, server):
        assert read() == NAMES[:length]
        assert sorted(pages_asked(server)) == list(range(1, max(1, -(-length // SIZE)) + 1))


def test_counts_may_be_text() -> None:
    with reading(
        lambda number, _unused: page(NAMES, number, PageSize="3", TotalRecords="10", PageNumber=str(number))
    ) as (
        read,
        _unused,
    ):
        assert read() == NAMES


def test_without_a_page_size_the_first_page_tells_it() -> None:
    def answer(number: int, _unused: int) -> Any:
        return {key: value for key, value in page(NAMES, number).items() if key not in {"PageSize", "PageNumber"}}

    with reading(answer) as (read, _unused):
        assert read() == NAMES


def test_a_total_that_moves_while_it_is_read_settles() -> None:
    def answer(number: int, request: int) -> Any:
        return page(NAMES[:9] if request <= 2 else NAMES, number)

    with reading(answer) as (read, server):
        assert read() == NAMES
        assert len(server.received) == 3 + 4


def test_a_total_that_never_settles_is_an_error() -> None:
    with (
        reading(lambda number, request: page(NAMES, number, total=9 + request % 2)) as (read, server),
        pytest.raises(errors.BadAnswer, match="POST /tag/get: the pages do not add up, after 3 readings: the total"),
    ):
        read()
    assert len(server.received) < 20


def test_something_that_moved_between_two_pages_is_noticed_although_the_total_stays() -> None:
    """A tag was deleted and another made: t3 slid from page 2 to page 1 after that was read, and t2 came twice."""

    def answer(number: int, request: int) -> Any:
        slid = [NAMES[0], NAMES[1], NAMES[2], NAMES[2], *NAMES[4:]]
        return page(slid if request <= 4 else NAMES, number)

    with reading(answer) as (read, server):
        assert read() == NAMES
        assert len(server.received) == 8


def test_a_list_that_holds_something_twice_every_time_is_believed() -> None:
    twice = [*NAMES, NAMES[0]]
    with reading(lambda number, _unused: page(twice, number)) as (read, server):
        assert read() == twice
        assert len(server.received) == 8


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda number, _unused: {**page(NAMES, 1), "PageNumber": number}, "page . repeats page ."),
        (lambda number, _unused: page(NAMES[:4], number, total=10), "10 records announced, 4 received"),
        (lambda number, _unused: page(NAMES[:2], number, total=1), "1 records announced, 2 received"),
        (lambda number, _unused: page([], number, total=5), "5 records announced, 0 received"),
        (lambda number, _unused: page(NAMES, number, PageSize=5), "10 records announced, 6 received"),
        (lambda _unused, __: page(NAMES, 1), "asked for page ., the service answered page 1"),
        (lambda number, _unused: page(NAMES, number, TotalRecords="many"), "page 1: TotalRecords is "),
        (lambda number, _unused: page(NAMES, number, TotalRecords=10**12), "records cannot be right"),
        (lambda number, _unused: {"tags": [], "PageNumber": number}, "page 1 holds no list Tags"),
        (lambda number, _unused: {"Tags": {"a": 1}, "PageNumber": number}, "page 1 holds no list Tags"),
        (lambda *_unused: [], "page 1 holds no list Tags"),
        (lambda number, _unused: page(NAMES, number) | {"Tags": [5.5]}, "."),
    ],
    ids=[
        "repeats",
        "lost",
        "too many",
        "none",
        "other size",
        "other page",
        "no number",
        "absurd",
        "other key",
        "mapping",
        "list",
        "other items",
    ],
)
def test_pages_that_do_not_add_up_are_an_error_with_method_and_path(answer: Answer, words: str) -> None:
    with reading(answer) as (read, server), pytest.raises(errors.BadAnswer, match=rf"^POST /tag/get: .*{words}"):
        read()
    assert len(server.received) <= 12


class TestWithoutTotals:
    def answer(self, number: int, _unused: int) -> Any:
        return {"Tags": page(NAMES, number)["Tags"]}

    def test_it_is_read_until_a_page_is_empty(self) -> None:
        with reading(self.answer) as (read, server):
            assert read() == NAMES
            assert pages_asked(server) == [1, 2, 3, 4, 5]

    def test_a_service_that_does_not_page_at_all_is_noticed(self) -> None:
        with (
            reading(lambda *_unused: {"Tags": page(NAMES, 1)["Tags"]}) as (read, _unused),
            pytest.raises(errors.BadAnswer, match="page 2 repeats page 1"),
        ):
            read()


def test_an_error_on_one_page_is_the_error_of_the_list() -> None:
    def script(request: Received) -> Reply:
        number = request.body["PageNumber"]
        if number == 3:
            return Reply(400, {"message": "Bad Request"})
        time.sleep(0.05)  # The whole list takes seconds: time enough to hear of the error.
        return Reply(200, page(NAMES * 20, number))

    with serving(script) as server, ThreadPoolExecutor(2) as pool:
        client = UbloxClient(Credentials(token=Secret("obviously-fake")), Transport(Endpoint(server.url)))
        with pytest.raises(errors.Rejected, match="POST /tag/get: 400: Bad Request"):
            read_all(client, pool, "/tag/get", "Tags")
        client.close()

    assert len(server.received) < 20, "what was not begun is not begun any more"


@pytest.mark.parametrize("answer", [{}, {"message": "x"}, "text", 5, None])
def test_a_list_that_comes_whole_must_be_one(answer: Any) -> None:
    with serving([Reply(200, answer)]) as server:
        client = UbloxClient(Credentials(token=Secret("obviously-fake")), Transport(Endpoint(server.url)))
        with pytest.raises(errors.BadAnswer, match="POST /notification/webhook/get: the answer holds no list"):
            read_unpaged(client, "/notification/webhook/get", "")
        client.close()
