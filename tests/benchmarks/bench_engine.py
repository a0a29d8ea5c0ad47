# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What planning and applying cost, as ratios, so that the machine makes no difference. ``make bench-engine``.

Two questions. Is it cheaper to find out that nothing has to be done than it was to do it? And what does a whitelist of
a million ids cost over the least that Python needs to read and compare them?
"""

from __future__ import annotations

import contextlib
import json
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ansible_collections.edgeops.device_trust.plugins.module_utils import _engine as engine
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.ids import IdSet
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.kind import LiveObject
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.live import LiveAccount
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.secret import Secret
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.codec import plan_as_data
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.html import render_html
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.markdown import render_markdown
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.planner import make_plan
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.text import render
from tests.support.sandbox import Sandbox

PROFILES = 150
WEBHOOKS = 100
IDS = 1_000_000
MOVED = 1_000
"""So many ids are new in the declaration, and as many are gone from it."""


@dataclass
class Clock:
    """Seconds spent, by what they were spent on."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextlib.contextmanager
    def time(self, what: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        self.seconds[what] = time.perf_counter() - started


def main() -> int:
    """Exit status 1 when planning nothing costs more than applying everything did."""
    with tempfile.TemporaryDirectory() as folder, Sandbox() as sandbox:
        good = nothing_to_do(sandbox, Path(folder))
        a_million_ids(sandbox, Path(folder))
    return 0 if good else 1


def connection(sandbox: Sandbox) -> engine.Connection:
    env = sandbox.env()
    return engine.Connection(env["UBLOX_API_URL"], env["UBLOX_API_KEY"], Secret(env["UBLOX_API_SECRET"]))


def fleet() -> dict[str, Any]:
    """Every kind, a few hundred objects."""
    names = [f"{number:03d}" for number in range(PROFILES)]
    return {
        "version": 1,
        "tags": [f"tag-{name}" for name in names],
        "root_cas": [
            {"name": f"ca-{name}", "ca_validity_days": 3650, "device_validity_days": 365} for name in names[::5]
        ],
        "device_profiles": [
            {
                "name": f"profile-{name}",
                "tags": [f"tag-{name}"],
                "bootstrap_provisioning": {"root_ca": f"ca-{names[number - number % 5]}"},
            }
            for number, name in enumerate(names)
        ],
        "whitelist": {"ids": [f"{number:016x}" for number in range(5_000)]},
        "webhooks": [
            {
                "url": f"https://hooks.example.com/{number}",
                "events": ["DEVICE_BOOTSTRAP_EVENT", "DEVICE_ERRORS_EVENT"],
                "authorization_token": "Bearer fake-token",
            }
            for number in range(WEBHOOKS)
        ],
    }


def nothing_to_do(sandbox: Sandbox, folder: Path) -> bool:
    """An account is made, then planned again."""
    profiles = [{"name": f"profile-{number:03d}"} for number in range(PROFILES)]
    sandbox.reset({"profiles": profiles, "calamp": {"test_devices": False}})
    state = engine.AccountState(folder / "state")
    desired = engine.load_data(fleet())
    clock = Clock()
    with engine.connect(connection(sandbox)) as account, clock.time("first plan"):
        made = engine.plan(desired, account, state=state)
    with engine.connect(connection(sandbox)) as account:
        with clock.time("apply"):
            report = engine.apply(made, account, state=state)
        writes = account.traffic.writes
    assert report.ok, report.text()
    with engine.connect(connection(sandbox)) as account:
        with clock.time("plan"):
            again = engine.plan(desired, account, state=state)
        reads = account.traffic.reads
    assert not again

    took, applying = clock.seconds["plan"], clock.seconds["apply"]
    print(f"An account of {len(made.changes)} objects: made, then planned again, which finds nothing to do")
    print(f"  requests  the plan {reads}, the apply {writes}: {reads / writes:.2f}")
    print(f"  time      the plan {took:.2f} s, the apply {applying:.2f} s: {took / applying:.2f}")
    good = reads <= writes and took <= applying
    print("  a plan of nothing costs " + ("no more than the apply did" if good else "MORE than the apply did"))
    return good


def a_million_ids(sandbox: Sandbox, folder: Path) -> None:
    """From a text file against an account in memory, and against the sandbox."""
    file = folder / "ids.txt"
    file.write_text("".join(f"{number:016x}\n" for number in range(MOVED, IDS + MOVED)))
    document = folder / "whitelist.yml"
    document.write_text("version: 1\nwhitelist: {mode: exclusive, files: [ids.txt]}\n")
    clock = Clock()
    with clock.time("least"):
        wanted = set(file.read_text().split())
        has = {f"{number:016x}" for number in range(IDS)}
        assert (len(wanted - has), len(has - wanted)) == (MOVED, MOVED)
    del wanted
    live = LiveAccount({"whitelist": {"": LiveObject("", {"ids": IdSet.of(has)})}})
    with clock.time("load"):
        desired = engine.load_files([document])
    with clock.time("plan"):
        plan = make_plan(desired, live)
    with clock.time("save the plan"):
        engine.save_plan(plan, folder / "plan.json", connection(sandbox))
    with clock.time("plan, all of them new"):
        plan = make_plan(desired, LiveAccount({"whitelist": {"": LiveObject("", {})}}))
    for name, renderer in (("text", render), ("markdown", render_markdown), ("html", render_html), ("JSON", as_json)):
        with clock.time(f"show that as {name}"):
            assert renderer(plan)

    print(f"\nA whitelist of {IDS:,} ids, {MOVED:,} of them new and {MOVED:,} gone")
    least = clock.seconds.pop("least")
    print(f"  {'reading and comparing in plain Python':<40} {least:6.2f} s   1.00")
    for what, seconds in clock.seconds.items():
        print(f"  {what:<40} {seconds:6.2f} s   {seconds / least:.2f}")
    print(f"  {'the most memory in use':<40} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:6.0f} MB")
    against_the_sandbox(sandbox, desired, least)


def as_json(plan: engine.Plan) -> str:
    return json.dumps(plan_as_data(plan))


def against_the_sandbox(sandbox: Sandbox, desired: engine.Desired, least: float) -> None:
    sandbox.reset({"whitelist": {"first_id": "0" * 16, "count": IDS}, "calamp": {"test_devices": False}})
    sandbox.settings(page_size=10_000)
    clock = Clock()
    with engine.connect(connection(sandbox)) as account, clock.time("plan"):
        plan = engine.plan(desired, account)
    reads = account.traffic.reads
    with engine.connect(connection(sandbox)) as account, clock.time("apply"):
        assert engine.apply(plan, account).ok
    for what, number in (("plan", reads), ("apply", account.traffic.writes)):
        seconds = clock.seconds[what]
        title = f"{what} with the sandbox, {number} requests"
        print(f"  {title:<40} {seconds:6.2f} s   {seconds / least:.2f}")


if __name__ == "__main__":
    sys.exit(main())
