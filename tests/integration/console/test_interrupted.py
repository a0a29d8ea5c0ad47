# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An apply that is stopped, or killed, and taken up again."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.integration.console.terminal import Console
from tests.support.sandbox import Sandbox
from tests.support.waiting import eventually

TAGS = [f"tag-{number:02d}" for number in range(12)]
SECONDS = 30


@pytest.fixture
def slow(console: Console, sandbox: Sandbox) -> Iterator[Console]:
    """A console whose document ``tags.yml`` takes twelve slow requests, one at a time."""
    (console.home / "tags.yml").write_text(f"version: 1\ntags: {json.dumps(TAGS)}\n")
    sandbox.fault("latency", "/tag/create", ms=250)
    yield console
    sandbox.control("DELETE", "/faults")


def start(console: Console, *arguments: str) -> subprocess.Popen[str]:
    return console.start("apply", *arguments, "--events", "--parallelism", "1")


def until_done(process: subprocess.Popen[str], count: int) -> None:
    """Waits until ``count`` changes are done."""
    assert process.stdout is not None
    while count:
        event = json.loads(process.stdout.readline())
        count -= event["event"] == "change"


def until_asked(process: subprocess.Popen[str]) -> None:
    """Waits until the next request is on its way."""
    assert process.stdout is not None
    while json.loads(process.stdout.readline())["event"] != "request":
        pass


def ended(process: subprocess.Popen[str]) -> tuple[int, list[dict[str, Any]], str]:
    """The status, the events that were not read yet, and standard error of a process that ends by itself."""
    out, err = process.communicate(timeout=SECONDS)
    return process.returncode, [json.loads(line) for line in out.splitlines()], err


def made(sandbox: Sandbox) -> set[str]:
    return {tag for tag in sandbox.state()["tags"] if tag.startswith("tag-")}


def created(sandbox: Sandbox) -> int:
    return int(sandbox.requests()["ublox"]["by_path"].get("/tag/create", 0))


def test_the_first_interrupt_ends_what_is_in_flight_and_reports(slow: Console, sandbox: Sandbox) -> None:
    process = start(slow, "tags.yml", "--yes")
    until_done(process, 3)
    process.send_signal(signal.SIGINT)
    status, events, err = ended(process)
    report = events[-1]

    assert status == 130
    assert "requests in flight are finished. Once more stops at once." in err
    assert (report["event"], report["ok"], report["interrupted"]) == ("end", False, True)
    by_status = {outcome["address"]: outcome["status"] for outcome in report["report"]}
    assert {name for name, is_now in by_status.items() if is_now == "done"} == {f"tag.{tag}" for tag in made(sandbox)}
    assert set(by_status.values()) == {"done", "not started"}

    resumed = slow("apply", "--resume", "--yes")
    assert "The last apply ended with changes that were not carried out" in resumed.err
    assert made(sandbox) == set(TAGS)
    assert created(sandbox) == len(TAGS), "nothing was sent twice"
    assert "Nothing to resume" in slow("apply", "--resume").out


def test_the_second_interrupt_stops_at_once(slow: Console, sandbox: Sandbox) -> None:
    sandbox.fault("latency", "/tag/create", ms=20_000)
    process = start(slow, "tags.yml", "--yes")
    until_asked(process)
    process.send_signal(signal.SIGTERM)
    time.sleep(0.5)
    assert process.poll() is None, "the request is still in flight"
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    status, _unused, err = ended(process)

    assert status == 130
    assert time.monotonic() - began < 5
    assert "'device-trust apply --resume' reads back what was in flight" in err


@pytest.mark.parametrize("saved", [False, True], ids=["documents", "a saved plan"])
def test_a_killed_apply_is_resumed_from_its_journal_alone(slow: Console, sandbox: Sandbox, saved: bool) -> None:
    slow("plan", "tags.yml", "--out", "plan.json")
    sandbox.fault("latency", "/tag/create", ms=3000, skip=4, count=1)
    process = start(slow, "plan.json") if saved else start(slow, "tags.yml", "--yes")
    eventually(lambda: sandbox.control("GET", "/faults")["rules"][-1]["hits"] == 1)
    process.kill()
    ended(process)
    sandbox.control("DELETE", "/faults")
    eventually(lambda: "tag-04" in made(sandbox))
    resumed = slow("apply", "--resume", "--yes")

    assert "The last apply was cut off: 4 of 12 changes were done" in resumed.err
    assert "unsettled: tag.tag-04: /tag/create, which is read back first" in resumed.err
    assert made(sandbox) == set(TAGS)
    assert created(sandbox) == len(TAGS), "nothing was sent twice"
    assert "Nothing to resume" in slow("apply", "--resume").out


def test_resuming_does_no_more_than_was_begun(console: Console, sandbox: Sandbox) -> None:
    sandbox.fault("status", "/tag/create", code=400, body={"message": "not now"})
    console("apply", "fleet.yml", "--yes", "--only", "tag", status=1)
    sandbox.control("DELETE", "/faults")
    before = sandbox.state()
    resumed = console("apply", "--resume", "--yes", "--json").json
    after = sandbox.state()

    assert [outcome["address"] for outcome in resumed["report"]] == ["tag.downtown"]
    assert {name for name in after if after[name] != before[name]} == {"tags"}


def test_what_was_being_destroyed_is_not_declared_again(console: Console, sandbox: Sandbox) -> None:
    (console.home / "old.yml").write_text("version: 1\ntags: [legacy]\n")
    sandbox.fault("status", "/tag/delete", code=400, body={"message": "not now"})
    console("destroy", "old.yml", "--yes", status=1)
    sandbox.control("DELETE", "/faults")

    assert "run the same command again" in console("apply", "--resume", "--yes", status=1).err
    console("destroy", "old.yml", "--yes")
    assert "legacy" not in sandbox.state()["tags"]
