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
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.diff import remaining
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.guards import Guards
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.plan import Plan
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.planner import make_plan, refuse_blocked
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.scope import scope_of
from tests.unit.plan.account import MemoryAccount, Profile

CA = {"ca_validity_days": 3650, "device_validity_days": 365}
LIVE_CA = {"CACertificateValidity": 3650, "DeviceCertificateValidity": 365}
HOOK, BOOT, ERRORS = "https://hooks.example.com", "DEVICE_BOOTSTRAP_EVENT", "DEVICE_ERRORS_EVENT"


def fleet(**more: Any) -> MemoryAccount:
    """An account with tags, two root CAs, and a profile that is provisioned with one of them."""
    account = MemoryAccount(
        tags={"cold": "Cold", "old": "old"},
        root_cas={"ca-1": dict(LIVE_CA), "ca-2": dict(LIVE_CA)},
        profiles={"UID-1": Profile("eu", {"cold"}, {"RootCA": "ca-1"}), "UID-2": Profile("us")},
    )
    for name, value in more.items():
        setattr(account, name, value)
    return account


def planned(account: MemoryAccount, guards: Guards | None = None, **document: Any) -> Plan:
    return make_plan(load_data(document), account.live(), guards)


def shown(plan: Plan) -> list[tuple[str, str]]:
    return [(change.action.value, change.address) for change in plan.changes]


def refusal(account: MemoryAccount, guards: Guards | None = None, **document: Any) -> list[str]:
    with pytest.raises(PlanRefused) as refused:
        planned(account, guards, **document)
    return [str(problem).removeprefix("task arguments: ") for problem in refused.value.problems]


def profile(name: str, **provisioning: Any) -> dict[str, Any]:
    return {"name": name, "bootstrap_provisioning": provisioning}


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


class TestGuards:
    def many(self, live: int) -> MemoryAccount:
        return MemoryAccount(
            tags={f"t{n}": f"t{n}" for n in range(live)}, whitelist=IdSet.of(f"{n:016x}" for n in range(live))
        )

    def keep(self, number: int) -> dict[str, Any]:
        """An account with this many tags and ids kept, and no others."""
        return {
            "tags": {"mode": "exclusive", "items": [f"t{n}" for n in range(number)]},
            "whitelist": {"mode": "exclusive", "ids": [f"{n:016x}" for n in range(number)]},
        }

    @pytest.mark.parametrize(
        ("live", "kept"),
        [(11, 1), (1_000, 700)],  # ten, whatever the percentage; thirty percent, whatever the number
    )
    def test_up_to_ten_deletions_or_thirty_percent_are_free(self, live: int, kept: int) -> None:
        assert planned(self.many(live), **self.keep(kept))

    @pytest.mark.parametrize(("live", "kept"), [(12, 1), (1_000, 699)])
    def test_one_more_must_be_allowed_by_name_for_each_kind(self, live: int, kept: int) -> None:
        gone = live - kept
        said = refusal(self.many(live), **self.keep(kept))
        assert said == [
            f"{kind}: {gone:,} of {live:,} would be deleted, more than 10 and more than 30 % "
            f"(if that is meant, allow it by name: allow_delete: {{{kind}: {gone}}}, or --allow-delete {kind}={gone})"
            for kind in ("tag", "whitelist")
        ]

        assert len(refusal(self.many(live), Guards({"tag": gone}), **self.keep(kept))) == 1
        assert planned(self.many(live), Guards({"tag": gone, "whitelist": gone}), **self.keep(kept))

    def test_a_budget_is_a_number_also_a_low_one(self) -> None:
        assert refusal(self.many(100), Guards({"tag": 0, "whitelist": 1}), **self.keep(98)) == [
            "tag: 2 would be deleted, 0 are allowed "
            "(if that is meant, allow it by name: allow_delete: {tag: 2}, or --allow-delete tag=2)",
            "whitelist: 2 would be deleted, 1 are allowed "
            "(if that is meant, allow it by name: allow_delete: {whitelist: 2}, or --allow-delete whitelist=2)",
        ]

    @pytest.mark.parametrize(
        "empty",
        [
            {"tags": {"mode": "exclusive", "items": []}},
            {"tags": {"mode": "exclusive", "items": [{"name": "t1", "state": "absent"}]}},
            {"whitelist": {"mode": "exclusive"}},
            {"whitelist": {"mode": "exclusive", "ids": []}},
            {"whitelist": {"mode": "exclusive", "ids": ["1"], "state": "absent"}},
        ],
    )
    @pytest.mark.parametrize("live", [0, 2])
    def test_an_exclusive_section_that_is_empty_must_be_allowed_by_name(self, empty: dict[str, Any], live: int) -> None:
        (section,) = empty
        (said,) = refusal(self.many(live), **empty)
        assert said.startswith(
            f"{section}: the section {section} is exclusive and empty, which would remove everything"
        )

        for name in ("tag", "whitelist"), ("tags", "whitelist"):
            planned(self.many(live), Guards(allow_empty=frozenset(name)), **empty)

    def test_what_is_protected_is_neither_deleted_nor_replaced_nor_loses_ids(self) -> None:
        account = fleet(whitelist=IdSet.of(["1", "2"]))
        said = refusal(
            account,
            tags=[{"name": "old", "state": "absent", "protected": True}],
            root_cas=[{"name": "ca-2", **CA, "device_validity_days": 30, "replace": True, "protected": True}],
            whitelist={"mode": "exclusive", "ids": ["1"], "protected": True},
        )

        assert [problem.partition(" (")[0] for problem in said] == [
            "tags[0]: tag.old is protected and would be deleted",
            "root_cas[0]: root_ca.ca-2 is protected and would be replaced",
            "whitelist: whitelist is protected and would lose ids",
        ]
        assert planned(account, whitelist={"ids": ["3"], "protected": True}), "adding is no loss"


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


class TestScope:
    """What is read to plan a declaration."""

    @pytest.mark.parametrize(
        ("document", "kinds"),
        [
            ({}, []),
            ({"tags": []}, []),
            ({"tags": ["a"]}, ["tag"]),
            ({"tags": [{"name": "a", "state": "absent"}]}, ["tag"]),
            ({"root_cas": [{"name": "ca-1", **CA}]}, ["root_ca"]),
            ({"device_profiles": [{"name": "eu"}]}, ["device_profile"]),
            ({"device_profiles": [{"name": "eu", "tags": []}]}, ["device_profile"]),
            ({"device_profiles": [{"name": "eu", "tags": ["a"]}]}, ["tag", "device_profile"]),
            ({"device_profiles": [profile("eu")]}, ["device_profile", "bootstrap_provisioning"]),
            (
                {"device_profiles": [profile("eu", root_ca="ca-1")]},
                ["root_ca", "device_profile", "bootstrap_provisioning"],
            ),
            ({"whitelist": {"ids": ["1"]}}, ["whitelist"]),
            ({"webhooks": {"mode": "exclusive", "items": []}}, ["webhook"]),
            # What could be linked to a root CA that goes:
            (
                {"root_cas": [{"name": "ca-1", "state": "absent"}]},
                ["root_ca", "device_profile", "bootstrap_provisioning"],
            ),
            (
                {"root_cas": [{"name": "ca-1", **CA, "replace": True}]},
                ["root_ca", "device_profile", "bootstrap_provisioning"],
            ),
            (
                {"root_cas": {"mode": "exclusive", "items": []}},
                ["root_ca", "device_profile", "bootstrap_provisioning"],
            ),
        ],
    )
    def test_kinds(self, document: dict[str, Any], kinds: list[str]) -> None:
        assert [kind.name for kind in scope_of(load_data(document)).kinds] == kinds

    def test_provisioning_is_read_of_declared_profiles_only(self) -> None:
        scope = scope_of(load_data({"device_profiles": [profile("eu"), {"name": "us"}]}))

        assert scope.parents == {"bootstrap_provisioning": frozenset({"eu"})}

    def test_but_of_all_profiles_where_any_could_stand_against_a_deletion(self) -> None:
        document = {"device_profiles": [profile("eu")], "root_cas": [{"name": "ca-1", "state": "absent"}]}

        assert scope_of(load_data(document)).parents == {}


class TestRemaining:
    """What is left of a change by what is live now: how a write of unknown outcome is settled."""

    def test_of_a_set_only_what_was_planned_and_is_missing(self) -> None:
        account = fleet(whitelist=IdSet.of(["1", "2", "3"]))
        (change,) = planned(account, whitelist={"mode": "exclusive", "ids": ["3", "4", "5"]}).changes
        account.whitelist = IdSet.of(["2", "3", "4", "9"])  # half of it took effect, and somebody added 9

        left = remaining(change, account.live().find(change.kind.name, ""))

        assert left is not None
        assert [(request.body["Action"], request.body["ROTPublicUIDs"]) for request in left.requests] == [
            ("ADD", ["5"]),
            ("DELETE", ["2"]),
        ]

    def test_of_a_deletion_nothing_once_it_is_gone(self) -> None:
        account = fleet()
        (change,) = planned(account, tags=[{"name": "old", "state": "absent"}]).changes
        assert remaining(change, account.live().find(change.kind.name, "old")) is not None
        del account.tags["old"]

        assert remaining(change, account.live().find(change.kind.name, "old")) is None

    def test_of_a_replacement_the_creation_once_it_is_deleted(self) -> None:
        account = fleet()
        (change,) = planned(
            account, root_cas=[{"name": "ca-2", **CA, "device_validity_days": 30, "replace": True}]
        ).changes
        del account.root_cas["ca-2"]
        left = remaining(change, account.live().find(change.kind.name, "ca-2"))

        assert left is not None
        assert [request.path for request in left.requests] == ["/ztp/rootca/create"]

    def test_of_a_webhook_that_is_made_again_the_events_that_are_missing(self) -> None:
        account = fleet(webhooks=dict.fromkeys([(HOOK, BOOT), (HOOK, ERRORS)], "obviously-fake"), shows_tokens=False)
        hook = {"url": HOOK, "events": [ERRORS, "ROOTCA_EXPIRATION_EVENT"], "authorization_token": "obviously-fake"}
        (change,) = planned(account, webhooks=[hook]).changes
        assert len(change.requests) == 3
        account.webhooks = {(HOOK, ERRORS): "obviously-fake"}
        left = remaining(change, account.live().find(change.kind.name, HOOK))

        assert left is not None
        assert [request.body["NotificationType"] for request in left.requests] == ["ROOTCA_EXPIRATION_EVENT"]
