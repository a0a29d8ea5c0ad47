# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is left of a change by what is live now: how a write of unknown outcome is settled."""

from __future__ import annotations

from ansible_collections.edgeops.device_trust.plugins.module_utils._model.ids import IdSet
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.diff import remaining
from tests.unit.plan.examples import BOOT, CA, ERRORS, HOOK, fleet, planned


class TestRemaining:
    def test_of_a_set_only_what_was_planned_and_is_missing(self) -> None:
        account = fleet(whitelist=IdSet.of(["1", "2", "3"]))
        (change,) = planned(account, whitelist={"mode": "exclusive", "ids": ["3", "4", "5"]}).changes
        account.whitelist = IdSet.of(["2", "3", "4", "9"])  # half of it took effect, and somebody added 9

        left = remaining(change, account.live().find(change.kind.name, ""))

        assert left is not None
        assert [(request.body["Action"], request.body["ROTPublicUIDs"]) for request in left.requests] == [
            ("ADD", ["5"]),
            ("DELETE", ["2"]),
        ]

    def test_of_a_deletion_nothing_once_it_is_gone(self) -> None:
        account = fleet()
        (change,) = planned(account, tags=[{"name": "old", "state": "absent"}]).changes
        assert remaining(change, account.live().find(change.kind.name, "old")) is not None
        del account.tags["old"]

        assert remaining(change, account.live().find(change.kind.name, "old")) is None

    def test_of_a_replacement_the_creation_once_it_is_deleted(self) -> None:
        account = fleet()
        (change,) = planned(
            account, root_cas=[{"name": "ca-2", **CA, "device_validity_days": 30, "replace": True}]
        ).changes
        del account.root_cas["ca-2"]
        left = remaining(change, account.live().find(change.kind.name, "ca-2"))

        assert left is not None
        assert [request.path for request in left.requests] == ["/ztp/rootca/create"]

    def test_of_a_webhook_that_is_made_again_the_events_that_are_missing(self) -> None:
        account = fleet(webhooks=dict.fromkeys([(HOOK, BOOT), (HOOK, ERRORS)], "obviously-fake"), shows_tokens=False)
        hook = {"url": HOOK, "events": [ERRORS, "ROOTCA_EXPIRATION_EVENT"], "authorization_token": "obviously-fake"}
        (change,) = planned(account, webhooks=[hook]).changes
        assert len(change.requests) == 3
        account.webhooks = {(HOOK, ERRORS): "obviously-fake"}
        left = remaining(change, account.live().find(change.kind.name, HOOK))

        assert left is not None
        assert [request.body["NotificationType"] for request in left.requests] == ["ROOTCA_EXPIRATION_EVENT"]
