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

    def test_all_ten_kinds_in_one_document(self, run: Run) -> None:
        assert run["every kind"].actions == {
            "tag.downtown": "create",
            "root_ca.trackers.example.com": "create",
            "bootstrap_provisioning.trackers-us": "update",
            "whitelist": "update",
            "tag_assignment.downtown": "update",
            "tag_assignment.cold-chain": "update",
            "device_provisioning.downtown and cold chain": "update",
            "key_rotation.cold chain": "update",
            "webhook.https://hooks.example.com/devices": "create",
        }

    def test_devices_are_chosen_by_tags_as_they_will_be(self, run: Run) -> None:
        steps = {
            change["name"]: change["set"]["steps"] for change in run["every kind"].result["changes"] if "set" in change
            and "steps" in change["set"]
        }  # fmt: skip

        assert steps["downtown and cold chain"]["set"]["count"] == 4
        assert steps["cold chain"]["rotate"]["sample"] == ["0002000089280001", "0002000089280002"]

    def test_what_devices_are_told_waits_for_what_it_names(self, run: Run) -> None:
        depends = {change["address"]: change["depends_on"] for change in run["every kind"].result["changes"]}

        assert depends["tag_assignment.downtown"] == ["tag.downtown"]
        assert "root_ca.trackers.example.com" in depends["device_provisioning.downtown and cold chain"]

    def test_certificates_come_with_the_heartbeat(self, run: Run) -> None:
        devices = run["every kind again, after a heartbeat"].account["devices"]
        certified = {int(found["id"][-2:]) for found in devices if found["certificates"]}

        assert certified == {1, 2, 9, 10}

    def test_what_devices_still_have_stands_against_a_deletion(self, run: Run) -> None:
        refused = run["delete a root CA of which devices have certificates"].message

        assert "root_ca.trackers.example.com cannot be deleted: 4 devices have a certificate signed by it" in refused
        assert "tag.downtown cannot be deleted: it is assigned to 2 devices" in (
            run["delete a tag that devices have"].message
        )
        assert "tag.downtown is declared absent" in run["delete a tag that devices are chosen by"].message

    def test_a_tag_is_deleted_after_it_was_taken_from_devices(self, run: Run) -> None:
        gone = run["delete a tag together with its assignment"]
        depends = {change["address"]: change["depends_on"] for change in gone.result["changes"]}

        assert depends["tag.downtown"] == ["tag_assignment.downtown"]
        assert gone.account["tags"] == ["cold-chain", "legacy"]

    def test_what_two_sections_say_of_one_profile_must_agree(self, run: Run) -> None:
        assert "declare the tags of a profile in one place" in run["contradictions"].message

    def test_two_items_must_not_ask_different_things_of_one_device(self, run: Run) -> None:
        refused = run["contradictions about devices"].message

        for one, other, devices, what in (
            ("device_provisioning.all", "device_provisioning.one", 1, "security_heartbeat_seconds"),
            ("device_provisioning.all", "device_certificate.sold", 1, "root_ca"),
            ("device_certificate.all", "device_certificate.stolen", 2, "state"),
            ("device_certificate.all", "device_certificate.sold", 1, "state"),
            ("key_rotation.all", "key_rotation.one", 1, "type"),
        ):
            assert f"{one} and {other} ask different things of 000200008928000{devices} ({what})" in refused
        assert len(run["contradictions about devices"].result["problems"]) == 5
        assert not run["no contradictions"].failed
