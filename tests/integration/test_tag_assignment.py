# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module tag_assignment."""

from __future__ import annotations

from typing import Any

from tests.integration.rehearsal import Rehearsal
from tests.support.playbooks import Run, Task


def devices(task: Task, tag: str) -> list[int]:
    """The devices that have the tag after the task, by the end of their ids."""
    return [int(found["id"][-2:]) for found in task.account["devices"] if tag in found["tags"]]


def profiles(task: Task, tag: str) -> list[str]:
    return [found["name"] for found in task.account["profiles"] if tag in found["tags"]]


def delta(task: Task) -> Any:
    (change,) = task.result["changes"]
    return change["set"]


class TestTagAssignment(Rehearsal):
    def test_devices_and_profiles_are_added_and_the_others_stay(self, run: Run) -> None:
        assert devices(run["create"], "cold-chain") == [1, 2, 3, 4, 5]
        assert profiles(run["create"], "cold-chain") == ["trackers-eu", "trackers-us"]

    def test_the_result_counts_and_samples_but_does_not_list(self, run: Run) -> None:
        assert (delta(run["create"])["size_before"], delta(run["create"])["size_after"]) == (3, 5)
        assert delta(run["create"])["added"]["sample"] == ["0002000089280004", "2000089280005"]
        assert run["create"].result["changes"][0]["fields"] == [
            {"field": "profiles", "before": ["trackers-eu"], "after": ["trackers-eu", "trackers-us"]}
        ]

    def test_ids_come_from_files_and_from_the_task_together(self, run: Run) -> None:
        assert devices(run["update from files"], "cold-chain") == [1, 2, 3, 4, 5, 9, 10, 11, 12]

    def test_several_tags_in_one_task(self, run: Run) -> None:
        several = run["several tags"]

        assert several.actions == {"tag_assignment.legacy": "update", "tag_assignment.cold-chain": "update"}
        assert devices(several, "legacy") == [6, 7]
        assert profiles(several, "legacy") == ["gateways-lab"]
        assert devices(several, "cold-chain") == [1, 2, 3, 4, 5, 9, 10, 11]

    def test_an_exclusive_tag_is_on_what_is_named_and_on_nothing_else(self, run: Run) -> None:
        exclusive = run["one more and one less of a tag, exclusive"]

        assert devices(exclusive, "legacy") == [7, 8]
        assert profiles(exclusive, "legacy") == ["gateways-lab"], "profiles were not named at all"
        assert devices(run["exclusive for profiles alone"], "legacy") == [7, 8]
        assert profiles(run["exclusive for profiles alone"], "legacy") == ["trackers-eu"]

    def test_exclusive_devices_lose_their_other_tags(self, run: Run) -> None:
        only = run["devices with no other tags"]

        assert only.actions == {"tag_assignment.legacy": "update", "tag_assignment.cold-chain": "update"}
        assert devices(only, "legacy") == [1, 4, 7, 8]
        assert devices(only, "cold-chain") == [2, 3, 5, 9, 10, 11]

    def test_exclusive_devices_keep_what_the_same_task_gives_them(self, run: Run) -> None:
        two = run["devices with two tags and no others"]

        assert {1, 2} <= {*devices(two, "legacy")} & {*devices(two, "cold-chain")}

    def test_absent_takes_away_what_is_named_only(self, run: Run) -> None:
        assert devices(run["delete"], "legacy") == [1, 2, 4, 7, 8]
        assert profiles(run["delete"], "legacy") == []

    def test_all_tags_are_taken_one_by_one_and_never_by_the_wildcard(self, run: Run) -> None:
        every = run["every tag of a device"]

        assert every.actions == {"tag_assignment.legacy": "update", "tag_assignment.cold-chain": "update"}
        assert not {1, 3} & {*devices(every, "legacy"), *devices(every, "cold-chain")}
        assert every.calls()["/tag/remove"] == 2

    def test_all_tags_but_those_that_the_task_gives(self, run: Run) -> None:
        assert 2 in devices(run["every tag but one of a device"], "cold-chain")
        assert 2 not in devices(run["every tag but one of a device"], "legacy")

    def test_deletions_beyond_the_budget_must_be_allowed_with_their_number(self, run: Run) -> None:
        assert "12 of 12 would be deleted" in run["too many deletions"].message
        assert "allow_delete: {tag_assignment: 12}" in run["too many deletions"].message
        assert "12 would be deleted, 11 are allowed" in run["still too many deletions"].message
        assert devices(run["everywhere"], "legacy") == []

    def test_what_is_protected_grows_only(self, run: Run) -> None:
        assert len(devices(run["protected, more is assigned"], "legacy")) == 12
        assert "tag_assignment.legacy is protected and would lose ids" in (
            run["protected, something is taken away"].message
        )

    def test_emptying_must_be_allowed_by_name(self, run: Run) -> None:
        assert "allow_empty: [tag_assignment]" in run["exclusive and empty"].message
        assert devices(run["exclusive, empty and allowed"], "cold-chain") == []
        assert profiles(run["exclusive, empty and allowed"], "cold-chain") == []

    def test_names_that_there_are_not_are_refused_with_a_suggestion(self, run: Run) -> None:
        assert "tag.cold-chian does not exist" in run["an unknown tag"].message
        assert "did you mean 'cold-chain'?" in run["an unknown tag"].message
        assert "device_profile.trackers-ue does not exist" in run["an unknown profile"].message
        assert "did you mean 'trackers-" in run["an unknown profile"].message

    def test_devices_that_the_account_does_not_know_are_named_before_anything_is_written(self, run: Run) -> None:
        assert "0002000089289999" in run["an unknown device"].message
        assert "not known to the account" in run["an unknown device"].message

    def test_everything_that_is_wrong_is_told_at_once_before_any_request(self, run: Run) -> None:
        refused = run["everything that can be wrong"]

        assert refused.calls() == {}
        assert len(refused.result["problems"]) == 8
        for words in (
            "say what the tag is assigned to: give ids, files or profiles",
            "* stands for all tags, which can only be taken from devices",
            "* takes tags from devices alone",
            "has no meaning with state: absent",
            "devices means that they have no other tags: give ids or files",
            "takes the tag from all devices and profiles",
            "is a number (quote it, or leading zeros are lost)",
            "'device-1' is not a device id",
        ):
            assert words in refused.message
