# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the sandbox does with a million devices: `make bench-sandbox`.

It makes a fleet with as many whitelist entries, and reads page 1, a page in the middle and the last one of each list:
the time the server itself needs, and the time of the whole request over HTTP. Figures of one machine are for their
proportions. The exit status is 1 if the fleet takes more than 30 s, a page more than 1 ms of server time, or a deep
page more than three times what the first one takes.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox import seed
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.exchange import JSON_TYPE, Incoming
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.store import Store
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.auth import AuthTokens
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.system import UbloxSystem
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.world import World
from tests.support.raw import Ublox
from tests.support.sandbox import Sandbox

PAGE_SIZE = 100
REPEATS = 60
GROW_SECONDS, PAGE_MS, DEEP_FACTOR = 30.0, 1.0, 3.0
FLEET = {"first_id": "0003000000000000", "profile": "all", "tags": ["every", "some"]}
LISTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("/device/list/get", {}),
    ("/device/list/get", {"Filter": "WHITELISTED"}),
    ("/device/whitelist/get", {}),
    ("/device/rotpublicuid/get", {"DeviceProfileUID": "all"}),
    ("/device/rotpublicuid/get", {"TagNames": ["every"]}),
    ("/device/rotpublicuid/get", {"TagNames": ["every", "some"]}),
)


def account(count: int) -> dict[str, Any]:
    """A seed of one profile with so many devices."""
    return {
        "profiles": [{"name": "all", "uid": "all"}],
        "fleets": [{**FLEET, "count": count}],
        "calamp": {"test_devices": False},
    }


@dataclass(frozen=True, slots=True)
class Row:
    """Milliseconds for one page of one list."""

    name: str
    page: int
    server: float
    http: float

    def __str__(self) -> str:
        return f"{self.name:52} {self.page:>7,}   {self.server:8.3f} ms   {self.http:8.3f} ms"


def milliseconds(action: Callable[[], object]) -> float:
    """The median of many runs."""
    action()
    times = []
    for _unused in range(REPEATS):
        started = time.perf_counter()
        action()
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


def rows(system: UbloxSystem, token: str, remote: Ublox, pages: int) -> Iterator[Row]:
    """All lists, at three depths."""
    headers = {"authorization": token, "content-type": JSON_TYPE}
    for path, body in LISTS:
        for page in sorted({1, pages // 2, pages - 1}):
            asked = {**body, "PageNumber": page}
            incoming = Incoming("POST", path, "", headers, json.dumps(asked).encode(), 0.0)
            name = f"{path} {json.dumps(body) if body else ''}"
            server = milliseconds(partial(system.answer, incoming))
            http = milliseconds(partial(remote.post, path, asked))
            yield Row(name, page, server, http)


def main(arguments: list[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=int, default=1_000_000, help="size of the fleet (default: %(default)s)")
    count = parser.parse_args(arguments).devices
    world = World(Store())
    started = time.perf_counter()
    seed.load(world, account(count))
    grown = time.perf_counter() - started
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{count:,} devices and as many whitelist entries: {grown:.1f} s, {megabytes:.0f} MB")
    with Sandbox() as sandbox:
        started = time.perf_counter()
        sandbox.reset(account(count))
        print(f"the same over the control API: {time.perf_counter() - started:.1f} s")
        remote = Ublox(sandbox)
        with remote.http:
            remote.login()
            print(f"{'a page of 100':52} {'page':>7}   {'server':>8}      {'over HTTP':>8}")
            measured = []
            for row in rows(UbloxSystem(world), AuthTokens(world).issue(), remote, count // PAGE_SIZE):
                print(row)
                measured.append(row)
        started = time.perf_counter()
        sandbox.control("POST", "/fleet/heartbeat", {"all": True})
        print(f"a heartbeat of every device: {time.perf_counter() - started:.1f} s")
    return 0 if _within(grown, measured) else 1


def _within(grown: float, measured: list[Row]) -> bool:
    first = {row.name: row.server for row in measured if row.page == 1}
    problems = [row for row in measured if row.server > PAGE_MS or row.server > DEEP_FACTOR * first[row.name]]
    if grown > GROW_SECONDS:
        print(f"the fleet took more than {GROW_SECONDS:.0f} s", file=sys.stderr)
    for row in problems:
        print(f"too slow: {row}", file=sys.stderr)
    return not problems and grown <= GROW_SECONDS


if __name__ == "__main__":
    sys.exit(main())
