# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two items that ask different things of one device are refused; what can be had together is not."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.edgeops.device_trust.plugins.module_utils._config.document import load_data
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.ids import IdSet
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.kind import LiveObject, Progress
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.live import LiveAccount
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.disputes import disputes

Item = tuple[str, dict[str, Any]]
PROVISIONING, CERTIFICATES, ROTATION = "device_provisioning", "device_certificates", "key_rotation"


def found(one: Item, other: Item, shared: bool = True) -> list[str]:
    """What is disputed between an item for the devices 1 and 2 and one for 2 (or for 3)."""
    document: dict[str, list[Any]] = {}
    for name, (section, item) in {"a": one, "b": other}.items():
        document.setdefault(section, []).append({"name": name, "tags": [name], **item})
    desired = load_data({"version": 1, **document})
    devices = {"a": IdSet.of(["1", "2"]), "b": IdSet.of(["2"] if shared else ["3"])}
    live = LiveAccount(
        {
            kind: {name: LiveObject(name, {}, progress=Progress(1, chosen=devices[name])) for name in section.objects}
            for kind, section in desired.sections.items()
        }
    )
    return [str(problem) for problem in disputes(desired, live)]


DISPUTED: dict[str, tuple[Item, Item]] = {
    "two heartbeats": (
        (PROVISIONING, {"security_heartbeat_seconds": 60}),
        (PROVISIONING, {"security_heartbeat_seconds": 61}),
    ),
    "enabled and disabled": (
        (PROVISIONING, {"authorizations": {"LocalDPR": "enabled"}}),
        (PROVISIONING, {"authorizations": {"LocalC2C": "enabled", "LocalDPR": "disabled"}}),
    ),
    "something and nothing": (
        (PROVISIONING, {"security_heartbeat_seconds": 60}),
        (PROVISIONING, {"state": "absent"}),
    ),
    "two root CAs": ((CERTIFICATES, {"root_ca": "x"}), (CERTIFICATES, {"root_ca": "y"})),
    "one root CA to provision and another to transfer to": (
        (PROVISIONING, {"root_ca": "x"}),
        (CERTIFICATES, {"root_ca": "y"}),
    ),
    "provisioned and removed": ((PROVISIONING, {"root_ca": "x"}), (CERTIFICATES, {"state": "absent"})),
    "valid and revoked": ((CERTIFICATES, {}), (CERTIFICATES, {"state": "revoked"})),
    "two types": ((ROTATION, {"type": "CONTINUOUS"}), (ROTATION, {"type": "AUTOMATIC"})),
    "days and other days by default": (
        (ROTATION, {"type": "AUTOMATIC"}),
        (ROTATION, {"type": "AUTOMATIC", "days": 6}),
    ),
}
AGREED: dict[str, tuple[Item, Item]] = {
    "different parts": (
        (PROVISIONING, {"authorizations": {"LocalDPR": "enabled"}, "root_ca": "x"}),
        (PROVISIONING, {"authorizations": {"LocalC2C": "disabled"}, "security_heartbeat_seconds": 60}),
    ),
    "the same twice": ((PROVISIONING, {"root_ca": "x"}), (PROVISIONING, {"root_ca": "x"})),
    "one root CA in two sections": ((PROVISIONING, {"root_ca": "x"}), (CERTIFICATES, {"root_ca": "x"})),
    "revoked and removed": ((CERTIFICATES, {"state": "revoked"}), (CERTIFICATES, {"state": "absent"})),
    "revoked and left to provisioning": ((PROVISIONING, {"root_ca": "x"}), (CERTIFICATES, {"state": "revoked"})),
    "not provisioned any more, with a certificate": (
        (PROVISIONING, {"state": "absent", "root_ca": "x"}),
        (CERTIFICATES, {"root_ca": "y"}),
    ),
    "days as by default": ((ROTATION, {"type": "AUTOMATIC"}), (ROTATION, {"type": "AUTOMATIC", "days": 7})),
    "two windows of renewal": (
        (CERTIFICATES, {"renew_within_days": 30, "validity_days": 365}),
        (CERTIFICATES, {"renew_within_days": 60, "validity_days": 400}),
    ),
}


@pytest.mark.parametrize("case", DISPUTED)
def test_what_one_device_cannot_have_is_refused_and_the_device_named(case: str) -> None:
    (problem,) = found(*DISPUTED[case])

    assert "ask different things of 2 (" in problem


@pytest.mark.parametrize("case", DISPUTED)
def test_of_different_devices_anything_can_be_asked(case: str) -> None:
    assert found(*DISPUTED[case], shared=False) == []


@pytest.mark.parametrize("case", AGREED)
def test_what_can_be_had_together_is_fine(case: str) -> None:
    assert found(*AGREED[case]) == []
