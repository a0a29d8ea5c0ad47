# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One request against a real HTTP server: what is tried again and when, what is not, and what is said of it."""

from __future__ import annotations

import datetime
import email.utils
import gzip
import re
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.edgeops.device_trust.plugins.module_utils._live import errors, transport
from ansible_collections.edgeops.device_trust.plugins.module_utils._live.endpoint import Endpoint
from ansible_collections.edgeops.device_trust.plugins.module_utils._live.transport import Transport
from tests.unit.live.server import DROPPED, NOBODY, OK, Clock, Received, Reply, Script, Server, failure, serving


@contextmanager
def connected(
    script: Script | Sequence[Reply], clock: Clock | None = None, timeout: float = 5.0, deadline: float = 90.0
) -> Iterator[tuple[Transport, Server]]:
    clock = clock or Clock()
    with serving(script) as server:
        transport = Transport(
            Endpoint(server.url, timeout, deadline).checked("api_url"), sleep=clock.sleep, monotonic=clock.monotonic
        )
        try:
            yield transport, server
        finally:
            transport.close()


class TestWhatIsTriedAgain:
    @pytest.mark.parametrize("trouble", [Reply(429), Reply(502), Reply(503), Reply(504), DROPPED], ids=str)
    def test_a_read_is_repeated(self, trouble: Reply) -> None:
        with connected([trouble, trouble, OK]) as (transport, server):
            answer = transport.send("POST", "/tag/get", reads=True, body={"PageNumber": 1})

        assert answer.data == {"ok": True}
        assert [request.body for request in server.received] == [{"PageNumber": 1}] * 3
        assert transport.traffic.reads == 3
        assert transport.traffic.writes == 0

    @pytest.mark.parametrize("status", [500, 501, 505])
    def test_but_not_on_an_error_that_will_stay(self, status: int) -> None:
        with connected([Reply(status, {"message": "it broke"}), OK]) as (transport, server):
            said = failure(lambda: transport.send("POST", "/tag/get", reads=True))

        assert isinstance(said, errors.Unavailable)
        assert str(said) == f"POST /tag/get: the service answered {status}: it broke"
        assert len(server.received) == 1

    @pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422])
    def test_a_refusal_is_an_answer(self, status: int) -> None:
        with connected([Reply(status, {"message": "no"}), OK]) as (transport, server):
            assert transport.send("POST", "/tag/get", reads=True).status == status
            assert len(server.received) == 1

    @pytest.mark.parametrize(
        "trouble",
        [
            Reply(500),
            Reply(502),
            Reply(503),
            Reply(504),
            DROPPED,
            Reply(200, b'{"cut', announced=100),
            Reply(200, b"no"),
        ],
        ids=str,
    )
    def test_a_write_whose_outcome_is_unknown_is_never_sent_twice(self, trouble: Reply) -> None:
        with connected([trouble, OK]) as (transport, server):
            said = failure(lambda: transport.send("POST", "/tag/create", reads=False, body={"TagName": "a"}))

        assert isinstance(said, errors.OutcomeUnknown)
        assert str(said).startswith("POST /tag/create: ")
        assert str(said).endswith("; it is not known whether it took effect")
        assert len(server.received) == 1
        assert transport.traffic.writes == 1

    def test_a_write_that_was_refused_for_too_many_requests_is_repeated(self) -> None:
        with connected([Reply(429), Reply(429, headers={"Retry-After": "2"}), OK]) as (transport, server):
            assert transport.send("POST", "/tag/create", reads=False).data == {"ok": True}
            assert len(server.received) == 3

    @pytest.mark.parametrize("reads", [True, False])
    def test_a_host_that_is_not_there_is_tried_three_times(self, reads: bool) -> None:
        clock = Clock()
        transport = Transport(Endpoint(NOBODY), sleep=clock.sleep, monotonic=clock.monotonic)
        said = failure(lambda: transport.send("POST", "/tag/get", reads=reads))

        assert isinstance(said, errors.Unreachable)
        assert str(said).startswith("POST /tag/get: cannot reach 127.0.0.1:1: ")
        assert len(clock.slept) == 2

    def test_each_attempt_waits_for_the_pace_of_the_system(self) -> None:
        turns: list[int] = []
        with serving([Reply(429), OK]) as server:
            transport = Transport(
                Endpoint(server.url), sleep=lambda _unused: None, before_attempt=lambda: turns.append(1)
            )
            transport.send("POST", "/", reads=True)
            transport.close()

        assert len(turns) == 2


class TestWhen:
    @pytest.fixture
    def far_from_greenwich(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        """A date without a zone is UTC wherever this runs."""
        with monkeypatch.context() as patch:
            patch.setenv("TZ", "Pacific/Auckland")
            time.tzset()
            yield
        time.tzset()

    def test_waits_grow_with_jitter_up_to_a_limit(self) -> None:
        clock = Clock()
        with connected([Reply(503)], clock, deadline=90) as (transport, _unused):
            failure(lambda: transport.send("POST", "/tag/get", reads=True))

        longest = [min(8.0, 0.2 * 2 ** (number + 1)) for number in range(len(clock.slept))]
        assert all(0 <= wait <= limit for wait, limit in zip(clock.slept, longest, strict=True))
        assert len(set(clock.slept)) == len(clock.slept), "jitter"
        assert len(clock.slept) > 5

    @pytest.mark.parametrize("status", [429, 503])
    def test_retry_after_in_seconds_is_the_least_that_is_waited(self, status: int) -> None:
        clock = Clock()
        with connected([Reply(status, headers={"Retry-After": "7"}), OK], clock) as (transport, _unused):
            transport.send("POST", "/tag/get", reads=True)

        assert 7 <= clock.slept[0] <= 8

    @pytest.mark.parametrize("zone", ["GMT", "-0000", "+0000"])
    @pytest.mark.usefixtures("far_from_greenwich")
    def test_retry_after_may_be_a_date(self, zone: str) -> None:
        clock = Clock()
        later = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=30)
        date = email.utils.format_datetime(later, usegmt=True).replace("GMT", zone)
        with connected([Reply(503, headers={"Retry-After": date}), OK], clock) as (transport, _unused):
            transport.send("POST", "/tag/get", reads=True)

        assert 25 <= clock.slept[0] <= 31

    @settings(max_examples=200, deadline=None)
    @given(
        st.one_of(
            st.text(max_size=40), st.integers().map(str), st.from_regex(r"\w{3}, \d{1,3} \w{3} \d{1,6} [\d:]{8} \S+")
        )
    )
    def test_a_retry_after_of_any_kind_is_seconds_or_nothing(self, value: str) -> None:
        wait = transport._retry_after({"retry-after": value})

        assert wait is None or wait >= 0

    def test_a_date_that_has_passed_means_now(self) -> None:
        clock = Clock()
        past = "Wed, 21 Oct 2015 07:28:00 GMT"
        with connected([Reply(503, headers={"Retry-After": past}), OK], clock) as (transport, _unused):
            transport.send("POST", "/tag/get", reads=True)

        assert clock.slept[0] < 1

    def test_a_wait_beyond_the_deadline_is_not_begun(self) -> None:
        clock = Clock()
        with connected([Reply(429, headers={"Retry-After": "3600"}), OK], clock) as (transport, server):
            said = failure(lambda: transport.send("POST", "/tag/get", reads=True))

        assert isinstance(said, errors.RateLimited)
        assert str(said) == (
            "POST /tag/get: the service goes on answering 429 (too many requests) and asks to wait 3600 s; "
            "no more than 90 s are spent on a request"
        )
        assert clock.slept == []
        assert len(server.received) == 1

    @pytest.mark.parametrize("trouble", [Reply(429), Reply(503), DROPPED], ids=str)
    def test_trouble_that_does_not_end_ends_at_the_deadline(self, trouble: Reply) -> None:
        clock = Clock()
        with connected([trouble], clock, deadline=20) as (transport, _unused):
            said = failure(lambda: transport.send("POST", "/tag/get", reads=True))

        assert isinstance(said, errors.RateLimited if trouble.status == 429 else errors.Unavailable)
        assert sum(clock.slept) <= 20

    def test_the_last_attempt_does_not_outlast_the_deadline(self) -> None:
        never = threading.Event()
        clock = Clock()
        replies = [Reply(503, headers={"Retry-After": "9"}), Reply(wait_for=never)]
        with connected(replies, clock, timeout=5, deadline=9.3) as (transport, _unused):
            said = failure(lambda: transport.send("POST", "/tag/get", reads=True))
            never.set()

        assert re.search(r"no answer within 0\.[1-3]\d* s", str(said)), "of 9.3 s, 9 and some jitter had passed"

    def test_a_server_that_does_not_answer_in_time(self) -> None:
        never = threading.Event()
        with connected([Reply(wait_for=never)], timeout=0.1, deadline=0.15) as (transport, _unused):
            read = failure(lambda: transport.send("POST", "/tag/get", reads=True))
            write = failure(lambda: transport.send("POST", "/tag/create", reads=False))
            never.set()

        assert isinstance(read, errors.Timeout)
        assert str(read) == "POST /tag/get: no answer within 0.1 s"
        assert isinstance(write, errors.OutcomeUnknown)

    def test_a_body_that_trickles_is_given_up_after_the_time_of_one_attempt(self) -> None:
        large = Reply(200, b" " * 1_000_000)  # comes in many pieces; each look at the clock takes two seconds
        with connected([large], Clock(tick=2), timeout=5, deadline=6) as (transport, _unused):
            read = failure(lambda: transport.send("POST", "/tag/get", reads=True))
            write = failure(lambda: transport.send("POST", "/tag/create", reads=False))

        assert isinstance(read, errors.Timeout)
        assert "the answer was not complete within 5 s" in str(read)
        assert isinstance(write, errors.OutcomeUnknown)

    def test_who_gives_up_does_not_wait_any_longer(self) -> None:
        asked = threading.Event()

        def busy(_unused: Received) -> Reply:
            asked.set()
            return Reply(503, headers={"Retry-After": "60"})

        with serving(busy) as server:
            transport = Transport(Endpoint(server.url))
            said: list[BaseException] = []
            thread = threading.Thread(
                target=lambda: said.append(failure(lambda: transport.send("POST", "/tag/get", reads=True)))
            )
            thread.start()
            asked.wait(5)
            transport.give_up()
            thread.join(5)
            transport.close()

        assert isinstance(said[0], errors.Unavailable)


class TestAnswers:
    def test_an_empty_body_is_no_data(self) -> None:
        with connected([Reply(200, b" \n")]) as (transport, _unused):
            assert transport.send("POST", "/tag/delete", reads=False).data is None

    @pytest.mark.parametrize(
        ("reply", "words"),
        [
            (
                Reply(200, b"<html>Sign in</html>", {"Content-Type": "text/html; charset=utf-8"}),
                "the answer (status 200, text/html, 20 bytes) is not JSON; is this the API's URL?",
            ),
            (Reply(404, b"nope"), "the answer (status 404, no content type, 4 bytes) is not JSON"),
            (Reply(200, b"\xff\xfe"), "is not JSON"),
            (Reply(200, b'{"a":'), "is not JSON"),
            (Reply(200, b"[" * 100_000), "is not JSON"),
            (Reply(302, headers={"Location": "/other"}), "the service redirects (302); check the URL"),
            (Reply(307, headers={"Location": "/other"}), "the service redirects (307); check the URL"),
            (Reply(304), "the service redirects (304)"),
        ],
        ids=["html", "text", "bytes", "cut", "deep", "302", "307", "304"],
    )
    def test_an_answer_of_another_kind_is_said_once(self, reply: Reply, words: str) -> None:
        with connected([reply]) as (transport, server):
            said = failure(lambda: transport.send("POST", "/tag/get", reads=True))

        assert isinstance(said, errors.BadAnswer)
        assert words in str(said)
        assert str(said).startswith("POST /tag/get: ")
        assert len(server.received) == 1

    @pytest.mark.parametrize("status", [401, 403])
    def test_wrong_credentials_say_enough_whatever_the_body_is(self, status: int) -> None:
        with connected([Reply(status, b"<html>")]) as (transport, _unused):
            assert transport.send("POST", "/authenticate", reads=True).status == status

    def test_a_body_beyond_the_limit_is_not_taken(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(transport, "MAX_ANSWER_BYTES", 1 << 20)
        bomb = gzip.compress(b" " * (4 << 20))
        replies = [Reply(200, b" " * (2 << 20)), Reply(200, bomb, {"Content-Encoding": "gzip"})]
        with connected(replies) as (connection, _server):
            for _unused in replies:
                said = failure(lambda: connection.send("POST", "/tag/get", reads=True))
                assert isinstance(said, errors.BadAnswer)
                assert "the answer is larger than 1 MiB" in str(said)

    def test_text_of_any_kind_arrives_as_it_was_sent(self) -> None:
        body = {"TagName": "Zürich \u2603 \ud800 \U0001f69a"}
        with connected([OK]) as (transport, server):
            transport.send("POST", "/tag/create", reads=False, body=body)

        assert server.received[0].body == body


class TestWhatIsSaid:
    def test_the_servers_words_are_short_on_one_line_and_without_secrets(self) -> None:
        secret = "obviously-fake-canary"
        transport = Transport(Endpoint(NOBODY))
        transport.hide(secret, f"Bearer {secret}", "abc", "")

        said = transport.message_of({"message": f"no:\n  {secret} \x1b[31m abc " + "x" * 500})
        assert said.startswith(r"no: (secret) \x1b[31m abc xxx")
        assert len(said) == 301
        assert transport.message_of({"Message": f"Bearer {secret}"}) == "(secret)"

    @pytest.mark.parametrize("data", [None, [], "text", {}, {"other": 1}, {"message": ""}, {"message": None}])
    def test_an_answer_without_words_has_none(self, data: object) -> None:
        assert Transport(Endpoint(NOBODY)).message_of(data) == ""

    @pytest.mark.parametrize("status", [500, 503])
    def test_an_echoed_secret_is_not_shown(self, status: int) -> None:
        with connected([Reply(status, {"message": "bad key obviously-fake-canary"})], deadline=0.1) as (
            transport,
            _unused,
        ):
            transport.hide("obviously-fake-canary")
            said = failure(lambda: transport.send("POST", "/tag/get", reads=True))

        assert str(said) == f"POST /tag/get: the service answered {status}: bad key (secret)"


def test_threads_share_a_transport_and_each_keeps_its_connection() -> None:
    with connected([OK]) as (transport, server):

        def many() -> None:
            for _unused in range(10):
                transport.send("POST", "/", reads=True)

        threads = [threading.Thread(target=many) for _unused in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert len(server.received) == 80
        assert transport.traffic.reads == 80
        assert len(transport._clients) == 8
