# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The time that a refusal takes does not tell its reason."""

from __future__ import annotations

import asyncio
import base64
import random
import statistics
import time

from tests.unit.mt20w.host import OLD_KEY, STRANGER, WIFI, Host, driver

EACH = 400
ROUNDS = 3
TELLING = 0.25
"""The share of a refusal's time by which two reasons may differ: less than leaving out one decryption would save."""

REASONS = {
    "replayed": driver(),
    "wrong key": driver(key=OLD_KEY),
    "not commissioned": driver(STRANGER),
    "wrong mode": driver(WIFI),
    "not base64": "Driver " + "!" * 132,
    "base64 of something else": "Driver " + base64.b64encode(bytes(99)).decode(),
    "too short": "Driver AAAA",
    "too long": "Driver " + "A" * 1000,
}


async def medians(host: Host) -> dict[str, float]:
    """The median time of the whole host by reason, in seconds, with the reasons asked in random order."""
    times: dict[str, list[float]] = {reason: [] for reason in REASONS}
    order = [reason for reason in REASONS for _unused in range(EACH)]
    random.Random(20180919105017).shuffle(order)
    for reason in order:
        start = time.perf_counter()
        reply = await host.ask(REASONS[reason])
        times[reason].append(time.perf_counter() - start)
        assert reply.status == 401
    return {reason: statistics.median(found) for reason, found in times.items()}


def test_all_refusals_take_the_same_time_whatever_the_reason() -> None:
    host = Host()
    asyncio.run(host.ask(driver()))
    differences = []
    for _unused in range(ROUNDS):
        found = asyncio.run(medians(host))
        differences.append(max(found.values()) / min(found.values()) - 1)
    assert min(differences) < TELLING, differences
