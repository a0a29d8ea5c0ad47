# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is read to plan a declaration."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.edgeops.device_trust.plugins.module_utils._config.document import load_data
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.scope import scope_of
from tests.unit.plan.examples import CA, profile


class TestScope:
    @pytest.mark.parametrize(
        ("document", "kinds"),
        [
            ({}, []),
            ({"tags": []}, []),
            ({"tags": ["a"]}, ["tag"]),
            ({"tags": [{"name": "a", "state": "absent"}]}, ["tag"]),
            ({"root_cas": [{"name": "ca-1", **CA}]}, ["root_ca"]),
            ({"device_profiles": [{"name": "eu"}]}, ["device_profile"]),
            ({"device_profiles": [{"name": "eu", "tags": []}]}, ["device_profile"]),
            ({"device_profiles": [{"name": "eu", "tags": ["a"]}]}, ["tag", "device_profile"]),
            ({"device_profiles": [profile("eu")]}, ["device_profile", "bootstrap_provisioning"]),
            (
                {"device_profiles": [profile("eu", root_ca="ca-1")]},
                ["root_ca", "device_profile", "bootstrap_provisioning"],
            ),
            ({"whitelist": {"ids": ["1"]}}, ["whitelist"]),
            ({"webhooks": {"mode": "exclusive", "items": []}}, ["webhook"]),
            # What could be linked to a root CA that goes:
            (
                {"root_cas": [{"name": "ca-1", "state": "absent"}]},
                ["root_ca", "device_profile", "bootstrap_provisioning"],
            ),
            (
                {"root_cas": [{"name": "ca-1", **CA, "replace": True}]},
                ["root_ca", "device_profile", "bootstrap_provisioning"],
            ),
            (
                {"root_cas": {"mode": "exclusive", "items": []}},
                ["root_ca", "device_profile", "bootstrap_provisioning"],
            ),
        ],
    )
    def test_kinds(self, document: dict[str, Any], kinds: list[str]) -> None:
        assert [kind.name for kind in scope_of(load_data(document)).kinds] == kinds

    def test_provisioning_is_read_of_declared_profiles_only(self) -> None:
        scope = scope_of(load_data({"device_profiles": [profile("eu"), {"name": "us"}]}))

        assert scope.parents == {"bootstrap_provisioning": frozenset({"eu"})}

    def test_but_of_all_profiles_where_any_could_stand_against_a_deletion(self) -> None:
        document = {"device_profiles": [profile("eu")], "root_cas": [{"name": "ca-1", "state": "absent"}]}

        assert scope_of(load_data(document)).parents == {}
