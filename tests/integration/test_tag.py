# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module tag."""

from __future__ import annotations

from tests.integration.rehearsal import Rehearsal
from tests.support.playbooks import Run


class TestTag(Rehearsal):
    def test_tags_are_created_and_deleted_without_regard_to_order_and_letter_case(self, run: Run) -> None:
        assert run["create"].actions == {"tag.downtown": "create", "tag.Harbour": "create"}
        assert run["create"].account["tags"] == ["cold-chain", "downtown", "Harbour", "legacy"]
        assert run["delete"].actions == {"tag.downtown": "delete", "tag.Harbour": "delete", "tag.pier": "delete"}
        assert run["delete"].account["tags"] == ["cold-chain"]

    def test_only_what_is_missing_is_created(self, run: Run) -> None:
        assert run["update, one more beside two that exist"].calls()["/tag/create"] == 1

    def test_exclusive_deletes_what_is_not_named(self, run: Run) -> None:
        assert run["exclusive"].actions == {"tag.legacy": "delete"}
        assert run["exclusive"].result["changes"][0]["reason"] == "not declared, section is exclusive"

    def test_a_tag_that_devices_have_is_not_deleted_and_none_of_the_others_is(self, run: Run) -> None:
        refused = run["delete a tag that devices have"]

        assert refused.failed
        assert "tag.cold-chain cannot be deleted: it is assigned to 3 devices" in refused.message

    def test_emptying_an_exclusive_section_must_be_allowed_by_name(self, run: Run) -> None:
        assert "allow_empty: [tag]" in run["exclusive and empty"].message

    def test_allowing_it_does_not_overrule_the_service(self, run: Run) -> None:
        assert "assigned to 3 devices" in run["exclusive, empty and allowed, but devices have one"].message

    def test_all_wrong_names_are_reported_before_any_request(self, run: Run) -> None:
        refused = run["a name with forbidden symbols, and one that is too long"]

        assert len(refused.result["problems"]) == 2
        assert "'a,b' must not be empty or hold any of ^ ` ~ < > \" { } | ," in refused.message
        assert "256 characters long (at most 255)" in refused.message
        assert refused.calls() == {}
