# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""For any declaration and any account: what is planned is accepted, suffices, and touches nothing else."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from ansible_collections.edgeops.device_trust.plugins.module_utils._config.document import load_data
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.desired import Desired
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.errors import PlanRefused
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.ids import IdSet
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.live import LiveAccount
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.registry import KINDS
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.codec import plan_as_data
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.guards import Guards
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.plan import Change, Plan
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.planner import make_plan
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.text import render
from tests.unit.plan.account import MemoryAccount, Profile

ANYTHING = Guards(allow_delete=dict.fromkeys(KINDS, 1_000), allow_empty=frozenset(KINDS))
FEW = settings(max_examples=60, deadline=None)

TAGS = ["cold", "Cold", "north", "x y", "\u00e9t\u00e9"]
CAS = ["ca-1", "ca-2", "ca-3"]
PROFILES = {"UID-1": "eu", "UID-2": "us", "UID-3": "EU"}
FEATURES = ["LocalDPR", "LocalC2C", "ZTPV1"]
URLS = ["https://a.example.com", "https://b.example.com/hook"]
EVENTS = ["DEVICE_BOOTSTRAP_EVENT", "DEVICE_ERRORS_EVENT", "ROOTCA_EXPIRATION_EVENT"]
TOKENS = ["canary-one", "canary-two"]
IDS = ["1", "0000000000000001", "ff", "00000000000000FF", "0002000089282256", "a"]

states = st.dictionaries(st.sampled_from(FEATURES), st.sampled_from(["enabled", "disabled"]))


@st.composite
def accounts(draw: st.DrawFn) -> MemoryAccount:
    account = MemoryAccount(merges=draw(st.booleans()), shows_tokens=draw(st.booleans()))
    account.tags = {tag.casefold(): tag for tag in draw(st.sets(st.sampled_from(TAGS)))}
    for name in draw(st.sets(st.sampled_from(CAS))):
        account.root_cas[name] = {
            "CACertificateValidity": draw(st.sampled_from([1825, 3650])),
            "DeviceCertificateValidity": draw(st.sampled_from([30, 365])),
            **draw(st.sampled_from([{"RenewBeforeExpiration": 30}, {}])),
        }
    for uid, name in PROFILES.items():
        provisioning: dict[str, Any] = {}
        if set_to := draw(states):
            provisioning["Authorizations"] = {feature: state.upper() for feature, state in set_to.items()}
        if draw(st.booleans()) and account.root_cas:
            provisioning["RootCA"] = draw(st.sampled_from(sorted(account.root_cas)))
        if draw(st.booleans()):
            provisioning["SecurityHeartbeatInSec"] = 86400
        tags = draw(st.sets(st.sampled_from(sorted(account.tags)))) if account.tags else set()
        account.profiles[uid] = Profile(name, tags, provisioning)
    account.whitelist = IdSet.of(draw(st.lists(st.sampled_from(IDS))))
    for url in draw(st.sets(st.sampled_from(URLS))):
        token = draw(st.sampled_from(TOKENS))
        account.webhooks |= {(url, name): token for name in draw(st.sets(st.sampled_from(EVENTS), min_size=1))}
    return account


def absent_or(present: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.one_of(present, present, st.just({"state": "absent"}))


def some(optional: Mapping[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=dict(optional))


@st.composite
def sections(draw: st.DrawFn, key: str, names: list[str], objects: st.SearchStrategy[dict[str, Any]]) -> dict[str, Any]:
    mode = draw(st.sampled_from(["additive", "additive", "exclusive"]))
    chosen = draw(st.lists(st.sampled_from(names), unique_by=str.casefold))
    return {"mode": mode, "items": [{key: name, **draw(objects)} for name in chosen]}


root_cas = absent_or(
    st.fixed_dictionaries(
        {
            "ca_validity_days": st.sampled_from([1825, 3650]),
            "device_validity_days": st.sampled_from([30, 365]),
            "replace": st.sampled_from([True, True, False]),
        },
        optional={"renew_before_days": st.sampled_from([30, 60])},
    )
)
webhooks = absent_or(
    st.fixed_dictionaries(
        {
            "events": st.lists(st.sampled_from(EVENTS), min_size=1),
            "authorization_token": st.sampled_from(TOKENS),
            "update_token": st.just("on_create"),
        }
    )
)


def nameable(section: str, names: list[str], document: dict[str, Any]) -> list[str]:
    """The names that are not declared absent."""
    items = document[section]["items"] if section in document else []
    absent = {item["name"].casefold() for item in items if item.get("state") == "absent"}
    return [name for name in names if name.casefold() not in absent]


def profiles(tags: list[str], root_cas: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    options: dict[str, st.SearchStrategy[Any]] = {
        "authorizations": states,
        "security_heartbeat_seconds": st.sampled_from([60, 86400]),
    }
    if root_cas:
        options["root_ca"] = st.sampled_from(root_cas)
    return some(
        {
            "tags": st.lists(st.sampled_from(tags)) if tags else st.just([]),
            "bootstrap_provisioning": absent_or(some(options)),
        }
    )


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    document: dict[str, Any] = {}
    if draw(st.booleans()):
        document["tags"] = draw(sections("name", TAGS, absent_or(st.just({}))))
    if draw(st.booleans()):
        document["root_cas"] = draw(sections("name", CAS, root_cas))
    if draw(st.booleans()):
        names = draw(st.lists(st.sampled_from(sorted(PROFILES.values())), unique=True))
        profile = profiles(nameable("tags", TAGS, document), nameable("root_cas", CAS, document))
        document["device_profiles"] = [{"name": name, **draw(profile)} for name in names]
    if draw(st.booleans()):
        document["whitelist"] = draw(
            st.fixed_dictionaries(
                {"mode": st.sampled_from(["additive", "exclusive"]), "ids": st.lists(st.sampled_from(IDS))},
                optional={"state": st.just("absent")},
            )
        )
    if draw(st.booleans()):
        document["webhooks"] = draw(sections("url", URLS, webhooks))
    return document


def planned(document: dict[str, Any], account: MemoryAccount) -> tuple[Desired, Plan] | None:
    """The declaration with its plan, or None where it is refused."""
    try:
        desired = load_data(document)
        plan = make_plan(desired, account.live(), ANYTHING)
    except PlanRefused:
        event("refused")
        return None
    event("planned" if plan else "nothing to do")
    return desired, plan


def in_some_order(plan: Plan, chance: random.Random) -> list[Change]:
    """The changes in an order that respects what they depend on, and nothing else."""
    left = {change.address: change for change in plan.changes}
    ordered: list[Change] = []
    while left:
        ready = [change for change in left.values() if not set(change.depends_on) & set(left)]
        assert ready, "the dependencies go in a circle"
        ordered.append(left.pop(chance.choice(ready).address))
    return ordered


def carry_out(changes: list[Change], account: MemoryAccount) -> None:
    for change in changes:
        for request in change.requests:
            account.send(request)


@FEW
@given(documents(), accounts(), st.randoms(use_true_random=False))
def test_a_plan_is_accepted_in_any_order_it_allows_and_leaves_nothing_to_do(
    document: dict[str, Any], account: MemoryAccount, chance: random.Random
) -> None:
    if found := planned(document, account):
        desired, plan = found
        carry_out(in_some_order(plan, chance), account)

        again = make_plan(desired, account.live(), ANYTHING)
        assert not again, render(again)


@FEW
@given(documents(), accounts(), st.randoms(use_true_random=False))
def test_what_was_cut_off_anywhere_is_finished_by_the_next_plan(
    document: dict[str, Any], account: MemoryAccount, chance: random.Random
) -> None:
    if found := planned(document, account):
        desired, plan = found
        requests = [request for change in in_some_order(plan, chance) for request in change.requests]
        for request in requests[: chance.randint(0, len(requests))]:
            account.send(request)

        carry_out(in_some_order(make_plan(desired, account.live(), ANYTHING), chance), account)
        again = make_plan(desired, account.live(), ANYTHING)
        assert not again, render(again)


@FEW
@given(documents(), accounts(), st.randoms(use_true_random=False))
def test_what_is_not_named_is_not_touched(
    document: dict[str, Any], account: MemoryAccount, chance: random.Random
) -> None:
    before = account.live()
    if found := planned(document, account):
        desired, plan = found
        carry_out(in_some_order(plan, chance), account)
        after = account.live()

        for name, kind in KINDS.items():
            section = desired.sections.get(name)
            for identity, was in before.of(name).items():
                declared = section.objects.get(identity) if section else None
                if declared is None and not (section and section.exclusive):
                    expected = _without_deleted_tags(was.attributes, after)
                    assert after.find(name, identity) is not None, f"{kind.address(was.name)} is gone"
                    assert after.of(name)[identity].attributes == expected
                elif declared is not None and not declared.absent and not kind.singleton:
                    now = after.of(name)[identity].attributes
                    for field, value in _without_deleted_tags(was.attributes, after).items():
                        assert field in declared.attributes or now[field] == value, f"{field} was not declared"


def _without_deleted_tags(attributes: Mapping[str, Any], after: LiveAccount) -> dict[str, Any]:
    """A tag that is deleted is gone from profiles as well."""
    left = dict(attributes)
    if "tags" in left:
        left["tags"] = frozenset(tag for tag in left["tags"] if after.find("tag", tag.casefold()))
    return left


@FEW
@given(documents(), accounts())
def test_only_what_is_declared_absent_or_missing_from_an_exclusive_section_is_deleted(
    document: dict[str, Any], account: MemoryAccount
) -> None:
    if found := planned(document, account):
        desired, plan = found
        for change in plan.deletions():
            section = desired.sections[change.kind.name]
            declared = section.objects.get(change.identity)
            if declared is None:
                assert section.exclusive
            else:
                assert declared.absent or declared.directives["replace"] is True
        for change in plan.changes:
            whitelist = desired.sections[change.kind.name].objects.get("") if change.delta else None
            if change.delta and whitelist and change.delta.removed:
                assert whitelist.absent or desired.sections["whitelist"].exclusive


@FEW
@given(documents(), accounts())
def test_no_secret_is_shown(document: dict[str, Any], account: MemoryAccount) -> None:
    if found := planned(document, account):
        _unused, plan = found
        assert "canary" not in render(plan) + json.dumps(plan_as_data(plan)) + repr(plan)


@FEW
@given(documents(), accounts(), st.randoms(use_true_random=False))
def test_the_order_in_lists_and_the_letter_case_of_tags_make_no_difference(
    document: dict[str, Any], account: MemoryAccount, chance: random.Random
) -> None:
    if found := planned(document, account):
        _unused, plan = found
        again = make_plan(load_data(shuffled(document, chance)), account.live(), ANYTHING)

        assert {change.address.casefold() for change in again.changes} == {c.address.casefold() for c in plan.changes}
        assert again.summary() == plan.summary()


def shuffled(value: Any, chance: random.Random, key: str = "") -> Any:
    """The same declaration, written in another order, with tags in another case."""
    if isinstance(value, dict):
        tags = key == "tags"
        return {k: _swapped(v) if tags and k == "name" else shuffled(v, chance, k) for k, v in value.items()}
    if isinstance(value, list):
        items = [shuffled(item, chance, key) for item in value]
        if key == "tags":
            items = [_swapped(item) if isinstance(item, str) else item for item in items]
        chance.shuffle(items)
        return items
    return value


def _swapped(text: str) -> str:
    return text.upper() if text.islower() else text.lower()


def test_the_account_in_memory_has_rules_for_every_kind() -> None:
    assert set(MemoryAccount().live().objects) == set(KINDS)


@pytest.mark.parametrize("merges", [True, False])
def test_provisioning_survives_whether_the_service_merges_or_replaces(merges: bool) -> None:
    account = MemoryAccount(merges=merges, root_cas={"ca": {}})
    account.profiles["UID"] = Profile("eu", set(), {"RootCA": "ca", "Authorizations": {"ZTPV1": "ENABLED"}})
    provisioning = {"authorizations": {"LocalC2C": "disabled"}}
    desired = load_data({"device_profiles": [{"name": "eu", "bootstrap_provisioning": provisioning}]})
    carry_out(list(make_plan(desired, account.live()).changes), account)

    assert account.profiles["UID"].provisioning == {
        "RootCA": "ca",
        "Authorizations": {"ZTPV1": "ENABLED", "LocalC2C": "DISABLED"},
    }
