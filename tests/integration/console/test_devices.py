# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All ten kinds in one document, and what is particular to those that tell devices something."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.integration.certified import ROOT_CA, SEED, device_id
from tests.integration.console.terminal import Console
from tests.support.pages import Page
from tests.support.raw import Ublox
from tests.support.sandbox import Sandbox

DOCUMENT = """\
version: 1
account: rehearsal
tags: [downtown]
root_cas:
  - {name: fleet.example.com, ca_validity_days: 3650, device_validity_days: 365}
device_profiles:
  - name: trackers-eu
    tags: [cold-chain]
    bootstrap_provisioning:
      authorizations: {LocalDPR: enabled}
whitelist:
  ids: [0002000089280025]
tag_assignments:
  - {tag: downtown, ids: [0002000089280004, 0002000089280005], profiles: [trackers-us]}
device_provisioning:
  - name: downtown
    tags: [downtown]
    authorizations: {LocalC2C: enabled}
    security_heartbeat_seconds: 3600
device_certificates:
  - {name: pilots, tags: [downtown, cold-chain], root_ca: fleet.example.com}
  - {name: stolen, ids: [0002000089280006], state: revoked}
key_rotation:
  - {name: pilots, tags: [downtown, cold-chain], type: AUTOMATIC, days: 3}
webhooks:
  - {url: "https://old.example.com/hook", state: absent}
"""
DEVICE_KINDS = {
    "device_provisioning.downtown",
    "device_certificate.pilots",
    "device_certificate.stolen",
    "key_rotation.pilots",
}
ALL = {
    "tag.downtown",
    "root_ca.fleet.example.com",
    "bootstrap_provisioning.trackers-eu",
    "whitelist",
    "tag_assignment.downtown",
    "webhook.https://old.example.com/hook",
    *DEVICE_KINDS,
}


@pytest.fixture
def fleet(console: Console, sandbox: Sandbox) -> Console:
    """A console beside the document ``devices.yml``; the trackers have certificates."""
    sandbox.reset(SEED)
    (console.home / "devices.yml").write_text(DOCUMENT)
    return console


def beat(sandbox: Sandbox) -> None:
    sandbox.control("POST", "/fleet/heartbeat", {"all": True})


def somebody_else(sandbox: Sandbox, path: str, **body: Any) -> None:
    portal = Ublox(sandbox)
    portal.login()
    portal.ok(path, body)


def test_all_ten_kinds_are_planned_applied_and_then_as_declared(fleet: Console, sandbox: Sandbox) -> None:
    planned = fleet("plan", "devices.yml", "--json").json
    fleet("apply", "devices.yml", "--yes")
    told = fleet("plan", "devices.yml", "--detailed-exitcode", status=0)
    beat(sandbox)
    done = fleet("plan", "devices.yml", "--detailed-exitcode", status=0)

    assert {change["address"] for change in planned["changes"]} == ALL
    assert told.out == done.out == "Plan for account rehearsal\n\nNo changes. The account is as declared.\n"
    fleet("drift", "devices.yml")
    assert fleet("validate", "devices.yml", "--json").json["declared"] == {
        "tag": 1,
        "root_ca": 1,
        "device_profile": 1,
        "bootstrap_provisioning": 1,
        "whitelist": 1,
        "tag_assignment": 1,
        "device_provisioning": 1,
        "device_certificate": 2,
        "key_rotation": 1,
        "webhook": 1,
    }


def test_a_plan_says_what_is_left_to_do_on_which_devices(fleet: Console) -> None:
    text = fleet("plan", "devices.yml").out

    assert '  ~ device_provisioning "downtown"               2 of 2 devices\n' in text
    assert f"      set: {device_id(4)}, {device_id(5)}\n" in text
    assert '  ~ device_certificate "pilots"                  5 of 5 devices\n' in text
    assert (
        f"      transfer from legacy.example.com: {device_id(1)}, {device_id(2)}, {device_id(3)}, and 2 more\n" in text
    )
    assert f"      revoke legacy.example.com: {device_id(6)}\n" in text
    assert f"      rotate: {device_id(1)}, {device_id(2)}, {device_id(3)}, and 2 more\n" in text
    for form in ("markdown", "html"):
        assert "transfer from legacy.example.com" in fleet("plan", "devices.yml", "--format", form).out


def test_what_is_told_waits_for_what_it_names(fleet: Console) -> None:
    edges = fleet("graph", "devices.yml", "--json").json["edges"]

    assert {"from": "tag_assignment.downtown", "to": "tag.downtown"} in edges
    assert {"from": "device_certificate.pilots", "to": "root_ca.fleet.example.com"} in edges
    assert not [edge for edge in edges if edge["from"] == "device_certificate.stolen"]


def test_a_part_can_be_planned(fleet: Console) -> None:
    def addresses(*options: str) -> set[str]:
        return {change["address"] for change in fleet("plan", "devices.yml", "--json", *options).json["changes"]}

    assert addresses("--only", "key_rotation", "--only", "tag", "--only", "tag_assignment") == {
        "tag.downtown",
        "tag_assignment.downtown",
        "key_rotation.pilots",
    }
    assert addresses("--target", "device_certificate.stolen") == {"device_certificate.stolen"}
    assert addresses("--target", "device_certificate.pilots") >= {
        "root_ca.fleet.example.com",
        "tag.downtown",
        "device_certificate.pilots",
    }


def test_drift_is_what_devices_were_told_otherwise_by_others(fleet: Console, sandbox: Sandbox) -> None:
    fleet("apply", "devices.yml", "--yes")
    beat(sandbox)
    slower = {"NetworkParameters": {"SecurityHeartbeatInSec": 7200}}
    somebody_else(sandbox, "/device/provisioning/set", ROTPublicUIDs=[device_id(4)], Provisioning=slower)
    somebody_else(sandbox, "/tag/remove", TagNames=["downtown"], DeviceProfileUIDs=["QHlN732VgUWCdfNeXHkQR1"])

    found = fleet("drift", "devices.yml", "--json", status=2).json

    assert {change["address"] for change in found["changes"]} == {
        "device_provisioning.downtown",
        "tag_assignment.downtown",
    }


def test_a_machine_that_never_told_devices_has_no_drift_of_what_cannot_be_seen(
    fleet: Console, sandbox: Sandbox
) -> None:
    fleet("apply", "devices.yml", "--yes")
    beat(sandbox)
    elsewhere = fleet.with_variables(DEVICE_TRUST_STATE=str(fleet.home / "elsewhere"))

    elsewhere("drift", "devices.yml", status=0)
    planned = elsewhere("plan", "devices.yml", "--json").json["changes"]
    assert [change["address"] for change in planned] == ["key_rotation.pilots"]


def test_a_saved_plan_is_applied_as_it_is_and_once(fleet: Console, sandbox: Sandbox) -> None:
    fleet("plan", "devices.yml", "--out", "plan.json")
    stranger = Console(fleet.home)
    assert stranger("show", "plan.json").out.splitlines()[:-1] == fleet("plan", "devices.yml").out.splitlines()[:-1]
    applied = fleet.process("apply", "plan.json")
    before = sandbox.state()
    again = fleet("apply", "plan.json", status=1)

    assert {line.split()[2] for line in applied.out.splitlines() if line.startswith("  done")} == ALL
    for address in DEVICE_KINDS:
        assert f"{address} has changed since the plan was made" in again.err
    assert sandbox.state() == before


def test_a_saved_plan_is_applied_on_another_machine(fleet: Console) -> None:
    fleet("plan", "devices.yml", "--out", "plan.json")
    elsewhere = fleet.with_variables(DEVICE_TRUST_STATE=str(fleet.home / "elsewhere"))

    assert "Applied: 2 added, 7 changed, 1 deleted." in elsewhere("apply", "plan.json").out


def provisioned(sandbox: Sandbox) -> None:
    provisioning = {
        "Authorizations": [{"Name": "LocalC2C", "State": "ENABLED"}],
        "NetworkParameters": {"SecurityHeartbeatInSec": 3600},
    }
    somebody_else(sandbox, "/device/provisioning/set", ROTPublicUIDs=[device_id(4)], Provisioning=provisioning)


def revoked(sandbox: Sandbox) -> None:
    somebody_else(sandbox, "/ztp/devicecertificate/revoke", CAName=ROOT_CA, ROTPublicUID=device_id(6))


def removed(sandbox: Sandbox) -> None:
    somebody_else(sandbox, "/ztp/devicecertificate/delete", ROTPublicUIDs=[device_id(2)])
    beat(sandbox)


def tagged(sandbox: Sandbox) -> None:
    somebody_else(sandbox, "/tag/create", TagName="downtown")
    somebody_else(sandbox, "/tag/assign", TagNames=["downtown"], ROTPublicUIDs=[device_id(7)])


MOVED: dict[str, tuple[Callable[[Sandbox], None], set[str]]] = {
    "provisioned by somebody else": (provisioned, {"device_provisioning.downtown"}),
    "revoked by somebody else": (revoked, {"device_certificate.stolen"}),
    "without its certificate": (removed, {"device_certificate.pilots"}),
    "with the tag already": (tagged, {"tag.downtown", "tag_assignment.downtown"}),
}


@pytest.mark.parametrize("how", MOVED)
def test_a_saved_plan_is_refused_when_a_device_has_moved(fleet: Console, sandbox: Sandbox, how: str) -> None:
    move, addresses = MOVED[how]
    fleet("plan", "devices.yml", "--out", "plan.json")
    move(sandbox)
    before = sandbox.state()

    refused = fleet("apply", "plan.json", status=1).err

    assert {line.split()[0] for line in refused.splitlines() if "has changed since the plan was made" in line} == (
        addresses
    )
    assert sandbox.state() == before


def test_the_rest_of_a_saved_plan_is_done_when_that_is_allowed(fleet: Console, sandbox: Sandbox) -> None:
    fleet("plan", "devices.yml", "--out", "plan.json")
    revoked(sandbox)

    rest = fleet("apply", "plan.json", "--allow-stale", "--json").json

    assert {outcome["address"] for outcome in rest["report"]} == ALL - {"device_certificate.stolen"}


def test_an_apply_that_is_cut_off_is_resumed_and_what_was_told_is_not_told_again(
    fleet: Console, sandbox: Sandbox
) -> None:
    fleet("plan", "devices.yml", "--out", "plan.json")
    sandbox.fault("status", "/e2e/key/rotate", system="ublox", code=400, body={"message": "not today"}, count=1)
    failed = fleet("apply", "plan.json", status=1)
    writes = sandbox.requests()["ublox"]["writes"]

    resumed = fleet("apply", "--resume")

    assert "failed       ~ key_rotation.pilots" in failed.out
    assert "Applied: 0 added, 1 changed, 0 deleted." in resumed.out
    assert sandbox.requests()["ublox"]["writes"] == writes + 1
    fleet("plan", "devices.yml", "--detailed-exitcode", status=0)


@pytest.mark.parametrize("kind", ["tag_assignment", "device_provisioning", "device_certificate", "key_rotation"])
def test_each_kind_is_explained_with_its_source(console: Console, kind: str) -> None:
    text = console("explain", kind).out

    assert text.startswith(f"{kind}: ")
    assert "u-blox Security Services REST API 1.1.29" in text
    assert "  ids: set of device ids\n" in text


def test_destroy_takes_tags_away_and_leaves_devices_what_they_were_told(fleet: Console, sandbox: Sandbox) -> None:
    without_root_ca = DOCUMENT.replace("fleet.example.com", "legacy.example.com").replace(
        "root_cas:\n  - {name: legacy.example.com, ca_validity_days: 3650, device_validity_days: 365}\n", ""
    )
    (fleet.home / "devices.yml").write_text(without_root_ca)
    fleet("apply", "devices.yml", "--yes")
    beat(sandbox)
    before = {device["id"]: device for device in sandbox.state()["devices"]}
    fleet("destroy", "devices.yml", "--yes", "--allow-delete", "whitelist=25")

    after = {device["id"]: device for device in sandbox.state()["devices"]}
    assert after[device_id(4)]["tags"] == []
    assert "downtown" not in sandbox.state()["tags"]
    assert {device: {**found, "tags": []} for device, found in after.items()} == {
        device: {**found, "tags": []} for device, found in before.items()
    }


def test_import_writes_who_has_which_tag_and_nothing_that_was_told(fleet: Console, home: Path) -> None:
    knowing = fleet.with_variables(WEBHOOK_TOKEN_OLD_EXAMPLE_COM="Bearer fake-old-hook-token")
    knowing("import", "account")

    assert "No changes." in knowing("plan", "account", "--detailed-exitcode", status=0).out
    declared = knowing("validate", "account", "--json").json["declared"]
    assert declared["tag_assignment"] >= 1
    assert not {"device_provisioning", "device_certificate", "key_rotation"} & set(declared)
    one = knowing("import", "--only", "tag_assignment").out
    (home / "one.yml").write_text(one)
    assert device_id(3) in one
    knowing("plan", "one.yml", "--detailed-exitcode", status=0)


def test_the_page_about_devices_shows_what_is_planned(console: Console, sandbox: Sandbox) -> None:
    document, *_others = Page("devices").blocks("yaml")
    (printed,) = Page("devices").blocks("text")
    (console.home / "page.yml").write_text(document)
    (console.home / "line" / "batch.csv").write_text("ROTPublicUID\n0002000089280009\n0002000089280010\n")

    assert printed in console("plan", "page.yml").out
    console("apply", "page.yml", "--yes")
    beat(sandbox)
    assert "No changes." in console("plan", "page.yml", "--detailed-exitcode", status=0).out
