# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Provisioning of devices that have bootstrapped: u-blox Security Services REST API 1.1.29, /device/provisioning."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.support.living import DAY, ENABLED, TRACKERS_EU, Living, authorizations, device, undated, utc
from tests.support.raw import Ublox
from tests.support.rules import rule
from tests.support.sandbox import Sandbox

SET, GET, DELETE = "/device/provisioning/set", "/device/provisioning/get", "/device/provisioning/delete"
LOCAL = {"Authorizations": authorizations(LocalDPR=ENABLED)}
BEAT = {"NetworkParameters": {"SecurityHeartbeatInSec": 3600}}


def _desired(ublox: Ublox, body: Any) -> dict[str, Any]:
    return {entry["ROTPublicUID"]: undated(entry["DesiredProperties"]) for entry in ublox.ok(GET, body)}


@rule("provisioning.set", "provisioning.message", "provisioning.get")
def test_what_is_set_is_desired_and_answered_with_message_in_capitals(ublox: Ublox) -> None:
    ids = [device(1), device(2)]
    assert ublox.ok(SET, {"ROTPublicUIDs": ids, "Provisioning": {**LOCAL, **BEAT}}) == {"Message": "Success"}
    expected = {"Authorizations": {"LocalDPR": ENABLED}, **BEAT}
    assert _desired(ublox, {"ROTPublicUIDs": ids}) == {device(1): expected, device(2): expected}


@rule("provisioning.set")
def test_it_is_set_on_all_devices_of_the_tags(ublox: Ublox) -> None:
    ublox.ok(SET, {"TagNames": ["Cold-Chain"], "Provisioning": LOCAL})
    assert list(_desired(ublox, {"TagNames": ["cold-chain"]})) == [device(1), device(2), device(3)]
    assert set(map(str, _desired(ublox, {"TagNames": ["cold-chain"]}).values())) == {
        str({"Authorizations": {"LocalDPR": ENABLED}})
    }
    assert _desired(ublox, {"ROTPublicUIDs": [device(4)]}) == {device(4): {}}


@rule("provisioning.union")
def test_ids_and_tags_together_name_the_devices_of_either(ublox: Ublox) -> None:
    both = {"ROTPublicUIDs": [device(9)], "TagNames": ["cold-chain"]}
    assert list(_desired(ublox, both)) == [device(1), device(2), device(3), device(9)]


@rule("provisioning.merge")
def test_setting_keeps_what_is_not_named(ublox: Ublox) -> None:
    ublox.ok(SET, {"ROTPublicUIDs": [device(1)], "Provisioning": {**LOCAL, **BEAT}})
    more = {"Authorizations": authorizations(LocalC2C="DISABLED")}
    ublox.ok(SET, {"ROTPublicUIDs": [device(1)], "Provisioning": more})
    assert _desired(ublox, {"ROTPublicUIDs": [device(1)]})[device(1)] == {
        "Authorizations": {"LocalDPR": ENABLED, "LocalC2C": "DISABLED"},
        **BEAT,
    }


@rule("provisioning.dates")
def test_each_authorization_has_the_date_of_its_own_change(living: Living) -> None:
    living.provision(device(1), **LOCAL)
    living.advance(seconds=100)
    living.provision(device(1), Authorizations=authorizations(LocalDPR=ENABLED, LocalC2C=ENABLED))
    dates = {
        entry["Name"]: utc(entry["ModifiedDate"][:19])
        for entry in living.info(device(1))["DesiredProperties"]["Authorizations"]
    }
    assert timedelta(seconds=99) <= dates["LocalC2C"] - dates["LocalDPR"] <= timedelta(seconds=160)


@rule("provisioning.heartbeat")
def test_nothing_is_applied_before_the_next_heartbeat(living: Living) -> None:
    living.provision(device(1), **LOCAL, **BEAT)
    assert living.current(device(1)) == {}
    living.beat(device(1))
    assert living.current(device(1)) == {"Authorizations": {"LocalDPR": ENABLED}, **BEAT}
    assert living.desired(device(1)) == living.current(device(1))


@rule("provisioning.delete")
def test_what_is_deleted_before_a_heartbeat_is_never_applied(living: Living, ublox: Ublox) -> None:
    living.provision(device(1), **LOCAL)
    assert ublox.ok(DELETE, {"ROTPublicUIDs": [device(1)]}) == {"message": "Success"}
    living.beat(device(1))
    assert (living.desired(device(1)), living.current(device(1))) == ({}, {})


@rule("provisioning.delete")
def test_deleting_leaves_authorizations_that_were_applied(living: Living, ublox: Ublox) -> None:
    living.provision(device(1), **LOCAL)
    living.beat(device(1))
    ublox.ok(DELETE, {"ROTPublicUIDs": [device(1)]})
    living.beat(device(1))
    assert living.desired(device(1)) == {}
    assert living.current(device(1)) == {"Authorizations": {"LocalDPR": ENABLED}}


@rule("provisioning.default-heartbeat")
def test_deleting_puts_the_heartbeat_back_to_its_default(living: Living, ublox: Ublox) -> None:
    living.provision(device(1), **BEAT)
    living.beat(device(1))
    ublox.ok(DELETE, {"TagNames": ["cold-chain"]})
    assert living.current(device(1)) == {}
    before = living.last_seen(device(1))
    living.advance(days=7.5)
    assert living.last_seen(device(1)) - before == timedelta(days=7)


@rule("blacklist.no-action")
def test_devices_in_the_blacklist_cannot_be_provisioned(ublox: Ublox, sandbox: Sandbox) -> None:
    before = sandbox.state()
    for path, more, key in ((SET, {"Provisioning": LOCAL}, "Message"), (DELETE, {}, "message")):
        body = {"ROTPublicUIDs": [device(1), device(25)], **more}
        assert "Blacklisted" in ublox.refused(path, body, key=key)
    assert sandbox.state() == before


@pytest.mark.parametrize(
    "targets",
    [{}, {"ROTPublicUIDs": []}, {"ROTPublicUIDs": ["ffff"]}, {"ROTPublicUIDs": ["xyz"]}, {"TagNames": ["nowhere"]}],
)
@rule("provisioning.targets")
def test_known_devices_or_tags_are_required(ublox: Ublox, targets: dict[str, Any]) -> None:
    ublox.refused(SET, {**targets, "Provisioning": LOCAL}, key="Message")
    ublox.refused(GET, targets)
    ublox.refused(DELETE, targets)


@pytest.mark.parametrize(
    "provisioning",
    [
        None,
        {},
        [],
        {"Authorizations": authorizations(Evaluation=ENABLED)},
        {"Authorizations": authorizations(LocalDPR="ON")},
        {"Authorizations": {"LocalDPR": ENABLED}},
        {"Authorizations": authorizations(LocalDPR=ENABLED) * 2},
        {"NetworkParameters": {"SecurityHeartbeatInSec": 0}},
        {"NetworkParameters": {"SecurityHeartbeatInSec": 10**400}},
        {"NetworkParameters": {"SecurityHeartbeatInSec": "60"}},
        {"Zerotouch": {"CAName": "nobody"}},
    ],
)
@rule("provisioning.invalid", "bootstrap.invalid")
def test_properties_that_there_are_not_are_refused(ublox: Ublox, provisioning: Any) -> None:
    body = {"ROTPublicUIDs": [device(1)], "Provisioning": provisioning}
    assert ublox.refused(SET, body, key="Message").startswith("Bad Request. ")
    body = {"DeviceProfileUID": TRACKERS_EU, "Provisioning": provisioning}
    ublox.refused("/deviceprofile/bootstrapprovisioning/set", body)


@pytest.mark.parametrize(
    ("subscription", "names"),
    [
        ("Local Data Protection", ["LocalDPR"]),
        ("Local Chip-to-Chip Security", ["LocalC2C", "LocalC2CKeyPairing"]),
        ("Zero Touch Provisioning", ["ZTPV1"]),
    ],
)
@rule("subscription.services")
def test_a_service_without_subscription_can_be_disabled_but_not_enabled(
    ublox: Ublox, sandbox: Sandbox, subscription: str, names: list[str]
) -> None:
    sandbox.settings(subscriptions={subscription: False})
    for name in names:
        for state, status in ((ENABLED, 400), ("DISABLED", 200)):
            properties = {"Authorizations": authorizations(**{name: state})}
            answer = ublox.post(SET, {"ROTPublicUIDs": [device(1)], "Provisioning": properties})
            assert answer.status_code == status
            profile = {"DeviceProfileUID": TRACKERS_EU, "Provisioning": properties}
            assert ublox.post("/deviceprofile/bootstrapprovisioning/set", profile).status_code == status


@rule("heartbeat.interval")
def test_the_heartbeat_follows_what_is_current(living: Living) -> None:
    living.provision(device(1), NetworkParameters={"SecurityHeartbeatInSec": DAY})
    living.beat(device(1))
    seen = living.last_seen(device(1))
    living.advance(days=2.5)
    assert living.last_seen(device(1)) - seen == timedelta(days=2)
