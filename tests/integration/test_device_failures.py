# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the service refuses, or does not answer, when devices are told something: a message that says what it was, and
a next run that finishes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from tests.integration.certified import SEED, device_id
from tests.support.playbooks import COLLECTION, Run, run_tasks
from tests.support.sandbox import Sandbox

PILOT = device_id(1)
ASSIGN, REMOVE = "/tag/assign", "/tag/remove"
SET, RENEW, UPDATE = "/device/provisioning/set", "/ztp/devicecertificate/renew", "/ztp/devicecertificate/update"
DELETE, REVOKE, ROTATE = "/device/provisioning/delete", "/ztp/devicecertificate/revoke", "/e2e/key/rotate"


def module(called: str, **options: Any) -> dict[str, Any]:
    return {f"{COLLECTION}.{called}": options}


TAGGED = module("tag_assignment", tag="legacy", ids=[PILOT])
UNTAGGED = module("tag_assignment", tag="cold-chain", ids=[PILOT], state="absent")
PROVISIONED = module(
    "device_provisioning", name="pilot", ids=[PILOT], authorizations={"LocalC2C": "enabled"}, timeout=5
)
UNPROVISIONED = module("device_provisioning", name="pilot", ids=[PILOT], state="absent")
RENEWED = module("device_certificate", name="pilot", ids=[PILOT], renew_within_days=370, validity_days=400)
NEW_KEY = module("device_certificate", name="pilot", ids=[PILOT], renew_within_days=366, new_key=True)
REVOKED = module("device_certificate", name="pilot", ids=[PILOT], state="revoked")
ROTATED = module("key_rotation", name="pilot", ids=[PILOT], type="CONTINUOUS")


def fault(kind: str, path: str, count: int = 1, **params: Any) -> dict[str, Any]:
    return {
        "path": "/faults",
        "body": {"system": "ublox", "kind": kind, "path": path, "params": params, "count": count},
    }


def without(subscription: str) -> dict[str, Any]:
    return {"path": "/settings", "body": {"subscriptions": {subscription: False}}}


@dataclass(frozen=True, slots=True)
class Case:
    """A task that meets a mishap, and what its message must say."""

    task: Mapping[str, Any]
    mishap: Mapping[str, Any]
    words: tuple[str, ...] = ()


REFUSED: Mapping[str, Case] = {
    "no subscription for the service": Case(
        module("device_provisioning", name="pilot", ids=[PILOT], authorizations={"LocalC2C": "enabled"}),
        without("Local Chip-to-Chip Security"),
        (f"POST {SET}: 400: ", "Local Chip-to-Chip Security subscription is not active"),
    ),
    "no subscription for certificates": Case(
        RENEWED,
        without("Device Certificate Management"),
        ("POST /ztp/", "400: ", "Device Certificate Management subscription is not active"),
    ),
    "no subscription for keys": Case(
        ROTATED,
        without("E2E Data Protection"),
        (f"POST {ROTATE}: 400: ", "E2E Data Protection subscription is not active"),
    ),
    "the quota is used up": Case(
        RENEWED,
        {"path": "/settings", "body": {"certificate_quota": 0}},
        (f"POST {RENEW}: 400: ", "Quota for given ROTPublicUIDs is exceeded"),
    ),
    "the quota is used up for a revocation": Case(
        REVOKED,
        {"path": "/settings", "body": {"certificate_quota": 0}},
        (f"POST {REVOKE}: 400: ", "Quota for given ROTPublicUIDs is exceeded"),
    ),
    "the service says no to a tag": Case(
        TAGGED, fault("status", ASSIGN, code=400, body={"message": "not today"}), (f"POST {ASSIGN}: 400: not today",)
    ),
}
OVERCOME: Mapping[str, Case] = {
    "too many requests for a tag": Case(TAGGED, fault("status", ASSIGN, code=429, headers={"Retry-After": "0"})),
    "too many requests for provisioning": Case(PROVISIONED, fault("status", SET, code=429)),
    "too many requests for a certificate": Case(RENEWED, fault("status", RENEW, code=429)),
    "too many requests for keys": Case(ROTATED, fault("status", ROTATE, code=429)),
    "not available for a moment": Case(RENEWED, fault("status", "/device/info/get", code=503)),
    "no list of devices for a moment": Case(PROVISIONED, fault("drop", "/device/info/get")),
    "no revocation list for a moment": Case(RENEWED, fault("status", "/ztp/rootca/crl/get", code=502)),
    "no desired properties for a moment": Case(PROVISIONED, fault("status", "/device/provisioning/get", code=504)),
    "a token that expires before a write": Case(RENEWED, fault("expire_token", "/ztp/rootca/crl/get")),
}
READ_BACK: Mapping[str, Case] = {
    "lost before a tag is assigned": Case(TAGGED, fault("drop", ASSIGN, when="before")),
    "lost after a tag is assigned": Case(TAGGED, fault("drop", ASSIGN, when="after")),
    "lost after a tag is removed": Case(UNTAGGED, fault("drop", REMOVE, when="after")),
    "503 before provisioning is set": Case(PROVISIONED, fault("status", SET, code=503, when="before")),
    "503 after provisioning is set": Case(PROVISIONED, fault("status", SET, code=503, when="after")),
    "no JSON after provisioning is deleted": Case(UNPROVISIONED, fault("garbage", DELETE)),
}
NOT_SHOWN: Mapping[str, Case] = {
    "lost before a certificate is renewed": Case(RENEWED, fault("drop", RENEW, when="before")),
    "lost after a certificate is renewed": Case(RENEWED, fault("drop", RENEW, when="after")),
    "503 after an update is begun": Case(NEW_KEY, fault("status", UPDATE, code=503, when="after")),
    "lost before a revocation": Case(REVOKED, fault("drop", REVOKE, when="before")),
    "lost after a revocation": Case(REVOKED, fault("drop", REVOKE, when="after")),
    "lost before keys are rotated": Case(ROTATED, fault("drop", ROTATE, when="before")),
    "no JSON after keys are rotated": Case(ROTATED, fault("garbage", ROTATE)),
}
THEN = ", then once more"
UNREADABLE: Mapping[str, Case] = {
    "devices that are no list": Case(
        PROVISIONED,
        fault("status", "/device/info/get", code=200, body={"DeviceInfo": {}}),
        ("POST /device/info/get: ", "unexpected answer", "DeviceInfo"),
    ),
    "desired properties that are no list": Case(
        PROVISIONED,
        fault("status", "/device/provisioning/get", code=200, body={"message": "Success"}),
        ("POST /device/provisioning/get: ", "unexpected answer"),
    ),
    "a revocation list that is none": Case(
        RENEWED,
        fault("status", "/ztp/rootca/crl/get", code=200, body={"CRLs": "none"}),
        ("POST /ztp/rootca/crl/get: ", "unexpected answer", "CRLs"),
    ),
    "devices of a tag that are none": Case(
        TAGGED,
        fault("status", "/device/rotpublicuid/get", code=200, body={"ROTPublicUIDs": [True], "TotalRecords": 1}),
        ("POST /device/rotpublicuid/get: ", "unexpected answer"),
    ),
    "no such device list any more": Case(
        RENEWED,
        fault("status", "/device/info/get", code=403, body={"message": "no access"}),
        ("POST /device/info/get: 403: no access",),
    ),
}
CASES = {**REFUSED, **OVERCOME, **READ_BACK, **NOT_SHOWN, **UNREADABLE}
UPDATING = "while an update is on-going"
FORGETFUL = "a machine that cannot write down what it did"
A_FILE = "{{ playbook_dir }}/play.yml"


def tasks_of(number: int, name: str, case: Case) -> list[dict[str, Any]]:
    """The task with its mishap, on an account and a machine of their own; where it may have been in vain, once more."""
    machine = {"DEVICE_TRUST_STATE": f"{{{{ lookup('ansible.builtin.env', 'HOME') }}}}/machine-{number}"}
    task = {**case.task, "environment": machine, "ignore_errors": True}
    mishap = [{"path": "/state/reset", "body": SEED}, case.mishap]
    again = [{"name": name + THEN, **task}] if name in NOT_SHOWN else []
    return [{"name": name, **task, "vars": {"sandbox": mishap}}, *again]


@pytest.fixture(scope="module")
def run(sandbox_process: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Run:
    sandbox_process.reset()
    tasks = [task for number, (name, case) in enumerate(CASES.items()) for task in tasks_of(number, name, case)]
    tasks += [
        {"name": "an update", **NEW_KEY, "vars": {"sandbox": [{"path": "/state/reset", "body": SEED}]}},
        {"name": UPDATING, **REVOKED, "ignore_errors": True},
        {"name": FORGETFUL, **ROTATED, "environment": {"DEVICE_TRUST_STATE": A_FILE}},
    ]
    return run_tasks(tasks, tmp_path_factory.mktemp("home"), sandbox=sandbox_process)


def device(task: Any) -> Any:
    return next(found for found in task.account["devices"] if found["id"] == PILOT)


def test_no_traceback_is_shown(run: Run) -> None:
    assert "Traceback (most recent call last)" not in run.output


@pytest.mark.parametrize("name", [*REFUSED, *UNREADABLE])
def test_it_fails_with_the_words_of_the_service_and_is_no_change(run: Run, name: str) -> None:
    task = run[name]

    assert task.failed
    assert [words for words in CASES[name].words if words not in task.message] == [], task.message
    assert not task.changed
    assert not task.changed_the_account


@pytest.mark.parametrize("name", UNREADABLE)
def test_an_answer_that_cannot_be_read_comes_before_any_write(run: Run, name: str) -> None:
    assert run[name].writes == 0


@pytest.mark.parametrize("name", OVERCOME)
def test_what_passes_is_overcome(run: Run, name: str) -> None:
    task = run[name]

    assert not task.failed, task.result
    assert task.changed
    assert task.changed_the_account


@pytest.mark.parametrize("name", READ_BACK)
def test_a_write_of_unknown_outcome_is_read_back_and_not_done_twice(run: Run, name: str) -> None:
    task = run[name]

    assert task.changed_the_account
    assert [(outcome["status"], outcome["read_back"]) for outcome in task.result["report"]] == [("done", True)]
    assert task.writes == (2 if "before" in name else 1)


@pytest.mark.parametrize("name", NOT_SHOWN)
def test_where_reading_would_not_tell_the_task_fails_and_says_what_is_not_known(run: Run, name: str) -> None:
    task = run[name]

    assert task.failed
    assert "it is not known whether it took effect" in task.message
    assert task.changed, "it may have"
    assert task.writes == 1


@pytest.mark.parametrize("name", NOT_SHOWN)
def test_then_the_next_run_finishes(run: Run, name: str) -> None:
    again = run[name + THEN]

    assert not again.failed, again.result
    assert again.writes == (0 if name == "lost after a revocation" else 1)


def test_certificates_end_up_as_declared(run: Run) -> None:
    assert device(run["lost before a certificate is renewed" + THEN])["certificate_task"] == "renew"
    assert device(run["503 after an update is begun" + THEN])["certificate_task"] == "update"
    assert device(run["lost before a revocation" + THEN])["certificates"][0]["revoked"]
    assert device(run["lost before keys are rotated" + THEN])["key_rotation"]["type"] == "CONTINUOUS"


def test_nothing_else_is_possible_while_an_update_is_on_going(run: Run) -> None:
    assert "Device certificate update process is still on-going" in run[UPDATING].message
    assert not run[UPDATING].changed_the_account


def test_what_cannot_be_remembered_is_done_and_warned_of(run: Run) -> None:
    task = run[FORGETFUL]

    assert not task.failed
    assert task.changed_the_account
    assert "cannot be remembered" in task.warnings[0]
    assert "DEVICE_TRUST_STATE" in task.warnings[0]
