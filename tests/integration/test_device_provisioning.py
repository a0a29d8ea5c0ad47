# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module device_provisioning: what was asked of devices counts, and what they have not done yet is pending."""

from __future__ import annotations

from typing import Any

from tests.integration.rehearsal import Rehearsal
from tests.support.playbooks import Run, Task


def device(task: Task, number: int) -> Any:
    """The device with this end of its id, after the task."""
    return next(found for found in task.account["devices"] if int(found["id"][-2:]) == number)


def states(properties: Any) -> dict[str, str]:
    return {entry["Name"]: entry["State"] for entry in properties.get("Authorizations", [])}


def pending(task: Task) -> int:
    return int(task.result["pending"]["count"])


class TestDeviceProvisioning(Rehearsal):
    def test_devices_are_asked_and_do_it_at_their_next_heartbeat(self, run: Run) -> None:
        asked, done = device(run["create"], 9), device(run["again, after a heartbeat of both"], 9)

        assert asked["desired"]["NetworkParameters"] == {"SecurityHeartbeatInSec": 86400}
        assert "LocalC2C" not in states(asked["current"])
        assert states(done["current"])["LocalC2C"] == "ENABLED"

    def test_pending_counts_the_devices_that_have_not_done_it_yet(self, run: Run) -> None:
        waiting = {task.name: pending(task) for task in run.collection_tasks if "pending" in task.result}

        assert waiting["check create"] == 2
        assert waiting["create"] == 2
        assert waiting["again, before a heartbeat and in another order"] == 2
        assert waiting["again, after a heartbeat of one"] == 1
        assert waiting["again, after a heartbeat of both"] == 0
        assert run["again, after a heartbeat of one"].result["pending"]["sample"] == ["0002000089280010"]

    def test_what_is_not_named_keeps_what_it_has(self, run: Run) -> None:
        certified = device(run["update"], 9)

        assert states(certified["desired"]) == {"LocalC2C": "ENABLED", "ZTPV1": "ENABLED"}
        assert certified["desired"]["NetworkParameters"] == {"SecurityHeartbeatInSec": 86400}
        assert certified["desired"]["Zerotouch"] == {"CAName": "legacy.example.com"}

    def test_only_devices_that_need_it_are_asked(self, run: Run) -> None:
        (change,) = run["some devices of many need it"].result["changes"]

        assert change["set"]["steps"] == {"set": change["set"]["added"]}
        assert change["set"]["added"]["sample"] == ["0002000089280011", "2000089280012"]
        assert change["set"]["size_after"] == 4

    def test_devices_are_found_by_any_of_their_tags(self, run: Run) -> None:
        assert [states(device(run["by tag"], n)["desired"]).get("LocalDPR") for n in (1, 2, 3, 4)] == [
            *["DISABLED"] * 3,
            None,
        ]
        assert not run["a tag that no device has"].changed

    def test_several_in_one_task_and_one_device_in_two_of_them(self, run: Run) -> None:
        several = run["several"]

        assert set(several.actions) == {"device_provisioning.cold chain", "device_provisioning.one of it"}
        assert states(device(several, 1)["desired"])["LocalDPR"] == "ENABLED"
        assert device(several, 1)["desired"]["NetworkParameters"] == {"SecurityHeartbeatInSec": 3600}

    def test_what_a_profile_gave_counts_as_there(self, run: Run) -> None:
        assert "device_provisioning.lab" not in run["several"].actions

    def test_a_device_in_the_blacklist_is_left_out_with_a_warning(self, run: Run) -> None:
        left_out = run["a device in the blacklist is left out"]

        assert "0002000089280025 is in the blacklist and left out: no action is possible" in left_out.warnings[0]
        assert device(left_out, 25)["desired"] == {}
        assert pending(left_out) == 1

    def test_absent_asks_for_nothing_any_more_and_leaves_what_was_applied(self, run: Run) -> None:
        gone = device(run["delete again, after a heartbeat"], 9)

        assert run["delete"].calls()["/device/provisioning/delete"] == 1
        assert gone["desired"] == {}
        assert states(gone["current"])["LocalC2C"] == "ENABLED"
        assert "NetworkParameters" not in gone["current"]
        assert pending(run["delete"]) == 0

    def test_deletions_beyond_the_budget_must_be_allowed_with_their_number(self, run: Run) -> None:
        assert "allow_delete: {device_provisioning: " in run["too many deletions"].message
        assert not any(device(run["as many deletions as allowed"], n)["desired"] for n in range(1, 13))

    def test_unknown_devices_refuse_the_plan_and_are_named(self, run: Run) -> None:
        assert "0002000089280016, 0002000089289999 are not known to the account" in run["an unknown device"].message

    def test_names_that_there_are_not_are_refused_with_a_suggestion(self, run: Run) -> None:
        assert "tag.cold-chian does not exist" in run["an unknown tag"].message
        assert "did you mean 'cold-chain'?" in run["an unknown tag"].message
        assert "root_ca.legacy.example.org does not exist" in run["an unknown root CA"].message

    def test_everything_that_is_wrong_is_told_at_once_before_any_request(self, run: Run) -> None:
        refused = run["everything that can be wrong"]

        assert refused.calls() == {}
        for words in (
            "device_provisioning[0].ids: say which devices are meant: give ids, files or tags",
            "device_provisioning[0].authorizations: nothing is declared for these devices",
            "device_provisioning[1].ids: say which devices are meant",
            "device_provisioning[2].authorizations: nothing is declared",
            "device_provisioning[3].security_heartbeat_seconds: ",
            "device_provisioning[4].ids[0]: 2000089280001 is a number (quote it, or leading zeros are lost)",
        ):
            assert words in refused.message
