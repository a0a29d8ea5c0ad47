# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plans as people read them."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.edgeops.device_trust.plugins.module_utils._config.document import load_data
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.errors import InvalidDeclaration, PlanRefused
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.ids import IdSet
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.codec import plan_as_data
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.guards import Guards
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.planner import make_plan
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.text import render
from tests.unit.plan.account import MemoryAccount, Profile

EVERYTHING = {
    "account": "production",
    "tags": {"mode": "exclusive", "items": ["cold-chain", "downtown"]},
    "root_cas": [
        {
            "name": "fleet.example.com",
            "ca_validity_days": 3650,
            "device_validity_days": 365,
            "renew_before_days": 60,
        },
        {"name": "old.example.com", "ca_validity_days": 3650, "device_validity_days": 365, "replace": True},
    ],
    "device_profiles": [
        {
            "name": "trackers-eu",
            "tags": ["Cold-Chain", "downtown"],
            "bootstrap_provisioning": {
                "authorizations": {"LocalDPR": "enabled", "LocalC2C": "enabled"},
                "root_ca": "fleet.example.com",
            },
        }
    ],
    "whitelist": {"mode": "exclusive", "ids": [f"{n:016x}" for n in range(3, 1_208)]},
    "webhooks": [
        {
            "url": "https://hooks.example.com/ublox",
            "events": ["DEVICE_BOOTSTRAP_EVENT"],
            "authorization_token": "obviously-fake",
        }
    ],
}


def account() -> MemoryAccount:
    return MemoryAccount(
        tags={"cold-chain": "cold-chain", "pilot": "pilot"},
        root_cas={
            "fleet.example.com": {
                "CACertificateValidity": 3650,
                "DeviceCertificateValidity": 365,
                "RenewBeforeExpiration": 30,
            },
            "old.example.com": {"CACertificateValidity": 1825, "DeviceCertificateValidity": 365},
        },
        profiles={
            "UID": Profile(
                "trackers-eu",
                {"cold-chain", "pilot"},
                {"RootCA": "fleet.example.com", "Authorizations": {"LocalDPR": "ENABLED", "ZTPV1": "ENABLED"}},
            )
        },
        whitelist=IdSet.of(f"{n:016x}" for n in range(4)),
    )


def test_a_plan_of_everything() -> None:
    plan = make_plan(load_data(EVERYTHING), account().live())

    assert render(replace(plan, seconds_per_request=0.1)) == (
        "Plan for account production\n"
        "\n"
        '  + tag "downtown"\n'
        '  - tag "pilot"                                  not declared, section is exclusive\n'
        '  ~ root_ca "fleet.example.com"\n'
        "      renew_before_days: 30 -> 60\n"
        '  -/+ root_ca "old.example.com"                  ca_validity_days cannot change in place\n'
        "      ca_validity_days: 1825 -> 3650\n"
        '  ~ device_profile "trackers-eu"\n'
        "      tags: +downtown, -pilot\n"
        '  ~ bootstrap_provisioning "trackers-eu"\n'
        "      authorizations.LocalC2C: (unset) -> enabled\n"
        "  ~ whitelist                                    +1,204  -3   of 4\n"
        "      + 0000000000000004, 0000000000000005, 0000000000000006, and 1,201 more\n"
        "      - 0000000000000000, 0000000000000001, 0000000000000002\n"
        "      ! 3 devices would no longer be provisioned automatically\n"
        '  + webhook "https://hooks.example.com/ublox"\n'
        "      events: [DEVICE_BOOTSTRAP_EVENT]\n"
        "      authorization_token: (secret)\n"
        "\n"
        "Plan: 3 to add, 4 to change, 2 to delete. 12 requests, about 1 s.\n"
    )


def test_a_plan_of_nothing_says_so() -> None:
    plan = make_plan(load_data({"tags": ["pilot"]}), account().live())

    assert render(plan) == "Plan\n\nNo changes. The account is as declared.\n"


def test_as_data_it_says_the_same_and_a_large_set_is_small() -> None:
    data = plan_as_data(make_plan(load_data(EVERYTHING), account().live()))

    assert len(json.dumps(data)) < 6_000
    assert [change["address"] for change in data["changes"]][:2] == ["tag.downtown", "tag.pilot"]
    whitelist = next(change for change in data["changes"] if change["kind"] == "whitelist")
    assert {key: value["count"] for key, value in whitelist["set"].items() if isinstance(value, dict)} == {
        "added": 1_204,
        "removed": 3,
    }
    assert whitelist["set"]["removed"]["digest"] == IdSet.of(["0", "1", "2"]).digest()
    assert whitelist["requests"] == 3


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.001, "less than 1 s"), (0.2, "about 2 s"), (9, "about 108 s"), (60, "about 12 min")]
)
def test_the_time_it_takes_is_told_in_round_figures(seconds: float, words: str) -> None:
    plan = make_plan(load_data(EVERYTHING), account().live())

    assert render(replace(plan, seconds_per_request=seconds)).endswith(f"12 requests, {words}.\n")


@given(st.text(min_size=1, max_size=20), st.text(min_size=1, max_size=20))
def test_no_name_from_the_account_or_the_document_draws_on_the_terminal(one: str, other: str) -> None:
    live = MemoryAccount(tags={one.casefold(): one}, profiles={"UID": Profile(other, {one.casefold()})}).live()
    declared = {"account": one, "tags": [{"name": "\x1b]0;x\x07", "state": "absent"}, f"\u202e{other}"]}
    for document in (
        {"tags": {"mode": "exclusive", "items": ["keep"]}},
        {"device_profiles": [{"name": other, "tags": []}, {"name": f"{other}?", "tags": [f"{one}?"]}]},
        declared,
    ):
        try:
            text = render(make_plan(load_data(document), live, Guards(assume_references=True)))
        except (InvalidDeclaration, PlanRefused) as refused:
            text = str(refused)
        assert all(line.isprintable() for line in text.split("\n")), text
