# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How much a plan may delete, and what must be allowed by name."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.edgeops.device_trust.plugins.module_utils._model.ids import IdSet
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.guards import Guards
from tests.unit.plan.account import MemoryAccount
from tests.unit.plan.examples import CA, fleet, planned, refusal


class TestGuards:
    def many(self, live: int) -> MemoryAccount:
        return MemoryAccount(
            tags={f"t{n}": f"t{n}" for n in range(live)}, whitelist=IdSet.of(f"{n:016x}" for n in range(live))
        )

    def keep(self, number: int) -> dict[str, Any]:
        """An account with this many tags and ids kept, and no others."""
        return {
            "tags": {"mode": "exclusive", "items": [f"t{n}" for n in range(number)]},
            "whitelist": {"mode": "exclusive", "ids": [f"{n:016x}" for n in range(number)]},
        }

    @pytest.mark.parametrize(
        ("live", "kept"),
        [(11, 1), (1_000, 700)],  # ten, whatever the percentage; thirty percent, whatever the number
    )
    def test_up_to_ten_deletions_or_thirty_percent_are_free(self, live: int, kept: int) -> None:
        assert planned(self.many(live), **self.keep(kept))

    @pytest.mark.parametrize(("live", "kept"), [(12, 1), (1_000, 699)])
    def test_one_more_must_be_allowed_by_name_for_each_kind(self, live: int, kept: int) -> None:
        gone = live - kept
        said = refusal(self.many(live), **self.keep(kept))
        assert said == [
            f"{kind}: {gone:,} of {live:,} would be deleted, more than 10 and more than 30 % "
            f"(if that is meant, allow it by name: allow_delete: {{{kind}: {gone}}}, or --allow-delete {kind}={gone})"
            for kind in ("tag", "whitelist")
        ]

        assert len(refusal(self.many(live), Guards({"tag": gone}), **self.keep(kept))) == 1
        assert planned(self.many(live), Guards({"tag": gone, "whitelist": gone}), **self.keep(kept))

    def test_a_budget_is_a_number_also_a_low_one(self) -> None:
        assert refusal(self.many(100), Guards({"tag": 0, "whitelist": 1}), **self.keep(98)) == [
            "tag: 2 would be deleted, 0 are allowed "
            "(if that is meant, allow it by name: allow_delete: {tag: 2}, or --allow-delete tag=2)",
            "whitelist: 2 would be deleted, 1 are allowed "
            "(if that is meant, allow it by name: allow_delete: {whitelist: 2}, or --allow-delete whitelist=2)",
        ]

    @pytest.mark.parametrize(
        "empty",
        [
            {"tags": {"mode": "exclusive", "items": []}},
            {"tags": {"mode": "exclusive", "items": [{"name": "t1", "state": "absent"}]}},
            {"whitelist": {"mode": "exclusive"}},
            {"whitelist": {"mode": "exclusive", "ids": []}},
            {"whitelist": {"mode": "exclusive", "ids": ["1"], "state": "absent"}},
        ],
    )
    @pytest.mark.parametrize("live", [0, 2])
    def test_an_exclusive_section_that_is_empty_must_be_allowed_by_name(self, empty: dict[str, Any], live: int) -> None:
        (section,) = empty
        (said,) = refusal(self.many(live), **empty)
        assert said.startswith(
            f"{section}: the section {section} is exclusive and empty, which would remove everything"
        )

        for name in ("tag", "whitelist"), ("tags", "whitelist"):
            planned(self.many(live), Guards(allow_empty=frozenset(name)), **empty)

    def test_what_is_protected_is_neither_deleted_nor_replaced_nor_loses_ids(self) -> None:
        account = fleet(whitelist=IdSet.of(["1", "2"]))
        said = refusal(
            account,
            tags=[{"name": "old", "state": "absent", "protected": True}],
            root_cas=[{"name": "ca-2", **CA, "device_validity_days": 30, "replace": True, "protected": True}],
            whitelist={"mode": "exclusive", "ids": ["1"], "protected": True},
        )

        assert [problem.partition(" (")[0] for problem in said] == [
            "tags[0]: tag.old is protected and would be deleted",
            "root_cas[0]: root_ca.ca-2 is protected and would be replaced",
            "whitelist: whitelist is protected and would lose ids",
        ]
        assert planned(account, whitelist={"ids": ["3"], "protected": True}), "adding is no loss"
