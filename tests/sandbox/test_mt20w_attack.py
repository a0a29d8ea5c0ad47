# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many requests at an MT20W host: malformed tokens, and one token replayed by many at once."""

from __future__ import annotations

import asyncio
import base64
import random
import socket
from collections import Counter
from collections.abc import Iterator

from ansible_collections.edgeops.device_trust.plugins.module_utils._live.mt20w.codec import SiteKey, make_token
from tests.sandbox.test_mt20w import PATH, USB
from tests.support.raw import plain_client
from tests.support.rules import rule
from tests.support.sandbox import Sandbox

MALFORMED = 10_000
AT_ONCE = 50
REPLAYS = 200


def malformed(key: SiteKey, random_source: random.Random) -> Iterator[bytes]:
    """Authorization headers with something that is no token of the reader, without end."""
    good = make_token(key, USB, "20180919105017").encode()
    while True:
        place = random_source.randrange(len(good))
        noise = bytes(random_source.choice(range(0x21, 0x7F)) for _unused in range(random_source.randrange(0, 200)))
        yield from (
            b"Driver " + noise,
            b"Driver " + good[:place],
            b"Driver " + good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :],
            b"Driver " + good + noise[:7] + b"=",
            b"Driver " + base64.b64encode(random_source.randbytes(99)),
            b"Driver " + base64.b64encode(noise),
            b"Device " + base64.b64encode(noise),
            b"Driver  \xff\xfe" + noise,
            noise,
            b"Driver",
        )


def pipelined(host: str, port: int, requests: list[bytes]) -> Counter[bytes]:
    """The statuses of requests that are sent over one connection without waiting."""
    with socket.create_connection((host, port), timeout=30) as connection:
        connection.sendall(
            b"".join(requests[:-1]) + requests[-1].replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
        )
        received = b"".join(iter(lambda: connection.recv(1 << 16), b""))
    return Counter(part[:3] for part in received.split(b"HTTP/1.1 ")[1:])


@rule("mt20w.malformed")
def test_10_000_malformed_tokens_get_401_each(sandbox: Sandbox) -> None:
    key = SiteKey.from_hex(sandbox.ready["mt20w"]["site_key"])
    with plain_client(sandbox.mt20w_url) as http:
        host, port, path = http.base_url.host, http.base_url.port or 0, http.base_url.path + PATH[1:]
    tokens = malformed(key, random.Random(20180919105017))
    statuses: Counter[bytes] = Counter()
    for _unused in range(MALFORMED // AT_ONCE):
        statuses += pipelined(
            host,
            port,
            [
                b"POST %s HTTP/1.1\r\nHost: test\r\nAuthorization: %s\r\n\r\n" % (path.encode(), next(tokens))
                for _unused in range(AT_ONCE)
            ],
        )
    assert statuses == {b"401": MALFORMED}
    assert sandbox.requests()["mt20w"]["internal_errors"] == 0


@rule("mt20w.replay")
def test_of_200_replays_at_once_exactly_one_is_accepted(sandbox: Sandbox) -> None:
    key = SiteKey.from_hex(sandbox.ready["mt20w"]["site_key"])
    with plain_client(sandbox.mt20w_url) as http:
        host, port, path = http.base_url.host, http.base_url.port or 0, http.base_url.path + PATH[1:]
    token = make_token(key, USB, "20180919105017")
    request = f"POST {path} HTTP/1.1\r\nHost: test\r\nAuthorization: Driver {token}\r\n\r\n".encode()

    async def status() -> bytes:
        reader, writer = await asyncio.open_connection(host, port)
        writer.write(request)
        line = await reader.readline()
        writer.close()
        return line.split()[1]

    async def all_at_once() -> list[bytes]:
        return await asyncio.gather(*(status() for _unused in range(REPLAYS)))

    # The body is missing, so the one that is let through gets 400 from the application.
    assert Counter(asyncio.run(all_at_once())) == {b"401": REPLAYS - 1, b"400": 1}
