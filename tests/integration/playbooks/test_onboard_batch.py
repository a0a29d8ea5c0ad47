# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook onboard_batch: a batch of the production line, from its CSV to devices that are up."""

from __future__ import annotations

import pytest

from tests.integration.playbooks.operator_desk import Desk, Stage, changed, refusal, said, writes
from tests.support.living import device

ROWS = (
    (device(1), "SN000001", "cold-chain"),
    (device(4), "SN000004", "Pilot"),
    (device(20), "SN000020", "pilot"),
    ("0002000089280030", "SN|<b>30", ""),
)
CSV = "ROTPublicUID,Serial,Tag\n" + "".join(f"{','.join(row)}\n" for row in ROWS)
BATCH = {"onboard_files": "line.csv", "onboard_tags": "batch-47", "onboard_report_directory": "reports"}
SAID = "Say how far the batch is"
OF_REPORT = ["There is a directory for the report", "The report is written for programs"]


@pytest.fixture(scope="module")
def checked(desk: Desk) -> Stage:
    desk.write("line.csv", CSV)
    return desk.stage(desk.checks("onboard_batch", **BATCH))


@pytest.fixture(scope="module")
def first(desk: Desk, checked: Stage) -> Stage:
    return desk.stage(desk.plays("onboard_batch", **BATCH))


@pytest.fixture(scope="module")
def again(desk: Desk, first: Stage) -> Stage:
    return desk.stage(desk.plays("onboard_batch", **BATCH))


@pytest.fixture(scope="module")
def one_came_up(desk: Desk, again: Stage) -> Stage:
    desk.living().bootstrap(device(20), "trackers-eu")
    return desk.stage(desk.plays("onboard_batch", **BATCH), "reports/onboard_batch")


def test_check_mode_writes_nothing_and_says_what_would_be_done(checked: Stage) -> None:
    assert checked.run.rc == 0, checked.run.output
    assert writes(checked.run) == 0
    assert set(checked.files) == {"line.csv"}
    assert [name for name in changed(checked.run) if name not in OF_REPORT] == [
        "The batch is on the whitelist",
        "The tags of the batch exist",
        "The devices that have bootstrapped are tagged",
    ]


def test_the_batch_is_added_to_the_whitelist_and_nobody_is_taken_from_it(first: Stage) -> None:
    assert set(first.account["whitelist"]) == {*(device(n) for n in range(1, 25)), "0002000089280030"}


def test_devices_that_have_bootstrapped_have_the_tags_of_the_batch_and_of_their_row(first: Stage) -> None:
    devices = {each["id"]: each["tags"] for each in first.account["devices"]}

    assert devices[device(1)] == ["batch-47", "cold-chain"]
    assert devices[device(4)] == ["Pilot", "batch-47"]
    assert devices[device(5)] == []


def test_it_says_who_is_up_and_who_has_not_been_seen_yet(first: Stage) -> None:
    assert first.run.rc == 0, first.run.output
    assert said(first.run, SAID).splitlines() == [
        "4 devices in the batch.",
        "2 up and provisioned.",
        "2 not seen yet: 0002000089280020, 0002000089280030",
    ]


def test_a_second_run_changes_nothing(again: Stage) -> None:
    assert again.run.rc == 0, again.run.output
    assert (changed(again.run), writes(again.run)) == ([], 0)


def test_a_device_that_came_up_since_is_tagged_then(one_came_up: Stage) -> None:
    assert "The devices that have bootstrapped are tagged" in changed(one_came_up.run)
    tags = {each["id"]: each["tags"] for each in one_came_up.account["devices"]}
    assert tags[device(20)] == ["Pilot", "batch-47"]
    assert "1 not seen yet: 0002000089280030" in said(one_came_up.run, SAID)


def test_the_report_has_the_rows_of_who_is_missing_and_is_not_broken_by_them(one_came_up: Stage) -> None:
    report = one_came_up.report

    assert report["up"] == [device(1), device(4), device(20)]
    assert report["not_seen"][0]["columns"]["serial"] == "SN|<b>30"
    assert "| `0002000089280030` | 0002000089280030, SN\\|&lt;b>30," in one_came_up.files["reports/onboard_batch.md"]


def test_missing_devices_can_be_awaited_and_then_fail_the_run(desk: Desk) -> None:
    desk.write("late.txt", f"{device(1)}\n{device(21)}\n")

    run = desk.plays(
        "onboard_batch",
        onboard_files="late.txt",
        onboard_wait="true",
        onboard_retries=2,
        onboard_delay=1,
        onboard_fail_on_missing="true",
    )

    assert f"1 not seen yet, 0 not provisioned yet: {device(21)}." in refusal(run)
    assert run["Look which devices have bootstrapped"].result["attempts"] == 2


def test_a_device_that_waits_for_its_provisioning_is_not_up(desk: Desk) -> None:
    desk.write("one.txt", device(2))
    desk.living().provision(device(2), NetworkParameters={"SecurityHeartbeatInSec": 7200})

    waiting = desk.plays("onboard_batch", onboard_files="one.txt")
    desk.beat(device(2))
    up = desk.plays("onboard_batch", onboard_files="one.txt", onboard_fail_on_missing="true")

    assert f"wait for a security heartbeat to be provisioned: {device(2)}" in said(waiting, SAID)
    assert up.rc == 0, up.output


def test_a_device_in_the_blacklist_fails_the_run_and_is_not_tagged(desk: Desk) -> None:
    desk.write("held.csv", f"Id;Tag\n{device(25)};cold-chain\n")

    run = desk.plays("onboard_batch", onboard_files="held.csv")

    assert "activate them in the portal" in refusal(run)
    assert desk.device(device(25))["tags"] == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Serial,Tag\nSN1,a\n", "wrong.csv:1:1: has no column of ids"),
        (f"Id,Tag\n{device(1)},a\nnot-an-id,b\n", "wrong.csv:3:1: 'not-an-id' is not a device id"),
        ("", "No device is listed in"),
    ],
)
def test_a_list_that_is_wrong_is_told_with_its_line_before_any_request(desk: Desk, text: str, words: str) -> None:
    desk.write("wrong.csv", text)

    run = desk.plays("onboard_batch", onboard_files="wrong.csv")

    assert run.rc != 0
    assert words in run.output
    assert run.collection_tasks == []


def test_without_a_list_it_says_how_to_give_one(desk: Desk) -> None:
    assert "-e onboard_files=line.csv" in refusal(desk.plays("onboard_batch"))
