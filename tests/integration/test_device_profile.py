# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module device_profile. Profiles come from the portal; what the API can manage of them is their tags."""

from __future__ import annotations

from tests.integration.rehearsal import Rehearsal
from tests.support.playbooks import Run, Task


def tags(task: Task, profile: str) -> list[str]:
    (found,) = [found["tags"] for found in task.account["profiles"] if found["name"] == profile]
    return list(found)


class TestDeviceProfile(Rehearsal):
    def test_a_profile_gets_all_its_tags_in_one_request(self, run: Run) -> None:
        assert tags(run["tag what the portal made"], "trackers-jp") == ["cold-chain", "legacy"]
        assert run["tag what the portal made"].calls()["/tag/assign"] == 1

    def test_tags_that_are_left_out_are_not_touched(self, run: Run) -> None:
        assert tags(run["tags left out are not touched"], "trackers-jp") == ["cold-chain", "legacy"]

    def test_an_empty_list_removes_every_tag(self, run: Run) -> None:
        assert tags(run["empty, which removes all"], "trackers-jp") == []

    def test_tags_that_are_not_named_go(self, run: Run) -> None:
        done = run["several profiles"]

        assert tags(done, "lamps") == ["cold-chain"]
        assert tags(done, "trackers-us") == ["legacy"]
        assert tags(done, "trackers-eu") == ["cold-chain"]

    def test_a_missing_profile_is_an_error_that_says_where_profiles_are_made(self, run: Run) -> None:
        refused = run["a profile that does not exist"].message

        assert "device_profile.Trackers-eu does not exist" in refused
        assert "did you mean 'trackers-eu'?" in refused
        assert "made in the Thingstream portal" in refused

    def test_a_missing_tag_is_an_error_with_a_suggestion(self, run: Run) -> None:
        assert "tag.cold-chian does not exist" in run["a tag that does not exist"].message
        assert "did you mean 'cold-chain'?" in run["a tag that does not exist"].message
