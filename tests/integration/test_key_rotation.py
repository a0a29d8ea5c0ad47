# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module key_rotation. The service does not tell how keys are rotated; the sandbox's account does."""

from __future__ import annotations

from typing import Any

from tests.integration.rehearsal import Rehearsal
from tests.support.playbooks import Run, Task


def device(task: Task, number: int) -> Any:
    return next(found for found in task.account["devices"] if int(found["id"][-2:]) == number)


def rotation(task: Task, number: int) -> Any:
    """How the keys of the device with this end of its id are rotated, after the task."""
    return device(task, number)["key_rotation"]


def told(task: Task) -> dict[str, int]:
    """How many devices each change is about."""
    return {change["name"]: change["set"]["steps"]["rotate"]["count"] for change in task.result["changes"]}


class TestKeyRotation(Rehearsal):
    def test_keys_are_rotated_from_now_on(self, run: Run) -> None:
        assert rotation(run["create"], 9) == rotation(run["create"], 10) == {"type": "AUTOMATIC", "days": 3}
        assert rotation(run["create"], 11) is None
        assert run["create"].calls()["/e2e/key/rotate"] == 1

    def test_days_change_in_place_and_are_seven_when_left_out(self, run: Run) -> None:
        assert rotation(run["update"], 9) == {"type": "AUTOMATIC", "days": 7}

    def test_devices_of_files_are_told_another_type(self, run: Run) -> None:
        assert told(run["another type"]) == {"line": 4}
        assert rotation(run["another type"], 12) == {"type": "CONTINUOUS", "days": None}

    def test_a_machine_that_does_not_know_it_sets_it_once_more(self, run: Run) -> None:
        elsewhere = run["always from another machine, which does not know that it was set"]

        assert told(elsewhere) == {"line": 4}
        assert not elsewhere.changed_the_account

    def test_always_sets_it_each_time(self, run: Run) -> None:
        assert told(run["always"]) == {"line": 2}

    def test_several_in_one_task_by_tag_and_by_id(self, run: Run) -> None:
        several = run["several, by tag and by id"]

        assert told(several) == {"cold chain": 3, "lab": 1}
        assert rotation(several, 3) == {"type": "AUTOMATIC", "days": 5}

    def test_a_slower_heartbeat_is_adjusted_by_the_service(self, run: Run) -> None:
        assert device(run["create"], 9)["desired"]["NetworkParameters"] == {"SecurityHeartbeatInSec": 3 * 86400}
        lab = device(run["several, by tag and by id"], 13)
        assert lab["current"]["NetworkParameters"] == {"SecurityHeartbeatInSec": 86400}, "fast enough"

    def test_what_others_set_is_seen_by_a_slower_heartbeat_alone(self, run: Run) -> None:
        assert told(run["seen and set once more"]) == {"cold chain": 1}
        assert device(run["seen and set once more"], 2)["desired"]["NetworkParameters"] == {
            "SecurityHeartbeatInSec": 5 * 86400
        }
        assert rotation(run["not seen again"], 9) == {"type": "AUTOMATIC", "days": 30}

    def test_there_is_nothing_to_wait_for(self, run: Run) -> None:
        assert [task.name for task in run.collection_tasks if task.action.endswith("key_rotation")
                and "pending" in task.result] == []  # fmt: skip

    def test_a_device_in_the_blacklist_is_left_out_with_a_warning(self, run: Run) -> None:
        (warning,) = run["a device in the blacklist is left out"].warnings

        assert "0002000089280025 is in the blacklist and left out" in warning

    def test_names_that_there_are_not_are_refused(self, run: Run) -> None:
        assert "0002000089289999 is not known to the account" in run["an unknown device"].message
        assert "tag.cold-chian does not exist" in run["an unknown tag"].message

    def test_everything_that_is_wrong_is_told_at_once_before_any_request(self, run: Run) -> None:
        refused = run["everything that can be wrong"]

        assert refused.calls() == {}
        for words in (
            "key_rotation[0].ids: say which devices are meant: give ids, files or tags",
            "key_rotation[1].type: is missing: CONTINUOUS or AUTOMATIC",
            "key_rotation[2].days: only AUTOMATIC rotation has days",
            "key_rotation[3].days: ",
        ):
            assert words in refused.message
