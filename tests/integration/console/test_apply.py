# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""apply and destroy: exactly what was reviewed, confirmed by somebody, and a report that leaves nothing out."""

from __future__ import annotations

import fcntl
import json
import os
from pathlib import Path

import pytest

from tests.integration.console.terminal import Console
from tests.support.sandbox import Sandbox

NEW = {"tag.downtown", "root_ca.fleet.example.com", "bootstrap_provisioning.trackers-eu"}
ALL = {*NEW, "whitelist", "webhook.https://hooks.example.com/ublox", "webhook.https://old.example.com/hook"}


def test_a_saved_plan_is_applied_as_it_is_and_once(console: Console) -> None:
    console("plan", "fleet.yml", "--out", "plan.json")
    applied = console.process("apply", "plan.json")
    again = console("apply", "plan.json", status=1)

    assert {line.split()[2] for line in applied.out.splitlines() if line.startswith("  done")} == ALL
    assert applied.out.endswith("\nApplied: 4 added, 1 changed, 1 deleted.\n")
    assert "tag.downtown has changed since the plan was made: it exists now" in again.err
    assert "No changes." in console("plan", "fleet.yml").out


def test_what_has_changed_since_is_left_out_when_that_is_allowed(console: Console, sandbox: Sandbox) -> None:
    console("plan", "fleet.yml", "--out", "plan.json")
    (console.home / "other.yml").write_text("version: 1\ntags: [downtown]\n")
    console("apply", "other.yml", "--yes")
    before = sandbox.state()

    refused = console("apply", "plan.json", status=1)
    assert refused.err.count("has changed since the plan was made") == 1
    assert sandbox.state() == before

    rest = console("apply", "plan.json", "--allow-stale", "--json").json
    assert {outcome["address"] for outcome in rest["report"]} == ALL - {"tag.downtown"}
    assert len(rest["left_out"]) == 1


def test_a_plan_for_another_account_or_with_options_of_planning_is_refused(console: Console) -> None:
    console("plan", "fleet.yml", "--out", "plan.json")
    other = console.with_variables(UBLOX_API_KEY="another-fake-key")

    assert "the plan was made for another account (rehearsal)" in other("apply", "plan.json", status=1).err
    assert "--only: a saved plan is applied exactly" in console("apply", "plan.json", "--only", "tag", status=1).err
    assert "applied alone" in console("apply", "plan.json", "fleet.yml", status=1).err


def test_credentials_that_name_their_account_open_no_other(console: Console, sandbox: Sandbox) -> None:
    staging = console.with_variables(UBLOX_ACCOUNT="staging")
    console("plan", "fleet.yml", "--out", "plan.json")

    for arguments in (["plan", "fleet.yml"], ["apply", "fleet.yml", "--yes"], ["apply", "plan.json"]):
        assert "the credentials are for 'staging' (UBLOX_ACCOUNT)" in staging(*arguments, status=1).err
    assert sandbox.requests()["ublox"]["writes"] == 0
    console.with_variables(UBLOX_ACCOUNT="rehearsal")("plan", "fleet.yml")


def test_documents_are_applied_after_yes_on_a_terminal_only(console: Console, sandbox: Sandbox) -> None:
    before = sandbox.state()
    unattended = console("apply", "fleet.yml", status=1)
    declined = console.on_terminal("apply", "fleet.yml", typed="y\n", after="taken for yes.")
    assert sandbox.state() == before
    accepted = console.on_terminal("apply", "fleet.yml", typed="yes\n", after="taken for yes.")

    assert "nobody is there to confirm this plan: say --yes" in unattended.err
    assert (declined.status, accepted.status) == (1, 0)
    assert "Nothing was applied." in declined.out
    assert "\x1b[32m  + tag" in accepted.out, "additions are green on a terminal"
    assert "Applied: 4 added, 1 changed, 1 deleted." in accepted.out


def test_a_terminal_without_colours_stays_without(console: Console) -> None:
    plain = console.with_variables(NO_COLOR="1").on_terminal("plan", "fleet.yml")

    assert plain.status == 0
    assert "\x1b[32m" not in plain.out
    assert "\x1b[3" not in plain.out


def test_events_tell_each_request_and_change_and_end_with_the_report(console: Console) -> None:
    events = console("apply", "fleet.yml", "--yes", "--events").events
    names = [event["event"] for event in events]

    assert (names[0], names[-1]) == ("plan", "end")
    assert names.count("request") == names.count("answer") == events[0]["summary"]["requests"]
    assert {event["address"] for event in events if event["event"] == "change"} == ALL
    assert events[-1]["ok"] is True
    assert events[-1]["counts"] == {"done": 6, "failed": 0, "blocked": 0, "not started": 0}


def test_a_failure_is_reported_with_what_it_blocks_and_what_went_on(console: Console, sandbox: Sandbox) -> None:
    sandbox.fault("status", "/ztp/rootca/create", code=400, body={"message": "no more CAs"})
    failed = console("apply", "fleet.yml", "--yes", status=1)
    sandbox.control("DELETE", "/faults")
    console("apply", "fleet.yml", "--yes", "--only", "tag")
    again = console("apply", "fleet.yml", "--yes", "--json").json

    lines = {line.split()[-1] if line.startswith("  done") else line.strip() for line in failed.out.splitlines()}
    assert {"whitelist", "tag.downtown"} <= lines
    assert "  failed       + root_ca.fleet.example.com: POST /ztp/rootca/create: 400: no more CAs\n" in failed.out
    assert "  blocked      + bootstrap_provisioning.trackers-eu: waits for root_ca.fleet.example.com\n" in failed.out
    assert failed.out.endswith("2 of 6 changes were not carried out.\nTo go on: device-trust apply --resume\n")
    assert {outcome["address"] for outcome in again["report"]} == {
        "root_ca.fleet.example.com",
        "bootstrap_provisioning.trackers-eu",
    }


def test_one_apply_at_a_time(console: Console, home: Path) -> None:
    console("apply", "fleet.yml", "--yes")
    (lock,) = (home / "state").rglob("apply.lock")
    with lock.open("r+") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        busy = console("apply", "fleet.yml", "--yes", "--lock-timeout", "0.2", status=1)

    assert "another apply to this account is running" in busy.err
    assert "--lock-timeout" in busy.err


def test_destroy_deletes_what_is_declared_and_nothing_else(console: Console, sandbox: Sandbox) -> None:
    before = sandbox.state()
    console("apply", "fleet.yml", "--yes")
    (console.home / "mine.yml").write_text(
        "version: 1\ntags: [downtown]\nroot_cas: [{name: fleet.example.com}]\n"
        "device_profiles:\n- name: trackers-eu\n  tags: [cold-chain]\n  bootstrap_provisioning: {}\n"
        "whitelist: {mode: exclusive, ids: ['0002000089280025', '0002000089280026']}\n"
        "webhooks: {mode: exclusive, items: [{url: 'https://hooks.example.com/ublox'}]}\n"
    )
    asked = console("destroy", "mine.yml", status=1)
    gone = console("destroy", "mine.yml", "--yes", "--json").json

    assert "nobody is there to confirm" in asked.err
    assert {outcome["address"] for outcome in gone["report"]} == ALL - {"webhook.https://old.example.com/hook"}
    after = sandbox.state()
    assert after["tags"] == before["tags"]
    assert after["root_cas"] == before["root_cas"]
    assert after["profiles"] == before["profiles"]
    assert after["webhooks"] == []


def test_destroy_stops_at_what_is_protected(console: Console, sandbox: Sandbox) -> None:
    (console.home / "mine.yml").write_text("version: 1\ntags: [{name: legacy, protected: true}]\n")
    before = sandbox.state()
    refused = console("destroy", "mine.yml", "--yes", status=1)

    assert "mine.yml:2:34: tags[0]: tag.legacy is protected and would be deleted" in refused.err
    assert sandbox.state() == before


@pytest.mark.parametrize(
    "arguments", [["apply"], ["apply", "none.yml", "--yes"], ["apply", "fleet.yml", "--allow-stale"]]
)
def test_what_cannot_be_applied_says_why(console: Console, arguments: list[str]) -> None:
    said = console(*arguments, status=1).err

    assert any(words in said for words in ("name a saved plan", "none.yml: cannot be read", "is for saved plans"))


def test_a_plan_that_was_tampered_with_is_refused(console: Console, home: Path) -> None:
    console("plan", "fleet.yml", "--out", "plan.json")
    saved = json.loads((home / "plan.json").read_text())
    saved["changes"][0]["name"] = "uptown"
    (home / "plan.json").write_text(json.dumps(saved))

    assert "has been changed since it was written" in console("apply", "plan.json", status=1).err
    assert "has been changed since it was written" in console("show", "plan.json", status=1).err
    (home / "plan.json").write_text((home / "plan.json").read_text()[:-20])
    assert "plan.json is not a plan: it is not JSON" in console("apply", "plan.json", status=1).err


def test_nobody_who_listens_does_not_stop_an_apply(console: Console, sandbox: Sandbox) -> None:
    process = console.start("apply", "fleet.yml", "--yes", "--events")
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()

    assert process.wait(60) == 0
    assert process.stderr is not None
    assert process.stderr.read() == ""
    process.stderr.close()
    assert "No changes." in console("plan", "fleet.yml").out
    assert os.listdir(console.home / "state")
