# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What people need to know before they press yes."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from ansible_collections.edgeops.device_trust.plugins.module_utils._config.document import load_data
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.ids import IdSet
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.kind import LiveObject
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.live import LiveAccount
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.impact import with_impact
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.overview import by_kind, consequences
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.plan import Plan
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.planner import make_plan
from tests.unit.plan.account import MemoryAccount, Profile
from tests.unit.plan.test_convergence import ANYTHING
from tests.unit.plan.test_text import EVERYTHING, account

TODAY = date(2030, 1, 1)


def days_until(iso_date: str) -> int:
    return (date.fromisoformat(iso_date) - TODAY).days


def plan_of(document: dict[str, Any], live: LiveAccount) -> Plan:
    desired = load_data(document)
    return with_impact(make_plan(desired, live, ANYTHING), desired, days_until)


def told(document: dict[str, Any], account: MemoryAccount) -> list[str]:
    return [f"{change.address}: {note}" for change, note in consequences(plan_of(document, account.live()))]


def of_profile(provisioning: dict[str, Any]) -> dict[str, Any]:
    return {"device_profiles": [{"name": "eu", "bootstrap_provisioning": provisioning}]}


def provisioned() -> MemoryAccount:
    states = {"LocalDPR": "ENABLED", "ZTPV1": "DISABLED"}
    profile = Profile("eu", set(), {"RootCA": "ca", "Authorizations": states})
    return MemoryAccount(root_cas={"ca": {}}, profiles={"UID": profile})


@pytest.mark.parametrize(("ids", "words"), [(["1", "2"], "2 devices"), (["1"], "1 device")])
def test_devices_that_lose_automatic_provisioning_are_counted(ids: list[str], words: str) -> None:
    document = {"whitelist": {"mode": "exclusive", "ids": ["9"]}}
    account = MemoryAccount(whitelist=IdSet.of([*ids, "9"]))

    assert told(document, account) == [f"whitelist: {words} would no longer be provisioned automatically"]


def test_devices_that_are_only_added_are_no_warning() -> None:
    assert told({"whitelist": {"ids": ["9"]}}, MemoryAccount(whitelist=IdSet.of(["1"]))) == []


def test_a_profile_that_is_left_without_a_root_ca_is_named() -> None:
    assert told(of_profile({"state": "absent"}), provisioned()) == [
        "bootstrap_provisioning.eu: new devices of this profile would be given nothing, and no root CA"
    ]


def test_features_that_new_devices_no_longer_get_are_named() -> None:
    after = {"authorizations": {"LocalDPR": "disabled", "ZTPV1": "disabled", "LocalC2C": "enabled"}}

    assert told(of_profile(after), provisioned()) == [
        "bootstrap_provisioning.eu: new devices of this profile would no longer be given LocalDPR"
    ]


def root_ca(expires_on: str) -> LiveAccount:
    return LiveAccount({"root_ca": {"ca": LiveObject("ca", {"renew_before_days": 30, "expires_on": expires_on})}})


@pytest.mark.parametrize(
    ("expires_on", "alert"),
    [
        ("2029-12-31", "root_ca.ca expired on 2029-12-31"),
        ("2030-01-01", "root_ca.ca expires on 2030-01-01, in 0 days, within its renewal window of 30"),
        ("2030-01-31", "root_ca.ca expires on 2030-01-31, in 30 days, within its renewal window of 30"),
        ("2030-02-01", None),
    ],
)
def test_a_root_ca_that_expires_within_its_renewal_window_is_a_warning(expires_on: str, alert: str | None) -> None:
    plan = plan_of({"root_cas": [{"name": "ca"}]}, root_ca(expires_on))

    assert plan.warnings == ((alert,) if alert else ())
    assert not plan


def test_the_window_that_is_declared_counts() -> None:
    plan = plan_of({"root_cas": [{"name": "ca", "renew_before_days": 60}]}, root_ca("2030-02-15"))

    assert plan.warnings == ("root_ca.ca expires on 2030-02-15, in 45 days, within its renewal window of 60",)


def test_a_root_ca_of_a_section_that_is_not_declared_is_nobodys_concern() -> None:
    assert plan_of({"tags": ["cold"]}, root_ca("2029-12-31")).warnings == ()


def test_each_kind_is_counted_a_replacement_as_one_to_add_and_one_to_delete() -> None:
    plan = make_plan(load_data(EVERYTHING), account().live())

    assert {found.kind.name: str(found) for found in by_kind(plan)} == {
        "tag": "1 to add, 1 to delete",
        "root_ca": "1 to add, 1 to change, 1 to delete",
        "device_profile": "1 to change",
        "bootstrap_provisioning": "1 to change",
        "whitelist": "1 to change",
        "webhook": "1 to add",
    }
    assert sum(found.add for found in by_kind(plan)) == plan.summary().add
    assert sum(found.delete for found in by_kind(plan)) == plan.summary().delete
