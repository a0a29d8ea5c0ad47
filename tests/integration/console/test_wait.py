# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``device-trust wait``: devices do what they were told at their next security heartbeat."""

from __future__ import annotations

import pytest

from tests.integration.certified import SEED, device_id
from tests.integration.console.terminal import Console
from tests.support.sandbox import Sandbox

PILOT, OTHER = device_id(4), device_id(5)
DOCUMENT = f"""\
version: 1
tags: [downtown]
device_provisioning:
  - {{name: pilot, ids: ["{PILOT}"], security_heartbeat_seconds: 3600}}
  - {{name: other, ids: ["{OTHER}"], authorizations: {{LocalC2C: enabled}}}}
"""


@pytest.fixture
def applied(console: Console, sandbox: Sandbox) -> Console:
    """A console beside a document that two devices were told."""
    sandbox.reset(SEED)
    (console.home / "fleet.yml").write_text(DOCUMENT)
    told = console("apply", "fleet.yml", "--yes").out
    assert told.endswith(
        "2 devices do what they were told at the next security heartbeat. To wait for that: device-trust wait PATH...\n"
    )
    return console


def beat(sandbox: Sandbox, *devices: str) -> None:
    sandbox.control("POST", "/fleet/heartbeat", {"ids": list(devices)})


def test_without_time_it_looks_once_and_names_who_has_not(applied: Console, sandbox: Sandbox) -> None:
    before = sandbox.requests()["ublox"]["writes"]
    ended = applied("wait", "fleet.yml", "--wait-timeout", "0", status=2)

    assert ended.out == f"2 devices have not done yet what is declared: {PILOT}, {OTHER}\n"
    assert sandbox.requests()["ublox"]["writes"] == before


def test_it_says_how_many_are_left_until_all_have_done_it(applied: Console, sandbox: Sandbox) -> None:
    waiting = applied.start("wait", "fleet.yml", "--wait-timeout", "60")
    assert waiting.stderr is not None
    assert waiting.stderr.readline() == "2 devices have not done yet what is declared\n"
    beat(sandbox, PILOT)
    assert waiting.stderr.readline() == "1 device has not done yet what is declared\n"
    beat(sandbox, OTHER)

    out, _unused = waiting.communicate(timeout=60)
    assert (waiting.returncode, out) == (0, "All devices have done what is declared of them.\n")


def test_it_is_over_when_its_time_is(applied: Console, sandbox: Sandbox) -> None:
    beat(sandbox, PILOT)
    ended = applied("wait", "fleet.yml", "--wait-timeout", "1", "--json", status=2).json

    assert ended["ok"] is True
    assert (ended["pending"]["count"], ended["pending"]["sample"]) == (1, [OTHER])


def test_an_apply_tells_machines_which_devices_are_pending(applied: Console, sandbox: Sandbox) -> None:
    beat(sandbox, PILOT)
    document = (applied.home / "fleet.yml").read_text()
    (applied.home / "fleet.yml").write_text(document.replace("3600", "7200"))
    ended = applied("apply", "fleet.yml", "--yes", "--json").json

    assert sorted(ended["pending"]["sample"]) == [PILOT, OTHER], "also who was told before"


def test_nothing_is_waited_for_where_no_device_is_told_anything(console: Console, sandbox: Sandbox) -> None:
    (console.home / "tags.yml").write_text("version: 1\ntags: [downtown]\n")
    (console.home / "fleet.yml").write_text(DOCUMENT)

    assert console("wait", "tags.yml").out.startswith("All devices have done")
    assert console("wait", "fleet.yml", "--only", "tag").out.startswith("All devices have done")
    assert sandbox.requests()["ublox"]["by_path"].get("/device/info/get") is None


def test_what_nobody_has_told_the_devices_is_awaited_too(console: Console, sandbox: Sandbox) -> None:
    """It may have been told from another machine; here nobody can know."""
    sandbox.reset(SEED)
    (console.home / "fleet.yml").write_text(DOCUMENT)

    assert console("wait", "fleet.yml", "--wait-timeout", "0", "--json", status=2).json["pending"]["count"] == 2


def test_what_is_wrong_is_told_before_anything_is_read(console: Console, sandbox: Sandbox) -> None:
    (console.home / "fleet.yml").write_text("version: 1\ndevice_provisionings: []\n")
    ended = console("wait", "fleet.yml", status=1)

    assert "fleet.yml:2:1: " in ended.err
    assert sandbox.requests()["ublox"]["reads"] == 0
