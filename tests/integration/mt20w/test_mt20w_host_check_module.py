# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module mt20w_host_check in real plays, against the sandbox and against hosts with one thing wrong each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible_collections.edgeops.device_trust.plugins.module_utils._live.mt20w.codec import SiteKey, make_token
from tests.support.mt20w_hosts import BROKEN, KEY, OLD_KEY, SERIAL, hosts
from tests.support.playbooks import COLLECTION, run_tasks
from tests.support.sandbox import Sandbox

MODULE = f"{COLLECTION}.mt20w_host_check"
WIFI = "A0C1777700000020"
TRIED = (
    "takes-device", "takes-no-driver", "tells-no-number", "tells-the-same-number", "takes-replays", "takes-any-key",
    "takes-old-keys", "takes-strangers", "fails-on-malformed", "has-a-race",
)  # fmt: skip


def task(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, MODULE: {"serial": SERIAL, **more}, "ignore_errors": True}


def test_the_sandbox_passes_also_in_check_mode_and_nothing_shows_the_key(tmp_path: Path, sandbox: Sandbox) -> None:
    key = sandbox.ready["mt20w"]["site_key"]
    device = make_token(SiteKey.from_hex(key), WIFI, "20180919105017")
    run = run_tasks(
        [
            task("by environment", wifi_device_token=device),
            {**task("in check mode"), "check_mode": True},
            {**task("as a table"), "register": "host"},
            {"ansible.builtin.debug": {"var": "host.table"}},
        ],
        tmp_path,
        "-vvv",
        sandbox=sandbox,
    )
    assert run.rc == 0, run.output
    checked = run["by environment"].result
    assert (checked["passed"], checked["changed"], checked["failed_checks"]) == (True, False, [])
    skipped = [check["name"] for check in checked["checks"] if check["status"] != "passed"]
    assert skipped == ["old_keys_refused"]
    assert run["in check mode"].result["passed"] is True
    assert "passed   The same token again is refused" in run.stdout
    assert key not in run.output
    assert device not in run.output


def test_what_is_wrong_with_a_host_fails_the_task(tmp_path: Path) -> None:
    with hosts() as url:
        run = run_tasks(
            [
                task(name, url=url + name, site_key=KEY.raw.hex(), refused_site_keys=[OLD_KEY.raw.hex()], replays=8)
                for name in ("right", *TRIED)
            ],
            tmp_path,
        )
    assert not run["right"].failed
    for name in TRIED:
        found = run[name]
        assert found.failed
        assert BROKEN[name][1] in found.result["failed_checks"], found.result["table"]
        assert found.result["passed"] is False
        assert found.message.startswith("The host did not pass ")
    assert KEY.raw.hex() not in run.output


def test_options_that_cannot_be_are_refused_with_the_reason(tmp_path: Path) -> None:
    wrong = {
        "no url": ({}, "url is not set: give it as the option url or in the environment as MT20W_HOST_URL"),
        "short key": ({"url": "https://127.0.0.1:1", "site_key": "BAE3"}, "must have 64 hexadecimal digits"),
        "clear": ({"url": "http://access.example.com", "site_key": KEY.raw.hex()}, "plain http"),
        "nobody": ({"url": "http://127.0.0.1:1", "site_key": KEY.raw.hex()}, "cannot reach 127.0.0.1:1"),
    }
    run = run_tasks([task(name, **options) for name, (options, _unused) in wrong.items()], tmp_path)
    for name, (_unused, reason) in wrong.items():
        assert reason in run[name].message
    assert "Traceback" not in run.output
