# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module whitelist."""

from __future__ import annotations

from tests.integration.rehearsal import Rehearsal
from tests.support.playbooks import Run, Task


def devices(task: Task) -> set[str]:
    return {device.zfill(16) for device in task.account["whitelist"]}


class TestWhitelist(Rehearsal):
    def test_devices_are_added_and_the_others_stay(self, run: Run) -> None:
        added = {"0002000089280101", "0002000089280102", "000200008928ABCD"}

        assert added <= set(run["create"].account["whitelist"])
        assert len(run["create"].account["whitelist"]) == 24 + 3

    def test_the_result_counts_and_samples_but_does_not_list(self, run: Run) -> None:
        delta = run["create"].result["changes"][0]["set"]

        assert (delta["size_before"], delta["size_after"], delta["added"]["count"]) == (24, 27, 3)
        assert delta["added"]["sample"] == ["0002000089280101", "0002000089280102", "000200008928ABCD"]

    def test_ids_come_from_files_and_from_the_task_together(self, run: Run) -> None:
        before, after = (devices(run[name]) for name in ("create", "update from files"))

        assert after - before == {"0002000089280103", "0002000089280104", "0002000089280105"}

    def test_deletions_beyond_the_budget_must_be_allowed_with_their_number(self, run: Run) -> None:
        assert "28 of 30 would be deleted" in run["too many deletions"].message
        assert "allow_delete: {whitelist: 28}" in run["too many deletions"].message
        assert "28 would be deleted, 27 are allowed" in run["still too many deletions"].message

    def test_exclusive_leaves_exactly_what_is_declared(self, run: Run) -> None:
        assert run["exclusive"].account["whitelist"] == ["0002000089280001", "0002000089280002", "0002000089280103"]
        assert "no longer be provisioned automatically" in run["exclusive"].result["changes"][0]["notes"][0]

    def test_absent_takes_the_named_devices_only(self, run: Run) -> None:
        assert run["delete"].account["whitelist"] == ["0002000089280001", "0002000089280002"]

    def test_emptying_must_be_allowed_by_name_be_it_empty_or_left_out(self, run: Run) -> None:
        assert "allow_empty: [whitelist]" in run["exclusive and empty"].message
        assert "allow_empty: [whitelist]" in run["exclusive and nothing given"].message
        assert run["exclusive, empty and allowed"].account["whitelist"] == []

    def test_wrong_ids_are_all_reported_before_any_request(self, run: Run) -> None:
        refused = run["ids that are none"]

        assert len(refused.result["problems"]) == 4
        assert "whitelist.ids[0]: 2000089280103 is a number (quote it, or leading zeros are lost)" in refused.message
        assert "whitelist.ids[1]: '00020000892801030' is not a device id" in refused.message
        assert refused.calls() == {}

    def test_wrong_lines_of_files_are_named(self, run: Run) -> None:
        refused = run["files that are none"].message

        assert "wrong_ids.csv:3:1: Action is 'DELETE'" in refused
        assert "wrong_ids.csv:4:1: 'not-an-id' is not a device id" in refused
        assert "no file matches" in refused
