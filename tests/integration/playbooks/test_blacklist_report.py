# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook blacklist_report: who is in the blacklist, and what whitelisting does for them and what not."""

from __future__ import annotations

import pytest

from tests.integration.playbooks.operator_desk import Desk, Stage, changed, said, writes
from tests.support.living import device

STRANGER, OURS = device(25), "00020000aa000001"
WITH_LIST = {"blacklist_whitelist_file": "ours.csv"}


@pytest.fixture(scope="module")
def checked(desk: Desk) -> Stage:
    desk.living().bootstrap(OURS, "trackers-us", imei="862618583900099", device_serial="SN000025")
    desk.sandbox.control("POST", "/fleet/clone", {"id": STRANGER})
    desk.write("ours.csv", f"Id,Type,Action\n{OURS.upper()},ROTPublicUID,ADD\n0002000089280099,ROTPublicUID,ADD\n")
    return desk.stage(desk.checks("blacklist_report", **WITH_LIST))


@pytest.fixture(scope="module")
def reported(desk: Desk, checked: Stage) -> Stage:
    return desk.stage(desk.plays("blacklist_report"), "blacklist_report")


@pytest.fixture(scope="module")
def whitelisted(desk: Desk, reported: Stage) -> Stage:
    return desk.stage(desk.plays("blacklist_report", **WITH_LIST), "blacklist_report")


@pytest.fixture(scope="module")
def again(desk: Desk, whitelisted: Stage) -> Stage:
    return desk.stage(desk.plays("blacklist_report", **WITH_LIST))


def test_check_mode_writes_nothing(checked: Stage) -> None:
    assert checked.run.rc == 0, checked.run.output
    assert writes(checked.run) == 0
    assert "The devices that are ours are on the whitelist" in changed(checked.run)
    assert set(checked.files) == {"ours.csv"}


def test_without_a_list_it_only_reports(reported: Stage) -> None:
    assert reported.run.rc == 0, reported.run.output
    assert writes(reported.run) == 0
    assert changed(reported.run) == ["The report is written for programs", "The report is written for people"]


def test_the_report_has_what_is_known_of_each_device(reported: Stage) -> None:
    stranger, ours = reported.report["devices"]

    assert (stranger["id"], ours["id"]) == (STRANGER, OURS)
    assert ours["device_profile"] == "trackers-us"
    assert (ours["imei"], ours["device_serial_number"]) == ("862618583900099", "SN000025")
    assert ours["state"] == "ALLOCATED"
    assert ours["suspicious"] == stranger["suspicious"] == ["DUPLICATED_DEV_SERIAL_NUM_SEALING"]
    assert [clone["id"] for clone in stranger["clones"]] == [STRANGER]
    assert not ours["whitelisted"]


def test_devices_of_the_list_are_whitelisted_if_they_are_in_the_blacklist_and_no_others(whitelisted: Stage) -> None:
    account = whitelisted.run["The devices that are ours are on the whitelist"].account

    assert OURS in account["whitelist"]
    assert {STRANGER, "0002000089280099"}.isdisjoint(account["whitelist"])
    assert [entry["ours"] for entry in whitelisted.report["devices"]] == [False, True]


def test_being_whitelisted_does_not_take_them_off_the_blacklist_and_it_says_what_does(whitelisted: Stage) -> None:
    told = said(whitelisted.run, "Say what is to be done")

    assert [entry["state"] for entry in whitelisted.report["devices"]] == ["ALLOCATED", "ALLOCATED"]
    assert "1 on the whitelist, to be activated in the portal" in told
    assert f"(Security Services, Blacklist, View device, Activate): {OURS}" in told
    assert f"1 not on the whitelist: {STRANGER}" in told
    assert "look at them before you activate any" in told


def test_a_second_run_changes_nothing(again: Stage) -> None:
    assert again.run.rc == 0, again.run.output
    assert (changed(again.run), writes(again.run)) == ([], 0)


def test_once_activated_in_the_portal_a_device_is_no_longer_reported(whitelisted: Stage, desk: Desk) -> None:
    desk.sandbox.control("POST", "/portal/activate", {"id": OURS})

    run = desk.plays("blacklist_report", blacklist_report_directory="later")

    assert run.rc == 0, run.output
    assert [entry["id"] for entry in desk.report("later/blacklist_report")["devices"]] == [STRANGER]


def test_an_empty_blacklist_is_a_report_too(desk: Desk) -> None:
    desk.sandbox.reset({"profiles": [{"name": "trackers-eu"}]})

    run = desk.plays("blacklist_report", blacklist_report_directory="empty")

    assert run.rc == 0, run.output
    assert said(run, "Say what is to be done") == "0 devices in the blacklist."
    assert desk.report("empty/blacklist_report")["devices"] == []
    desk.sandbox.reset()


def test_a_list_that_is_not_there_is_told(desk: Desk) -> None:
    run = desk.plays("blacklist_report", blacklist_whitelist_file="none.csv")

    assert run.rc != 0
    assert "no file matches" in run.output
    assert writes(run) == 0
