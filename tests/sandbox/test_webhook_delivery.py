# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Webhooks as they arrive: u-blox Security Services REST API 1.1.29, /notification/webhook/create."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.delivery import (
    MOST_WAITING,
    Deliveries,
    Delivery,
)
from tests.support.hook_receiver import HOST, TOKEN, URL, Receiver
from tests.support.living import CA, ENABLED, TRACKERS_EU, Living, authorizations, device, serial, utc
from tests.support.raw import Ublox
from tests.support.rules import rule
from tests.support.sandbox import Sandbox

D1 = device(1)
LOCAL = {"Authorizations": authorizations(LocalDPR=ENABLED)}
BARE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
MINUTES = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\dZ")
OFFSET = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00")
ERROR = {"id": D1, "error": "Invalid KeySetId for device"}


@pytest.fixture
def receiver(tmp_path: Path, sandbox: Sandbox, living: Living) -> Iterator[Receiver]:
    """A receiver that the sandbox trusts and finds under hooks.example.com."""
    assert living.sandbox is sandbox
    with Receiver(tmp_path) as running:
        sandbox.settings(webhook_ca=running.ca(), webhook_hosts={HOST: running.address()})
        yield running


def _hook(ublox: Ublox, event: str, url: str = URL, token: str = TOKEN) -> None:
    body = {"NotificationURL": url, "AuthorizationToken": token, "NotificationType": event}
    ublox.ok("/notification/webhook/create", body)


def _settled(sandbox: Sandbox) -> Any:
    """What became of all deliveries, once none waits."""
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        found = sandbox.control("GET", "/webhooks")
        if not found["waiting"]:
            return found
        time.sleep(0.01)
    raise AssertionError("deliveries still wait")


def _days(found: list[Any]) -> list[int]:
    return [event["Payload"]["DaysToExpiration"] for event in found]


@rule("hook.token")
def test_a_hook_is_called_with_post_json_and_its_authorization_token(
    living: Living, ublox: Ublox, receiver: Receiver
) -> None:
    _hook(ublox, "DEVICE_BOOTSTRAP_EVENT", URL + "?team=fleet")
    living.bootstrap(device(16), "trackers-eu")
    receiver.wait(1)
    [call] = receiver.calls
    assert (call.path, call.authorization) == ("/ublox?team=fleet", TOKEN)
    assert (call.content_type, call.host) == ("application/json", HOST)


@rule("hook.bootstrap")
def test_a_bootstrap_is_told_as_printed(living: Living, ublox: Ublox, receiver: Receiver) -> None:
    _hook(ublox, "DEVICE_BOOTSTRAP_EVENT")
    known = {"imei": "862618583984360", "serial": "235435", "device_serial": "123234354"}
    living.bootstrap("135700008928c093", "trackers-eu", **known)
    [event] = receiver.wait(1)
    assert BARE.fullmatch(event.pop("Timestamp"))
    assert event == {
        "ROTPublicUID": "135700008928c093",
        "EventType": "DEVICE_BOOTSTRAP_EVENT",
        "Payload": {
            "RotVersion": "1",
            "SerialNumber": "235435",
            "Version": "12",
            "DeviceSerialNumber": "123234354",
            "IMEI": "862618583984360",
            "DeviceProfileUID": TRACKERS_EU,
            "TypeNumber": "SARA-R410M-03B-00",
            "IsBlacklisted": True,
        },
    }


@rule("hook.properties")
def test_changed_properties_are_told_as_printed_when_they_are_applied(
    living: Living, ublox: Ublox, receiver: Receiver
) -> None:
    _hook(ublox, "DEVICE_PROPERTIES_CHANGE_EVENT")
    living.provision(D1, **LOCAL)
    living.beat(D1)
    [event] = receiver.wait(1)
    assert BARE.fullmatch(event.pop("Timestamp"))
    [desired] = event["Payload"]["DesiredProperties"]["Authorizations"]
    [current] = event["Payload"]["CurrentProperties"]["Authorizations"]
    assert OFFSET.fullmatch(desired.pop("ModifiedDate"))
    assert OFFSET.fullmatch(current.pop("SyncDate"))
    assert desired == current == {"Name": "LocalDPR", "State": ENABLED}
    assert set(event) == {"ROTPublicUID", "EventType", "Payload"}
    assert set(event["Payload"]) == {"DesiredProperties", "CurrentProperties"}


@rule("hook.properties", "living.evaluation")
def test_network_parameters_zero_touch_and_evaluation_are_told_too(
    living: Living, ublox: Ublox, receiver: Receiver, sandbox: Sandbox
) -> None:
    living.root_ca()
    _hook(ublox, "DEVICE_PROPERTIES_CHANGE_EVENT")
    living.provision(D1, NetworkParameters={"SecurityHeartbeatInSec": 60}, Zerotouch={"CAName": CA})
    sandbox.control("POST", "/portal/evaluation", {"id": D1, "enabled": True})
    living.beat(D1)
    [event] = receiver.wait(1)
    current = event["Payload"]["CurrentProperties"]
    assert (current["NetworkParameters"], current["Zerotouch"]) == (
        {"SecurityHeartbeatInSec": 60},
        {"CAName": CA},
    )
    assert [entry["Name"] for entry in current["Authorizations"]] == ["Evaluation"]


@rule("hook.properties", "living.clock")
def test_hooks_are_called_in_real_time_without_any_request(
    living: Living, ublox: Ublox, receiver: Receiver, sandbox: Sandbox
) -> None:
    sandbox.settings(default_heartbeat_seconds=2)
    _hook(ublox, "DEVICE_PROPERTIES_CHANGE_EVENT")
    living.provision(D1, **LOCAL)
    [event] = receiver.wait(1)
    assert event["ROTPublicUID"] == D1


@rule("hook.errors")
def test_an_error_is_told_as_printed(ublox: Ublox, receiver: Receiver, sandbox: Sandbox) -> None:
    _hook(ublox, "DEVICE_ERRORS_EVENT")
    sandbox.control("POST", "/fleet/error", ERROR)
    [event] = receiver.wait(1)
    assert MINUTES.fullmatch(event.pop("Timestamp"))
    payload = {"Error": "Invalid KeySetId for device"}
    assert event == {"ROTPublicUID": D1, "EventType": "DEVICE_ERRORS_EVENT", "Payload": payload}


@pytest.mark.parametrize("how", ["renew", "update"])
@rule("hook.renewal")
def test_a_renewed_certificate_is_told_as_printed(living: Living, ublox: Ublox, receiver: Receiver, how: str) -> None:
    living.root_ca(device_days=1825)
    living.zero_touch(D1)
    _hook(ublox, "DEVICE_CERTIFICATE_RENEWAL_EVENT")
    body = {"CAName": CA, "ROTPublicUIDs": [D1], "DeviceCertificateValidity": 1825}
    ublox.ok(f"/ztp/devicecertificate/{how}", body)
    living.beat(D1, D1)
    [event] = receiver.wait(1)
    certificate = living.certificate(D1)
    assert MINUTES.fullmatch(event.pop("Timestamp"))
    assert event == {
        "ROTPublicUID": D1,
        "EventType": "DEVICE_CERTIFICATE_RENEWAL_EVENT",
        "Payload": {
            "CertificateAuthorityName": CA,
            "CertificateSerialNumber": serial(certificate),
            "CertificateValidity": 1825,
            "ExpirationDate": certificate.not_valid_after_utc.strftime("%Y-%m-%dT%H:%MZ"),
        },
    }


@rule("hook.renewal")
def test_an_automatic_renewal_is_told_too_and_a_first_certificate_is_not(
    living: Living, ublox: Ublox, receiver: Receiver
) -> None:
    _hook(ublox, "DEVICE_CERTIFICATE_RENEWAL_EVENT")
    living.root_ca(RenewBeforeExpiration=60)
    living.zero_touch(D1)
    assert receiver.calls == []
    living.advance(days=320)
    [event] = receiver.wait(1)
    assert event["Payload"]["CertificateSerialNumber"] == serial(living.certificate(D1))


@rule("hook.expiration")
def test_a_device_certificate_is_announced_60_30_and_7_days_before_it_expires_each_once(
    living: Living, ublox: Ublox, receiver: Receiver, sandbox: Sandbox
) -> None:
    living.root_ca()
    living.zero_touch(D1)
    _hook(ublox, "DEVICE_CERTIFICATE_EXPIRATION_EVENT")
    expiry = living.certificate(D1).not_valid_after_utc
    for days, expected in ((304, []), (2, [60]), (29, [60]), (1, [60, 30]), (25, [60, 30, 7]), (100, [60, 30, 7])):
        living.advance(days=days)
        assert _days(receiver.wait(len(expected))) == expected
    living.advance(days=-460)
    living.advance(days=460)
    assert _settled(sandbox)["delivered"] == 3
    event = receiver.wait(3)[0]
    assert event["Timestamp"] == (expiry - timedelta(days=60)).strftime("%Y-%m-%dT%H:%MZ")
    del event["Timestamp"]
    assert event == {
        "ROTPublicUID": D1,
        "EventType": "DEVICE_CERTIFICATE_EXPIRATION_EVENT",
        "Payload": {
            "CertificateAuthorityName": CA,
            "CertificateSerialNumber": serial(living.certificate(D1)),
            "DaysToExpiration": 60,
            "ExpirationDate": expiry.strftime("%Y-%m-%dT%H:%MZ"),
        },
    }


@rule("hook.expiration", "living.clock")
def test_a_leap_over_the_whole_life_of_a_certificate_announces_in_order(
    living: Living, ublox: Ublox, receiver: Receiver
) -> None:
    living.root_ca()
    living.zero_touch(D1)
    _hook(ublox, "DEVICE_CERTIFICATE_EXPIRATION_EVENT")
    living.advance(days=3000)
    events = receiver.wait(3)
    assert _days(events) == [60, 30, 7]
    assert len({event["Timestamp"] for event in events}) == 3


@rule("hook.expiration")
def test_a_renewed_or_revoked_or_removed_certificate_is_not_announced(
    living: Living, ublox: Ublox, receiver: Receiver, sandbox: Sandbox
) -> None:
    living.root_ca()
    for number in (1, 2, 3):
        living.zero_touch(device(number))
    _hook(ublox, "DEVICE_CERTIFICATE_EXPIRATION_EVENT")
    body = {"CAName": CA, "DeviceCertificateValidity": 1000, "ROTPublicUIDs": [D1]}
    ublox.ok("/ztp/devicecertificate/renew", body)
    ublox.ok("/ztp/devicecertificate/revoke", {"CAName": CA, "ROTPublicUID": device(2)})
    ublox.ok("/ztp/devicecertificate/delete", {"ROTPublicUIDs": [device(3)]})
    living.beat(D1, device(2), device(3))
    living.advance(days=366)
    assert _settled(sandbox)["last"] == []
    living.advance(days=1000)
    assert {event["ROTPublicUID"] for event in receiver.wait(3)} == {D1}


@rule("hook.expiration")
def test_a_certificate_of_30_days_is_announced_7_days_before_only(
    living: Living, ublox: Ublox, receiver: Receiver, sandbox: Sandbox
) -> None:
    living.root_ca(device_days=30)
    living.zero_touch(D1)
    _hook(ublox, "DEVICE_CERTIFICATE_EXPIRATION_EVENT")
    living.advance(days=40)
    assert _days(receiver.wait(1)) == [7]
    assert _settled(sandbox)["delivered"] == 1


@rule("hook.root-ca")
def test_a_root_ca_is_announced_180_90_60_30_7_and_0_days_before_it_expires_each_once(
    living: Living, ublox: Ublox, receiver: Receiver, sandbox: Sandbox
) -> None:
    root = living.root_ca(days=1825)
    living.zero_touch(D1)
    living.zero_touch(device(2))
    _hook(ublox, "ROOTCA_EXPIRATION_EVENT")
    living.advance(days=1825 - 181)
    assert _settled(sandbox)["last"] == []
    for days, expected in ((2, [180]), (90, [180, 90]), (86, [180, 90, 60, 30, 7]), (4, [180, 90, 60, 30, 7, 0])):
        living.advance(days=days)
        assert _days(receiver.wait(len(expected))) == expected
    living.advance(days=400)
    assert _settled(sandbox)["delivered"] == 6
    event = receiver.wait(6)[0]
    assert utc(event["Payload"]["ExpirationDate"]) == root.not_valid_after_utc
    assert BARE.fullmatch(event["Payload"].pop("ExpirationDate"))
    assert MINUTES.fullmatch(event.pop("Timestamp"))
    assert event == {
        "EventType": "ROOTCA_EXPIRATION_EVENT",
        "Payload": {"CertificateAuthorityName": CA, "DaysToExpiration": 180, "ProvisionedDevicesCount": 2},
    }


@rule("hook.token", "hook.several")
def test_every_hook_of_the_type_is_called_with_its_own_token_and_no_other(
    ublox: Ublox, receiver: Receiver, sandbox: Sandbox
) -> None:
    _hook(ublox, "DEVICE_ERRORS_EVENT", URL + "/1", "Bearer fake-1")
    _hook(ublox, "DEVICE_ERRORS_EVENT", URL + "/2", "Bearer fake-2")
    _hook(ublox, "DEVICE_BOOTSTRAP_EVENT", URL + "/3")
    sandbox.control("POST", "/fleet/error", ERROR)
    receiver.wait(2)
    called = [(call.path, call.authorization) for call in receiver.calls]
    assert called == [("/ublox/1", "Bearer fake-1"), ("/ublox/2", "Bearer fake-2")]


@rule("hook.update", "hook.delete")
def test_an_updated_token_is_sent_and_a_deleted_hook_is_not_called(
    ublox: Ublox, receiver: Receiver, sandbox: Sandbox
) -> None:
    _hook(ublox, "DEVICE_ERRORS_EVENT")
    body = {"NotificationURL": URL, "AuthorizationToken": "Bearer fake-new"}
    ublox.ok("/notification/webhook/update", body)
    sandbox.control("POST", "/fleet/error", ERROR)
    receiver.wait(1)
    assert receiver.calls[0].authorization == "Bearer fake-new"
    ublox.ok("/notification/webhook/delete", {"NotificationURL": URL})
    sandbox.control("POST", "/fleet/error", ERROR)
    assert _settled(sandbox)["delivered"] == 1


@pytest.mark.parametrize(
    ("statuses", "outcome", "status", "attempts"),
    [
        ([], "delivered", 200, 1),
        ([500, 202], "delivered", 202, 2),
        ([429, 503], "delivered", 200, 3),
        ([500, 502, 503], "failed", 503, 3),
        ([404], "failed", 404, 1),
    ],
)
@rule("hook.retries")
def test_what_a_receiver_could_not_take_is_tried_three_times(
    ublox: Ublox,
    receiver: Receiver,
    sandbox: Sandbox,
    statuses: list[int],
    outcome: str,
    status: int,
    attempts: int,
) -> None:
    receiver.statuses = list(statuses)
    _hook(ublox, "DEVICE_ERRORS_EVENT")
    sandbox.control("POST", "/fleet/error", ERROR)
    [entry] = _settled(sandbox)["last"]
    assert entry == {
        "url": URL,
        "type": "DEVICE_ERRORS_EVENT",
        "outcome": outcome,
        "status": status,
        "attempts": attempts,
    }
    assert len(receiver.calls) == attempts
    assert TOKEN not in str(sandbox.control("GET", "/webhooks"))


@rule("delivery.local")
def test_a_receiver_whose_certificate_is_not_trusted_gets_nothing(
    ublox: Ublox, receiver: Receiver, sandbox: Sandbox
) -> None:
    sandbox.settings(webhook_ca=None)
    _hook(ublox, "DEVICE_ERRORS_EVENT")
    sandbox.control("POST", "/fleet/error", ERROR)
    [entry] = _settled(sandbox)["last"]
    assert entry["outcome"] == "failed"
    assert "CERTIFICATE_VERIFY_FAILED" in entry["status"]
    assert receiver.calls == []


@rule("delivery.local")
def test_a_receiver_under_another_name_than_its_certificate_gets_nothing(
    ublox: Ublox, receiver: Receiver, sandbox: Sandbox
) -> None:
    sandbox.settings(webhook_hosts={"other.example.com": receiver.address()})
    _hook(ublox, "DEVICE_ERRORS_EVENT", "https://other.example.com/")
    sandbox.control("POST", "/fleet/error", ERROR)
    [entry] = _settled(sandbox)["last"]
    assert (entry["outcome"], receiver.calls) == ("failed", [])


@rule("delivery.local")
def test_only_this_machine_is_ever_connected_to(ublox: Ublox, sandbox: Sandbox) -> None:
    for host in ("elsewhere.example.com", "192.0.2.1", "[2001:db8::1]"):
        _hook(ublox, "DEVICE_ERRORS_EVENT", f"https://{host}/")
    sandbox.control("POST", "/fleet/error", ERROR)
    found = _settled(sandbox)
    assert found["not_local"] == 3
    assert [entry["attempts"] for entry in found["last"]] == [0, 0, 0]


@rule("delivery.apart")
def test_a_slow_receiver_never_delays_the_api(
    living: Living, ublox: Ublox, receiver: Receiver, sandbox: Sandbox
) -> None:
    receiver.delay = 0.5
    _hook(ublox, "DEVICE_ERRORS_EVENT")
    started = time.monotonic()
    for _unused in range(20):
        sandbox.control("POST", "/fleet/error", ERROR)
    assert len(living.notifications(D1, "DEVICE_ERROR")) == 20
    assert time.monotonic() - started < 5
    assert sandbox.control("GET", "/webhooks")["waiting"] >= 10
    sandbox.reset()
    assert sandbox.control("GET", "/webhooks")["waiting"] == 0


@rule("delivery.apart")
def test_no_more_than_a_thousand_deliveries_wait() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"https://127.0.0.1:{silent.getsockname()[1]}/"
        deliveries = Deliveries(pauses=(), timeout=0.2)
        for _unused in range(MOST_WAITING + 11):
            deliveries.put(Delivery(url, TOKEN, "DEVICE_ERRORS_EVENT", b"{}", None, {}))
        found = deliveries.to_json()
        assert found["dropped"] in (10, 11)
        assert found["waiting"] + found["dropped"] == MOST_WAITING + 11
        deliveries.reset()


@rule("delivery.committed")
def test_what_was_rolled_back_is_not_told(ublox: Ublox, receiver: Receiver, sandbox: Sandbox) -> None:
    _hook(ublox, "DEVICE_BOOTSTRAP_EVENT")
    with pytest.raises(AssertionError):
        sandbox.control("POST", "/portal/device", {"id": device(16), "profile": "trackers-eu", "tags": ["a,b"]})
    assert _settled(sandbox)["last"] == []
    assert receiver.calls == []


@rule("delivery.committed")
def test_the_seed_is_not_told_to_its_own_hooks(sandbox: Sandbox) -> None:
    assert sandbox.control("GET", "/webhooks")["last"] == []
