# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The living fleet: bootstraps, security heartbeats, the portal, and the passing of time."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.support.living import (
    CA,
    DAY,
    ENABLED,
    TRACKERS_EU,
    TRACKERS_US,
    Living,
    authorizations,
    device,
)
from tests.support.raw import Ublox
from tests.support.rules import rule
from tests.support.sandbox import Sandbox

LOCAL = {"Authorizations": authorizations(LocalDPR=ENABLED)}
APPLIED = {"Authorizations": {"LocalDPR": ENABLED}}


def _state(living: Living, rot: str) -> tuple[str, bool]:
    info = living.info(rot, "CORE")
    return info["State"], info["IsBlacklisted"]


@rule("whitelist.activated", "bootstrap.at-bootstrap")
def test_a_whitelisted_device_is_provisioned_when_it_bootstraps(living: Living) -> None:
    living.profile_grants(TRACKERS_EU, LOCAL)
    assert living.bootstrap(device(16), "trackers-eu")
    assert _state(living, device(16)) == ("ACTIVATED", False)
    assert living.desired(device(16)) == living.current(device(16)) == APPLIED


@rule("bootstrap.at-bootstrap")
def test_bootstrap_provisioning_is_for_new_devices_only(living: Living) -> None:
    living.profile_grants(TRACKERS_EU, LOCAL)
    living.beat(device(1))
    assert (living.desired(device(1)), living.current(device(1))) == ({}, {})


@rule("whitelist.allocated", "blacklist.no-action")
def test_a_blacklisted_device_gets_nothing_however_often_it_beats(living: Living) -> None:
    living.profile_grants(TRACKERS_US, LOCAL)
    assert not living.bootstrap(device(77), "trackers-us")
    living.beat(device(77))
    assert _state(living, device(77)) == ("ALLOCATED", True)
    assert (living.desired(device(77)), living.current(device(77))) == ({}, {})


@rule("blacklist.activate", "control.portal")
def test_activating_in_the_portal_whitelists_and_provisions_at_the_next_heartbeat(
    living: Living, ublox: Ublox, sandbox: Sandbox
) -> None:
    living.bootstrap(device(77), "trackers-us")
    living.profile_grants(TRACKERS_US, LOCAL)
    sandbox.control("POST", "/portal/activate", {"id": device(77)})
    assert _state(living, device(77)) == ("ACTIVATED", False)
    assert device(77) in ublox.every("/device/whitelist/get", "DeviceWhitelist")
    assert device(77) not in ublox.every("/device/list/get", "ROTPublicUIDs", {"Filter": "BLACKLISTED"})
    assert (living.desired(device(77)), living.current(device(77))) == (APPLIED, {})
    living.beat(device(77))
    assert living.current(device(77)) == APPLIED


@rule("control.refusals")
def test_only_devices_in_the_blacklist_can_be_activated(sandbox: Sandbox) -> None:
    for rot in (device(1), "fff"):
        answer = httpx.post(sandbox.control_url + "/portal/activate", json={"id": rot}, verify=False)
        assert answer.status_code == 400


@rule("whitelist.ignored")
def test_a_profile_told_to_ignore_the_whitelist_does_so_for_devices_that_come_later(
    living: Living, ublox: Ublox, sandbox: Sandbox
) -> None:
    living.bootstrap(device(77), "trackers-us")
    sandbox.control("POST", "/portal/whitelist-check", {"profile": "trackers-us", "checks_whitelist": False})
    assert living.bootstrap(device(78), "trackers-us")
    assert _state(living, device(77)) == ("ALLOCATED", True)
    assert device(78) not in ublox.every("/device/whitelist/get", "DeviceWhitelist")


@rule("devices.two-stage")
def test_a_profile_can_be_sealed_in_a_second_stage(living: Living, ublox: Ublox, sandbox: Sandbox) -> None:
    ublox.ok("/device/whitelist/add", {"ROTPublicUIDs": [device(79)]})
    living.profile_grants(TRACKERS_EU, LOCAL)
    living.bootstrap(device(79))
    assert living.info(device(79))["DeviceProfileUID"] == "UNATTRIBUTED DEVICE PROFILE"
    body = {"id": device(79), "profile": "trackers-eu", "device_serial": "SN000079"}
    assert sandbox.control("POST", "/fleet/seal", body) == {"activated": True}
    info = living.info(device(79))
    assert (info["DeviceProfileUID"], info["DeviceSerialNumber"]) == (TRACKERS_EU, "SN000079")
    answer = ublox.ok("/device/rotpublicuid/get", {"DeviceProfileUID": TRACKERS_EU})
    assert device(79) in answer["ROTPublicUIDs"]
    living.beat(device(79))
    assert living.current(device(79)) == APPLIED


@rule("devices.two-stage")
def test_sealing_a_profile_that_checks_the_whitelist_can_blacklist_a_device(living: Living, sandbox: Sandbox) -> None:
    assert living.bootstrap(device(79), "gateways-lab")
    answer = sandbox.control("POST", "/fleet/seal", {"id": device(79), "profile": "trackers-eu"})
    assert answer == {"activated": False}
    assert _state(living, device(79)) == ("ALLOCATED", True)


@rule("living.heartbeat")
def test_heartbeats_can_be_sent_for_one_device_for_some_or_for_all(living: Living, sandbox: Sandbox) -> None:
    sandbox.settings(heartbeats="manual")
    for number in (1, 2, 3, 4):
        living.provision(device(number), **LOCAL)
    assert sandbox.control("POST", "/fleet/heartbeat", {"id": device(1)}) == {"beats": 1}
    assert sandbox.control("POST", "/fleet/heartbeat", {"ids": [device(2), device(3)]}) == {"beats": 2}
    assert [living.current(device(number)) for number in (1, 2, 3, 4)] == [APPLIED] * 3 + [{}]
    assert sandbox.control("POST", "/fleet/heartbeat", {"all": True}) == {"beats": 16}
    assert living.current(device(4)) == APPLIED


@rule("living.clock", "heartbeat.interval")
def test_as_the_clock_goes_on_devices_beat_at_their_interval(living: Living) -> None:
    living.provision(device(1), **LOCAL)
    seen = living.last_seen(device(1))
    living.advance(days=6.9)
    assert living.current(device(1)) == {}
    living.advance(days=0.2)
    assert living.current(device(1)) == APPLIED
    assert living.last_seen(device(1)) - seen == timedelta(days=7)
    synced = living.info(device(1))["CurrentProperties"]["Authorizations"][0]["SyncDate"]
    assert synced == living.last_seen(device(1)).isoformat()


@rule("heartbeat.interval")
def test_the_default_interval_is_a_setting(living: Living, sandbox: Sandbox) -> None:
    sandbox.settings(default_heartbeat_seconds=60)
    living.provision(device(1), **LOCAL)
    living.advance(seconds=61)
    assert living.current(device(1)) == APPLIED


@rule("living.manual")
def test_with_manual_heartbeats_the_clock_moves_no_device(living: Living, sandbox: Sandbox) -> None:
    sandbox.settings(heartbeats="manual")
    living.provision(device(1), **LOCAL)
    seen = living.last_seen(device(1))
    living.advance(days=100)
    assert (living.current(device(1)), living.last_seen(device(1))) == ({}, seen)


@rule("living.clock")
def test_devices_beat_by_themselves_in_real_time(living: Living, sandbox: Sandbox) -> None:
    sandbox.settings(default_heartbeat_seconds=1)
    living.provision(device(1), **LOCAL)
    for _attempt in range(60):
        if living.current(device(1)) == APPLIED:
            return
        time.sleep(0.1)
    pytest.fail("no heartbeat in six seconds")


@rule("living.clock")
def test_the_clock_can_go_back_and_on_again(living: Living) -> None:
    living.advance(days=10)
    living.provision(device(1), **LOCAL)
    living.advance(days=-10)
    assert living.current(device(1)) == {}
    living.advance(days=18)
    assert living.current(device(1)) == APPLIED


@rule("living.failure", "notification.error")
def test_a_device_that_fails_at_a_heartbeat_applies_nothing_until_the_next_one(
    living: Living, sandbox: Sandbox
) -> None:
    living.provision(device(1), **LOCAL)
    failure = {"id": device(1), "error": "Invalid KeySetId for device", "at_heartbeat": True}
    sandbox.control("POST", "/fleet/error", failure)
    living.beat(device(1))
    assert living.current(device(1)) == {}
    [error] = living.notifications(device(1), "DEVICE_ERROR")
    assert error["Payload"] == {"Error": "Invalid KeySetId for device"}
    living.beat(device(1))
    assert living.current(device(1)) == APPLIED


@rule("living.evaluation")
def test_evaluation_changes_without_the_api(living: Living, sandbox: Sandbox) -> None:
    sandbox.control("POST", "/portal/evaluation", {"id": device(1), "enabled": True})
    living.beat(device(1))
    assert living.current(device(1)) == {"Authorizations": {"Evaluation": ENABLED}}


@rule("living.clock", "ztp.automatic")
def test_years_with_certificates_and_hourly_heartbeats_pass_in_a_moment(living: Living) -> None:
    living.root_ca(RenewBeforeExpiration=60)
    living.zero_touch(device(1))
    living.provision(device(1), NetworkParameters={"SecurityHeartbeatInSec": 3600})
    living.advance(days=9 * 365)
    renewals = [command for command in living.activities(device(1)) if command.startswith("Renew")]
    assert 9 * 365 // 305 - 1 <= len(renewals) <= 9 * 365 // 305 + 1
    assert living.certificate(device(1)).not_valid_after_utc > living.now()
    assert living.certificate(device(1)).issuer.rfc4514_string() == f"CN={CA}"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/fleet/heartbeat", {}),
        ("/fleet/heartbeat", {"id": "fff"}),
        ("/fleet/heartbeat", {"ids": "all"}),
        ("/fleet/seal", {"id": device(1)}),
        ("/fleet/seal", {"id": device(1), "profile": "nobody"}),
        ("/fleet/clone", {"id": "fff"}),
        ("/fleet/error", {"id": device(1)}),
        ("/fleet/encrypt", {"id": device(1), "plaintext": "%"}),
        ("/fleet/encrypt", {"id": device(1), "plaintext": "", "version": 3}),
        ("/fleet/encrypt", {"id": device(1), "plaintext": "", "version": 1, "encrypted": False}),
        ("/fleet/encrypt", {"id": device(1), "plaintext": "", "cipher_suite": "ROT13"}),
        ("/fleet/encrypt", {"id": device(1), "plaintext": "", "cipher_suite": "AES_128_CS1_HMAC_SHA256"}),
        ("/fleet/decrypt", {"id": device(1), "kiv": "", "body": "", "mac": ""}),
        ("/fleet", {"count": 0}),
        ("/fleet", {"count": 1, "first_id": "xyz"}),
        ("/fleet", {"count": 2, "first_id": "7fffffffffffffff"}),
        ("/fleet", {"count": 2, "first_id": "0002000089280000"}),
        ("/fleet", {"count": 1, "profile": "nobody"}),
        ("/portal/production-log", {"entries": [{"id": "xyz"}]}),
        ("/portal/production-log", {"entries": ["1"]}),
        ("/portal/evaluation", {"id": device(1)}),
        ("/portal/whitelist-check", {"profile": "nobody", "checks_whitelist": True}),
        ("/settings", {"heartbeats": "sometimes"}),
        ("/settings", {"certificate_quota": -1}),
        ("/settings", {"webhook_ca": "/no/such/file"}),
        ("/settings", {"webhook_hosts": {"hooks.example.com": "192.0.2.1:443"}}),
        ("/settings", {"webhook_hosts": {"hooks.example.com": "127.0.0.1"}}),
        ("/settings", {"webhook_hosts": ["127.0.0.1:1"]}),
    ],
)
@rule("control.refusals")
def test_what_cannot_be_is_refused_with_the_reason_and_changes_nothing(
    sandbox: Sandbox, path: str, body: dict[str, Any]
) -> None:
    before = sandbox.state()
    answer = httpx.post(sandbox.control_url + path, json=body, verify=False)
    assert answer.status_code == 400, answer.text
    assert answer.json()["error"]
    assert sandbox.state() == before


@rule("scale.grow")
def test_a_month_passes_for_a_fleet_at_rest_without_effort(living: Living, sandbox: Sandbox) -> None:
    sandbox.control("POST", "/fleet", {"count": 2000, "profile": "trackers-us"})
    before = sandbox.state()["devices"]
    living.advance(seconds=30 * DAY)
    assert sandbox.state()["devices"] == before
