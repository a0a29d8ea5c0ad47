# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Kinds ask of the API, in the words of the Security Services REST API 1.1.29."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from ansible_collections.edgeops.device_trust.plugins.module_utils._model.ids import IdSet
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.kind import Transition
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.registry import KINDS
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.secret import Secret

HOOK = "https://hooks.example.com/ublox"
TOKEN = Secret("obviously-fake")
BOOT, ERRORS = "DEVICE_BOOTSTRAP_EVENT", "DEVICE_ERRORS_EVENT"


def requests(kind: str, operation: str, transition: Transition) -> list[tuple[str, Mapping[str, Any]]]:
    wanted = KINDS[kind]
    return [(request.path, request.body) for request in wanted.requests(getattr(wanted, operation), transition)]


def transition(name: str, before: dict[str, Any], after: dict[str, Any], handle: str = "") -> Transition:
    changed = frozenset(field for field in after if before.get(field) != after[field])
    return Transition(name, before, after, changed, handle)


CASES = {
    "a tag is created by its name": (
        ("tag", "create", transition("downtown", {}, {})),
        [("/tag/create", {"TagName": "downtown"})],
    ),
    "a root CA is created with all that is declared": (
        (
            "root_ca",
            "create",
            transition("ca.example.com", {}, {"ca_validity_days": 3650, "device_validity_days": 365}),
        ),
        [
            (
                "/ztp/rootca/create",
                {"CAName": "ca.example.com", "CACertificateValidity": 3650, "DeviceCertificateValidity": 365},
            )
        ],
    ),
    "of a root CA only the renewal is updated": (
        (
            "root_ca",
            "update",
            transition(
                "ca.example.com",
                {"ca_validity_days": 3650, "renew_before_days": 30},
                {"ca_validity_days": 3650, "renew_before_days": 60},
            ),
        ),
        [("/ztp/rootca/update", {"CAName": "ca.example.com", "RenewBeforeExpiration": 60})],
    ),
    "tags of a profile are assigned and removed, whatever their letter case": (
        (
            "device_profile",
            "update",
            transition("eu", {"tags": frozenset({"Cold", "old"})}, {"tags": frozenset({"cold", "new"})}, "UID"),
        ),
        [
            ("/tag/assign", {"TagNames": ["new"], "DeviceProfileUIDs": ["UID"]}),
            ("/tag/remove", {"TagNames": ["old"], "DeviceProfileUIDs": ["UID"]}),
        ],
    ),
    "one event more is one webhook more, and a token goes to those that there are before": (
        (
            "webhook",
            "update",
            transition(
                HOOK,
                {"events": frozenset({BOOT})},
                {"events": frozenset({BOOT, ERRORS}), "authorization_token": TOKEN},
            ),
        ),
        [
            ("/notification/webhook/update", {"NotificationURL": HOOK, "AuthorizationToken": TOKEN}),
            (
                "/notification/webhook/create",
                {"NotificationURL": HOOK, "AuthorizationToken": TOKEN, "NotificationType": ERRORS},
            ),
        ],
    ),
    "one event less: the URL is deleted, because that is all the API can, and what stays is made again": (
        (
            "webhook",
            "update",
            transition(
                HOOK,
                {"events": frozenset({BOOT, ERRORS}), "authorization_token": TOKEN},
                {"events": frozenset({ERRORS}), "authorization_token": TOKEN},
            ),
        ),
        [
            ("/notification/webhook/delete", {"NotificationURL": HOOK}),
            (
                "/notification/webhook/create",
                {"NotificationURL": HOOK, "AuthorizationToken": TOKEN, "NotificationType": ERRORS},
            ),
        ],
    ),
    "ids are added as written and deleted as the service writes them": (
        (
            "whitelist",
            "update",
            transition("", {"ids": IdSet.of(["1", "00ff"])}, {"ids": IdSet.of(["FF", "00000000000000AA"])}),
        ),
        [
            ("/device/whitelist/add", {"ROTPublicUIDs": ["00000000000000AA"], "Action": "ADD"}),
            ("/device/whitelist/add", {"ROTPublicUIDs": ["1"], "Action": "DELETE"}),
        ],
    ),
    "provisioning is sent whole": (
        (
            "bootstrap_provisioning",
            "update",
            transition(
                "eu",
                {"authorizations": {"LocalDPR": "enabled"}, "root_ca": "ca.example.com"},
                {"authorizations": {"LocalDPR": "enabled", "ZTPV1": "disabled"}, "root_ca": "ca.example.com"},
                "UID",
            ),
        ),
        [
            (
                "/deviceprofile/bootstrapprovisioning/set",
                {
                    "DeviceProfileUID": "UID",
                    "Provisioning": {
                        "Authorizations": {"LocalDPR": "ENABLED", "ZTPV1": "DISABLED"},
                        "RootCA": "ca.example.com",
                    },
                },
            )
        ],
    ),
}


@pytest.mark.parametrize(("asked", "expected"), CASES.values(), ids=list(CASES))
def test_requests(asked: tuple[str, str, Transition], expected: list[tuple[str, Mapping[str, Any]]]) -> None:
    assert requests(*asked) == expected


def test_a_large_whitelist_is_written_in_batches_that_cover_it_once() -> None:
    ids = IdSet.of(f"{number:016x}" for number in range(2_500))
    bodies = [body for _unused, body in requests("whitelist", "update", transition("", {}, {"ids": ids}))]

    assert [len(body["ROTPublicUIDs"]) for body in bodies] == [1000, 1000, 500]
    assert IdSet.of(text for body in bodies for text in body["ROTPublicUIDs"]) == ids
