# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A large fleet: made in seconds, and its pages as quick at the end as at the beginning."""

from __future__ import annotations

import time

import httpx
import pytest

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox import seed
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.exchange import Incoming
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.store import Store
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.auth import AuthTokens
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.system import UbloxSystem
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.world import World
from tests.support.living import TRACKERS_EU, Living, device
from tests.support.raw import Ublox
from tests.support.rules import rule
from tests.support.sandbox import Sandbox

MANY = 200_000
FIRST = 0x0003000000000000


def _id(number: int) -> str:
    return f"{FIRST + number:016x}"


@pytest.fixture(scope="module")
def system() -> tuple[UbloxSystem, str]:
    """The u-blox system over a large fleet, in this process; a token for it."""
    world = World(Store())
    fleet = {"first_id": _id(0), "count": MANY, "profile": "all", "tags": ["every", "other"]}
    seed.load(
        world, {"profiles": [{"name": "all", "uid": "all"}], "fleets": [fleet], "calamp": {"test_devices": False}}
    )
    return UbloxSystem(world), AuthTokens(world).issue()


LISTS = {
    "/device/list/get": "{}",
    "/device/list/get WHITELISTED": '"Filter": "WHITELISTED"',
    "/device/whitelist/get": "{}",
    "/device/rotpublicuid/get": '"DeviceProfileUID": "all"',
    "/device/rotpublicuid/get by tag": '"TagNames": ["every"]',
    "/device/rotpublicuid/get by tags": '"TagNames": ["every", "other"]',
    "/device/rotpublicuid/get by tag or profile": '"TagNames": ["other"], "DeviceProfileUID": "all"',
}


@pytest.mark.parametrize("case", LISTS)
@rule("scale.pages")
def test_a_deep_page_costs_what_the_first_one_costs(system: tuple[UbloxSystem, str], case: str) -> None:
    ublox, token = system
    last = MANY // 100

    def seconds(page: int) -> float:
        body = f'{{"PageNumber": {page}{"" if LISTS[case] == "{}" else f", {LISTS[case]}"}}}'
        headers = {"authorization": token, "content-type": "application/json"}
        incoming = Incoming("POST", case.split()[0], "", headers, body.encode(), 0.0)
        best = 1.0
        for _unused in range(20):
            started = time.perf_counter()
            answer = ublox.answer(incoming)
            best = min(best, time.perf_counter() - started)
        assert answer.status == 200
        assert answer.body.count(b'"0003') == 100
        return best

    first, deep = seconds(1), seconds(last)
    assert deep < first * 3
    assert deep < 0.005


@rule("scale.grow")
def test_a_fleet_is_made_at_once_with_its_whitelist(living: Living, ublox: Ublox, sandbox: Sandbox) -> None:
    living.profile_grants(TRACKERS_EU, {"NetworkParameters": {"SecurityHeartbeatInSec": 3600}})
    started = time.monotonic()
    body = {"first_id": _id(0), "count": 50_000, "profile": "trackers-eu", "tags": ["legacy", "fresh"]}
    assert sandbox.control("POST", "/fleet", body) == {"first_id": _id(0), "count": 50_000}
    assert time.monotonic() - started < 10
    assert ublox.ok("/device/list/get")["TotalRecords"] == 16 + 50_000
    assert ublox.ok("/device/whitelist/get")["TotalRecords"] == 24 + 50_000
    assert ublox.ok("/device/list/get", {"Filter": "WHITELISTED"})["TotalRecords"] == 15 + 50_000
    assert ublox.ok("/device/rotpublicuid/get", {"DeviceProfileUID": TRACKERS_EU})["TotalRecords"] == 8 + 50_000
    assert ublox.ok("/device/rotpublicuid/get", {"TagNames": ["fresh"]})["TotalRecords"] == 50_000
    page = ublox.ok("/device/list/get", {"PageNumber": 500})["ROTPublicUIDs"]
    assert page == [_id(number) for number in range(49_900 - 16, 50_000 - 16)]
    info = living.info(_id(12_345))
    assert (info["State"], info["IsBlacklisted"]) == ("ACTIVATED", False)
    assert info["CurrentProperties"] == {"NetworkParameters": {"SecurityHeartbeatInSec": 3600}}


@rule("scale.grow")
def test_its_devices_live_like_the_others(living: Living, ublox: Ublox, sandbox: Sandbox) -> None:
    sandbox.control("POST", "/fleet", {"first_id": _id(0), "count": 1000, "tags": ["fresh"]})
    living.root_ca()
    living.zero_touch(_id(999))
    assert len(living.certificates(_id(999))) == 1
    ublox.ok("/device/whitelist/add", {"ROTPublicUIDs": [_id(5)], "Action": "DELETE"})
    assert ublox.ok("/device/list/get", {"Filter": "WHITELISTED"})["TotalRecords"] == 15 + 999
    ublox.ok("/tag/remove", {"TagNames": ["fresh"], "ROTPublicUIDs": [_id(7)]})
    assert ublox.ok("/device/rotpublicuid/get", {"TagNames": ["fresh"]})["TotalRecords"] == 999
    living.bootstrap(device(16), "trackers-eu")
    assert ublox.ok("/device/list/get", {"PageNumber": 11})["ROTPublicUIDs"][-1] == device(16)


@rule("scale.grow")
def test_provisioning_a_large_fleet_by_tag_takes_seconds(living: Living, ublox: Ublox, sandbox: Sandbox) -> None:
    sandbox.control("POST", "/fleet", {"first_id": _id(0), "count": 20_000, "tags": ["fresh"]})
    body = {"TagNames": ["fresh"], "Provisioning": {"NetworkParameters": {"SecurityHeartbeatInSec": 60}}}
    started = time.monotonic()
    ublox.ok("/device/provisioning/set", body)
    assert time.monotonic() - started < 5
    assert living.desired(_id(19_999)) == {"NetworkParameters": {"SecurityHeartbeatInSec": 60}}


@rule("scale.grow")
def test_a_whitelist_of_a_range_admits_devices_that_are_there(sandbox: Sandbox, ublox: Ublox) -> None:
    sandbox.reset(
        {
            "devices": [{"id": "b1"}],
            "whitelist": {"first_id": "b0", "count": 3},
            "fleets": [{"first_id": "c0", "count": 2, "whitelisted": False}],
        }
    )
    assert ublox.ok("/device/list/get", {"Filter": "WHITELISTED"})["ROTPublicUIDs"] == ["b1"]
    sandbox.control("POST", "/fleet", {"first_id": "d0", "count": 1})
    assert ublox.ok("/device/list/get", {"Filter": "WHITELISTED"})["TotalRecords"] == 2


@pytest.mark.parametrize("first", ["0002000089280000", "ffffffff", "2000089280001"])
@rule("control.refusals")
def test_a_fleet_whose_ids_are_taken_is_refused(sandbox: Sandbox, first: str) -> None:
    sandbox.control("POST", "/portal/device", {"id": "100000001"})
    before = sandbox.state()
    answer = httpx.post(sandbox.control_url + "/fleet", json={"first_id": first, "count": 20}, verify=False)
    assert answer.status_code == 400
    assert "is in the account already" in answer.json()["error"]
    assert sandbox.state() == before
