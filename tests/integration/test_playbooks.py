# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbooks plan, apply and drift, by their full names, as an operator and as CI call them."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any

import pytest

from tests.support.playbooks import COLLECTION, Run, Task, run_playbook
from tests.support.raw import Ublox
from tests.support.sandbox import Sandbox

FLEET = Path(__file__).parent / "fleet"
TOKENS = {"HOOK_TOKEN": "fake-hook-token", "AUDIT_TOKEN": "fake-audit-token"}
PAGE_SIZE = 10


@dataclass(frozen=True, slots=True)
class Operator:
    """Somebody in the folder of the fleet's documents."""

    sandbox: Sandbox
    folder: Path

    def plays(self, playbook: str, *arguments: str) -> Run:
        return run_playbook(
            f"{COLLECTION}.{playbook}",
            self.folder.parent,
            "--extra-vars",
            "desired_state_files=fleet.yml",
            *arguments,
            sandbox=self.sandbox,
            env=TOKENS,
            cwd=self.folder,
        )


@pytest.fixture(scope="module")
def operator(sandbox_process: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Operator:
    folder = tmp_path_factory.mktemp("home") / "fleet"
    shutil.copytree(FLEET, folder)
    return Operator(sandbox_process, folder)


@dataclass(frozen=True, slots=True)
class Story:
    """What happens in an account's life, run after run."""

    plan: Run
    apply: Run
    apply_again: Run
    drift: Run
    check: Run
    repair: Run
    no_drift: Run


@pytest.fixture(scope="module")
def story(operator: Operator) -> Story:
    sandbox = operator.sandbox
    sandbox.reset()
    sandbox.control("POST", "/writes", {"allowed": False})
    plan = operator.plays("plan")
    sandbox.control("POST", "/writes", {"allowed": True})
    apply = operator.plays("apply")
    sandbox.settings(page_size=PAGE_SIZE)
    apply_again = operator.plays("apply")
    somebody_else_changes_the_account(sandbox)
    sandbox.control("POST", "/writes", {"allowed": False})
    drift, check = operator.plays("drift"), operator.plays("apply", "--check")
    sandbox.control("POST", "/writes", {"allowed": True})
    return Story(plan, apply, apply_again, drift, check, operator.plays("apply"), operator.plays("drift"))


def somebody_else_changes_the_account(sandbox: Sandbox) -> None:
    portal = Ublox(sandbox)
    portal.login()
    portal.ok("/tag/delete", {"TagName": "downtown"})
    portal.ok("/device/whitelist/add", {"ROTPublicUIDs": ["0002000089280003"], "Action": "DELETE"})
    portal.ok("/ztp/rootca/update", {"CAName": "fleet.example.com", "RenewBeforeExpiration": 30})


def module(run: Run) -> Task:
    """The one task that works on the account."""
    (task,) = run.collection_tasks
    return task


def pages(count: int) -> int:
    return max(1, ceil(count / PAGE_SIZE))


def reads_at_most(account: Mapping[str, Any], profiles_with_provisioning: int) -> int:
    """The pages of each list, and one request for each profile whose provisioning is declared."""
    lists = ("tags", "root_cas", "profiles", "whitelist")
    return sum(pages(len(account[name])) for name in lists) + 1 + profiles_with_provisioning


def test_plan_shows_the_changes_and_writes_nothing(story: Story) -> None:
    assert story.plan.rc == 0, story.plan.output
    assert '  + root_ca "fleet.example.com"\n' in story.plan.stdout
    assert module(story.plan).result["summary"]["text"] in story.plan.stdout
    assert module(story.plan).writes == 0


def test_apply_does_what_plan_showed(story: Story) -> None:
    assert story.apply.rc == 0, story.apply.output
    assert module(story.apply).result["changes"] == module(story.plan).result["changes"]
    assert module(story.apply).writes == module(story.plan).result["summary"]["requests"]


def test_a_second_apply_writes_nothing(story: Story) -> None:
    assert story.apply_again.rc == 0, story.apply_again.output
    assert "changed=0" in story.apply_again.stdout
    assert module(story.apply_again).writes == 0


def test_a_plan_without_changes_reads_each_page_once_and_each_declared_profile_once(story: Story) -> None:
    again = module(story.apply_again)

    assert 0 < again.asked("reads") <= reads_at_most(again.account, profiles_with_provisioning=2)
    assert again.calls()["/device/whitelist/get"] == 3


def test_drift_fails_and_shows_exactly_what_somebody_else_changed(story: Story) -> None:
    assert story.drift.rc != 0
    assert "The account has drifted." in story.drift.stdout
    assert module(story.drift).writes == 0
    assert module(story.drift).actions == {
        "tag.downtown": "create",
        "root_ca.fleet.example.com": "update",
        "device_profile.trackers-eu": "update",
        "device_profile.gateways-lab": "update",
        "whitelist": "update",
    }


def test_apply_in_check_mode_is_a_plan(story: Story) -> None:
    assert story.check.rc == 0, story.check.output
    assert module(story.check).writes == 0
    assert module(story.check).result["changes"] == module(story.drift).result["changes"]


def test_apply_repairs_the_drift(story: Story) -> None:
    assert story.repair.rc == 0, story.repair.output
    assert module(story.repair).account["tags"] == module(story.apply).account["tags"]
    assert module(story.repair).account["profiles"] == module(story.apply).account["profiles"]
    assert sorted(module(story.repair).account["whitelist"]) == sorted(module(story.apply).account["whitelist"])


def test_without_drift_the_playbook_succeeds(story: Story) -> None:
    assert story.no_drift.rc == 0, story.no_drift.output
    assert "No drift. The account is as declared." in story.no_drift.stdout


def test_no_playbook_prints_a_secret_or_a_traceback(story: Story) -> None:
    for run in (story.plan, story.apply, story.apply_again, story.drift, story.check, story.repair, story.no_drift):
        assert not [token for token in TOKENS.values() if token in run.output]
        assert "Traceback (most recent call last)" not in run.output


def test_drift_can_be_reported_as_a_change_instead(operator: Operator) -> None:
    operator.sandbox.reset()

    run = operator.plays("drift", "--extra-vars", '{"desired_state_drift_fails": false}')

    assert run.rc == 0, run.output
    assert module(run).changed


def test_a_playbook_without_documents_says_what_is_missing(operator: Operator) -> None:
    run = run_playbook(f"{COLLECTION}.plan", operator.folder.parent, sandbox=operator.sandbox, cwd=operator.folder)

    assert run.rc != 0
    assert "missing required arguments: desired_state_files" in run.output
