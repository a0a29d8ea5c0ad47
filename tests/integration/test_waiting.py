# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Waiting for the devices to do what they were told, at their security heartbeats."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.integration.certified import SEED, device_id
from tests.support.playbooks import COLLECTION, Run, Task, run_tasks
from tests.support.sandbox import Sandbox

BEAT_SECONDS = 0.5


def module(name: str, **options: Any) -> dict[str, Any]:
    return {f"{COLLECTION}.{name}": {"name": "pilots", "ids": [device_id(1), device_id(2)], **options}}


def provisioned(**options: Any) -> dict[str, Any]:
    return module("device_provisioning", authorizations={"LocalC2C": "enabled"}, **options)


def pending(task: Task) -> int:
    return int(task.result["pending"]["count"])


@contextmanager
def beating(sandbox: Sandbox) -> Iterator[None]:
    """The devices have their security heartbeats, again and again."""
    stopped = threading.Event()

    def beat() -> None:
        while not stopped.wait(BEAT_SECONDS):
            sandbox.control("POST", "/fleet/heartbeat", {"all": True})

    thread = threading.Thread(target=beat)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()


@pytest.fixture(scope="module")
def alive(sandbox_process: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Tasks that wait for devices which have heartbeats."""
    sandbox_process.reset(SEED)
    tasks = [
        {"name": "told before", **provisioned()},
        {"name": "told before and awaited", **provisioned(wait=True)},
        {"name": "nothing to wait for", **provisioned(wait=True)},
        {
            "name": "another property",
            **module("device_provisioning", security_heartbeat_seconds=3600, wait=True, wait_timeout=60),
        },
        {
            "name": "renewed",
            **module("device_certificate", renew_within_days=370, validity_days=400, wait=True, wait_timeout=60),
        },
        {"name": "revoked", **module("device_certificate", state="revoked", wait=True)},
        {"name": "replaced", **module("device_certificate", wait=True, wait_timeout=60)},
        {"name": "removed", **module("device_certificate", state="absent", wait=True, wait_timeout=60)},
        {"name": "asked for nothing more", **module("device_provisioning", state="absent", wait=True)},
    ]
    with beating(sandbox_process):
        return run_tasks(tasks, tmp_path_factory.mktemp("home"), sandbox=sandbox_process)


@pytest.fixture(scope="module")
def asleep(sandbox_process: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Tasks that wait for devices which have none."""
    sandbox_process.reset(SEED)
    lost = {"system": "ublox", "kind": "status", "path": "/device/info/get", "skip": 2, "count": 1}
    lost["params"] = {"code": 403, "body": {"message": "no access"}}
    tasks = [
        {"name": "check", **provisioned(wait=True, wait_timeout=60), "check_mode": True},
        {"name": "not yet", **provisioned(wait=True, wait_timeout=2)},
        {"name": "still not", **provisioned(wait=True, wait_timeout=1)},
        {
            "name": "one only",
            **provisioned(wait=True, wait_timeout=1),
            "vars": {"sandbox": [{"path": "/fleet/heartbeat", "body": {"id": device_id(2)}}]},
        },
        {
            "name": "no certificate yet",
            **module("device_certificate", renew_within_days=400, new_key=True, wait=True, wait_timeout=1),
        },
        {
            "name": "half way",
            **module("device_certificate", renew_within_days=30, validity_days=365, wait=True, wait_timeout=1),
            "vars": {"sandbox": [{"path": "/fleet/heartbeat", "body": {"ids": [device_id(1), device_id(2)]}}]},
        },
        {
            "name": "a device in the blacklist",
            **module("device_provisioning", ids=[device_id(25)], security_heartbeat_seconds=60, wait=True),
        },
        {
            "name": "the service fails meanwhile",
            **module("device_provisioning", security_heartbeat_seconds=7200, wait=True, wait_timeout=30),
            "vars": {"sandbox": [{"path": "/faults", "body": lost}]},
        },
        {
            "name": "no time at all",
            **module("device_provisioning", security_heartbeat_seconds=7200, wait=True, wait_timeout=0),
        },
        {"name": "keys", **module("key_rotation", type="CONTINUOUS", wait=True)},
    ]
    return run_tasks(
        [{**task, "ignore_errors": True} for task in tasks], tmp_path_factory.mktemp("home"), sandbox=sandbox_process
    )


def test_it_ends_when_every_device_has_done_it(alive: Run) -> None:
    assert alive.rc == 0, alive.output
    assert {task.name: pending(task) for task in alive.tasks if task.name != "told before"} == dict.fromkeys(
        [task.name for task in alive.tasks if task.name != "told before"], 0
    )


def test_devices_that_were_told_before_are_waited_for_too(alive: Run) -> None:
    assert pending(alive["told before"]) == 2
    assert not alive["told before and awaited"].changed


def test_waiting_only_reads(alive: Run) -> None:
    assert {task.name: task.writes for task in alive.tasks} == {
        "told before": 1,
        "told before and awaited": 0,
        "nothing to wait for": 0,
        "another property": 1,
        "renewed": 1,
        "revoked": 2,
        "replaced": 1,
        "removed": 1,
        "asked for nothing more": 1,
    }


def test_a_new_key_is_waited_for_over_both_heartbeats(alive: Run) -> None:
    pilot = next(found for found in alive["replaced"].account["devices"] if found["id"] == device_id(1))

    assert [found["installed"] for found in pilot["certificates"]] == [False, False, True]
    assert [found["revoked"] for found in pilot["certificates"]] == [False, True, False]


def test_it_fails_when_time_is_over_and_names_devices(asleep: Run) -> None:
    task = asleep["not yet"]

    assert task.failed
    assert "after 2 s 2 devices have not done what was declared" in task.message
    assert f"({device_id(1)}, {device_id(2)})" in task.message
    assert "security heartbeat" in task.message
    assert (task.changed, task.writes, pending(task)) == (True, 1, 2)
    assert [outcome["status"] for outcome in task.result["report"]] == ["done"]


def test_what_was_told_before_fails_likewise_and_is_no_change(asleep: Run) -> None:
    assert asleep["still not"].failed
    assert (asleep["still not"].changed, asleep["still not"].writes) == (False, 0)
    assert f"after 1 s a device has not done what was declared ({device_id(1)})" in asleep["one only"].message


def test_half_of_an_update_is_not_enough(asleep: Run) -> None:
    assert asleep["no certificate yet"].failed
    assert asleep["half way"].failed
    assert pending(asleep["half way"]) == 2


def test_a_device_in_the_blacklist_is_not_waited_for(asleep: Run) -> None:
    assert not asleep["a device in the blacklist"].failed


def test_what_the_service_refuses_meanwhile_ends_it(asleep: Run) -> None:
    task = asleep["the service fails meanwhile"]

    assert "POST /device/info/get: 403: no access" in task.message
    assert task.changed


def test_no_time_is_one_look(asleep: Run) -> None:
    assert asleep["no time at all"].failed


def test_check_mode_does_not_wait(asleep: Run) -> None:
    assert not asleep["check"].failed
    assert pending(asleep["check"]) == 2
    assert asleep["check"].calls()["/device/info/get"] == 1


def test_key_rotation_cannot_be_awaited(asleep: Run) -> None:
    assert "Unsupported parameters" in asleep["keys"].message
