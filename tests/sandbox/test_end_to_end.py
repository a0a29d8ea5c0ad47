# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""End-to-end data protection: u-blox Security Services REST API 1.1.29, Service APIs.

The messages are opened here with a library's plain AES and HMAC, from nothing but what the API answers.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESCCM

from tests.support.living import DAY, Living, device
from tests.support.raw import Ublox
from tests.support.rules import rule
from tests.support.sandbox import Sandbox

ROTATE = "/e2e/key/rotate"
SYMMETRIC = "/e2e/uplink/symmetrickey/get"
UP, UP_INTEGRITY = "/e2e/uplink/protectionparameters/get", "/e2e/uplink/integrityparameters/get"
DOWN, DOWN_INTEGRITY = "/e2e/downlink/protectionparameters/get", "/e2e/downlink/integrityparameters/get"
CCM, CS1 = "AES_128_CCM", "AES_128_CS1_HMAC_SHA256"
D1 = device(1)
NUMBER = 2000089280001
TEXTS = [b"sixteen bytes ok", b"seventeen bytes !", b"cold chain at -18 degrees since 04:00 UTC", bytes(64)]


def _b64(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _send(sandbox: Sandbox, plaintext: bytes, **more: Any) -> dict[str, Any]:
    """A message as the device sends it."""
    body = {"id": D1, "plaintext": _text(plaintext), **more}
    sent: dict[str, Any] = sandbox.control("POST", "/fleet/encrypt", body)
    return sent


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=False))


def _block(key: bytes, block: bytes, *, decrypt: bool = False) -> bytes:
    cipher = Cipher(algorithms.AES(key), modes.ECB())
    context = cipher.decryptor() if decrypt else cipher.encryptor()
    return context.update(block) + context.finalize()


def _cs1_decrypt(key: bytes, iv: bytes, data: bytes) -> bytes:
    """CBC-CS1 by the book: the next to last block is cut, the last one is whole."""
    cut = len(data) % 16
    previous, plain, end = iv, b"", len(data) if not cut else len(data) - 16 - cut
    for start in range(0, end, 16):
        plain += _xor(_block(key, data[start : start + 16], decrypt=True), previous)
        previous = data[start : start + 16]
    if cut:
        last = _block(key, data[-16:], decrypt=True)
        stolen = data[end : end + cut] + last[cut:]
        plain += _xor(_block(key, stolen, decrypt=True), previous) + _xor(last, stolen)[:cut]
    return plain


def _cs1_encrypt(key: bytes, iv: bytes, plain: bytes) -> bytes:
    cut, blocks, previous = len(plain) % 16, [], iv
    padded = plain + bytes(-len(plain) % 16)
    for start in range(0, len(padded), 16):
        previous = _block(key, _xor(padded[start : start + 16], previous))
        blocks.append(previous)
    if cut:
        blocks[-2] = blocks[-2][:cut]
    return b"".join(blocks)


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("plaintext", [b"", b"22.5", *TEXTS])
@rule("e2e.uplink", "e2e.construction")
def test_what_a_device_encrypts_with_ccm_decrypts_with_the_answer(
    ublox: Ublox, sandbox: Sandbox, version: int, plaintext: bytes
) -> None:
    sent = _send(sandbox, plaintext, version=version)
    assert len(sent["header"]) == {1: 32, 2: 24}[version]
    answer = ublox.ok(UP, {"EncryptedHeader": sent["header"]})
    assert list(answer) == ["Nonce", "MACLength", "CipherSuite", "Key", "KIV", "ROTPublicUID"]
    assert (answer["MACLength"], answer["CipherSuite"], answer["ROTPublicUID"]) == (128, CCM, NUMBER)
    assert [len(_b64(answer[name])) for name in ("Nonce", "Key", "KIV")] == [12, 16, 16]
    cipher = AESCCM(_b64(answer["Key"]), tag_length=16)
    assert cipher.decrypt(_b64(answer["Nonce"]), _b64(sent["body"]) + _b64(sent["mac"]), None) == plaintext


@pytest.mark.parametrize("plaintext", TEXTS)
@rule("e2e.uplink", "e2e.construction")
def test_what_a_device_encrypts_with_ciphertext_stealing_decrypts_with_the_answer(
    ublox: Ublox, sandbox: Sandbox, plaintext: bytes
) -> None:
    sent = _send(sandbox, plaintext, cipher_suite=CS1)
    answer = ublox.ok(UP, {"EncryptedHeader": sent["header"]})
    assert answer["CipherSuite"] == CS1
    body, iv = _b64(sent["body"]), _b64(answer["AESIV"])
    mac = hmac.digest(_b64(answer["AuthenticationKey"]), iv + body, hashlib.sha256)
    assert mac[:16] == _b64(sent["mac"])
    assert len(body) == len(plaintext)
    assert _cs1_decrypt(_b64(answer["EncryptionKey"]), iv, body) == plaintext


@rule("e2e.uplink")
def test_a_message_under_another_header_does_not_decrypt(ublox: Ublox, sandbox: Sandbox) -> None:
    first, second = _send(sandbox, b"one", version=2), _send(sandbox, b"two", version=2)
    assert first["header"] != second["header"]
    answer = ublox.ok(UP, {"EncryptedHeader": second["header"]})
    cipher = AESCCM(_b64(answer["Key"]), tag_length=16)
    with pytest.raises(InvalidTag):
        cipher.decrypt(_b64(answer["Nonce"]), _b64(first["body"]) + _b64(first["mac"]), None)


@pytest.mark.parametrize("suite", [CCM, CS1])
@rule("e2e.uplink-integrity")
def test_what_a_device_sends_in_the_clear_is_proven_by_the_integrity_parameters(
    ublox: Ublox, sandbox: Sandbox, suite: str
) -> None:
    sent = _send(sandbox, b"in the clear", encrypted=False, cipher_suite=suite)
    assert (len(sent["header"]), _b64(sent["body"])) == (22, b"in the clear")
    answer = ublox.ok(UP_INTEGRITY, {"EncryptedHeader": sent["header"]})
    assert list(answer) == ["MACLength", "CipherSuite", "AuthenticationKey", "AuthKeyLength", "KIV", "ROTPublicUID"]
    assert (answer["MACLength"], answer["AuthKeyLength"], answer["CipherSuite"]) == (128, 128, suite)
    key, kiv = _b64(answer["AuthenticationKey"]), _b64(answer["KIV"])
    if suite == CCM:
        mac = AESCCM(key, tag_length=16).encrypt(kiv[:12], b"", b"in the clear")
    else:
        mac = hmac.digest(key, kiv + b"in the clear", hashlib.sha256)[:16]
    assert mac == _b64(sent["mac"])


@pytest.mark.parametrize("plaintext", TEXTS)
@rule("e2e.downlink")
def test_what_is_encrypted_with_the_downlink_parameters_is_read_by_the_device(
    ublox: Ublox, sandbox: Sandbox, plaintext: bytes
) -> None:
    answer = ublox.ok(DOWN, {"ROTPublicUID": D1})
    assert list(answer) == [
        "MACLength",
        "KeyLength",
        "CipherSuite",
        "AuthenticationKey",
        "AuthKeyLength",
        "EncryptionKey",
        "KIV",
        "AESIV",
        "ROTPublicUID",
    ]
    assert [answer[name] for name in ("MACLength", "KeyLength", "AuthKeyLength")] == [128] * 3
    assert (answer["CipherSuite"], answer["ROTPublicUID"]) == (CS1, NUMBER)
    iv = _b64(answer["AESIV"])
    body = _cs1_encrypt(_b64(answer["EncryptionKey"]), iv, plaintext)
    mac = hmac.digest(_b64(answer["AuthenticationKey"]), iv + body, hashlib.sha256)[:16]
    message = {"id": D1, "kiv": answer["KIV"], "iv": answer["AESIV"], "body": _text(body), "mac": _text(mac)}
    assert sandbox.control("POST", "/fleet/decrypt", message) == {"plaintext": _text(plaintext)}


@rule("e2e.downlink-integrity")
def test_what_is_signed_with_the_downlink_parameters_is_proven_by_the_device(ublox: Ublox, sandbox: Sandbox) -> None:
    answer = ublox.ok(DOWN_INTEGRITY, {"ROTPublicUID": D1})
    assert (answer["CipherSuite"], answer["ROTPublicUID"]) == (CS1, NUMBER)
    assert list(answer) == ["MACLength", "CipherSuite", "AuthenticationKey", "AuthKeyLength", "KIV", "ROTPublicUID"]
    body = b"open the valve"
    mac = hmac.digest(_b64(answer["AuthenticationKey"]), _b64(answer["KIV"]) + body, hashlib.sha256)[:16]
    message = {"id": D1, "kiv": answer["KIV"], "body": _text(body), "mac": _text(mac)}
    assert sandbox.control("POST", "/fleet/decrypt", message) == {"plaintext": _text(body)}


@pytest.mark.parametrize("path", [DOWN, DOWN_INTEGRITY])
@rule("e2e.number")
def test_a_downlink_names_its_device_as_text_or_as_the_number_of_the_sample(ublox: Ublox, path: str) -> None:
    answers = [ublox.ok(path, {"ROTPublicUID": rot}) for rot in (D1, "2000089280001", NUMBER)]
    assert {answer["AuthenticationKey"] for answer in answers} == {answers[0]["AuthenticationKey"]}


@pytest.mark.parametrize(("length", "size"), [(None, 32), (256, 32), (128, 16)])
@rule("e2e.symmetric")
def test_a_symmetric_key_has_256_bits_unless_128_are_asked_for(
    ublox: Ublox, sandbox: Sandbox, length: int | None, size: int
) -> None:
    key_id = _send(sandbox, b"")["key_id"]
    answer = ublox.ok(SYMMETRIC, {"KeyID": key_id, **({"KeyLength": length} if length else {})})
    assert list(answer) == ["Key", "ROTPublicUID"]
    assert (len(_b64(answer["Key"])), answer["ROTPublicUID"]) == (size, NUMBER)


@rule("e2e.symmetric", "e2e.construction")
def test_the_symmetric_key_is_the_one_that_protects_what_follows_its_key_id(ublox: Ublox, sandbox: Sandbox) -> None:
    sent = _send(sandbox, b"22.5")
    assert sent["header"].startswith(sent["key_id"])
    key = ublox.ok(SYMMETRIC, {"KeyID": sent["key_id"].upper(), "KeyLength": 128})["Key"]
    assert key == ublox.ok(UP, {"EncryptedHeader": sent["header"].upper()})["Key"]


@pytest.mark.parametrize(
    ("rot", "path", "body", "shown"),
    [
        ("0002000005b52001", SYMMETRIC, {"KeyID": "1101000005B52001443F8C16C7EC"}, "2000005b52001"),
        ("0002000089282257", UP, {"EncryptedHeader": "1101000089282257621f7593c47f0000"}, 2000089282257),
        ("00000f0008002f31", UP_INTEGRITY, {"EncryptedHeader": "2900000f0008002f312401"}, "f0008002f31"),
        ("0002000089282245", DOWN, {"ROTPublicUID": 2000089282245}, 2000089282245),
        ("0002000089282245", DOWN_INTEGRITY, {"ROTPublicUID": 2000089282245}, 2000089282245),
    ],
)
@rule("e2e.construction", "e2e.number")
def test_the_printed_requests_work_once_their_devices_are_there(
    living: Living, ublox: Ublox, rot: str, path: str, body: dict[str, Any], shown: int | str
) -> None:
    assert ublox.post(path, body).status_code == 404
    living.bootstrap(rot, "gateways-lab")
    assert ublox.ok(path, body)["ROTPublicUID"] == shown


@rule("e2e.construction")
def test_the_printed_nonce_is_the_end_of_its_header(living: Living, ublox: Ublox) -> None:
    living.bootstrap("0002000005b52003", "gateways-lab")
    answer = ublox.ok(UP, {"EncryptedHeader": "1101000005b5200364b7fdbf77f30000"})
    assert answer["Nonce"] == "BbUgA2S3/b938wAA"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (SYMMETRIC, {}),
        (SYMMETRIC, {"KeyID": "1101000089280001"}),
        (SYMMETRIC, {"KeyID": "0x01000089280001443F8C16C7EC"}),
        (SYMMETRIC, {"KeyID": "2201000089280001443F8C16C7EC"}),
        (SYMMETRIC, {"KeyID": "1101000089280001443F8C16C7EC", "KeyLength": 192}),
        (SYMMETRIC, {"KeyID": "1101000089280001443F8C16C7EC", "KeyLength": "128"}),
        (UP, {}),
        (UP, {"EncryptedHeader": "1101000089280001621f7593c47f00"}),
        (UP, {"EncryptedHeader": "1101000089280001621f7593c47f000"}),
        (UP, {"EncryptedHeader": "0x01000089280001621f7593c47f0000"}),
        (UP, {"EncryptedHeader": "9901000089280001621f7593c47f0000"}),
        (UP, {"EncryptedHeader": "290002000089280001000000"}),
        (UP, {"EncryptedHeader": 1101000089280001}),
        (UP_INTEGRITY, {"EncryptedHeader": "2100020000892800010000"}),
        (UP_INTEGRITY, {"EncryptedHeader": "29000200008928000100"}),
        (DOWN, {}),
        (DOWN, {"ROTPublicUID": "xyz"}),
        (DOWN, {"ROTPublicUID": 1.5}),
        (DOWN, {"ROTPublicUID": True}),
        (DOWN, {"ROTPublicUID": -1}),
        (DOWN, {"ROTPublicUID": 10**16}),
        (DOWN_INTEGRITY, {"ROTPublicUID": [D1]}),
        (ROTATE, {"ROTPublicUIDs": [D1]}),
        (ROTATE, {"Type": "CONTINUOUS"}),
        (ROTATE, {"ROTPublicUIDs": [D1], "Type": "continuous"}),
        (ROTATE, {"ROTPublicUIDs": [D1], "Type": "AUTOMATIC", "Days": 0}),
        (ROTATE, {"ROTPublicUIDs": [D1], "Type": "AUTOMATIC", "Days": 31}),
        (ROTATE, {"ROTPublicUIDs": [device(25)], "Type": "AUTOMATIC"}),
        (ROTATE, {"TagNames": ["nowhere"], "Type": "AUTOMATIC"}),
    ],
)
@rule("e2e.header", "rotate.invalid", "request.types")
def test_a_wrong_request_is_a_bad_request(ublox: Ublox, path: str, body: dict[str, Any]) -> None:
    ublox.refused(path, body, key="Message" if path == ROTATE else "message")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (SYMMETRIC, {"KeyID": "1101000089280077443F8C16C7EC"}),
        (UP, {"EncryptedHeader": "1101000089280077621f7593c47f0000"}),
        (UP_INTEGRITY, {"EncryptedHeader": "2900020000892800770000"}),
        (DOWN, {"ROTPublicUID": "77"}),
        (DOWN_INTEGRITY, {"ROTPublicUID": 77}),
    ],
)
@rule("e2e.unknown")
def test_an_unknown_device_is_not_found(ublox: Ublox, path: str, body: dict[str, Any]) -> None:
    ublox.refused(path, body, 404)


@rule("e2e.unknown")
def test_a_header_that_two_devices_could_have_written_is_not_found(living: Living, ublox: Ublox) -> None:
    living.bootstrap("0003000089280001", "gateways-lab")
    ublox.refused(UP, {"EncryptedHeader": "1101000089280001621f7593c47f0000"}, 404)


@rule("blacklist.no-action")
def test_devices_in_the_blacklist_have_no_keys(ublox: Ublox) -> None:
    assert "Blacklisted" in ublox.refused(DOWN, {"ROTPublicUID": device(25)})
    assert "Blacklisted" in ublox.refused(UP, {"EncryptedHeader": "1101000089280025621f7593c47f0000"})


@rule("subscription.services")
def test_the_services_need_their_subscription(ublox: Ublox, sandbox: Sandbox) -> None:
    header = _send(sandbox, b"")["header"]
    sandbox.settings(subscriptions={"E2E Data Protection": False})
    for path, body in ((UP, {"EncryptedHeader": header}), (DOWN, {"ROTPublicUID": D1})):
        assert "subscription is not active" in ublox.refused(path, body)
    body = {"ROTPublicUIDs": [D1], "Type": "CONTINUOUS"}
    assert "subscription is not active" in ublox.refused(ROTATE, body, key="Message")


def _down_key(ublox: Ublox) -> str:
    return str(ublox.ok(DOWN, {"ROTPublicUID": D1})["EncryptionKey"])


@rule("rotate.none")
def test_without_rotation_the_key_stays_and_the_iv_changes(living: Living, ublox: Ublox) -> None:
    answers = [ublox.ok(DOWN, {"ROTPublicUID": D1})]
    living.advance(days=100)
    answers.append(ublox.ok(DOWN, {"ROTPublicUID": D1}))
    assert answers[0]["EncryptionKey"] == answers[1]["EncryptionKey"]
    assert answers[0]["AESIV"] != answers[1]["AESIV"]


@rule("rotate.continuous")
def test_continuous_rotation_changes_the_key_with_every_call(ublox: Ublox, sandbox: Sandbox) -> None:
    answer = ublox.ok(ROTATE, {"ROTPublicUIDs": [D1], "Type": "CONTINUOUS", "Days": 3})
    assert answer["Message"].startswith("The continuous rotation has been set.")
    assert len({_down_key(ublox) for _unused in range(4)}) == 4
    headers = []
    for _unused in range(3):
        sent = _send(sandbox, b"22.5")
        headers.append(sent["key_id"])
        ublox.ok(UP, {"EncryptedHeader": sent["header"]})
    assert len(set(headers)) == 3


@rule("rotate.automatic")
def test_automatic_rotation_changes_the_key_when_its_days_are_over(living: Living, ublox: Ublox) -> None:
    ublox.ok(ROTATE, {"ROTPublicUIDs": [D1], "Type": "AUTOMATIC", "Days": 3})
    keys = [_down_key(ublox), _down_key(ublox)]
    for days in (2.9, 0.2, 2.7, 0.2, 30):
        living.advance(days=days)
        keys.append(_down_key(ublox))
    assert keys[0] == keys[1] == keys[2]
    assert keys[3] == keys[4]
    assert len(set(keys)) == 4


@rule("process.state", "e2e.uplink")
def test_keys_outlive_a_restart(tmp_path: Path) -> None:
    state = str(tmp_path / "state.db")
    with Sandbox("--state", state) as first:
        sent = _send(first, b"from before the restart")
    with Sandbox("--state", state) as second:
        client = Ublox(second)
        with client.http:
            client.login()
            answer = client.ok(UP, {"EncryptedHeader": sent["header"]})
    cipher = AESCCM(_b64(answer["Key"]), tag_length=16)
    sealed = _b64(sent["body"]) + _b64(sent["mac"])
    assert cipher.decrypt(_b64(answer["Nonce"]), sealed, None) == b"from before the restart"


@rule("rotate.old-messages")
def test_a_message_from_before_a_rotation_still_decrypts(living: Living, ublox: Ublox, sandbox: Sandbox) -> None:
    ublox.ok(ROTATE, {"ROTPublicUIDs": [D1], "Type": "AUTOMATIC", "Days": 1})
    sent = _send(sandbox, b"from yesterday")
    living.advance(days=5)
    assert _send(sandbox, b"")["key_id"] != sent["key_id"]
    answer = ublox.ok(UP, {"EncryptedHeader": sent["header"]})
    cipher = AESCCM(_b64(answer["Key"]), tag_length=16)
    sealed = _b64(sent["body"]) + _b64(sent["mac"])
    assert cipher.decrypt(_b64(answer["Nonce"]), sealed, None) == b"from yesterday"


@rule("rotate.heartbeat")
def test_automatic_rotation_is_answered_as_printed_and_adjusts_a_slower_heartbeat(living: Living, ublox: Ublox) -> None:
    answer = ublox.ok(ROTATE, {"ROTPublicUIDs": [D1], "Type": "AUTOMATIC", "Days": 1})
    assert answer == {
        "Message": "The automatic rotation has been set. The key will be rotated every 1 day. "
        "The Security heartbeat has been adjusted to 1 day."
    }
    living.beat(D1)
    assert living.current(D1) == {"NetworkParameters": {"SecurityHeartbeatInSec": DAY}}


@rule("rotate.heartbeat")
def test_a_heartbeat_that_is_fast_enough_is_left_alone(living: Living, ublox: Ublox) -> None:
    living.provision(D1, NetworkParameters={"SecurityHeartbeatInSec": 3600})
    answer = ublox.ok(ROTATE, {"ROTPublicUIDs": [D1], "Type": "AUTOMATIC", "Days": 2})
    message = "The automatic rotation has been set. The key will be rotated every 2 days."
    assert answer == {"Message": message}
    assert living.desired(D1) == {"NetworkParameters": {"SecurityHeartbeatInSec": 3600}}


@rule("rotate.automatic")
def test_automatic_rotation_takes_seven_days_when_not_given_and_goes_by_tag_too(ublox: Ublox) -> None:
    answer = ublox.ok(ROTATE, {"TagNames": ["cold-chain"], "Type": "AUTOMATIC"})
    assert answer == {"Message": "The automatic rotation has been set. The key will be rotated every 7 days."}


@rule("e2e.downlink-integrity")
def test_a_key_survives_a_heartbeat_and_the_device_refuses_what_was_changed(ublox: Ublox, sandbox: Sandbox) -> None:
    answer = ublox.ok(DOWN_INTEGRITY, {"ROTPublicUID": D1})
    forged = {"id": D1, "kiv": answer["KIV"], "body": _text(b"close"), "mac": _text(bytes(16))}
    with pytest.raises(AssertionError, match="the MAC is wrong"):
        sandbox.control("POST", "/fleet/decrypt", forged)
    with pytest.raises(AssertionError, match="not of this device"):
        sandbox.control("POST", "/fleet/decrypt", {**forged, "id": device(2)})
