# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module root_ca."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.integration.rehearsal import Rehearsal
from tests.support.playbooks import Run


def root_ca(account: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    (found,) = [ca for ca in account["root_cas"] if ca["name"] == name]
    return found  # type: ignore[no-any-return]  # JSON has no types


class TestRootCa(Rehearsal):
    def test_several_are_created_in_one_task(self, run: Run) -> None:
        fleet = root_ca(run["create"].account, "fleet.example.com")

        days = ("ca_validity_days", "device_validity_days", "renew_before_days")
        assert [fleet[name] for name in days] == [3650, 365, 60]
        assert run["create"].calls()["/ztp/rootca/create"] == 2

    def test_renewal_changes_in_place(self, run: Run) -> None:
        (change,) = run["update"].result["changes"]

        assert change["fields"] == [{"field": "renew_before_days", "before": None, "after": 30}]
        assert root_ca(run["update"].account, "legacy.example.com")["renew_before_days"] == 30

    def test_validity_cannot_change_in_place_and_nothing_else_of_the_task_is_done(self, run: Run) -> None:
        refused = run["change what cannot change"].message

        assert "ca_validity_days cannot change in place (3650 -> 1825)" in refused
        assert "set replace: true" in refused

    def test_with_replace_it_is_made_again_and_keeps_what_is_not_declared(self, run: Run) -> None:
        before = root_ca(run["update again"].account, "legacy.example.com")
        after = root_ca(run["replace"].account, "legacy.example.com")

        assert run["replace"].actions == {"root_ca.legacy.example.com": "replace"}
        assert after["certificate_sha256"] != before["certificate_sha256"]
        assert (after["ca_validity_days"], after["renew_before_days"]) == (1825, 30)

    def test_what_creation_needs_is_named(self, run: Run) -> None:
        refused = run["create without what it needs"].message

        assert "cannot be created without ca_validity_days and device_validity_days" in refused

    def test_values_out_of_range_are_all_reported_before_any_request(self, run: Run) -> None:
        refused = run["values out of range"]

        assert len(refused.result["problems"]) == 5
        assert "1824 is out of range (allowed: 1825 to 3650)" in refused.message
        assert "1826 days is longer than the CA's own 1825 days" in refused.message
        assert refused.calls() == {}

    def test_a_ca_that_a_profile_names_is_neither_deleted_nor_replaced(self, run: Run) -> None:
        holder = "bootstrap_provisioning.trackers-us still refers to it"

        assert f"fleet.example.com cannot be deleted: {holder}" in run["delete a CA that a profile names"].message
        assert f"fleet.example.com cannot be replaced: {holder}" in run["replace a CA that a profile names"].message

    def test_a_ca_that_signed_a_device_certificate_is_not_deleted(self, run: Run) -> None:
        refused = run["delete a CA that signed a device certificate"]

        assert "fleet.example.com cannot be deleted: 1 device has a certificate signed by it" in refused.message

    def test_deleted_is_gone(self, run: Run) -> None:
        assert [ca["name"] for ca in run["delete"].account["root_cas"]] == ["fleet.example.com"]
