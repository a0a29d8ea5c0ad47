# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module desired_state."""

from __future__ import annotations

from tests.integration.rehearsal import Rehearsal
from tests.support.playbooks import Run


class TestDesiredState(Rehearsal):
    def test_a_whole_document_in_one_task(self, run: Run) -> None:
        assert run["create"].actions == {
            "tag.downtown": "create",
            "root_ca.fleet.example.com": "create",
            "device_profile.trackers-eu": "update",
            "bootstrap_provisioning.trackers-eu": "create",
            "whitelist": "update",
            "webhook.https://hooks.example.com/ublox": "create",
            "webhook.https://old.example.com/hook": "delete",
        }
        assert {outcome["status"] for outcome in run["create"].result["report"]} == {"done"}

    def test_what_is_named_is_made_before_what_names_it(self, run: Run) -> None:
        depends = {change["address"]: change["depends_on"] for change in run["create"].result["changes"]}

        assert depends["device_profile.trackers-eu"] == ["tag.downtown"]
        assert depends["bootstrap_provisioning.trackers-eu"] == ["root_ca.fleet.example.com"]

    def test_what_names_it_goes_before_what_is_named(self, run: Run) -> None:
        depends = {change["address"]: change["depends_on"] for change in run["delete"].result["changes"]}

        assert depends["root_ca.fleet.example.com"] == ["bootstrap_provisioning.trackers-eu"]
        assert "device_profile.trackers-eu" in depends["tag.downtown"]

    def test_the_diff_is_the_plan_in_the_manner_of_terraform(self, run: Run) -> None:
        plan = run["check create"].result["diff"]["prepared"]

        assert plan.startswith("Plan for account sandbox\n")
        assert '  + tag "downtown"\n' in plan
        assert "      authorization_token: (secret)\n" in plan
        assert plan.splitlines()[-1].startswith("Plan: 4 to add, 2 to change, 1 to delete. 8 requests")

    def test_files_and_directories_make_one_declaration_whatever_their_order(self, run: Run) -> None:
        assert run["update"].actions == {
            "tag.pier": "create",
            "device_profile.trackers-us": "update",
            "bootstrap_provisioning.trackers-us": "create",
            "whitelist": "update",
        }

    def test_a_section_that_is_left_out_is_not_even_read(self, run: Run) -> None:
        assert run["nothing declared"].calls() == {}

    def test_a_deletion_of_what_stays_named_is_refused(self, run: Run) -> None:
        refused = run["delete what stays named"].message

        assert "root_ca.fleet.example.com cannot be deleted: bootstrap_provisioning.trackers-eu" in refused

    def test_deleted_in_one_task(self, run: Run) -> None:
        account = run["delete"].account

        assert account["tags"] == ["cold-chain", "legacy"]
        assert [ca["name"] for ca in account["root_cas"]] == ["legacy.example.com"]
        assert account["webhooks"] == []
