# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Examples of what is planned, in what order, and why some things are not."""

from __future__ import annotations

import time
from typing import Any

import pytest

from ansible_collections.edgeops.device_trust.plugins.module_utils._config.document import load_data
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.errors import PlanRefused
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.ids import IdSet
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.guards import Guards
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.plan import Plan
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.planner import make_plan, refuse_blocked
from tests.unit.plan.account import MemoryAccount
from tests.unit.plan.examples import BOOT, CA, HOOK, fleet, planned, profile, refusal, shown


class TestWhatIsPlanned:
    def test_nothing_where_all_is_as_declared(self) -> None:
        plan = planned(
            fleet(),
            tags=["COLD"],
            root_cas=[{"name": "ca-1", **CA}],
            device_profiles=[{"name": "eu", "tags": ["cold"], "bootstrap_provisioning": {"root_ca": "ca-1"}}],
        )

        assert not plan

    def test_each_kind_of_change_has_its_mark(self) -> None:
        plan = planned(
            fleet(),
            tags={"mode": "exclusive", "items": ["cold", "new"]},
            root_cas=[
                {"name": "ca-1", **CA, "renew_before_days": 30},
                {"name": "ca-2", **CA, "device_validity_days": 30, "replace": True},
            ],
        )

        assert shown(plan) == [
            ("+", "tag.new"),
            ("-", "tag.old"),
            ("~", "root_ca.ca-1"),
            ("-/+", "root_ca.ca-2"),
        ]

    def test_only_what_differs_is_sent_and_shown(self) -> None:
        plan = planned(fleet(), device_profiles=[{"name": "eu", "tags": ["cold", "old"]}])

        (change,) = plan.changes
        assert [request.body["TagNames"] for request in change.requests] == [["old"]]
        assert [(field.before, field.after) for field in change.fields] == [(["Cold"], ["Cold", "old"])]

    @pytest.mark.parametrize("nothing", [{}, {"authorizations": {}}])
    def test_provisioning_that_sets_nothing_is_not_made(self, nothing: dict[str, Any]) -> None:
        assert not planned(fleet(), device_profiles=[profile("us", **nothing)])

    def test_an_immutable_field_that_the_service_does_not_tell_is_taken_to_be_right(self) -> None:
        assert not planned(fleet(root_cas={"ca-1": {}}), root_cas=[{"name": "ca-1", **CA}])

    def test_a_token_that_the_service_returns_is_compared_and_another_one_is_not_unless_asked(self) -> None:
        hook = {"url": HOOK, "events": [BOOT], "authorization_token": "obviously-fake-new"}
        account = fleet(webhooks={(HOOK, BOOT): "obviously-fake-old"})
        (change,) = planned(account, webhooks=[hook]).changes
        assert [request.path for request in change.requests] == ["/notification/webhook/update"]
        assert [(field.field, field.before, field.after) for field in change.fields] == [
            ("authorization_token", "(secret)", "(secret)")
        ]

        account.shows_tokens = False
        assert not planned(account, webhooks=[{**hook, "update_token": "on_create"}])
        assert planned(account, webhooks=[{**hook, "update_token": "always"}])

    @pytest.mark.parametrize(
        ("declared", "added", "removed"),
        [
            ({"ids": ["1", "2"]}, ["2"], []),
            ({"ids": ["1", "2"], "mode": "exclusive"}, ["2"], ["3"]),
            ({"ids": ["1", "2"], "state": "absent"}, [], ["1"]),
            ({"ids": ["1", "2"], "state": "absent", "mode": "exclusive"}, [], ["1"]),
        ],
    )
    def test_a_list_of_ids_is_added_made_equal_or_taken_away(
        self, declared: dict[str, Any], added: list[str], removed: list[str]
    ) -> None:
        guards = Guards(allow_empty=frozenset({"whitelist"}))
        (change,) = planned(fleet(whitelist=IdSet.of(["0001", "3"])), guards, whitelist=declared).changes

        assert change.delta is not None
        assert change.delta.added == IdSet.of(added)
        assert change.delta.removed == IdSet.of(removed)
        assert change.delta.size_after == 2 + len(added) - len(removed)


class TestOrder:
    def depends(self, plan: Plan) -> dict[str, tuple[str, ...]]:
        return {change.address: change.depends_on for change in plan.changes}

    def test_what_is_named_is_made_first(self) -> None:
        plan = planned(
            fleet(),
            tags=["new"],
            root_cas=[{"name": "ca-3", **CA}],
            device_profiles=[{"name": "eu", "tags": ["NEW"], "bootstrap_provisioning": {"root_ca": "ca-3"}}],
        )

        assert self.depends(plan) == {
            "tag.new": (),
            "root_ca.ca-3": (),
            "device_profile.eu": ("tag.new",),
            "bootstrap_provisioning.eu": ("root_ca.ca-3",),
        }

    def test_what_named_it_is_gone_before_it_is_deleted(self) -> None:
        plan = planned(
            fleet(),
            tags=[{"name": "cold", "state": "absent"}],
            root_cas=[{"name": "ca-1", "state": "absent"}],
            device_profiles=[{"name": "eu", "tags": [], "bootstrap_provisioning": {"state": "absent"}}],
        )

        assert self.depends(plan) == {
            "tag.Cold": ("device_profile.eu",),
            "root_ca.ca-1": ("bootstrap_provisioning.eu",),
            "device_profile.eu": (),
            "bootstrap_provisioning.eu": (),
        }

    def test_a_root_ca_is_replaced_when_what_was_linked_to_it_is_linked_to_another(self) -> None:
        plan = planned(
            fleet(),
            root_cas=[{"name": "ca-1", **CA, "device_validity_days": 30, "replace": True}, {"name": "ca-3", **CA}],
            device_profiles=[profile("eu", root_ca="ca-3")],
        )

        assert self.depends(plan) == {
            "root_ca.ca-1": ("bootstrap_provisioning.eu",),
            "root_ca.ca-3": (),
            "bootstrap_provisioning.eu": ("root_ca.ca-3",),
        }


class TestWhatIsRefused:
    def test_profiles_that_do_not_exist_with_the_name_that_was_meant(self) -> None:
        assert refusal(fleet(), device_profiles=[{"name": "EU"}, {"name": "apac"}]) == [
            "device_profiles[0]: device_profile.EU does not exist (did you mean 'eu'? device profiles are made in the "
            "Thingstream portal, the API cannot create them; check the name, letter case counts)",
            "device_profiles[1]: device_profile.apac does not exist (device profiles are made in the Thingstream "
            "portal, the API cannot create them; check the name, letter case counts)",
        ]

    def test_references_to_what_is_not_there_with_what_was_meant(self) -> None:
        eu, us = {"name": "eu", "tags": ["colt", "downtwon"]}, profile("us", root_ca="none")
        said = refusal(fleet(), tags=["Downtown"], device_profiles=[eu, us])

        assert said == [
            "device_profiles[0].tags: tag.colt does not exist and is not declared (did you mean 'Cold'?)",
            "device_profiles[0].tags: tag.downtwon does not exist and is not declared (did you mean 'Downtown'?)",
            "device_profiles[1].bootstrap_provisioning.root_ca: root_ca.none does not exist and is not declared "
            "(declare it in root_cas, or correct the name)",
        ]

    def test_references_may_be_taken_to_be_made_by_an_earlier_task(self) -> None:
        plan = planned(fleet(), Guards(assume_references=True), device_profiles=[profile("us", root_ca="ca-9")])

        assert shown(plan) == [("+", "bootstrap_provisioning.us")]
        assert plan.warnings == (
            "root_ca.ca-9 does not exist and is not declared; an earlier task is taken to make it",
        )

    def test_immutable_fields_unless_replacement_is_allowed(self) -> None:
        changed = {"name": "ca-2", "ca_validity_days": 1825, "device_validity_days": 30}

        assert refusal(fleet(), root_cas=[changed]) == [
            "root_cas[0]: ca_validity_days and device_validity_days cannot change in place (3650 -> 1825, 365 -> 30) "
            "(set replace: true to delete the object and make it again; what depends on it is affected)"
        ]

    def test_what_is_new_and_lacks_what_it_needs(self) -> None:
        said = refusal(fleet(), root_cas=[{"name": "ca-3"}], webhooks=[{"url": HOOK}])

        assert said == [
            "root_cas[0]: root_ca.ca-3 does not exist, and cannot be created without ca_validity_days and "
            "device_validity_days",
            "webhooks[0]: webhook.https://hooks.example.com does not exist, and cannot be created without events and "
            "authorization_token",
        ]

    def test_a_replacement_that_lacks_what_it_needs_is_refused_before_anything_is_deleted(self) -> None:
        account = fleet(root_cas={"ca-2": {"CACertificateValidity": 3650}})

        assert refusal(account, root_cas=[{"name": "ca-2", "ca_validity_days": 1825, "replace": True}]) == [
            "root_cas[0]: root_ca.ca-2 cannot be made again without device_validity_days"
        ]

    def test_a_root_ca_that_a_profile_is_linked_to(self) -> None:
        hint = "(remove the reference first, or in the same plan)"
        gone = {"name": "ca-1", "state": "absent"}
        again = {"name": "ca-1", **CA, "device_validity_days": 30, "replace": True}
        links = "bootstrap_provisioning.eu still refers to it"

        assert refusal(fleet(), root_cas=[gone]) == [f"root_cas[0]: root_ca.ca-1 cannot be deleted: {links} {hint}"]
        assert refusal(fleet(), root_cas=[again]) == [f"root_cas[0]: root_ca.ca-1 cannot be replaced: {links} {hint}"]
        exclusive = {"mode": "exclusive", "items": [{"name": "ca-2"}]}
        assert refusal(fleet(), root_cas=exclusive) == [f"root_ca.ca-1: root_ca.ca-1 cannot be deleted: {links} {hint}"]
        still = [profile("eu", root_ca="ca-1")]
        assert refusal(fleet(), root_cas=exclusive, device_profiles=still) == [
            f"device_profiles[0].bootstrap_provisioning: root_ca.ca-1 cannot be deleted: {links} {hint}"
        ]

    def test_what_the_service_would_refuse(self) -> None:
        plan = planned(fleet(), tags=[{"name": "old", "state": "absent"}])

        refuse_blocked(plan, {"tag.other": "it is assigned to 3 devices"})
        with pytest.raises(PlanRefused, match=r"tag\.old cannot be deleted: it is assigned to 3 devices"):
            refuse_blocked(plan, {"tag.old": "it is assigned to 3 devices"})

    def test_everything_at_once(self) -> None:
        said = refusal(
            fleet(),
            root_cas=[{"name": "ca-1", "state": "absent"}, {"name": "ca-9"}],
            device_profiles=[{"name": "none", "tags": ["nothing"]}],
            webhooks={"mode": "exclusive", "items": []},
        )

        assert len(said) == 5


def test_two_hundred_thousand_ids_are_compared_in_about_a_second() -> None:
    ids = [f"{number:016x}" for number in range(200_010)]
    account = MemoryAccount(whitelist=IdSet.of(ids[10:]))
    desired = load_data({"whitelist": {"mode": "exclusive", "ids": ids[:-10]}})
    started = time.process_time()
    (change,) = make_plan(desired, account.live()).changes

    assert time.process_time() - started < 3
    assert change.delta is not None
    assert (len(change.delta.added), len(change.delta.removed)) == (10, 10)
    assert len(change.requests) == 2
