# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which devices and profiles a tag is assigned to: what items make of it together, and what is sent for it."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.edgeops.device_trust.plugins.module_utils._config.document import load_data
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.errors import PlanRefused
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.codec import plan_as_data
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.diff import remaining
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.guards import Guards
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.html import render_html
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.markdown import render_markdown
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.plan import Plan
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.planner import (
    devices_to_know,
    make_plan,
    refuse_blocked,
    refuse_unknown,
)
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.scope import scope_of
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.staleness import reading_of
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.teardown import declared_absent
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.text import render
from tests.unit.plan.account import Device, MemoryAccount, Profile
from tests.unit.plan.test_convergence import carry_out

COLD_GOES: dict[str, Any] = {"tags": [{"name": "cold", "state": "absent"}]}
A, B, C = (f"{n:016x}" for n in (10, 11, 12))


def fleet() -> MemoryAccount:
    return MemoryAccount(
        tags={"cold": "Cold", "north": "north", "spare": "spare"},
        profiles={"UID-EU": Profile("eu", {"cold"}), "UID-US": Profile("us")},
        devices={A: Device({"cold", "north"}), B: Device({"north"}), C: Device()},
    )


def planned(account: MemoryAccount, *items: dict[str, Any], guards: Guards | None = None, **more: Any) -> Plan:
    desired = load_data({"tag_assignments": list(items), **more})
    live = account.read(scope_of(desired))
    plan = make_plan(desired, live, guards)
    refuse_blocked(plan, account.obstacles(plan.deletions_of(live)))
    refuse_unknown(plan, account.unknown_devices(devices_to_know(plan)))
    return plan


def applied(*items: dict[str, Any], **more: Any) -> MemoryAccount:
    account = fleet()
    carry_out(list(planned(account, *items, **more).changes), account)
    return account


def tagged(account: MemoryAccount) -> dict[str, set[str]]:
    """The tags of each device and profile that has some."""
    profiles = {profile.name: profile.tags for profile in account.profiles.values()}
    return {
        name: tags for name, tags in (*profiles.items(), *((i, d.tags) for i, d in account.devices.items())) if tags
    }


BEFORE = {"eu": {"cold"}, A: {"cold", "north"}, B: {"north"}}


@pytest.mark.parametrize(
    ("items", "after"),
    [
        ([{"tag": "cold", "ids": [B]}], {**BEFORE, B: {"cold", "north"}}),
        ([{"tag": "COLD", "ids": ["B"], "profiles": ["us"]}], {**BEFORE, B: {"cold", "north"}, "us": {"cold"}}),
        ([{"tag": "cold", "ids": [B], "exclusive": "tag"}], {"eu": {"cold"}, A: {"north"}, B: {"cold", "north"}}),
        ([{"tag": "cold", "profiles": ["us"], "exclusive": "tag"}], {A: BEFORE[A], B: BEFORE[B], "us": {"cold"}}),
        ([{"tag": "cold", "ids": [A], "exclusive": "devices"}], {**BEFORE, A: {"cold"}}),
        (
            [{"tag": "cold", "ids": [A, B], "exclusive": "devices"}, {"tag": "north", "ids": [B]}],
            {**BEFORE, A: {"cold"}, B: {"cold", "north"}},
        ),
        ([{"tag": "north", "ids": [A, C], "state": "absent"}], {**BEFORE, A: {"cold"}}),
        ([{"tag": "cold", "profiles": ["eu"], "state": "absent"}], {A: BEFORE[A], B: BEFORE[B]}),
        ([{"tag": "cold", "state": "absent", "everywhere": True}], {A: {"north"}, B: {"north"}}),
        ([{"tag": "*", "ids": [A, B, C], "state": "absent"}], {"eu": {"cold"}}),
        (
            [{"tag": "*", "ids": [A, B], "state": "absent"}, {"tag": "spare", "ids": [A]}],
            {"eu": {"cold"}, A: {"spare"}},
        ),
    ],
)
def test_what_is_said_of_tags_becomes_of_devices_and_profiles(
    items: list[dict[str, Any]], after: dict[str, set[str]]
) -> None:
    assert tagged(applied(*items)) == after


def test_profiles_are_named_by_their_handles_also_where_the_tag_is_taken_from_them() -> None:
    plan = planned(fleet(), {"tag": "cold", "profiles": ["us"], "exclusive": "tag"})

    assert [(request.path, dict(request.body)) for change in plan.changes for request in change.requests] == [
        ("/tag/assign", {"TagNames": ["Cold"], "DeviceProfileUIDs": ["UID-US"]}),
        ("/tag/remove", {"TagNames": ["Cold"], "DeviceProfileUIDs": ["UID-EU"]}),
    ]


def test_all_tags_and_all_devices_are_never_sent_as_such() -> None:
    plan = planned(fleet(), {"tag": "*", "ids": [A], "state": "absent"}, {"tag": "cold", "ids": [B]})

    sent = [request.body for change in plan.changes for request in change.requests]
    assert {value for body in sent for values in body.values() for value in values} <= {"Cold", "north", A, B}


def test_large_sets_are_sent_a_thousand_at_a_time() -> None:
    account = MemoryAccount(tags={"cold": "cold"}, devices={f"{n:016x}": Device() for n in range(2_001)})
    (change,) = planned(account, {"tag": "cold", "ids": list(account.devices)}).changes

    assert [len(request.body["ROTPublicUIDs"]) for request in change.requests] == [1000, 1000, 1]


def test_devices_that_are_not_known_are_named_where_they_would_be_given_a_tag() -> None:
    with pytest.raises(PlanRefused) as refused:
        planned(fleet(), {"tag": "cold", "ids": [A, B, "dead"]}, {"tag": "spare", "ids": ["beef", "dead"]})

    assert [problem.message for problem in refused.value.problems] == [
        "tag_assignment.Cold: dead is not known to the account: not bootstrapped, or misspelt",
        "tag_assignment.spare: beef, dead are not known to the account: not bootstrapped, or misspelt",
    ]
    assert not planned(fleet(), {"tag": "spare", "ids": ["dead"], "state": "absent"}), "who does not have it is no loss"


class TestScope:
    """Only tags that are needed are read: each is two lists."""

    @pytest.mark.parametrize(
        ("document", "tags"),
        [
            ({"tag_assignments": [{"tag": "Cold", "ids": [A]}]}, {"cold"}),
            ({"key_rotation": [{"name": "a", "tags": ["North"], "type": "CONTINUOUS"}]}, {"north"}),
            (
                {
                    "tag_assignments": [{"tag": "cold", "ids": [A]}],
                    "device_certificates": [{"name": "a", "tags": ["north", "spare"]}],
                },
                {"cold", "north", "spare"},
            ),
            ({"tag_assignments": [{"tag": "cold", "ids": [A], "exclusive": "devices"}]}, None),
            ({"tag_assignments": [{"tag": "*", "ids": [A], "state": "absent"}]}, None),
        ],
    )
    def test_tags_whose_assignments_are_read(self, document: dict[str, Any], tags: set[str] | None) -> None:
        reading = scope_of(load_data(document))

        assert "tag_assignment" in {kind.name for kind in reading.kinds}
        assert reading.parents.get("tag_assignment") == tags

    @pytest.mark.parametrize("document", [{"key_rotation": [{"name": "a", "ids": [A], "type": "CONTINUOUS"}]}, {}])
    def test_none_where_no_tag_is_named(self, document: dict[str, Any]) -> None:
        assert not {"tag", "tag_assignment"} & {kind.name for kind in scope_of(load_data(document)).kinds}

    @pytest.mark.parametrize(
        ("item", "profiles"),
        [
            ({"ids": [A]}, False),
            ({"profiles": ["eu"]}, True),
            ({"ids": [A], "state": "absent"}, False),
            ({"profiles": ["eu"], "state": "absent"}, True),
            ({"state": "absent", "everywhere": True}, True),
            ({"profiles": [], "exclusive": "tag"}, True),
        ],
    )
    def test_profiles_are_read_where_some_may_be_named(self, item: dict[str, Any], profiles: bool) -> None:
        reading = scope_of(load_data({"tag_assignments": [{"tag": "cold", **item}]}))

        assert ("device_profile" in {kind.name for kind in reading.kinds}) is profiles


class TestTagsThatEnd:
    """A tag cannot be deleted while devices have it (/tag/delete)."""

    def test_not_alone(self) -> None:
        with pytest.raises(PlanRefused, match=r"tag\.Cold cannot be deleted: it is assigned to 1 device; remove it"):
            planned(fleet(), **COLD_GOES)

    @pytest.mark.parametrize(
        "item",
        [
            {"tag": "cold", "state": "absent", "everywhere": True},
            {"tag": "COLD", "state": "absent", "ids": [A]},
            {"tag": "*", "state": "absent", "ids": [A]},
            {"tag": "spare", "exclusive": "devices", "ids": [A]},
        ],
    )
    def test_but_after_a_change_of_the_same_plan_that_empties_it(self, item: dict[str, Any]) -> None:
        account = fleet()
        plan = planned(account, item, **COLD_GOES)
        deletion = next(change for change in plan.changes if change.kind.name == "tag")

        assert deletion.depends_on == ("tag_assignment.Cold",)
        carry_out([*(change for change in plan.changes if change is not deletion), deletion], account)
        assert "cold" not in account.tags
        assert not any("cold" in tags for tags in tagged(account).values())

    def test_not_after_one_that_leaves_some(self) -> None:
        account = fleet()
        account.devices[B].tags.add("cold")
        with pytest.raises(PlanRefused, match="it is assigned to 2 devices"):
            planned(account, {"tag": "cold", "state": "absent", "ids": [A]}, **COLD_GOES)

    def test_what_is_assigned_must_not_be_deleted(self) -> None:
        with pytest.raises(PlanRefused, match=r"tag\.Cold cannot be deleted: tag_assignment\.cold still refers to it"):
            planned(fleet(), {"tag": "cold", "ids": [B]}, tags={"mode": "exclusive", "items": ["north", "spare"]})


def test_a_tag_that_is_made_by_the_same_plan_is_made_first() -> None:
    account = fleet()
    plan = planned(account, {"tag": "new", "ids": [A]}, tags=["new"])

    assert [change.depends_on for change in plan.changes] == [(), ("tag.new",)]
    carry_out(list(plan.changes), account)
    assert "new" in account.devices[A].tags


@pytest.mark.parametrize(
    ("items", "more", "words"),
    [
        ([{"tag": "colt", "ids": [A]}], {}, r"tag\.colt does not exist and is not declared \(did you mean 'Cold'\?\)"),
        (
            [{"tag": "cold", "profiles": ["uk"]}],
            {},
            r"tag_assignments\[0\]\.profiles: device_profile\.uk does not exist and is not declared",
        ),
        (
            [{"tag": "cold", "profiles": ["us"]}],
            {"device_profiles": [{"name": "us", "tags": []}]},
            r"tag_assignment\.cold gives the tag to device_profile\.us, whose tags \(at .*\) leave it out",
        ),
        (
            [{"tag": "cold", "state": "absent", "everywhere": True}],
            {"device_profiles": [{"name": "eu", "tags": ["cold"]}]},
            r"tag_assignment\.cold takes the tag from device_profile\.eu, whose tags \(at .*\) have it",
        ),
    ],
)
def test_what_cannot_be_planned(items: list[dict[str, Any]], more: dict[str, Any], words: str) -> None:
    with pytest.raises(PlanRefused, match=words):
        planned(fleet(), *items, **more)


class TestGuards:
    def many(self) -> MemoryAccount:
        """Two tags of 20 devices each."""
        devices = {f"{n:016x}": Device({"cold"} if n < 20 else {"north"}) for n in range(40)}
        return MemoryAccount(tags={"cold": "cold", "north": "north"}, devices=devices)

    def removal(self, tag: str, first: int, number: int) -> dict[str, Any]:
        return {"tag": tag, "state": "absent", "ids": [f"{n:016x}" for n in range(first, first + number)]}

    def test_the_budget_is_for_all_tags_together(self) -> None:
        assert planned(self.many(), self.removal("cold", 0, 6), self.removal("north", 20, 4))
        with pytest.raises(PlanRefused, match="tag_assignment: 13 of 40 would be deleted, more than 10 and more than"):
            planned(self.many(), self.removal("cold", 0, 7), self.removal("north", 20, 6))

    def test_it_is_raised_by_name(self) -> None:
        taken = [self.removal("cold", 0, 7), self.removal("north", 20, 6)]

        assert planned(self.many(), *taken, guards=Guards({"tag_assignment": 13}))
        with pytest.raises(PlanRefused, match="13 would be deleted, 12 are allowed"):
            planned(self.many(), *taken, guards=Guards({"tag_assignment": 12}))

    @pytest.mark.parametrize("nothing", [{"ids": []}, {"profiles": []}, {"ids": [A], "profiles": []}])
    def test_an_exclusive_tag_without_devices_or_profiles_is_refused_unless_allowed(
        self, nothing: dict[str, Any]
    ) -> None:
        item = {"tag": "cold", "exclusive": "tag", **nothing}
        with pytest.raises(PlanRefused, match=r"tag_assignment\.Cold is exclusive and empty, which would remove every"):
            planned(fleet(), item)

        assert planned(fleet(), item, guards=Guards(allow_empty=frozenset({"tag_assignment"})))
        assert not planned(fleet(), {**item, "ids": [], "tag": "spare"}), "it has none already"

    def test_what_is_protected_loses_nothing_by_whatever_item(self) -> None:
        protected = {"tag": "cold", "protected": True, "ids": []}
        assert not planned(fleet(), protected)
        with pytest.raises(PlanRefused, match=r"tag_assignment\.Cold is protected and would lose ids"):
            planned(fleet(), protected, {"tag": "*", "state": "absent", "ids": [A]})
        with pytest.raises(PlanRefused, match=r"tag_assignment\.Cold is protected and would lose profiles"):
            planned(fleet(), {"tag": "cold", "protected": True, "state": "absent", "profiles": ["eu"]})


def test_what_is_left_of_a_change_does_not_undo_what_another_one_did_to_the_same_tag() -> None:
    account = fleet()
    plan = planned(account, {"tag": "cold", "ids": [B]}, device_profiles=[{"name": "us", "tags": ["cold"]}])
    profile, assignment = sorted(plan.changes, key=lambda change: change.kind.name)
    carry_out([profile], account)
    left = remaining(assignment, account.read(reading_of([assignment])).find("tag_assignment", "cold"))

    assert left is not None
    assert left.requests == assignment.requests


def test_turned_round_a_declaration_takes_its_tags_from_what_it_names_and_nothing_else() -> None:
    account = applied({"tag": "cold", "ids": [B], "profiles": ["us"]}, {"tag": "spare", "ids": [C]})
    document = {"tag_assignments": [{"tag": "cold", "ids": [B], "profiles": ["us"], "exclusive": "devices"}]}
    desired = declared_absent(load_data(document))
    plan = make_plan(desired, account.read(scope_of(desired)))
    carry_out(list(plan.changes), account)

    assert tagged(account) == {**BEFORE, C: {"spare"}}


def test_what_it_looks_like() -> None:
    plan = planned(fleet(), {"tag": "north", "exclusive": "tag", "ids": [C], "profiles": ["us"]})

    assert render(plan) == (
        "Plan\n"
        "\n"
        '  ~ tag_assignment "north"                       +1  -2   of 2\n'
        "      profiles: +us\n"
        f"      + {C}\n"
        f"      - {A}, {B}\n"
        "\n"
        "Plan: 0 to add, 1 to change, 0 to delete. 3 requests.\n"
    )
    (change,) = plan_as_data(plan)["changes"]
    assert change["fields"] == [{"field": "profiles", "before": [], "after": ["us"]}]
    assert {part: change["set"][part]["count"] for part in ("added", "removed")} == {"added": 1, "removed": 2}
    assert f"+     {C}" in render_markdown(plan)
    assert "2 ids become 1" in render_html(plan)
