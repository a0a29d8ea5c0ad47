# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Any declaration, and any account: what the tests of whole plans are given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from ansible_collections.edgeops.device_trust.plugins.module_utils._model.ids import IdSet
from tests.unit.plan.account import Device, MemoryAccount, Profile

TAGS = ["cold", "Cold", "north", "x y", "\u00e9t\u00e9"]
CAS = ["ca-1", "ca-2", "ca-3"]
PROFILES = {"UID-1": "eu", "UID-2": "us", "UID-3": "EU"}
FEATURES = ["LocalDPR", "LocalC2C", "ZTPV1"]
URLS = ["https://a.example.com", "https://b.example.com/hook"]
EVENTS = ["DEVICE_BOOTSTRAP_EVENT", "DEVICE_ERRORS_EVENT", "ROOTCA_EXPIRATION_EVENT"]
TOKENS = ["canary-one", "canary-two"]
IDS = ["1", "0000000000000001", "ff", "00000000000000FF", "0002000089282256", "a"]

DEVICES = ["0000000000000001", "00000000000000ff", "0002000089282256", "0002000089282257"]
SPELLED = [*DEVICES, "1", "FF"]
ROTATIONS = [{"type": "CONTINUOUS"}, {"type": "AUTOMATIC"}, {"type": "AUTOMATIC", "days": 1}]

states = st.dictionaries(st.sampled_from(FEATURES), st.sampled_from(["enabled", "disabled"]))


def all_or_some(names: list[str]) -> st.SearchStrategy[list[str]]:
    """Mostly all: a declaration that names what there is not is refused, and proves little."""
    return st.one_of(st.just(names), st.just(names), st.lists(st.sampled_from(names), unique=True))


@st.composite
def accounts(draw: st.DrawFn) -> MemoryAccount:
    account = MemoryAccount(merges=draw(st.booleans()), shows_tokens=draw(st.booleans()))
    account.tags = {tag.casefold(): tag for tag in draw(all_or_some(TAGS))}
    for name in draw(all_or_some(CAS)):
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
    account.shows_revoked = draw(st.booleans())
    for uid in DEVICES:
        account.devices[uid] = draw(devices(account))
    return account


@st.composite
def devices(draw: st.DrawFn, account: MemoryAccount) -> Device:
    """Without what no list tells of: a root CA that is set and has not led to a certificate, an update on its way."""
    tags = draw(st.sets(st.sampled_from(sorted(account.tags)))) if account.tags else set()
    device = Device(tags, blacklisted=draw(st.sampled_from([False] * 9 + [True])))
    for properties in (device.current, device.desired):
        if set_to := draw(states):
            properties["Authorizations"] = {feature: state.upper() for feature, state in set_to.items()}
        properties |= draw(st.sampled_from([{}, {"SecurityHeartbeatInSec": 60}, {"SecurityHeartbeatInSec": 864_000}]))
    if account.root_cas and draw(st.sampled_from([True, False])):
        root_ca = draw(st.sampled_from(sorted(account.root_cas)))
        device.certificate = account.certificate(root_ca, draw(st.sampled_from([-1, 10, 365])))
        device.current["RootCA"] = root_ca
        if draw(st.sampled_from([False, False, True])):
            account.revoked.add((root_ca, device.certificate.serial))
    return device


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


def assignments(profiles: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    """What there is to say of one tag."""
    named = st.fixed_dictionaries(
        {"ids": st.lists(st.sampled_from(SPELLED))}, optional={"profiles": st.lists(st.sampled_from(profiles))}
    )
    only_profiles = st.fixed_dictionaries({"profiles": st.lists(st.sampled_from(profiles))})
    present = st.one_of(named, only_profiles)
    return st.one_of(
        present,
        st.builds(lambda item: {**item, "exclusive": "tag"}, present),
        st.builds(lambda item: {**item, "exclusive": "devices"}, named),
        st.builds(lambda item: {**item, "state": "absent"}, present),
        st.just({"state": "absent", "ids": [*DEVICES[:2], "dead"]}),  # taken from one that there is not (any more)
        st.just({"state": "absent", "everywhere": True}),
    )


@st.composite
def tag_assignments(draw: st.DrawFn, names: list[str]) -> list[dict[str, Any]]:
    """``names`` are those of the tags that stay; from the others nothing but their end can be declared."""
    items = []
    for tag in draw(st.lists(st.sampled_from(TAGS), unique_by=str.casefold, max_size=3)):
        item = draw(assignments(sorted(PROFILES.values())))
        items.append({"tag": tag, **(item if tag in names else {"state": "absent", "everywhere": True})})
    if draw(st.sampled_from([False] * 4 + [True])):
        items.append({"tag": "*", "state": "absent", "ids": draw(st.lists(st.sampled_from(SPELLED), max_size=2))})
    return items


@st.composite
def chosen(draw: st.DrawFn, tags: list[str]) -> list[dict[str, Any]]:
    """One choice of devices by ids and tags, or two by ids that have no device in common."""
    if draw(st.booleans()):
        ids = draw(st.lists(st.sampled_from(SPELLED), min_size=1))
        return [{"ids": ids, "tags": draw(st.lists(st.sampled_from(tags)))} if tags else {"ids": ids}]
    first = draw(st.sets(st.sampled_from(DEVICES)))
    return [{"ids": sorted(first)}, {"ids": sorted(set(DEVICES) - first)}]


@st.composite
def of_devices(draw: st.DrawFn, tags: list[str], objects: st.SearchStrategy[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"name": name, **choice, **draw(objects)} for name, choice in zip("ab", draw(chosen(tags)), strict=False)]


def provisioning(root_cas: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {"security_heartbeat_seconds": st.sampled_from([60, 86_400, 864_000])},
        optional={"authorizations": states, **({"root_ca": st.sampled_from(root_cas)} if root_cas else {})},
    )


def certificates(root_cas: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    issuer = {"root_ca": st.sampled_from(root_cas)} if root_cas else {}
    renewal = {"renew_within_days": st.just(20), "validity_days": st.just(90)}
    return st.one_of(
        st.fixed_dictionaries({}, optional=issuer),
        st.fixed_dictionaries(renewal, optional={**issuer, "new_key": st.booleans()}),
        st.just({"state": "absent"}),
    )


@st.composite
def of_fleet(draw: st.DrawFn, document: dict[str, Any]) -> dict[str, Any]:
    """Sections about devices. Where certificates are revoked none are provided for: they would be revoked in turn; and
    where provisioning is withdrawn none are transferred: that provides for them.
    """
    tags, root_cas = nameable("tags", TAGS, document), nameable("root_cas", CAS, document)
    revoking, withdrawing = draw(st.booleans()), draw(st.sampled_from([False, False, True]))
    ends = st.sampled_from([{"state": "revoked"}, {"state": "absent"}])
    provided = provisioning([] if revoking else root_cas)
    return draw(
        some(
            {
                "device_provisioning": of_devices(tags, st.just({"state": "absent"}) if withdrawing else provided),
                "device_certificates": of_devices(
                    tags, ends if revoking else certificates([] if withdrawing else root_cas)
                ),
                "key_rotation": of_devices(tags, st.sampled_from(ROTATIONS)),
            }
        )
    )


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    document = draw(of_account()) if draw(st.sampled_from([True, True, False])) else {}
    if draw(st.booleans()):
        document["tag_assignments"] = draw(tag_assignments(nameable("tags", TAGS, document)))
    if not document or draw(st.booleans()):
        document |= draw(of_fleet(document))
    return document


@st.composite
def of_account(draw: st.DrawFn) -> dict[str, Any]:
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
