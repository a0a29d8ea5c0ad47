# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What devices are told: which of them, how often, and what is known of it afterwards."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.edgeops.device_trust.plugins.module_utils._config.document import load_data
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.errors import PlanRefused
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.ids import IdSet
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.devices import awaited
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.guards import Guards
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.plan import Plan
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.planner import make_plan
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.scope import scope_of
from tests.unit.plan.account import Certificate, Device, MemoryAccount
from tests.unit.plan.test_convergence import Marks, carry_out

A, B, C = (f"{n:016x}" for n in (10, 11, 12))
CAS = {name: {"CACertificateValidity": 3650, "DeviceCertificateValidity": 365} for name in ("ca-1", "ca-2")}


def fleet(**more: Any) -> MemoryAccount:
    """Three devices with certificates that end in 10, 100 and 1000 days."""
    certificates = (Certificate("ca-1", f"0A{days}", days) for days in (10, 100, 1000))
    devices = {uid: Device(certificate=certificate) for uid, certificate in zip((A, B, C), certificates, strict=True)}
    return MemoryAccount(tags={"cold": "cold"}, root_cas=CAS, devices=devices, **more)


def planned(
    account: MemoryAccount, document: dict[str, Any], marks: Marks | None = None, guards: Guards | None = None
) -> Plan:
    desired = load_data(document)
    return make_plan(desired, account.read(scope_of(desired).with_marks(marks or {})), guards)


def one(account: MemoryAccount, section: str, marks: Marks | None = None, **item: Any) -> Plan:
    """The plan of one item about all devices."""
    return planned(account, {section: [{"name": "a", "ids": [A, B, C], **item}]}, marks)


def steps(plan: Plan) -> dict[str, list[str]]:
    return {step: list(ids) for change in plan.changes if change.delta for step, ids in change.delta.steps.items()}


def requests(plan: Plan) -> list[tuple[str, dict[str, Any]]]:
    return [(request.path, dict(request.body)) for change in plan.changes for request in change.requests]


class TestProvisioning:
    def test_only_devices_are_told_that_were_not_told_before(self) -> None:
        account = fleet()
        wanted = {"Authorizations": {"ZTPV1": "ENABLED"}, "RootCA": "ca-1"}
        account.devices[A].desired = wanted
        account.devices[B].current = wanted
        account.devices[C].current = {**wanted, "RootCA": "ca-2"}
        plan = one(account, "device_provisioning", authorizations={"ZTPV1": "enabled"}, root_ca="ca-1")

        assert requests(plan) == [("/device/provisioning/set", {"ROTPublicUIDs": [C], "Provisioning": wanted})]
        assert awaited(plan) == IdSet.of([A, C]), "one was told before, one is told now, and one has done it"

    def test_a_later_wish_counts_and_not_what_a_device_still_has(self) -> None:
        account = fleet()
        account.devices[A].current = {"Authorizations": {"ZTPV1": "ENABLED"}}
        account.devices[A].desired = {"Authorizations": {"ZTPV1": "DISABLED"}}
        plan = planned(
            account, {"device_provisioning": [{"name": "a", "ids": [A], "authorizations": {"ZTPV1": "enabled"}}]}
        )

        assert steps(plan) == {"set": [A]}

    def test_what_devices_were_to_be_given_is_withdrawn(self) -> None:
        account = fleet()
        account.devices[A].desired = {"SecurityHeartbeatInSec": 60}
        account.devices[B].current = {"Authorizations": {"ZTPV1": "ENABLED"}}
        plan = one(account, "device_provisioning", state="absent")

        assert requests(plan) == [("/device/provisioning/delete", {"ROTPublicUIDs": [A]})]
        assert not awaited(plan)


class TestCertificates:
    @pytest.mark.parametrize(
        ("item", "expected"),
        [
            ({}, {}),
            ({"root_ca": "ca-1"}, {}),
            ({"root_ca": "ca-2"}, {"transfer from ca-1": [A, B, C]}),
            ({"renew_within_days": 100, "validity_days": 365}, {"renew ca-1": [A, B]}),
            ({"renew_within_days": 99, "validity_days": 365}, {"renew ca-1": [A]}),
            ({"renew_within_days": 99, "new_key": True}, {"update ca-1": [A]}),
            ({"root_ca": "ca-2", "renew_within_days": 99, "new_key": True}, {"transfer from ca-1": [A, B, C]}),
            ({"state": "revoked"}, {"revoke ca-1": [A, B, C]}),
            ({"state": "absent"}, {"delete": [A, B, C]}),
        ],
    )
    def test_steps(self, item: dict[str, Any], expected: dict[str, list[str]]) -> None:
        assert steps(one(fleet(), "device_certificates", **item)) == expected

    @pytest.mark.parametrize("shows_revoked", [True, False])
    def test_what_is_revoked_is_seen_in_the_revocation_list_and_replaced_with_a_new_key(
        self, shows_revoked: bool
    ) -> None:
        account = fleet(shows_revoked=shows_revoked)
        account.revoked = {("ca-1", "0A100"), ("ca-2", "0A10")}

        assert steps(one(account, "device_certificates", state="revoked")) == {"revoke ca-1": [A, C]}
        assert steps(one(account, "device_certificates")) == {"update ca-1": [B]}

    def test_each_is_sent_in_the_words_of_its_call(self) -> None:
        account = fleet()
        account.devices[C].certificate = Certificate("ca-2", "0B", 1000)
        account.revoked = {("ca-1", "0A100")}
        plan = one(account, "device_certificates", renew_within_days=30, validity_days=90, root_ca="ca-1")

        assert requests(plan) == [
            (
                "/ztp/devicecertificate/rootca/transfer",
                {"ROTPublicUIDs": [C], "FromCA": "ca-2", "ToCA": "ca-1"},
            ),
            (
                "/ztp/devicecertificate/renew",
                {"ROTPublicUIDs": [A], "CAName": "ca-1", "DeviceCertificateValidity": 90},
            ),
            ("/ztp/devicecertificate/update", {"ROTPublicUIDs": [B], "CAName": "ca-1"}),
        ]

    def test_certificates_are_revoked_one_by_one(self) -> None:
        assert requests(one(fleet(), "device_certificates", state="revoked")) == [
            ("/ztp/devicecertificate/revoke", {"ROTPublicUID": uid, "CAName": "ca-1"}) for uid in (A, B, C)
        ]

    @pytest.mark.parametrize(
        ("item", "heartbeats"),
        [
            ({"root_ca": "ca-2"}, 1),
            ({"renew_within_days": 99, "validity_days": 365}, 1),
            ({"renew_within_days": 99, "new_key": True}, 2),
            ({"state": "absent"}, 1),
            ({"state": "revoked"}, 0),
        ],
    )
    def test_who_was_told_is_not_told_again_but_awaited_until_it_has_happened(
        self, item: dict[str, Any], heartbeats: int
    ) -> None:
        account, marks = fleet(), dict[str, dict[str, str]]()
        plan = one(account, "device_certificates", **item)
        told = IdSet.of(uid for uids in steps(plan).values() for uid in uids)
        carry_out(list(plan.changes), account, marks)

        for _unused in range(heartbeats):
            again = one(account, "device_certificates", marks, **item)
            assert not again
            assert awaited(again) == told
            account.beat()
        again = one(account, "device_certificates", marks, **item)
        assert not again
        assert not awaited(again)

    def test_no_certificate_is_renewed_of_a_root_ca_that_ends_as_soon(self) -> None:
        account = fleet()
        account.ca_days = {"ca-1": 99}
        plan = one(account, "device_certificates", renew_within_days=99, validity_days=365)

        assert not plan
        assert "root CA ca-1 itself ends on" in plan.warnings[0]
        account.ca_days = {"ca-1": 100}
        assert one(account, "device_certificates", renew_within_days=99, validity_days=365)

    def test_on_another_machine_a_renewal_is_told_once_more_and_a_transfer_is_not(self) -> None:
        account = fleet()
        renewal: dict[str, Any] = {"renew_within_days": 99, "validity_days": 365}
        carry_out(list(one(account, "device_certificates", **renewal).changes), account)
        assert steps(one(account, "device_certificates", **renewal)) == {"renew ca-1": [A]}

        for device in account.devices.values():
            device.current["Authorizations"] = {"ZTPV1": "ENABLED"}
        carry_out(list(one(account, "device_certificates", root_ca="ca-2").changes), account)
        assert not one(account, "device_certificates", root_ca="ca-2")

    def test_what_was_told_of_another_certificate_does_not_count(self) -> None:
        marks = {"device_certificate": {A: "renew 00FF", B: "renew 0A100"}}
        plan = one(fleet(), "device_certificates", marks, renew_within_days=100, validity_days=365)

        assert steps(plan) == {"renew ca-1": [A]}

    def test_who_has_none_is_named_for_no_call_gives_one(self) -> None:
        account = fleet()
        account.devices[B].certificate = None
        plan = one(account, "device_certificates", root_ca="ca-1")

        assert not plan
        assert plan.warnings == (
            f"device_certificate.a: {B} without a certificate; device_provisioning gives one, with root_ca and ZTPV1 "
            "enabled",
        )
        assert not one(account, "device_certificates", state="revoked", ids=[B]).warnings


class TestKeyRotation:
    def test_it_is_sent_to_devices_of_which_it_is_not_known_that_it_was(self) -> None:
        marks = {"key_rotation": {A: "AUTOMATIC 7", B: "CONTINUOUS"}}

        assert steps(one(fleet(), "key_rotation", marks, type="AUTOMATIC")) == {"rotate": [B, C]}
        assert steps(one(fleet(), "key_rotation", marks, type="AUTOMATIC", days=6)) == {"rotate": [A, B, C]}
        assert steps(one(fleet(), "key_rotation", marks, type="CONTINUOUS")) == {"rotate": [A, C]}
        assert steps(one(fleet(), "key_rotation", marks, type="CONTINUOUS", resend="always")) == {"rotate": [A, B, C]}

    def test_a_heartbeat_that_is_too_slow_shows_that_it_is_not_in_force(self) -> None:
        account, marks = fleet(), {"key_rotation": dict.fromkeys((A, B, C), "AUTOMATIC 2")}
        account.devices[A].current = {"SecurityHeartbeatInSec": 3 * 86_400}
        account.devices[B].current = {"SecurityHeartbeatInSec": 3 * 86_400}
        account.devices[B].desired = {"SecurityHeartbeatInSec": 2 * 86_400}

        assert steps(one(account, "key_rotation", marks, type="AUTOMATIC", days=2)) == {"rotate": [A]}

    @pytest.mark.parametrize(
        ("item", "body"),
        [
            ({"type": "CONTINUOUS"}, {"Type": "CONTINUOUS"}),
            ({"type": "AUTOMATIC"}, {"Type": "AUTOMATIC", "Days": 7}),
            ({"type": "AUTOMATIC", "days": 30}, {"Type": "AUTOMATIC", "Days": 30}),
        ],
    )
    def test_what_is_sent_and_remembered(self, item: dict[str, Any], body: dict[str, Any]) -> None:
        account, marks = fleet(), dict[str, dict[str, str]]()
        plan = one(account, "key_rotation", **item)

        assert requests(plan) == [("/e2e/key/rotate", {"ROTPublicUIDs": [A, B, C], **body})]
        assert not awaited(plan), "no device has anything to do for it"
        carry_out(list(plan.changes), account, marks)
        assert {device.rotation for device in account.devices.values()} == {(body["Type"], body.get("Days", 0))}
        assert not one(account, "key_rotation", marks, **item)


ITEMS: dict[str, dict[str, Any]] = {
    "device_provisioning": {"security_heartbeat_seconds": 60},
    "device_certificates": {"root_ca": "ca-2"},
    "key_rotation": {"type": "CONTINUOUS"},
}
every_section = pytest.mark.parametrize("section", ITEMS)


class TestWhichDevices:
    @every_section
    def test_those_in_the_blacklist_are_left_out_and_named(self, section: str) -> None:
        account = fleet()
        account.devices[B].blacklisted = True
        plan = one(account, section, **ITEMS[section])
        carry_out(list(plan.changes), account)

        (change,) = plan.changes
        assert change.delta is not None
        assert change.delta.added == IdSet.of([A, C])
        assert plan.warnings == (f"{change.address}: {B} is in the blacklist and left out: no action is possible",)
        assert B not in change.marks

    @every_section
    def test_those_that_are_not_known_refuse_the_plan(self, section: str) -> None:
        words = "and 2 more devices are not known to the account: not bootstrapped, or misspelt"
        with pytest.raises(PlanRefused, match=words):
            planned(fleet(), {section: [{"name": "a", "ids": [A, *"12345"], **ITEMS[section]}]})

    @every_section
    def test_those_of_a_tag_are_those_that_have_it_once_the_declaration_is_carried_out(self, section: str) -> None:
        account = fleet()
        account.devices[A].tags = account.devices[B].tags = {"cold"}
        assignment = {"tag": "Cold", "ids": [C, B], "exclusive": "tag"}
        item = {"name": "a", "tags": ["COLD"], **ITEMS[section]}

        alone = planned(account, {section: [item]})
        together = planned(account, {section: [item], "tag_assignments": [assignment]})
        assert [list(change.delta.added) for change in alone.changes if change.delta] == [[A, B]]
        told = next(change for change in together.changes if change.kind.section == section)
        assert told.delta is not None
        assert list(told.delta.added) == [B, C]

    @every_section
    def test_a_tag_that_is_made_and_assigned_by_the_declaration_is_as_good(self, section: str) -> None:
        plan = planned(
            fleet(),
            {
                "tags": ["new"],
                "tag_assignments": [{"tag": "new", "ids": [A]}],
                section: [{"name": "a", "tags": ["new"], "ids": [B], **ITEMS[section]}],
            },
        )
        told = next(change for change in plan.changes if change.kind.section == section)

        assert told.delta is not None
        assert list(told.delta.added) == [A, B]

    @every_section
    def test_a_tag_that_nothing_has_means_nobody(self, section: str) -> None:
        assert not planned(fleet(), {section: [{"name": "a", "tags": ["cold"], **ITEMS[section]}]})

    def test_a_tag_that_there_is_not_is_refused(self) -> None:
        with pytest.raises(PlanRefused, match=r"key_rotation\[0\]\.tags: tag\.colt does not exist and is not declared"):
            planned(fleet(), {"key_rotation": [{"name": "a", "tags": ["colt"], "type": "CONTINUOUS"}]})

    @every_section
    def test_five_hundred_are_told_at_a_time(self, section: str) -> None:
        devices = {f"{n:016x}": Device(certificate=Certificate("ca-1", f"{n:x}")) for n in range(1_001)}
        account = MemoryAccount(root_cas=CAS, devices=devices)
        plan = planned(account, {section: [{"name": "a", "ids": list(devices), **ITEMS[section]}]})

        assert [len(body["ROTPublicUIDs"]) for _path, body in requests(plan)] == [500, 500, 1]
