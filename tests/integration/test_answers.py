# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers that are not what the specification promises: an error that names the call, never a wrong plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from ansible_collections.edgeops.device_trust.plugins.module_utils import _engine
from ansible_collections.edgeops.device_trust.plugins.module_utils._live.errors import LiveError
from tests.support.sandbox import Sandbox

TAGS, WHITELIST, PROFILES = "/tag/get", "/device/whitelist/get", "/deviceprofile/get"
PROVISIONING, ROOT_CAS = "/deviceprofile/bootstrapprovisioning/get", "/ztp/rootca/get"
WEBHOOKS = "/notification/webhook/get"

DECLARED: Mapping[str, Mapping[str, Any]] = {
    "/authenticate": {"tags": ["downtown"]},
    TAGS: {"tags": ["downtown"]},
    WHITELIST: {"whitelist": {"ids": ["0002000089280101"]}},
    PROFILES: {"device_profiles": [{"name": "lamps", "tags": []}]},
    PROVISIONING: {
        "device_profiles": [{"name": "trackers-eu", "bootstrap_provisioning": {"security_heartbeat_seconds": 60}}]
    },
    ROOT_CAS: {"root_cas": [{"name": "legacy.example.com", "renew_before_days": 60}]},
    WEBHOOKS: {"webhooks": [{"url": "https://hooks.example.com/ublox", "state": "absent"}]},
}


@dataclass(frozen=True, slots=True)
class Case:
    """What the service answers to the call, and what must be said about it."""

    path: str
    words: str
    body: Any
    code: int = 200


def profile(tags: Any) -> dict[str, Any]:
    return {"DeviceProfiles": [{"DeviceProfileUID": "u", "ProfileName": "lamps", "TagNames": tags}], "TotalRecords": 1}


def properties(desired: Any) -> dict[str, Any]:
    return {"DeviceProfileUID": "u", "DesiredProperties": desired}


CASES = {
    "no token": Case("/authenticate", "no AuthToken", {}),
    "a token of another type": Case("/authenticate", "no AuthToken", {"AuthToken": 5}),
    "no such API": Case("/authenticate", "status 404", {"message": "Not Found."}, 404),
    "a wrong secret, said in HTML": Case("/authenticate", "does not accept this API key", "<html></html>", 401),
    "a list": Case(TAGS, "no list Tags", []),
    "a text": Case(TAGS, "is not JSON", "Service under maintenance"),
    "nothing": Case(TAGS, "no list Tags", ""),
    "a refusal": Case(TAGS, "403: no access for you", {"message": "no access for you"}, 403),
    "a refusal of another shape": Case(TAGS, "400: ", {"Message": {"reason": ["no"]}}, 400),
    "a page without its items": Case(TAGS, "no list Tags", {"TotalRecords": 2}),
    "a page with items of another type": Case(TAGS, "no list Tags", {"Tags": {"TagName": "a"}, "TotalRecords": 1}),
    "fewer items than announced": Case(TAGS, "5 records announced, 0 received", {"Tags": [], "TotalRecords": 5}),
    "more items than announced": Case(TAGS, "0 records announced", {"Tags": [{"TagName": "a"}], "TotalRecords": 0}),
    "a negative total": Case(TAGS, "-1 records announced", {"Tags": [], "TotalRecords": -1}),
    "a total that is no number": Case(TAGS, "TotalRecords is not a number", {"Tags": [], "TotalRecords": "many"}),
    "a total beyond reason": Case(
        TAGS, "cannot be right", {"Tags": [{"TagName": "a"}], "TotalRecords": 10**13, "PageSize": 1}
    ),
    "another page": Case(TAGS, "asked for page 1, the service answered page 7", {"Tags": [], "PageNumber": 7}),
    "a tag without a name": Case(TAGS, "unexpected answer", {"Tags": [{"Label": "a"}], "TotalRecords": 1}),
    "a tag that is no text": Case(TAGS, "unexpected answer", {"Tags": [None], "TotalRecords": 1}),
    "an id that is no text": Case(WHITELIST, "unexpected answer", {"DeviceWhitelist": [True], "TotalRecords": 1}),
    "a profile that is no object": Case(PROFILES, "unexpected answer", {"DeviceProfiles": ["a"], "TotalRecords": 1}),
    "tags that are a number": Case(PROFILES, "unexpected answer", profile(5)),
    "tags that are a text": Case(PROFILES, "unexpected answer", profile("cold-chain")),
    "properties that are a list": Case(PROVISIONING, "unexpected answer", properties([1])),
    "properties that are a text": Case(PROVISIONING, "unexpected answer", properties("LocalDPR")),
    "authorizations that are texts": Case(
        PROVISIONING, "unexpected answer", properties({"Authorizations": ["LocalDPR"]})
    ),
    "network parameters that are a list": Case(
        PROVISIONING, "unexpected answer", properties({"NetworkParameters": [60]})
    ),
    "a heartbeat that is no number": Case(
        PROVISIONING, "not a number", properties({"NetworkParameters": {"SecurityHeartbeatInSec": "daily"}})
    ),
    "a root CA without a name": Case(ROOT_CAS, "unexpected answer", {"CAs": [{}], "TotalRecords": 1}),
    "a validity that is no number": Case(
        ROOT_CAS, "not a number", {"CAs": [{"CAName": "a", "CACertificateValidity": "long"}], "TotalRecords": 1}
    ),
    "webhooks that are no list": Case(WEBHOOKS, "holds no list", {"message": "Success"}),
    "a webhook that is no object": Case(WEBHOOKS, "unexpected answer", ["https://hooks.example.com/ublox"]),
}


def plan(sandbox: Sandbox, document: Mapping[str, Any]) -> _engine.Plan:
    options = {"timeout": 5.0, "ca_bundle": None, "proxy": None, "api_token": None}
    env = sandbox.env()
    keys = {name: env[f"UBLOX_{name.upper()}"] for name in ("api_url", "api_key", "api_secret")}
    with _engine.connect(_engine.Connection.from_options({**options, **keys})) as account:
        return _engine.plan(_engine.load_data(document), account)


@pytest.mark.parametrize("name", CASES)
def test_an_answer_that_is_not_as_promised_is_an_error_that_names_the_call(sandbox: Sandbox, name: str) -> None:
    case = CASES[name]
    sandbox.fault("status", path=case.path, system="ublox", code=case.code, body=case.body)

    with pytest.raises(LiveError) as failure:
        plan(sandbox, DECLARED[case.path])

    assert str(failure.value).startswith(f"POST {case.path}: ")
    assert case.words in str(failure.value)
    assert sandbox.requests()["ublox"]["writes"] == 0


def test_a_redirection_is_not_followed(sandbox: Sandbox) -> None:
    sandbox.fault(
        "status", path=TAGS, system="ublox", code=302, headers={"Location": sandbox.ublox_url + "/apiversion"}
    )

    with pytest.raises(LiveError, match=r"POST /tag/get: .*redirects \(302\)"):
        plan(sandbox, DECLARED[TAGS])

    assert "/apiversion" not in sandbox.requests()["ublox"]["by_path"]


def test_names_that_only_look_alike_are_not_lost(sandbox: Sandbox) -> None:
    """Two tags that differ in letter case cannot be in one account; if they are, the plan must not depend on luck."""
    body = {"Tags": [{"TagName": "Downtown"}, {"TagName": "downtown"}], "TotalRecords": 2}
    sandbox.fault("status", path=TAGS, system="ublox", code=200, body=body)

    assert not plan(sandbox, DECLARED[TAGS])


def test_of_two_profiles_of_one_name_nothing_can_be_declared(sandbox: Sandbox) -> None:
    profiles: list[dict[str, Any]] = [
        {"DeviceProfileUID": uid, "ProfileName": "lamps", "TagNames": []} for uid in ("u", "v")
    ]
    sandbox.fault(
        "status", path=PROFILES, system="ublox", code=200, body={"DeviceProfiles": profiles, "TotalRecords": 2}
    )

    with pytest.raises(_engine.PlanRefused, match=r"device_profile\.lamps: the account has several of this name"):
        plan(sandbox, {"device_profiles": [{"name": "lamps", "tags": ["cold-chain"]}]})


FORGIVEN = {
    "tags as texts": (TAGS, {"Tags": ["downtown"], "TotalRecords": 1}),
    "counts as texts": (
        TAGS,
        {"Tags": [{"TagName": "downtown"}], "TotalRecords": "1", "PageNumber": "1", "PageSize": "100"},
    ),
    "unknown fields": (TAGS, {"Tags": [{"TagName": "downtown", "Colour": 5}], "TotalRecords": 1, "Took": "3 ms"}),
    "an id as a number": (WHITELIST, {"DeviceWhitelist": [2000089280101], "TotalRecords": 1}),
    "an id as an object": (WHITELIST, {"DeviceWhitelist": [{"RoTPublicUID": "2000089280101"}], "TotalRecords": 1}),
}


@pytest.mark.parametrize("name", FORGIVEN)
def test_forms_that_mean_the_same_are_read_the_same(sandbox: Sandbox, name: str) -> None:
    path, body = FORGIVEN[name]
    sandbox.fault("status", path=path, system="ublox", code=200, body=body)

    assert not plan(sandbox, DECLARED[path])
