# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Planning a part of a declaration."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.edgeops.device_trust.plugins.module_utils._config.document import load_data
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.errors import DeviceTrustError, PlanRefused
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.registry import KINDS
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.planner import make_plan
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.selection import Selection
from tests.unit.plan.account import MemoryAccount
from tests.unit.plan.strategies import accounts, documents
from tests.unit.plan.test_convergence import Marks, carry_out, in_some_order, plan_for, planned
from tests.unit.plan.test_text import EVERYTHING, account


def addresses(selection: Selection) -> list[str]:
    desired = selection.declared(load_data(EVERYTHING))
    return [change.address for change in make_plan(desired, account().live(), None, selection).changes]


def test_everything_is_planned_unless_a_part_is_asked_for() -> None:
    assert len(addresses(Selection())) == 8


def test_only_some_kinds_or_all_but_some() -> None:
    assert addresses(Selection.of(only=["webhook", "whitelist"])) == [
        "whitelist",
        "webhook.https://hooks.example.com/ublox",
    ]
    kinds = {"device_profile", "bootstrap_provisioning", "whitelist", "webhook"}
    assert addresses(Selection.of(excluded=kinds)) == [
        "tag.downtown",
        "tag.pilot",
        "root_ca.fleet.example.com",
        "root_ca.old.example.com",
    ]


def test_sections_are_as_good_as_kinds() -> None:
    assert addresses(Selection.of(only=["webhooks"])) == addresses(Selection.of(only=["webhook"]))


def test_a_target_is_a_kind_or_an_object_and_brings_what_it_depends_on() -> None:
    assert addresses(Selection.of(["webhook"])) == ["webhook.https://hooks.example.com/ublox"]
    assert addresses(Selection.of(["root_ca.fleet.example.com"])) == ["root_ca.fleet.example.com"]
    assert addresses(Selection.of(["device_profile.trackers-eu"])) == ["tag.downtown", "device_profile.trackers-eu"]
    assert addresses(Selection.of(["tag.pilot"])) == ["tag.downtown", "tag.pilot", "device_profile.trackers-eu"]


def test_names_are_compared_as_their_kind_compares_them() -> None:
    assert addresses(Selection.of(["tag.DownTown"])) == ["tag.downtown"]
    assert addresses(Selection.of(["root_ca.Fleet.example.com"])) == []


@pytest.mark.parametrize("options", [{"targets": ["tga.x"]}, {"only": ["tga"]}, {"excluded": ["tga"]}])
def test_a_kind_that_there_is_not_is_refused(options: dict[str, list[str]]) -> None:
    with pytest.raises(DeviceTrustError, match="there is no kind 'tga'"):
        Selection.of(**options)


@settings(max_examples=150, deadline=None)
@given(documents(), accounts(), st.sets(st.sampled_from(sorted(KINDS)), min_size=1), st.randoms(use_true_random=False))
def test_a_part_can_be_carried_out_alone_and_then_the_rest(
    document: dict[str, Any], live: MemoryAccount, kinds: set[str], chance: random.Random
) -> None:
    found = planned(document, live)
    if found is None:
        return
    desired, plan = found
    part = Selection.of(kinds).planned(plan)

    assert {change.address for change in part.changes} <= {change.address for change in plan.changes}
    assert {change.address for change in plan.changes if change.kind.name in kinds} <= {c.address for c in part.changes}
    marks: Marks = {}
    carry_out(in_some_order(part, chance), live, marks)
    try:
        rest = plan_for(desired, live, marks)
    except PlanRefused as refused:
        raise AssertionError("what is left can be planned") from refused
    carry_out(in_some_order(rest, chance), live, marks)
    assert not plan_for(desired, live, marks)
