# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""For any declaration and any account: what is planned is accepted, suffices, and touches nothing else."""

from __future__ import annotations

import json
import random
from typing import Any, cast

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from ansible_collections.edgeops.device_trust.plugins.module_utils._config.document import load_data
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.desired import Declared, Desired
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.errors import PlanRefused
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.ids import IdSet
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.kind import LiveObject
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.live import LiveAccount
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.registry import KINDS
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.codec import plan_as_data
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.devices import awaited
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.guards import Guards
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.plan import Change, Plan
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.planner import (
    devices_to_know,
    make_plan,
    refuse_blocked,
    refuse_unknown,
)
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.scope import scope_of
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.text import render
from tests.unit.plan.account import MemoryAccount, Profile
from tests.unit.plan.strategies import accounts, documents

ANYTHING = Guards(allow_delete=dict.fromkeys(KINDS, 1_000), allow_empty=frozenset(KINDS))
FEW = settings(max_examples=60, deadline=None)

Marks = dict[str, dict[str, str]]
"""What devices were told, by kind and device, as the engine remembers it."""


def plan_for(desired: Desired, account: MemoryAccount, marks: Marks) -> Plan:
    """As the engine makes it: with what must be read, and no more. Raises PlanRefused."""
    live = account.read(scope_of(desired).with_marks(marks))
    plan = make_plan(desired, live, ANYTHING)
    refuse_blocked(plan, account.obstacles(plan.deletions_of(live)))
    refuse_unknown(plan, account.unknown_devices(devices_to_know(plan)))
    return plan


def planned(
    document: dict[str, Any], account: MemoryAccount, marks: Marks | None = None
) -> tuple[Desired, Plan] | None:
    """The declaration with its plan, or None where it is refused."""
    try:
        desired = load_data(document)
        plan = plan_for(desired, account, marks or {})
    except PlanRefused:
        event("refused")
        return None
    event("planned" if plan else "nothing to do")
    return desired, plan


def in_some_order(plan: Plan, chance: random.Random) -> list[Change]:
    """The changes in an order that respects what they depend on, and nothing else."""
    left = {change.address: change for change in plan.changes}
    ordered: list[Change] = []
    while left:
        ready = [change for change in left.values() if not set(change.depends_on) & set(left)]
        assert ready, "the dependencies go in a circle"
        ordered.append(left.pop(chance.choice(ready).address))
    return ordered


def carry_out(changes: list[Change], account: MemoryAccount, marks: Marks | None = None) -> None:
    """Sends all of it, and remembers what devices were told."""
    for change in changes:
        for request in change.requests:
            account.send(request)
        if marks is not None and change.marks:
            marks.setdefault(change.kind.name, {}).update(change.marks)


@FEW
@given(documents(), accounts(), st.randoms(use_true_random=False))
def test_a_plan_is_accepted_in_any_order_it_allows_and_leaves_nothing_to_do(
    document: dict[str, Any], account: MemoryAccount, chance: random.Random
) -> None:
    if found := planned(document, account):
        desired, plan = found
        marks: Marks = {}
        carry_out(in_some_order(plan, chance), account, marks)

        again = plan_for(desired, account, marks)
        assert not again, render(again)


@FEW
@given(documents(), accounts(), st.randoms(use_true_random=False))
def test_when_devices_have_done_what_they_were_told_nothing_is_awaited_or_left(
    document: dict[str, Any], account: MemoryAccount, chance: random.Random
) -> None:
    if found := planned(document, account):
        desired, plan = found
        marks: Marks = {}
        carry_out(in_some_order(plan, chance), account, marks)
        assert not awaited(plan_for(desired, account, marks)) - awaited(plan), "who was told anything was in the plan"

        for _heartbeat in range(2):  # as many as an update takes
            account.beat()
            again = plan_for(desired, account, marks)
            assert not again, render(again)
        assert not awaited(again)


@FEW
@given(documents(), accounts(), st.randoms(use_true_random=False))
def test_what_was_cut_off_anywhere_is_finished_by_the_next_plan(
    document: dict[str, Any], account: MemoryAccount, chance: random.Random
) -> None:
    if found := planned(document, account):
        desired, plan = found
        marks: Marks = {}
        changes = in_some_order(plan, chance)
        done = chance.randint(0, len(changes))
        carry_out(changes[:done], account, marks)
        for change in changes[done : done + 1]:
            for request in change.requests[: chance.randint(0, len(change.requests))]:
                account.send(request)

        carry_out(in_some_order(plan_for(desired, account, marks), chance), account, marks)
        again = plan_for(desired, account, marks)
        assert not again, render(again)


@FEW
@given(documents(), accounts(), st.randoms(use_true_random=False))
def test_what_is_not_named_is_not_touched(
    document: dict[str, Any], account: MemoryAccount, chance: random.Random
) -> None:
    before = account.live()
    if found := planned(document, account):
        desired, plan = found
        carry_out(in_some_order(plan, chance), account)
        after = account.live()

        for name, kind in KINDS.items():
            if name == "tag_assignment":
                continue
            section = desired.sections.get(name)
            for identity, was in before.of(name).items():
                declared = section.objects.get(identity) if section else None
                if declared is None and not (section and section.exclusive):
                    expected = _without_tags_declared_elsewhere(was, desired, after)
                    assert after.find(name, identity) is not None, f"{kind.address(was.name)} is gone"
                    assert _without_tags_declared_elsewhere(after.of(name)[identity], desired, after) == expected
                elif declared is not None and not declared.absent and not kind.singleton:
                    now = _without_tags_declared_elsewhere(after.of(name)[identity], desired, after)
                    for field, value in _without_tags_declared_elsewhere(was, desired, after).items():
                        assert field in declared.attributes or now[field] == value, f"{field} was not declared"


def _without_tags_declared_elsewhere(found: LiveObject, desired: Desired, after: LiveAccount) -> dict[str, Any]:
    """A tag that is deleted is gone from profiles as well, and its assignments may say which profiles have it."""
    left: dict[str, Any] = dict(found.attributes)
    if "tags" in left:
        there = (tag for tag in left["tags"] if after.find("tag", tag.casefold()))
        left["tags"] = frozenset(tag for tag in there if not desired.find("tag_assignment", tag.casefold()))
    return left


@FEW
@given(documents(), accounts(), st.randoms(use_true_random=False))
def test_devices_that_are_not_chosen_are_not_touched(
    document: dict[str, Any], account: MemoryAccount, chance: random.Random
) -> None:
    before = account.copy().devices
    if found := planned(document, account):
        desired, plan = found
        carry_out(in_some_order(plan, chance), account)

        for uid, now in account.devices.items():
            was = before[uid]
            if uid not in _chosen(desired, account):
                assert (now.desired, now.task, now.rotation) == (was.desired, was.task, was.rotation)
            for tag in was.tags ^ now.tags:
                assert uid in _tagged_or_untagged(desired, tag, uid), f"the tag {tag!r} was not to change"


def _chosen(desired: Desired, account: MemoryAccount) -> IdSet:
    """The devices that some item is about. ``account`` is as it is afterwards."""
    chosen = IdSet()
    for name in ("device_provisioning", "device_certificate", "key_rotation"):
        for item in desired.sections.get(name, ()):
            tags = frozenset(map(str.casefold, cast("frozenset[str]", item.attributes.get("tags", frozenset()))))
            chosen |= named_ids(item)
            chosen |= IdSet.of(uid for uid, device in account.devices.items() if device.tags & tags)
    return chosen


def named_ids(declared: Declared) -> IdSet:
    ids = declared.attributes.get("ids")
    return ids if isinstance(ids, IdSet) else IdSet()


def _tagged_or_untagged(desired: Desired, tag: str, uid: str) -> IdSet:
    """The devices of which a declaration says something about a tag; ``uid`` is one that everybody means by "all"."""
    meant = IdSet()
    for item in desired.sections["tag_assignment"]:
        this = item.name.casefold() == tag
        reaches = item.name == "*" or item.directives["exclusive"] == "devices"
        if this and (item.directives["everywhere"] or (item.directives["exclusive"] == "tag" and not item.absent)):
            meant |= IdSet.of([uid])
        if this or reaches:
            meant |= named_ids(item)
    return meant


@FEW
@given(documents(), accounts())
def test_only_what_is_declared_absent_or_missing_from_an_exclusive_section_is_deleted(
    document: dict[str, Any], account: MemoryAccount
) -> None:
    if found := planned(document, account):
        desired, plan = found
        for change in plan.deletions():
            section = desired.sections[change.kind.name]
            declared = section.objects.get(change.identity)
            if declared is None:
                assert section.exclusive
            else:
                assert declared.absent or declared.directives["replace"] is True
        for change in plan.changes:
            whitelist = desired.find("whitelist", "") if change.kind.name == "whitelist" else None
            if change.delta and whitelist and change.delta.removed:
                assert whitelist.absent or desired.sections["whitelist"].exclusive


@FEW
@given(documents(), accounts())
def test_only_what_is_to_end_is_taken_away_from_devices(document: dict[str, Any], account: MemoryAccount) -> None:
    if found := planned(document, account):
        desired, plan = found
        for change in plan.changes:
            assert change.delta is None or not change.delta.removed or change.kind.set_field
            if change.kind.name == "tag_assignment" and change.delta:
                for uid in change.delta.removed:
                    assert uid in _untagged(desired, change.identity, uid)
            for step in change.delta.steps if change.delta else ():
                ends = change.declared.directives["state"] if change.declared and "state" in change.kind.by_name else ""
                assert (step.split()[0] in {"delete", "revoke"}) == (ends in {"absent", "revoked"})


def _untagged(desired: Desired, tag: str, uid: str) -> IdSet:
    """The devices that are to lose a tag; ``uid`` is one that everybody means by "all"."""
    everybody, lost, kept = IdSet.of([uid]), IdSet(), IdSet()
    for item in desired.sections["tag_assignment"]:
        ids, exclusive = named_ids(item), item.directives["exclusive"]
        if item.name.casefold() == tag and item.absent:
            lost |= everybody if item.directives["everywhere"] else ids
        elif item.name.casefold() == tag:
            kept |= ids
            lost |= everybody if exclusive == "tag" else IdSet()
        elif item.name == "*" or (exclusive == "devices" and not item.absent):
            lost |= ids
    return lost - kept


@FEW
@given(documents(), accounts())
def test_no_secret_is_shown(document: dict[str, Any], account: MemoryAccount) -> None:
    if found := planned(document, account):
        _unused, plan = found
        assert "canary" not in render(plan) + json.dumps(plan_as_data(plan)) + repr(plan)


@FEW
@given(documents(), accounts(), st.randoms(use_true_random=False))
def test_the_order_in_lists_and_the_letter_case_of_tags_make_no_difference(
    document: dict[str, Any], account: MemoryAccount, chance: random.Random
) -> None:
    if found := planned(document, account):
        _unused, plan = found
        again = plan_for(load_data(shuffled(document, chance)), account, {})

        assert {change.address.casefold() for change in again.changes} == {c.address.casefold() for c in plan.changes}
        assert again.summary() == plan.summary()


def shuffled(value: Any, chance: random.Random, key: str = "") -> Any:
    """The same declaration, written in another order, with tags in another case."""
    if isinstance(value, dict):
        swapped = {"tags": "name", "tag_assignments": "tag"}.get(key)
        return {k: _swapped(v) if k == swapped else shuffled(v, chance, k) for k, v in value.items()}
    if isinstance(value, list):
        items = [shuffled(item, chance, key) for item in value]
        if key == "tags":
            items = [_swapped(item) if isinstance(item, str) else item for item in items]
        chance.shuffle(items)
        return items
    return value


def _swapped(text: str) -> str:
    return text.upper() if text.islower() else text.lower()


def test_the_account_in_memory_has_rules_for_every_kind() -> None:
    assert set(MemoryAccount().live().objects) == set(KINDS)


@pytest.mark.parametrize("merges", [True, False])
def test_provisioning_survives_whether_the_service_merges_or_replaces(merges: bool) -> None:
    account = MemoryAccount(merges=merges, root_cas={"ca": {}})
    account.profiles["UID"] = Profile("eu", set(), {"RootCA": "ca", "Authorizations": {"ZTPV1": "ENABLED"}})
    provisioning = {"authorizations": {"LocalC2C": "disabled"}}
    desired = load_data({"device_profiles": [{"name": "eu", "bootstrap_provisioning": provisioning}]})
    carry_out(list(make_plan(desired, account.live()).changes), account)

    assert account.profiles["UID"].provisioning == {
        "RootCA": "ca",
        "Authorizations": {"ZTPV1": "ENABLED", "LocalC2C": "DISABLED"},
    }
