# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The control API, which drives a rehearsal."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.support.raw import CalAmp, Ublox
from tests.support.rules import rule
from tests.support.sandbox import Sandbox


def _refused(sandbox: Sandbox, path: str, body: Any, method: str = "POST") -> tuple[int, str]:
    answer = httpx.request(method, sandbox.control_url + path, json=body, verify=False)
    return answer.status_code, answer.json()["error"]


def test_ready_says_so(sandbox: Sandbox) -> None:
    assert sandbox.control("GET", "/ready")["ready"] is True


@rule("control.ledger")
def test_requests_are_counted_by_kind_and_path(ublox: Ublox, calamp: CalAmp, sandbox: Sandbox) -> None:
    sandbox.control("POST", "/requests/reset")
    ublox.ok("/tag/get")
    ublox.ok("/tag/create", {"TagName": "new"})
    ublox.refused("/tag/create", {"TagName": "new"})
    ublox.refused("/no/such/api", {}, 404)
    calamp.get("1110110001")
    calamp.login()
    counted = sandbox.requests()
    assert counted["ublox"] | {"last": None} == {
        "reads": 1,
        "writes": 2,
        "auth": 0,
        "refused_writes": 0,
        "unknown": 1,
        "internal_errors": 0,
        "by_path": {"/tag/create": 2, "/tag/get": 1},
        "last": None,
    }
    assert counted["ublox"]["last"][2] == {"method": "POST", "path": "/tag/create", "status": 400}
    assert (counted["calamp"]["reads"], counted["calamp"]["auth"]) == (1, 1)
    assert counted["calamp"]["by_path"] == {"/api/devices/passwords/esn": 1, "/api/login": 1}


@rule("control.secrets")
def test_nothing_that_the_control_api_shows_holds_a_secret(ublox: Ublox, calamp: CalAmp, sandbox: Sandbox) -> None:
    calamp.get("1110110001")
    shown = json.dumps([sandbox.requests(), sandbox.state(), sandbox.control("GET", "/settings")])
    secrets = [*ublox.tokens.values(), *ublox.credentials().values(), *calamp.credentials().values()]
    for secret in (*secrets, "fake-old-hook-token", "Ehqmug44*", "PRIVATE KEY", "1110110001"):
        assert secret not in shown


@rule("control.writes")
def test_writes_can_be_refused_and_are_counted_apart(ublox: Ublox, sandbox: Sandbox) -> None:
    before = sandbox.state()
    sandbox.control("POST", "/writes", {"allowed": False})
    answer = ublox.post("/tag/create", {"TagName": "new"})
    assert answer.status_code == 403
    assert ublox.post("/tag/get").status_code == 200
    counted = sandbox.requests()["ublox"]
    assert (counted["writes"], counted["refused_writes"]) == (0, 1)
    assert sandbox.state() == before
    sandbox.control("POST", "/writes", {"allowed": True})
    ublox.ok("/tag/create", {"TagName": "new"})


@rule("control.state")
def test_the_state_is_the_same_whatever_the_order_in_which_it_came_about(ublox: Ublox, sandbox: Sandbox) -> None:
    def state(names: list[str]) -> Any:
        sandbox.reset()
        for name in names:
            ublox.ok("/tag/create", {"TagName": name})
            ublox.ok("/device/whitelist/add", {"ROTPublicUIDs": [name]})
        return sandbox.state() | {"root_cas": None, "devices": None}

    assert state(["a", "b"]) == state(["b", "a"])


@rule("control.reset")
def test_a_reset_restores_the_seed_the_clock_and_the_settings_and_keeps_tokens(ublox: Ublox, sandbox: Sandbox) -> None:
    before = sandbox.state() | {"root_cas": None}
    ublox.ok("/tag/delete", {"TagName": "legacy"})
    ublox.ok("/ztp/rootca/delete", {"CAName": "legacy.example.com"})
    ublox.ok("/deviceprofile/bootstrapprovisioning/delete", {"DeviceProfileUID": "mbYbAX-CoEqE97TMFBsUKQ"})
    sandbox.settings(page_size=1)
    sandbox.control("POST", "/clock", {"advance_seconds": 60})
    sandbox.control("POST", "/writes", {"allowed": False})
    sandbox.fault("drop")
    sandbox.reset()
    assert sandbox.state() | {"root_cas": None} == before
    assert sandbox.control("GET", "/settings")["page_size"] == 100
    assert sandbox.control("GET", "/clock")["offset_seconds"] == 0
    ublox.ok("/tag/create", {"TagName": "new"})


@rule("control.reset")
def test_a_reset_can_load_another_account(ublox: Ublox, sandbox: Sandbox) -> None:
    sandbox.reset(
        {
            "settings": {"page_size": 2},
            "tags": ["one"],
            "root_cas": [{"name": "ca", "ca_validity_days": 1825, "device_validity_days": 30}],
            "profiles": [{"name": "only", "provisioning": {"Zerotouch": {"CAName": "ca"}}}],
            "whitelist": {"ids": ["a1"], "imeis": ["862618583984360"], "first_id": "b0", "count": 3},
            "devices": [{"id": "A1", "profile": "only", "tags": ["one", "two"]}],
            "webhooks": [{"url": "https://a.example", "type": "ROOTCA_EXPIRATION_EVENT", "token": "fake"}],
        }
    )
    state = sandbox.state()
    assert state["tags"] == ["one", "two"]
    assert state["whitelist"] == [
        "862618583984360",
        "a1",
        "00000000000000b0",
        "00000000000000b1",
        "00000000000000b2",
    ]
    assert (state["devices"][0]["state"], state["devices"][0]["tags"]) == ("ACTIVATED", ["one", "two"])
    assert ublox.ok("/device/whitelist/get")["PageSize"] == 2


@pytest.mark.parametrize(
    ("seed", "where"),
    [
        ([], "the seed"),
        ({"tag": []}, "'tag'"),
        ({"tags": ["a,b"]}, "tags, 'a,b'"),
        ({"tags": "a"}, "tags"),
        ({"root_cas": [{"name": "ca", "ca_validity_days": 1, "device_validity_days": 30}]}, "root_cas[0]"),
        ({"root_cas": [{"name": "c a", "ca_validity_days": 2000, "device_validity_days": 30}]}, "root_cas[0]"),
        ({"profiles": [{"name": "a"}, {"name": "a"}]}, "profiles[1]"),
        ({"profiles": [{"name": "a", "provisioning": {"Zerotouch": {"CAName": "ca"}}}]}, "profiles[0]"),
        ({"whitelist": {"ids": ["xyz"]}}, "whitelist"),
        ({"devices": [{"id": "1", "profile": "nobody"}]}, "devices[0]"),
        ({"devices": [{"id": "1"}, {"id": "01"}]}, "devices[1]"),
        ({"webhooks": [{"url": "http://a", "type": "ROOTCA_EXPIRATION_EVENT", "token": "t"}]}, "webhooks[0]"),
        ({"settings": {"page_size": 0}}, "settings"),
        ({"calamp": {"devices": [{}]}}, "calamp"),
        ({"fleets": [{"count": 1}, {"count": 0}]}, "fleets[1]"),
        ({"whitelist": {"first_id": "xyz", "count": 1}}, "whitelist"),
    ],
)
@rule("control.refusals")
def test_a_wrong_seed_says_where_and_changes_nothing(sandbox: Sandbox, seed: Any, where: str) -> None:
    sandbox.settings(page_size=7)
    before = sandbox.state()
    status, reason = _refused(sandbox, "/state/reset", seed)
    assert status == 400
    assert where in reason
    assert sandbox.state() == before
    assert sandbox.control("GET", "/settings")["page_size"] == 7


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/writes", {}),
        ("/writes", {"allowed": "no"}),
        ("/clock", {"advance_seconds": 10**12}),
        ("/clock", {"advance_seconds": "1"}),
        ("/settings", {"no_such_setting": 1}),
        ("/settings", {"webhook_tokens": "maybe"}),
        ("/settings", {"subscriptions": {"Coffee": True}}),
        ("/settings", []),
        ("/portal/profile", {}),
        ("/portal/profile", {"name": "trackers-eu"}),
        ("/portal/profile", {"name": "new", "uid": "AyvylmHVdUiHQzUaCjOmC"}),
        ("/portal/device", {"id": "xyz"}),
        ("/portal/device", {"id": "0002000089280001"}),
        ("/portal/device", {"id": "99", "imei": "862618583900001"}),
        ("/portal/device", {"id": "99", "profile": "nobody"}),
    ],
)
@rule("control.refusals")
def test_a_wrong_control_request_is_refused_with_the_reason(sandbox: Sandbox, path: str, body: Any) -> None:
    before = sandbox.state()
    status, reason = _refused(sandbox, path, body)
    assert (status, bool(reason)) == (400, True)
    assert sandbox.state() == before


@rule("control.refusals")
def test_what_does_not_exist_is_not_found(sandbox: Sandbox) -> None:
    assert _refused(sandbox, "/nothing", None, "GET")[0] == 404
    assert _refused(sandbox, "/calamp/password", {"esn": "nobody"})[0] == 404
    assert _refused(sandbox, "/calamp/password", {"esn": "1110110001", "field": "root"})[0] == 404


@rule("control.refusals")
def test_a_portal_request_that_fails_half_way_leaves_nothing(sandbox: Sandbox) -> None:
    before = sandbox.state()
    body = {"name": "new", "tags": ["fresh"], "provisioning": {"Zerotouch": {"CAName": "nobody"}}}
    assert _refused(sandbox, "/portal/profile", body)[0] == 400
    assert sandbox.state() == before
