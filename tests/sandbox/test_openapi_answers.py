# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every call succeeds once, and its answer is as the OpenAPI document has it, field by field."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import httpx

from tests.support.openapi import CALAMP, UBLOX, broken_answer, strict
from tests.support.raw import CalAmp, Ublox, plain_client
from tests.support.sandbox import Sandbox

FIRST, SECOND, THIRD, LAST = (f"00020000892800{number:02d}" for number in (1, 2, 3, 13))
PROFILE = "AyvylmHVdUiHQzUaCjOmC"
CA, OTHER_CA = "answers.example.com", "others.example.com"
LONG_AGO = "2020-01-01T00:00:00+00:00"


def encrypted(sandbox: Sandbox, **how: Any) -> Any:
    """A message of a device, as its header and key id."""
    body = {"id": FIRST, "plaintext": base64.b64encode(b"twenty bytes measured").decode(), **how}
    return sandbox.control("POST", "/fleet/encrypt", body)


def calls(sandbox: Sandbox) -> Iterator[tuple[str, Any]]:
    """Calls that succeed, in an order in which they can; between them devices live as they would."""

    def beat() -> None:
        sandbox.control("POST", "/fleet/heartbeat", {"ids": [FIRST, SECOND, THIRD]})

    today = sandbox.control("GET", "/clock")["time"][:10]  # before the clock goes on, maybe past midnight
    yield "/apiversion", None
    yield "/tag/create", {"TagName": "answers"}
    yield "/tag/assign", {"TagNames": ["answers"], "ROTPublicUIDs": [LAST]}
    yield "/tag/get", {}
    yield "/tag/remove", {"TagNames": ["answers"], "ROTPublicUIDs": ["*"]}
    yield "/tag/delete", {"TagName": "answers"}
    yield "/deviceprofile/get", {}
    provisioning = {"Authorizations": [{"Name": "LocalC2C", "State": "ENABLED"}]}
    yield "/deviceprofile/bootstrapprovisioning/set", {"DeviceProfileUID": PROFILE, "Provisioning": provisioning}
    yield "/deviceprofile/bootstrapprovisioning/get", {"DeviceProfileUID": PROFILE}
    yield "/deviceprofile/bootstrapprovisioning/delete", {"DeviceProfileUID": PROFILE}
    yield "/device/whitelist/add", {"ROTPublicUIDs": ["abc"], "IMEIs": ["123456789012345"], "Action": "ADD"}
    yield "/device/whitelist/get", {}
    yield "/device/list/get", {"Filter": "BLACKLISTED"}
    yield "/device/rotpublicuid/get", {"DeviceProfileUID": PROFILE}
    for name in (CA, OTHER_CA):
        yield (
            "/ztp/rootca/create",
            {"CAName": name, "CACertificateValidity": 1825, "DeviceCertificateValidity": 365},
        )
    yield "/ztp/rootca/update", {"CAName": CA, "RenewBeforeExpiration": 30}
    yield "/ztp/rootca/get", {}
    yield "/ztp/rootca/popcertificate/generate", {"CAName": CA, "RegistrationCode": "930783746273459058465786283467"}
    devices = {"ROTPublicUIDs": [FIRST, SECOND, THIRD]}
    zero_touch = {"Authorizations": [{"Name": "ZTPV1", "State": "ENABLED"}], "Zerotouch": {"CAName": CA}}
    heartbeat = {"NetworkParameters": {"SecurityHeartbeatInSec": 3600}}
    yield "/device/provisioning/set", {**devices, "Provisioning": {**zero_touch, **heartbeat}}
    yield "/device/provisioning/get", devices
    beat()
    yield "/device/info/get", devices
    yield "/ztp/rootca/device/get", {"CAName": CA}
    yield "/ztp/devicecertificate/renew", {**devices, "CAName": CA, "DeviceCertificateValidity": 60}
    beat()
    yield "/ztp/devicecertificate/revoke", {"ROTPublicUID": FIRST, "CAName": CA}
    yield "/ztp/rootca/crl/get", {"CANames": [CA]}
    yield "/ztp/devicecertificate/update", {"ROTPublicUIDs": [SECOND], "CAName": CA}
    beat()
    beat()
    yield "/ztp/devicecertificate/rootca/transfer", {"ROTPublicUIDs": [THIRD], "FromCA": CA, "ToCA": OTHER_CA}
    beat()
    yield "/ztp/devicecertificate/delete", {"ROTPublicUIDs": [SECOND]}
    beat()
    yield "/device/info/get", {"DeviceSerialNumbers": ["SN000013"], "Options": ["CORE"]}
    yield "/device/provisioning/delete", devices
    yield "/e2e/key/rotate", {"ROTPublicUIDs": [LAST], "Type": "AUTOMATIC", "Days": 1}
    message = encrypted(sandbox)
    yield "/e2e/uplink/symmetrickey/get", {"KeyID": message["key_id"]}
    yield "/e2e/uplink/protectionparameters/get", {"EncryptedHeader": message["header"]}
    other_suite = encrypted(sandbox, version=2, cipher_suite="AES_128_CS1_HMAC_SHA256")
    yield "/e2e/uplink/protectionparameters/get", {"EncryptedHeader": other_suite["header"]}
    yield "/e2e/uplink/integrityparameters/get", {"EncryptedHeader": encrypted(sandbox, encrypted=False)["header"]}
    yield "/e2e/downlink/protectionparameters/get", {"ROTPublicUID": FIRST}
    yield "/e2e/downlink/integrityparameters/get", {"ROTPublicUID": int(FIRST)}
    sandbox.control("POST", "/fleet/clone", {"id": FIRST})
    sandbox.control("POST", "/fleet/error", {"id": FIRST, "error": "Invalid KeySetId for device"})
    log = {"id": FIRST, "device_serial": "SN-1"}, {"id": SECOND, "device_serial": "SN-1"}
    sandbox.control("POST", "/portal/production-log", {"entries": list(log)})
    sandbox.advance_clock(600)
    yield "/notification/get", {"FromDate": today, **devices}
    yield "/device/clone/get", {"FromDate": LONG_AGO, **devices}
    yield "/device/suspicious/get", devices
    yield "/device/activity/get", {"FromDate": LONG_AGO, "ROTPublicUID": FIRST}
    yield "/device/usage/get", {"FromDate": today}
    hook = {"NotificationURL": "https://hooks.example.com/answers"}
    yield "/notification/webhook/create", {
        **hook, "AuthorizationToken": "Bearer fake", "NotificationType": "DEVICE_ERRORS_EVENT",
    }  # fmt: skip
    yield "/notification/webhook/update", {**hook, "AuthorizationToken": "Bearer fake-too"}
    yield "/notification/webhook/get", None
    yield "/notification/webhook/delete", hook
    yield "/ztp/rootca/create", {
        "CAName": "gone.example.com", "CACertificateValidity": 1825, "DeviceCertificateValidity": 30,
    }  # fmt: skip
    yield "/ztp/rootca/delete", {"CAName": "gone.example.com"}


def is_filled(answer: Any) -> bool:
    """Whether no list and no mapping at the top of an answer is empty."""
    values = list(answer.values()) if isinstance(answer, dict) else [answer]
    return bool(values) and all(value for value in values if isinstance(value, list | dict))


def test_every_call_answers_as_documented(ublox: Ublox, sandbox: Sandbox) -> None:
    called = {"/authenticate", "/refreshauthtoken"}
    login = ublox.http.post("/authenticate", json=ublox.credentials())
    assert broken_answer(UBLOX, "/authenticate", "post", 200, login.json()) == []
    refresh = {"APIKey": ublox.credentials()["APIKey"], "RefreshToken": login.json()["RefreshToken"]}
    assert broken_answer(UBLOX, "/refreshauthtoken", "post", 200, ublox.ok("/refreshauthtoken", refresh)) == []
    for path, body in calls(sandbox):
        called.add(path)
        answer = ublox.ok(path, body)
        assert broken_answer(UBLOX, path, "post", 200, answer) == [], path
        assert is_filled(answer), f"{path}: {answer}"
    assert called == set(strict(UBLOX)["paths"])


def test_every_refusal_is_as_documented(ublox: Ublox, sandbox: Sandbox) -> None:
    with plain_client(sandbox.ublox_url) as nobody:
        for path in strict(UBLOX)["paths"]:
            for answer in (ublox.post(path, ["no object"]), ublox.post(path, {}), nobody.post(path, json={})):
                if answer.status_code != 200:
                    found = broken_answer(UBLOX, path, "post", answer.status_code, answer.json())
                    assert found == [], f"{path} {answer.status_code}: {answer.text}"


def test_the_password_manager_answers_as_documented(calamp: CalAmp, sandbox: Sandbox) -> None:
    def check(path: str, method: str, answer: httpx.Response, status: int) -> None:
        assert answer.status_code == status
        assert broken_answer(CALAMP, path, method, status, answer.json()) == [], answer.text

    get, all_keys = "/api/devices/passwords/esn", "/api/devices/passwords/all"
    check("/api/login", "post", calamp.http.post("/api/login", json=calamp.credentials()), 200)
    check("/api/login", "post", calamp.http.post("/api/login", json={}), 400)
    check("/api/login", "post", calamp.http.post("/api/login", json={"username": "x", "password": "y"}), 401)
    check(get, "get", calamp.get("1110110001,1110110005,42"), 200)
    check(get, "get", calamp.get("42"), 404)
    check(get, "get", calamp.get(",".join(map(str, range(501)))), 400)
    check(all_keys, "post", calamp.post({"esn": "1110110001"}), 200)
    sandbox.settings(calamp_interval_ms=60_000)
    check(all_keys, "post", calamp.post({"esn": "1110110001"}), 429)
    sandbox.settings(calamp_interval_ms=0)
    check("/api/logout", "get", calamp.http.get("/api/logout"), 200)
    check("/api/logout", "get", calamp.http.get("/api/logout"), 401)
