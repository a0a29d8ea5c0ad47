# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A real HTTP server on this machine that answers as a test says, and a clock that moves when somebody waits."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from ansible_collections.edgeops.device_trust.plugins.module_utils._live import errors
from ansible_collections.edgeops.device_trust.plugins.module_utils._live.transport import Answer


@dataclass(frozen=True)
class Received:
    """A request as it came."""

    method: str
    path: str
    headers: Mapping[str, str]
    raw: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.raw) if self.raw else None


@dataclass(frozen=True)
class Reply:
    """An answer. ``dropped``: the connection is closed instead. ``announced``: a Content-Length that is not true."""

    status: int = 200
    body: object = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    dropped: bool = False
    announced: int | None = None
    wait_for: threading.Event | None = None

    @property
    def raw(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


DROPPED = Reply(dropped=True)
OK = Reply(200, {"ok": True})
NOBODY = "http://127.0.0.1:1"  # nobody listens at port 1
Script = Callable[[Received], Reply]


def one_by_one(replies: Iterable[Reply]) -> Script:
    """Answers with the replies in turn, and with the last one for ever."""
    left = list(replies)

    def answer(_unused: Received) -> Reply:
        return left.pop(0) if len(left) > 1 else left[0]

    return answer


class Server:
    """Where it is, and what it received."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.received: list[Received] = []

    @property
    def paths(self) -> list[str]:
        return [request.path for request in self.received]


@contextmanager
def serving(script: Script | Sequence[Reply]) -> Iterator[Server]:
    """A server that is there until the block ends."""
    answer = script if callable(script) else one_by_one(script)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            request = Received(self.command, self.path, dict(self.headers), raw)
            server.received.append(request)
            reply = answer(request)
            if reply.wait_for:
                reply.wait_for.wait(10)
            if reply.dropped:
                self.close_connection = True
                return
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.raw) if reply.announced is None else reply.announced))
            self.end_headers()
            try:
                self.wfile.write(reply.raw)
            except OSError:
                self.close_connection = True
            if reply.announced is not None:
                self.close_connection = True

        do_GET = do_POST

        def log_message(self, *_unused: object) -> None:
            """Tests look at what was received instead."""

    class HttpServer(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 64

        def handle_error(self, *_unused: object) -> None:
            """A client that went away is what some tests are about."""

    http = HttpServer(("127.0.0.1", 0), Handler)
    server = Server(f"http://127.0.0.1:{http.server_address[1]}")
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
        thread.join()


class Clock:
    """Time that passes only when somebody sleeps, and by ``tick`` each time somebody looks."""

    def __init__(self, tick: float = 0.0) -> None:
        self.now = 1_000.0
        self.slept: list[float] = []
        self._tick = tick

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def monotonic(self) -> float:
        self.now += self._tick
        return self.now


def failure(send: Callable[[], Answer]) -> errors.LiveError:
    with pytest.raises(errors.LiveError) as raised:
        send()
    return raised.value
