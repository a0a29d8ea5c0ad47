# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Messages of devices: published vectors, what a device seals is opened, and what is not genuine is refused."""

from __future__ import annotations

import base64
import hmac
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESCCM
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.edgeops.device_trust.plugins.module_utils._live.ublox.e2e import (
    BadMessage,
    cs1_decrypt,
    header_length,
    open_message,
)

# RFC 3962, appendix B. It prints variant CS3, which swaps the last two blocks of CS1.
RFC_KEY = bytes.fromhex("636869636b656e207465726979616b69")
RFC_TEXT = b"I would like the General Gau's Chicken, please, and wonton soup."
RFC_CS3 = {
    17: "c6353568f2bf8cb4d8a580362da7ff7f97",
    31: "fc00783e0efdb2c1d445d4c8eff7ed2297687268d6ecccc0c07b25e25ecfe5",
    32: "39312523a78662d5be7fcbcc98ebf5a897687268d6ecccc0c07b25e25ecfe584",
    47: "97687268d6ecccc0c07b25e25ecfe584b3fffd940c16a18c1b5549d2f838029e39312523a78662d5be7fcbcc98ebf5",
    48: "97687268d6ecccc0c07b25e25ecfe5849dad8bbb96c4cdc03bc103e1a194bbd839312523a78662d5be7fcbcc98ebf5a8",
    64: "97687268d6ecccc0c07b25e25ecfe58439312523a78662d5be7fcbcc98ebf5a8"
    "4807efe836ee89a526730dbc2f7bc8409dad8bbb96c4cdc03bc103e1a194bbd8",
}
HEADERS = {1: bytes.fromhex("1101000089282257621f7593c47f0000"), 2: bytes.fromhex("220002000089282245000001")}
READABLE = bytes.fromhex("2900000f0008002f312401")
KEYS = {name: bytes([number]) * 16 for number, name in enumerate(("key", "encryption_key", "authentication_key"), 1)}
NONCE, KIV, IV = b"n" * 12, b"k" * 16, b"i" * 16


def text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def parameters(suite: str, *names: str, **more: Any) -> dict[str, Any]:
    values = {"nonce": NONCE, "kiv": KIV, "aes_iv": IV, **KEYS}
    return {"cipher_suite": suite, "mac_length": 128, "id": "1", **{name: text(values[name]) for name in names}, **more}


CCM = parameters("AES_128_CCM", "key", "nonce", "kiv")
CS1 = parameters("AES_128_CS1_HMAC_SHA256", "encryption_key", "authentication_key", "aes_iv", "kiv")
CCM_INTEGRITY = parameters("AES_128_CCM", "authentication_key", "kiv")
CS1_INTEGRITY = parameters("AES_128_CS1_HMAC_SHA256", "authentication_key", "kiv")


def cs1_encrypt(key: bytes, iv: bytes, plaintext: bytes) -> bytes:
    """Block by block, as NIST SP 800-38A, addendum, figure 1."""
    block = Cipher(algorithms.AES(key), modes.ECB()).encryptor()
    blocks: list[bytes] = []
    before = iv
    for start in range(0, len(plaintext), 16):
        padded = plaintext[start : start + 16].ljust(16, b"\0")
        before = block.update(bytes(a ^ b for a, b in zip(padded, before, strict=True)))
        blocks.append(before)
    left_over = len(plaintext) % 16
    if left_over:
        blocks[-2] = blocks[-2][:left_over]
    return b"".join(blocks)


def sealed(suite: str, plaintext: bytes) -> bytes:
    """A message as a device makes it, in the inferred framing."""
    if suite == "AES_128_CCM":
        return HEADERS[1] + AESCCM(KEYS["key"], tag_length=16).encrypt(NONCE, plaintext, None)
    body = cs1_encrypt(KEYS["encryption_key"], IV, plaintext)
    return HEADERS[2] + body + hmac.digest(KEYS["authentication_key"], IV + body, "sha256")[:16]


@pytest.mark.parametrize(("length", "cs3"), RFC_CS3.items())
def test_ciphertext_stealing_decrypts_the_vectors_of_rfc_3962(length: int, cs3: str) -> None:
    data = bytes.fromhex(cs3)
    left_over = len(data) % 16
    size = left_over or 16
    head, last, cut = data[: -16 - size], data[-16 - size : -size], data[-size:]

    assert cs1_decrypt(RFC_KEY, bytes(16), head + cut + last) == RFC_TEXT[:length]


@settings(deadline=None)
@given(plaintext=st.binary(max_size=80))
def test_what_a_device_seals_with_ccm_is_opened(plaintext: bytes) -> None:
    assert open_message(sealed("AES_128_CCM", plaintext), CCM) == plaintext


@settings(deadline=None)
@given(plaintext=st.binary(min_size=16, max_size=80))
def test_what_a_device_seals_with_cs1_and_hmac_is_opened(plaintext: bytes) -> None:
    assert open_message(sealed("AES_128_CS1_HMAC_SHA256", plaintext), CS1) == plaintext


@settings(deadline=None)
@given(plaintext=st.binary(min_size=16, max_size=40), data=st.data())
@pytest.mark.parametrize("given", [CCM, CS1], ids=["CCM", "CS1"])
def test_a_single_wrong_bit_behind_the_header_is_refused(given: Any, plaintext: bytes, data: st.DataObject) -> None:
    message = bytearray(sealed(given["cipher_suite"], plaintext))
    bit = data.draw(st.integers(header_length(bytes(message)) * 8, len(message) * 8 - 1))
    message[bit // 8] ^= 1 << bit % 8

    with pytest.raises(BadMessage, match="authentication code is wrong"):
        open_message(bytes(message), given)


def test_a_message_that_is_only_authenticated_is_checked_and_returned() -> None:
    words = b"temperature=4.5"
    ccm = READABLE + words + AESCCM(KEYS["authentication_key"], tag_length=16).encrypt(KIV[:12], b"", words)
    code = hmac.digest(KEYS["authentication_key"], KIV + words, "sha256")[:16]

    assert open_message(ccm, CCM_INTEGRITY) == words
    assert open_message(READABLE + words + code, CS1_INTEGRITY) == words
    for message, given_ in ((ccm, CCM_INTEGRITY), (READABLE + words + code, CS1_INTEGRITY)):
        with pytest.raises(BadMessage, match="authentication code is wrong"):
            open_message(message.replace(b"4.5", b"9.5"), given_)


def test_a_header_has_16_bytes_12_in_version_2_and_11_if_nothing_is_encrypted() -> None:
    assert header_length(HEADERS[1] + b"...") == 16
    assert header_length(HEADERS[2] + b"...") == 12
    assert header_length(READABLE, encrypted=False) == 11


def test_a_header_of_another_length_can_be_named() -> None:
    assert open_message(sealed("AES_128_CCM", b"words")[16:], CCM, header=0) == b"words"


@pytest.mark.parametrize(
    ("message", "given", "words"),
    [
        (b"", CCM, "neither version 1 nor version 2"),
        (b"\x31" + bytes(40), CCM, "neither version 1 nor version 2"),
        (b"\x11" + bytes(9), CCM, "a header of version 1 has 16 bytes, the message 10"),
        (HEADERS[1] + bytes(15), CCM, "31 bytes; header and authentication code alone have 32"),
        (sealed("AES_128_CS1_HMAC_SHA256", bytes(16))[:-1], {**CS1, "mac_length": 256}, "alone have 44"),
        (HEADERS[1] + bytes(20), {**CCM, "cipher_suite": "AES_256_GCM"}, "no cipher suite 'AES_256_GCM' here"),
        (HEADERS[1] + bytes(20), {"key": "x"}, "the parameters have no cipher_suite"),
        (HEADERS[1] + bytes(20), {**CCM, "nonce": None}, "the parameters have no nonce"),
        (HEADERS[1] + bytes(20), {**CCM, "key": "!"}, "key of the parameters is not Base64"),
        (HEADERS[1] + bytes(20), {**CCM, "key": "AAAA"}, "key of the parameters has 3 bytes, expected 16"),
        (HEADERS[1] + bytes(20), {**CCM, "mac_length": "128"}, "mac_length of the parameters is not a number of bits"),
    ],
)
def test_what_cannot_be_opened_says_why(message: bytes, given: dict[str, Any], words: str) -> None:
    with pytest.raises(BadMessage, match=words):
        open_message(message, given)


def test_no_error_shows_a_key() -> None:
    with pytest.raises(BadMessage) as refused:
        open_message(HEADERS[1] + bytes(40), CCM)

    assert text(KEYS["key"]) not in str(refused.value)
