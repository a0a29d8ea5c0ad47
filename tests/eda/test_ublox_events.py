# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The event source, with real posts: u-blox Security Services REST API 1.1.29, /notification/webhook/create."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from ansible_collections.edgeops.device_trust.extensions.eda.plugins.event_source import ublox_events
from tests.support.event_source import TOKEN, EventSource, free_port
from tests.support.hook_receiver import HOST, _make_certificate
from tests.support.living import Living, device
from tests.support.raw import Ublox
from tests.support.sandbox import Sandbox

ROT = "135700008928c093"
PAYLOADS: dict[str, dict[str, Any]] = {
    "DEVICE_BOOTSTRAP_EVENT": {
        "RotVersion": "1",
        "SerialNumber": "235435",
        "Version": "12",
        "DeviceSerialNumber": "123234354",
        "IMEI": "862618583984360",
        "DeviceProfileUID": "QHlN732VgUWCdfNeXHkQR1",
        "TypeNumber": "SARA-R410M-03B-00",
        "IsBlacklisted": False,
    },
    "DEVICE_PROPERTIES_CHANGE_EVENT": {
        "DesiredProperties": {"Authorizations": [{"Name": "LocalDPR", "State": "ENABLED"}]},
        "CurrentProperties": {"Authorizations": [{"Name": "LocalDPR", "State": "ENABLED"}]},
    },
    "DEVICE_ERRORS_EVENT": {"Error": "Invalid KeySetId for device"},
    "DEVICE_CERTIFICATE_RENEWAL_EVENT": {"CertificateAuthorityName": "eaxample.com", "CertificateValidity": 1825},
    "DEVICE_CERTIFICATE_EXPIRATION_EVENT": {"CertificateAuthorityName": "eaxample.com", "DaysToExpiration": 60},
    "ROOTCA_EXPIRATION_EVENT": {"CertificateAuthorityName": "test-ca", "DaysToExpiration": 60},
}
ERROR = "DEVICE_ERRORS_EVENT"


def told(event: str = ERROR, when: datetime | str | None = None, **changes: Any) -> dict[str, Any]:
    """What the service posts."""
    moment = when or datetime.now(UTC)
    text = moment if isinstance(moment, str) else moment.strftime("%Y-%m-%dT%H:%M:%S")
    of_device = {} if event == "ROOTCA_EXPIRATION_EVENT" else {"ROTPublicUID": ROT}
    return {**of_device, "EventType": event, "Timestamp": text, "Payload": PAYLOADS[event], **changes}


def post(source: EventSource, document: Any, token: str | None = TOKEN, path: str = "/ublox") -> httpx.Response:
    content = document if isinstance(document, bytes) else json.dumps(document).encode()
    headers = {"Authorization": token} if token is not None else {}
    with httpx.Client(trust_env=False) as client:
        return client.post(f"http://127.0.0.1:{source.port}{path}", content=content, headers=headers)


@pytest.fixture
def source() -> Iterator[EventSource]:
    with EventSource() as running:
        yield running


@pytest.mark.parametrize("event", PAYLOADS)
def test_each_of_the_six_events_reaches_the_rules(source: EventSource, event: str) -> None:
    assert post(source, told(event)).status_code == 200

    [got] = source.wait(1)
    assert (got["type"], got["payload"]) == (event, PAYLOADS[event])
    assert got.get("device") == (None if event == "ROOTCA_EXPIRATION_EVENT" else ROT)


@pytest.mark.parametrize("written", ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%MZ", "%Y-%m-%dT%H:%M:%S+00:00"])
def test_every_form_of_time_that_the_service_writes_is_utc(source: EventSource, written: str) -> None:
    now = datetime.now(UTC)

    assert post(source, told(when=now.strftime(written))).status_code == 200

    [got] = source.wait(1)
    assert abs(datetime.fromisoformat(got["timestamp"]) - now) < timedelta(minutes=1, seconds=1)


@pytest.mark.parametrize(("sent", "expected"), [(2000089282245, "0002000089282245"), ("135700008928C093", ROT)])
def test_the_id_of_a_device_has_one_form(source: EventSource, sent: Any, expected: str) -> None:
    post(source, told(ROTPublicUID=sent))

    assert source.wait(1)[0]["device"] == expected


@pytest.mark.parametrize("token", [None, "", "Bearer wrong", "fake-hook-token", TOKEN + "x", "Bearer \u00e4"])
def test_another_token_is_refused_before_the_body_is_looked_at(source: EventSource, token: str | None) -> None:
    with httpx.Client(trust_env=False) as client:
        headers = [(b"Authorization", token.encode())] if token is not None else []
        answer = client.post(f"http://127.0.0.1:{source.port}/ublox", content=b"not JSON", headers=headers)

    assert (answer.status_code, answer.text) == (401, "wrong token\n")


def test_two_tokens_are_accepted_while_one_is_being_replaced() -> None:
    with EventSource(token=["Bearer fake-old", "Bearer fake-new"]) as source:
        for number, token in enumerate(("Bearer fake-old", "Bearer fake-new")):
            assert post(source, told(Payload={"Error": str(number)}), token).status_code == 200
        assert post(source, told(), TOKEN).status_code == 401
        source.wait(2)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "the body is not JSON"),
        (b"[" * 30_000, "the body is not JSON"),
        ([], "no known EventType"),
        (told(EventType="DEVICE_UNKNOWN_EVENT"), "no known EventType"),
        (told(Payload="text"), "no Payload"),
        (told(ROTPublicUID=None), "no ROTPublicUID"),
        (told(when="yesterday"), "no Timestamp"),
    ],
)
def test_what_is_no_event_is_refused_with_the_reason(source: EventSource, body: Any, why: str) -> None:
    answer = post(source, body)

    assert answer.status_code == 400
    assert why in answer.text
    assert post(source, told()).status_code == 200
    assert len(source.wait(1)) == 1


def test_a_body_beyond_the_limit_is_not_read() -> None:
    with EventSource(max_body=2000) as source:
        assert post(source, told(Payload={"Error": "x" * 3000})).status_code == 413
        assert post(source, told()).status_code == 200


def test_an_event_that_is_sent_again_is_acknowledged_and_raised_once(source: EventSource) -> None:
    event = told()

    answers = [post(source, event) for _unused in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert post(source, told(Payload={"Error": "another"})).status_code == 200
    assert [got["payload"]["Error"] for got in source.wait(2)] == ["Invalid KeySetId for device", "another"]


@pytest.mark.parametrize("age", [timedelta(hours=2), timedelta(hours=-1)])
def test_an_event_from_outside_the_window_is_refused(source: EventSource, age: timedelta) -> None:
    answer = post(source, told(when=datetime.now(UTC) - age))

    assert answer.status_code == 400
    assert "outside of the window of 3600 s" in answer.text


def test_without_a_window_an_event_of_any_time_is_taken_once() -> None:
    with EventSource(replay_window=0) as source:
        old = told(when="2020-05-10T19:39Z")
        assert [post(source, old).text for _unused in range(2)] == ["queued\n", "nothing new\n"]


def test_only_the_chosen_events_are_passed_on() -> None:
    with EventSource(events=[ERROR]) as source:
        assert post(source, told("ROOTCA_EXPIRATION_EVENT")).text == "nothing new\n"
        assert post(source, told()).text == "queued\n"
        assert [got["type"] for got in source.wait(1)] == [ERROR]


def test_a_full_queue_asks_the_service_to_come_again_and_forgets_nothing_it_acknowledged() -> None:
    with EventSource(room=1, max_queue=2) as source:
        answers = [post(source, told(Payload={"Error": str(number)})) for number in range(8)]

    statuses = [answer.status_code for answer in answers]
    assert statuses[-1] == 503
    assert answers[-1].headers["Retry-After"] == "5"
    assert 2 <= statuses.count(200) <= 4, "one with the rules, one on its way, two waiting"


def test_other_paths_and_methods_are_no_endpoint(source: EventSource) -> None:
    assert post(source, told(), path="/").status_code == 404
    with httpx.Client(trust_env=False) as client:
        assert client.get(f"http://127.0.0.1:{source.port}/ublox").status_code == 405


def test_the_service_delivers_over_https(tmp_path: Path, sandbox: Sandbox) -> None:
    """The sandbox's real deliveries, through its webhook."""
    certificate = str(_make_certificate(tmp_path))
    ublox = Ublox(sandbox)
    with ublox.http, EventSource(certfile=certificate, replay_window=0) as source:
        ublox.login()
        living = Living(sandbox, ublox)
        sandbox.settings(webhook_ca=str(tmp_path / "ca.pem"), webhook_hosts={HOST: f"127.0.0.1:{source.port}"})
        for event in ublox_events.EVENT_TYPES:
            hook = {"NotificationURL": f"https://{HOST}/ublox", "AuthorizationToken": TOKEN, "NotificationType": event}
            ublox.ok("/notification/webhook/create", hook)

        living.bootstrap(device(16), "trackers-eu")
        sandbox.control("POST", "/fleet/error", {"id": device(1), "error": "Invalid KeySetId for device"})

        got = {(event["type"], event["device"]) for event in source.wait(2)}
        assert got == {("DEVICE_BOOTSTRAP_EVENT", device(16)), (ERROR, device(1))}
        assert sandbox.control("GET", "/webhooks")["failed"] == 0


def test_old_versions_of_tls_are_refused(tmp_path: Path) -> None:
    with EventSource(certfile=str(_make_certificate(tmp_path))) as source:
        context = ssl.create_default_context(cafile=str(tmp_path / "ca.pem"))
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
        with (
            socket.create_connection(("127.0.0.1", source.port), 5) as plain,
            pytest.raises(ssl.SSLError),
        ):
            context.wrap_socket(plain, server_hostname=HOST)


@pytest.mark.parametrize(
    ("args", "why"),
    [
        ({}, "token is missing"),
        ({"token": ""}, "token must be a text"),
        ({"token": []}, "token must be a text"),
        ({"token": "t", "tokn": 1}, "unknown: tokn"),
        ({"token": "t", "host": "0.0.0.0"}, "needs certfile"),
        ({"token": "t", "host": "hooks.example.com"}, "needs certfile"),
        ({"token": "t", "port": "x"}, "port must be a whole number"),
        ({"token": "t", "max_queue": 0}, "max_queue must not be 0"),
        ({"token": "t", "events": ["DEVICE"]}, "events: DEVICE; there are DEVICE_BOOTSTRAP_EVENT"),
        ({"token": "t", "path": "x"}, "path must begin with /"),
        ({"token": "t", "certfile": "/no/such/file.pem"}, "certfile /no/such/file.pem cannot be used"),
    ],
)
def test_a_wrong_option_is_named(args: dict[str, Any], why: str) -> None:
    with pytest.raises(ublox_events.BadOption, match=why):
        asyncio.run(ublox_events.main(asyncio.Queue(), {"port": free_port(), **args}))


def test_it_listens_to_this_machine_only_unless_told_otherwise() -> None:
    assert ublox_events.Options.of({"token": "t"}).host == "127.0.0.1"


def test_options_with_secrets_do_not_show_them() -> None:
    shown = repr(ublox_events.Options.of({"token": "fake-token", "key_password": "fake-password"}))

    assert "fake" not in shown


def test_every_option_is_documented_with_its_default() -> None:
    documented = yaml.safe_load(ublox_events.DOCUMENTATION)["options"]
    defaults = {name: option.get("default") for name, option in documented.items()}

    options = ublox_events.Options.of({"token": "t"})
    assert documented.keys() == ublox_events.Options.__dataclass_fields__.keys()
    assert {name: getattr(options, name) for name in defaults if name not in ("token", "events")} == {
        name: default for name, default in defaults.items() if name not in ("token", "events")
    }
    assert tuple(documented["events"]["choices"]) == ublox_events.EVENT_TYPES


def test_what_was_seen_is_forgotten_in_time() -> None:
    now = 0.0
    seen = ublox_events.Seen(60, clock=lambda: now)
    seen.add(b"body")
    assert b"body" in seen
    now = 61.0
    assert b"body" not in seen
