# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module bootstrap_provisioning."""

from __future__ import annotations

from typing import Any

from tests.integration.rehearsal import Rehearsal
from tests.support.playbooks import Run, Task


def provisioning(task: Task, profile: str) -> dict[str, Any]:
    (found,) = [p["bootstrap_provisioning"] for p in task.account["profiles"] if p["name"] == profile]
    states = {entry["Name"]: entry["State"] for entry in found.get("Authorizations", ())}
    return {**found, "Authorizations": states}


class TestBootstrapProvisioning(Rehearsal):
    def test_created_as_declared(self, run: Run) -> None:
        assert provisioning(run["create"], "trackers-eu") == {
            "Authorizations": {"LocalDPR": "ENABLED", "ZTPV1": "ENABLED"},
            "NetworkParameters": {"SecurityHeartbeatInSec": 86400},
            "Zerotouch": {"CAName": "legacy.example.com"},
        }

    def test_an_update_keeps_what_it_does_not_name(self, run: Run) -> None:
        assert provisioning(run["update"], "trackers-eu") == {
            "Authorizations": {"LocalDPR": "DISABLED", "ZTPV1": "ENABLED", "LocalC2C": "ENABLED"},
            "NetworkParameters": {"SecurityHeartbeatInSec": 86400},
            "Zerotouch": {"CAName": "legacy.example.com"},
        }

    def test_the_plan_shows_each_authorization_that_changes(self, run: Run) -> None:
        (change,) = run["check update"].result["changes"]

        assert change["fields"] == [
            {"field": "authorizations.LocalC2C", "before": None, "after": "enabled"},
            {"field": "authorizations.LocalDPR", "before": "enabled", "after": "disabled"},
        ]

    def test_each_profile_is_read_once(self, run: Run) -> None:
        assert run["several profiles again"].calls()["/deviceprofile/bootstrapprovisioning/get"] == 3

    def test_one_wrong_profile_stops_the_others_too(self, run: Run) -> None:
        refused = run["a profile and a root CA that do not exist"]

        assert "device_profile.gateway-lab does not exist (did you mean 'gateways-lab'?" in refused.message
        assert "root_ca.legacy.example.org does not exist" in refused.message
        assert provisioning(refused, "trackers-us") == provisioning(run["several profiles"], "trackers-us")

    def test_a_wrong_heartbeat_is_refused_before_any_request(self, run: Run) -> None:
        assert "0 is out of range (allowed: 1 or more)" in run["a heartbeat that is none"].message
        assert run["a heartbeat that is none"].calls() == {}

    def test_deleted_is_as_if_never_set(self, run: Run) -> None:
        assert provisioning(run["delete"], "trackers-eu") == {"Authorizations": {}}
