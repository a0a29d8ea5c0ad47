# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A small account, declarations for it, and what is planned or refused."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.edgeops.device_trust.plugins.module_utils._config.document import load_data
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.errors import PlanRefused
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.guards import Guards
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.plan import Plan
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.planner import make_plan
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
