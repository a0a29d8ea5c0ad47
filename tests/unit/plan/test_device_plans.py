# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plans of what devices are told: guarded, saved, gone on with and shown like all others."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from ansible_collections.edgeops.device_trust.plugins.module_utils._config.document import load_data
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.errors import PlanRefused
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.ids import IdSet
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.codec import plan_as_data
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.diff import remaining
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.encoding import INLINE_IDS
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.guards import Guards
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.html import render_html
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.markdown import render_markdown
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.plan import Change, Plan
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.saved import (
    Begun,
    decode_plan,
    encode_plan,
    still_valid,
)
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.staleness import reading_of
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.teardown import declared_absent
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.text import render
from tests.unit.plan.account import Certificate, Device, MemoryAccount
from tests.unit.plan.test_convergence import carry_out
from tests.unit.plan.test_devices import CAS, ITEMS, A, B, C, every_section, fleet, one, planned, requests, steps
from tests.unit.plan.test_saved import SCHEMA


def test_a_root_ca_that_devices_are_to_have_is_not_deleted() -> None:
    for section in ("device_provisioning", "device_certificates"):
        with pytest.raises(PlanRefused, match=r"root_ca\.ca-2 cannot be deleted: .*\.a still refers to it"):
            planned(
                fleet(),
                {
                    "root_cas": {"mode": "exclusive", "items": [{"name": "ca-1"}]},
                    section: [{"name": "a", "ids": [A], "root_ca": "ca-2"}],
                },
            )


class TestDisputes:
    """What two items say of one device: each apply would undo the other's."""

    @pytest.mark.parametrize(
        ("section", "one", "other", "what"),
        [
            ("device_provisioning", {"root_ca": "ca-1"}, {"root_ca": "ca-2"}, "root_ca"),
            ("device_provisioning", {"root_ca": "ca-1"}, {"state": "absent"}, "state"),
            (
                "device_provisioning",
                {"authorizations": {"ZTPV1": "enabled", "LocalC2C": "enabled"}},
                {"authorizations": {"ZTPV1": "enabled", "LocalC2C": "disabled"}},
                "authorizations.LocalC2C",
            ),
            ("device_certificates", {"root_ca": "ca-1"}, {"root_ca": "ca-2"}, "root_ca"),
            ("device_certificates", {}, {"state": "revoked"}, "state"),
            ("key_rotation", {"type": "AUTOMATIC"}, {"type": "CONTINUOUS"}, "type"),
            ("key_rotation", {"type": "AUTOMATIC", "days": 3}, {"type": "AUTOMATIC", "days": 4}, "type"),
        ],
    )
    @pytest.mark.parametrize("choice", [{"ids": [A, C]}, {"tags": ["Cold"]}, {"tags": ["COLD"], "ids": [A]}])
    def test_they_refuse_the_plan(
        self, section: str, one: dict[str, Any], other: dict[str, Any], what: str, choice: dict[str, Any]
    ) -> None:
        account = fleet()
        account.devices[A].tags = {"cold"}
        both = [{"name": "a", "ids": [A, B], **one}, {"name": "b", **choice, **other}]
        with pytest.raises(PlanRefused) as refused:
            planned(account, {section: both})

        (problem,) = refused.value.problems
        assert problem.path == f"{section}[1]"
        assert problem.message.endswith(f".b ask different things of {A} ({what})")

    def test_what_a_rotation_adjusts_is_not_withdrawn(self) -> None:
        rotation = {"name": "a", "ids": [A], "type": "AUTOMATIC"}
        withdrawn = [{"name": "b", "ids": [A, B], "state": "absent"}]
        with pytest.raises(
            PlanRefused, match=r"of 000000000000000a \(security heartbeat, adjusted to a key rotation\)"
        ):
            planned(fleet(), {"device_provisioning": withdrawn, "key_rotation": [rotation]})

        assert planned(
            fleet(), {"device_provisioning": withdrawn, "key_rotation": [{**rotation, "type": "CONTINUOUS"}]}
        )

    def test_so_do_items_of_two_kinds(self) -> None:
        document = {
            "device_provisioning": [{"name": "a", "ids": [A], "root_ca": "ca-1"}],
            "device_certificates": [{"name": "b", "ids": [A, B], "root_ca": "ca-2"}],
        }
        words = rf"device_provisioning\.a and device_certificate\.b ask different things of {A} \(root_ca\)"
        with pytest.raises(PlanRefused, match=words):
            planned(fleet(), document)

    @pytest.mark.parametrize(
        ("section", "one", "other"),
        [
            ("device_provisioning", {"root_ca": "ca-1"}, {"root_ca": "ca-1", "security_heartbeat_seconds": 60}),
            (
                "device_provisioning",
                {"authorizations": {"ZTPV1": "enabled"}},
                {"authorizations": {"LocalC2C": "disabled"}},
            ),
            ("device_certificates", {"root_ca": "ca-2"}, {"renew_within_days": 30, "validity_days": 90}),
        ],
    )
    def test_what_goes_together_does_not(self, section: str, one: dict[str, Any], other: dict[str, Any]) -> None:
        assert planned(fleet(), {section: [{"name": "a", "ids": [A], **one}, {"name": "b", "ids": [A, B], **other}]})

    def test_nor_does_what_is_said_of_others(self) -> None:
        one, other = {"name": "a", "ids": [A], "state": "revoked"}, {"name": "b", "ids": [B], "root_ca": "ca-2"}
        assert planned(fleet(), {"device_certificates": [one, other]})

    @pytest.mark.parametrize(("seconds", "refused"), [(172_800, False), (172_801, True)])
    def test_a_heartbeat_that_is_slower_than_keys_are_rotated(self, seconds: int, refused: bool) -> None:
        document = {
            "device_provisioning": [{"name": "a", "ids": [A], "security_heartbeat_seconds": seconds}],
            "key_rotation": [{"name": "b", "ids": [A, B], "type": "AUTOMATIC", "days": 2}],
        }
        if not refused:
            assert planned(fleet(), document)
            return
        with pytest.raises(PlanRefused, match=r"172801 is slower than key_rotation\.b allows, whose keys change every"):
            planned(fleet(), document)

    def test_which_is_so_for_a_device_that_one_names_and_the_other_means_by_its_tag(self) -> None:
        tagged = MemoryAccount(tags={"cold": "Cold"}, devices={A: Device({"cold"}), B: Device()})
        document = {
            "device_provisioning": [{"name": "a", "ids": [A], "security_heartbeat_seconds": 172_801}],
            "key_rotation": [{"name": "b", "tags": ["cold"], "type": "AUTOMATIC", "days": 2}],
        }
        with pytest.raises(PlanRefused, match=r"172801 is slower than key_rotation\.b allows"):
            planned(tagged, document)
        document["device_provisioning"][0]["ids"] = [B]
        assert planned(tagged, document)


class TestGuards:
    def certified(self, number: int) -> MemoryAccount:
        devices = {f"{n:016x}": Device(certificate=Certificate("ca-1", f"{n:x}")) for n in range(number)}
        return MemoryAccount(root_cas=CAS, devices=devices)

    @pytest.mark.parametrize("state", ["revoked", "absent"])
    def test_what_is_taken_from_devices_has_a_budget(self, state: str) -> None:
        account = self.certified(36)
        some = [{"name": "a", "ids": list(account.devices)[:11], "state": state}]
        with pytest.raises(PlanRefused, match="device_certificate: 11 of 11 would be deleted, more than 10 and more"):
            planned(account, {"device_certificates": some})

        assert planned(account, {"device_certificates": some}, guards=Guards({"device_certificate": 11}))

    def test_it_is_for_all_items_together_and_what_is_given_does_not_count(self) -> None:
        account = self.certified(40)
        ids = list(account.devices)
        given = {"name": "given", "ids": ids[11:], "root_ca": "ca-2"}
        ended = [{"name": f"ended {n}", "ids": ids[n : n + 1], "state": "revoked"} for n in range(11)]

        assert planned(account, {"device_certificates": [given]})
        assert planned(account, {"device_certificates": [given, *ended]}), "11 of 40"
        with pytest.raises(PlanRefused, match="11 of 11 would be deleted"):
            planned(account, {"device_certificates": ended})

    def test_a_provisioning_that_is_withdrawn_counts(self) -> None:
        account = self.certified(11)
        for device in account.devices.values():
            device.desired = {"SecurityHeartbeatInSec": 60}
        with pytest.raises(PlanRefused, match="device_provisioning: 11 of 11 would be deleted"):
            planned(account, {"device_provisioning": [{"name": "a", "ids": list(account.devices), "state": "absent"}]})


def test_turned_round_a_declaration_says_nothing_of_devices() -> None:
    document = {section: [{"name": "a", "ids": [A], **item}] for section, item in ITEMS.items()}

    assert not declared_absent(load_data(document)).sections


def saved_again(plan: Plan) -> tuple[dict[str, Any], dict[str, IdSet]]:
    document, sidecars = encode_plan(plan, "sha256:" + "0" * 64)
    SCHEMA.validate(document)
    return json.loads(json.dumps(document)), sidecars


class TestSavedPlans:
    @every_section
    def test_sets_lie_in_files_that_are_safe_whatever_the_item_is_called(self, section: str) -> None:
        number = INLINE_IDS + 1
        account = MemoryAccount(
            root_cas=CAS,
            devices={f"{n:016x}": Device(certificate=Certificate("ca-1", f"{n:x}")) for n in range(number)},
        )
        item = {"name": "../../etc/\x1b[2J $(x) é", "ids": list(account.devices), **ITEMS[section]}
        plan = planned(account, {section: [item]})
        document, sidecars = saved_again(plan)
        kind = plan.changes[0].kind.name

        assert set(sidecars) == {f"{kind}_1.added.txt", f"{kind}_1.step_1.txt"}
        read = decode_plan(document, sidecars.__getitem__, str)
        assert plan_as_data(read.plan) == plan_as_data(plan)
        made, problems = still_valid(read, account.read(reading_of(read.plan.changes)))
        assert problems == ()
        assert requests(made) == requests(plan)

    def saved(self, account: MemoryAccount, section: str) -> tuple[Any, Plan]:
        items = [{"name": uid, "ids": [uid], **ITEMS[section]} for uid in (A, B)]
        plan = planned(account, {section: items})
        document, sidecars = saved_again(plan)
        return decode_plan(document, sidecars.__getitem__, str), plan

    @pytest.mark.parametrize("section", ["device_provisioning", "device_certificates"])
    def test_what_somebody_else_did_refuses_the_items_it_concerns(self, section: str) -> None:
        account = fleet()
        read, plan = self.saved(account, section)
        carry_out([plan.changes[0]], account)
        made, problems = still_valid(read, account.read(reading_of(read.plan.changes)))

        assert [change.name for change in made.changes] == [B]
        (problem,) = problems
        assert problem.message.startswith(f"{plan.changes[0].address} has changed since the plan was made: ")

    @every_section
    @pytest.mark.parametrize("remembered", [True, False])
    def test_resumed_it_goes_on_where_it_was_cut_off(self, section: str, remembered: bool) -> None:
        account, marks = fleet(), dict[str, dict[str, str]]()
        read, plan = self.saved(account, section)
        first, second = plan.changes
        carry_out([first], account, marks if remembered else None)
        before = Begun(frozenset({first.address, second.address}), frozenset({first.address}))
        made, problems = still_valid(read, account.read(reading_of(read.plan.changes).with_marks(marks)), before)

        assert problems == ()
        assert [change.address for change in made.changes] == [second.address]

    def test_resumed_it_knows_that_another_item_has_told_the_same_device(self) -> None:
        account = fleet()
        items = [{"name": "a", "ids": [A, B]}, {"name": "b", "ids": [B, C]}]
        plan = planned(account, {"device_provisioning": [{**i, **ITEMS["device_provisioning"]} for i in items]})
        document, sidecars = saved_again(plan)
        read = decode_plan(document, sidecars.__getitem__, str)
        first, second = plan.changes
        carry_out([first], account)
        before = Begun(frozenset({first.address}), frozenset({first.address}))
        made, problems = still_valid(read, account.read(reading_of(read.plan.changes)), before)

        assert problems == ()
        assert [change.address for change in made.changes] == [second.address]
        assert steps(made) == {"set": [C]}

    @every_section
    def test_who_is_gone_meanwhile_is_a_problem(self, section: str) -> None:
        account = fleet()
        read, plan = self.saved(account, section)
        del account.devices[A]
        made, problems = still_valid(read, account.read(reading_of(read.plan.changes)))

        assert [change.name for change in made.changes] == [B]
        assert [problem.message.split(" ")[0] for problem in problems] == [plan.changes[0].address]


def test_what_is_left_is_told_of_as_many_devices_as_before() -> None:
    account = fleet()
    plan = one(account, "device_provisioning", **ITEMS["device_provisioning"])
    (change,) = plan.changes
    account.devices[A].desired = {"SecurityHeartbeatInSec": 60}
    left = remaining(change, account.read(reading_of([change])).find(change.kind.name, change.identity))

    assert left is not None
    assert left.delta is not None
    assert (left.delta.size_before, left.delta.size_after) == (1, 3)
    assert list(left.delta.added) == [B, C]


class TestLooks:
    def plan(self) -> Plan:
        account = fleet()
        account.devices[C].certificate = Certificate("ca-2", "0B", 1000)
        account.devices[B].blacklisted = True
        return planned(
            account,
            {
                "device_provisioning": [{"name": "<i>vans", "ids": [A, B, C], "authorizations": {"ZTPV1": "enabled"}}],
                "device_certificates": [
                    {"name": "vans", "ids": [A, B, C], "root_ca": "ca-1", "renew_within_days": 20, "validity_days": 90}
                ],
                "key_rotation": [{"name": "vans", "ids": [A], "type": "AUTOMATIC", "days": 1}],
            },
        )

    def test_as_text(self) -> None:
        assert render(self.plan()) == (
            "Plan\n"
            "\n"
            '  ~ device_provisioning "<i>vans"                2 of 3 devices\n'
            "      authorizations.ZTPV1: enabled\n"
            f"      set: {A}, {C}\n"
            '  ~ device_certificate "vans"                    2 of 3 devices\n'
            "      root_ca: ca-1\n"
            "      renew_within_days: 20\n"
            "      validity_days: 90\n"
            f"      renew ca-1: {A}\n"
            f"      transfer from ca-2: {C}\n"
            '  ~ key_rotation "vans"                          1 of 1 device\n'
            "      type: AUTOMATIC\n"
            "      days: 1\n"
            f"      rotate: {A}\n"
            "\n"
            f"Warning: device_provisioning.<i>vans: {B} is in the blacklist and left out: no action is possible\n"
            f"Warning: device_certificate.vans: {B} is in the blacklist and left out: no action is possible\n"
            "Plan: 0 to add, 3 to change, 0 to delete. 4 requests.\n"
        )

    def test_as_data(self) -> None:
        change = plan_as_data(self.plan())["changes"][1]

        assert change["set"]["steps"] == {
            "renew ca-1": IdSet.of([A]).summary(),
            "transfer from ca-2": IdSet.of([C]).summary(),
        }
        assert (change["set"]["size_before"], change["set"]["size_after"]) == (1, 3)
        assert change["fields"][0] == {"field": "root_ca", "before": None, "after": "ca-1"}

    def test_as_markdown(self) -> None:
        text = render_markdown(self.plan())

        assert f"+     renew ca-1: {A}\n" in text
        assert f"+     transfer from ca-2: {C}\n" in text
        assert "2 of 3 devices" in text
        assert "<i>" not in re.sub(r"```.*?```|`[^`]*`", "", text, flags=re.DOTALL), "but in code"

    def test_as_html(self) -> None:
        page = render_html(self.plan())

        assert "<i>" not in page
        assert "transfer from ca-2: 1" in page
        assert "2 of 3 devices" in page
        assert C in page


def changes_of(plan: Plan, kind: str) -> list[Change]:
    return [change for change in plan.changes if change.kind.name == kind]


def test_what_is_told_waits_for_the_root_ca_it_is_about() -> None:
    new = {"name": "ca-3", "ca_validity_days": 3650, "device_validity_days": 365}
    plan = planned(
        fleet(),
        {
            "root_cas": [new],
            "device_provisioning": [{"name": "a", "ids": [A], "root_ca": "ca-3"}],
            "device_certificates": [{"name": "a", "ids": [A], "root_ca": "ca-3"}],
        },
    )

    for kind in ("device_provisioning", "device_certificate"):
        assert [change.depends_on for change in changes_of(plan, kind)] == [("root_ca.ca-3",)]
