# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""plan, show, graph and drift: what would change in every form, and the exit status that tells."""

from __future__ import annotations

import json
from pathlib import Path

from jsonschema import Draft202012Validator

from tests.integration.console.conftest import TOKENS
from tests.integration.console.terminal import Console
from tests.support.sandbox import Sandbox


def test_a_plan_is_shown_in_every_form_and_changes_nothing(console: Console, sandbox: Sandbox) -> None:
    before = sandbox.state()
    text = console.process("plan", "fleet.yml")
    data = console("plan", "fleet.yml", "--json")
    markdown = console("plan", "fleet.yml", "--format", "markdown")
    html = console("plan", "fleet.yml", "--format", "html")

    assert text.out.startswith("Plan for account rehearsal\n")
    assert '  + root_ca "fleet.example.com"' in text.out
    assert "(secret env:HOOK_TOKEN)" in text.out
    assert "Plan: 4 to add, 1 to change, 1 to delete." in text.out
    assert data.json["ok"] is True
    assert data.json["summary"]["add"] == 4
    assert {change["address"]: change["action"] for change in data.json["changes"]}["whitelist"] == "update"
    assert "### Plan for account `rehearsal`" in markdown.out
    assert html.out.lower().startswith("<!doctype html>")
    assert "\x1b" not in text.output, "colours are for terminals"
    assert sandbox.state() == before
    assert sandbox.requests()["ublox"]["writes"] == 0


def test_the_exit_status_tells_of_changes_when_asked_to(console: Console) -> None:
    console("plan", "fleet.yml", "--detailed-exitcode", status=2)
    console("drift", "fleet.yml", status=2)
    console("apply", "fleet.yml", "--yes")

    same = console("plan", "fleet.yml", "--detailed-exitcode", status=0)
    assert "No changes. The account is as declared." in same.out
    assert console("drift", "fleet.yml", "--json").json["drift"] is False


def test_drift_is_no_matter_of_guards_and_resent_secrets(console: Console, home: Path, sandbox: Sandbox) -> None:
    document = home / "hooks.yml"
    document.write_text(
        "version: 1\nwhitelist: {mode: exclusive, ids: []}\nwebhooks:\n"
        "  - url: https://old.example.com/hook\n    events: [DEVICE_BOOTSTRAP_EVENT]\n"
        "    authorization_token: !env HOOK_TOKEN\n    update_token: always\n"
    )
    console("plan", document, status=1)
    found = console("drift", document, "--json", status=2).json

    assert [change["address"] for change in found["changes"]] == ["whitelist"]
    console("drift", document, "--except", "whitelist", status=0)


def test_a_saved_plan_shows_without_credentials_what_was_planned(console: Console, home: Path) -> None:
    planned = console("plan", "fleet.yml", "--out", "plan.json")
    stranger = Console(home)

    assert "device-trust apply plan.json" in planned.err
    shown = stranger("show", "plan.json").out
    assert shown.splitlines()[:-1] == planned.out.splitlines()[:-1]
    assert shown.splitlines()[-1] == "Plan: 4 to add, 1 to change, 1 to delete. 7 requests."
    assert (
        stranger("show", "plan.json", "--json").json["changes"]
        == json.loads(console("plan", "fleet.yml", "--json").out)["changes"]
    )
    schema = stranger("schema", "plan").json
    Draft202012Validator(schema).validate(json.loads((home / "plan.json").read_text()))


def test_the_graph_of_a_plan_says_what_waits_for_what(console: Console) -> None:
    console("plan", "fleet.yml", "--out", "plan.json")
    text = console("graph", "plan.json").out
    dot = console("graph", "plan.json", "--format", "dot").out
    mermaid = console("graph", "plan.json", "--format", "mermaid").out
    data = console("graph", "fleet.yml", "--json").json

    first, second = text.split("Step 2\n")
    assert "  + root_ca.fleet.example.com" in first
    assert second == "  + bootstrap_provisioning.trackers-eu  after root_ca.fleet.example.com\n"
    assert {"from": "bootstrap_provisioning.trackers-eu", "to": "root_ca.fleet.example.com"} in data["edges"]
    assert dot.count(" -> ") == mermaid.count(" --> ") == len(data["edges"])


def test_a_part_of_a_declaration_can_be_planned(console: Console) -> None:
    def addresses(*options: str) -> list[str]:
        return [change["address"] for change in console("plan", "fleet.yml", "--json", *options).json["changes"]]

    assert addresses("--only", "tag", "--only", "webhooks") == [
        "tag.downtown",
        "webhook.https://hooks.example.com/ublox",
        "webhook.https://old.example.com/hook",
    ]
    assert addresses("--target", "bootstrap_provisioning.trackers-eu") == [
        "root_ca.fleet.example.com",
        "bootstrap_provisioning.trackers-eu",
    ]


def test_deletions_beyond_the_budget_are_allowed_by_name(console: Console, home: Path) -> None:
    (home / "line" / "batch.csv").write_text("ROTPublicUID\n0002000089280001\n")
    refused = console("plan", "fleet.yml", status=1)

    assert "--allow-delete whitelist=23" in refused.err
    assert "+0  -23   of 24" in console("plan", "fleet.yml", "--allow-delete", "whitelist=23").out


def test_no_form_of_a_plan_holds_a_secret(console: Console, home: Path, sandbox: Sandbox) -> None:
    outputs = [console("plan", "fleet.yml", "--out", "plan.json", "--format", form).output for form in (
        "text", "markdown", "json", "html"
    )]  # fmt: skip
    outputs += [(home / "plan.json").read_text(), console("apply", "plan.json", "--events").output]
    outputs += [path.read_bytes().decode("latin-1") for path in (home / "state").rglob("*") if path.is_file()]
    secrets = {TOKENS["HOOK_TOKEN"], sandbox.env()["UBLOX_API_SECRET"], "fake-old-hook-token"}

    for output in outputs:
        assert not [secret for secret in secrets if secret in output]
