# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Messages that devices protect end to end, and how they are opened with the parameters that the service gives.

Documented (REST API 1.1.29, /e2e): the names of the cipher suites and their parameters; that the first 16 bytes of an
encrypted message, 12 for version 2, are its header. Inferred, because the document leaves the framing to an
application note:

* A message is its header, then the ciphertext, then the authentication code of MACLength bits.
* The high half of the first byte is the version: the samples begin with 11 and 29. The header of a message that is only
  authenticated has 11 bytes, as in the sample of /e2e/uplink/integrityparameters/get.
* AES_128_CCM is AES-CCM (NIST SP 800-38C) under Key and Nonce, without associated data.
* AES_128_CS1_HMAC_SHA256 is CBC with ciphertext stealing, variant CS1 (addendum to NIST SP 800-38A), under
  EncryptionKey and AESIV; its code is HMAC-SHA256 under AuthenticationKey over AESIV and ciphertext, cut to MACLength.
* A message that is only authenticated has, with AES_128_CCM, the code of AES-CCM over the message as associated data
  under AuthenticationKey and the first 12 bytes of KIV; with the other suite, the HMAC over KIV and message.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from ..._model.errors import DeviceTrustError

BLOCK = 16
_NONCE = 12
_HEADERS = {1: 16, 2: 12}
_READABLE_HEADERS = {1: 16, 2: 11}


class BadMessage(DeviceTrustError):
    """A message that cannot be opened, or parameters that do not open one."""


def header_length(message: bytes, *, encrypted: bool = True) -> int:
    """How many bytes of ``message`` are its header. Raises BadMessage."""
    version = message[0] >> 4 if message else 0
    lengths = _HEADERS if encrypted else _READABLE_HEADERS
    if version not in lengths:
        raise BadMessage("the message begins with neither version 1 nor version 2; is it complete?")
    if len(message) < lengths[version]:
        raise BadMessage(f"a header of version {version} has {lengths[version]} bytes, the message {len(message)}")
    return lengths[version]


def open_message(message: bytes, parameters: Mapping[str, Any], header: int | None = None) -> bytes:
    """What a device has sent, after its authentication code was checked.

    ``parameters`` are those of the lookup e2e_parameters. ``header`` is the length of the header in bytes, if it is not
    what the version says. Raises BadMessage.
    """
    given = _Parameters(parameters)
    encrypted = "key" in parameters or "encryption_key" in parameters
    suite = given.text("cipher_suite")
    opening = _SUITES.get((suite, encrypted))
    if opening is None:
        known = ", ".join(sorted({name for name, _unused in _SUITES}))
        raise BadMessage(f"there is no cipher suite {suite!r} here; known here: {known}")
    length = header_length(message, encrypted=encrypted) if header is None else header
    code = given.number("mac_length") // 8
    if len(message) < length + code:
        raise BadMessage(
            f"the message has {len(message)} bytes; header and authentication code alone have {length + code}"
        )
    return opening(given, message[length : len(message) - code], message[len(message) - code :])


class _Parameters:
    """The parameters as bytes and numbers; what is missing or malformed is named."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self._given = given

    def text(self, name: str) -> str:
        value = self._given.get(name)
        if not isinstance(value, str) or not value:
            raise BadMessage(f"the parameters have no {name}")
        return str(value)

    def number(self, name: str) -> int:
        value = self._given.get(name)
        if not isinstance(value, int) or value % 8 or not 32 <= value <= 256:
            raise BadMessage(f"{name} of the parameters is not a number of bits from 32 to 256")
        return value

    def data(self, name: str, *sizes: int) -> bytes:
        """Base64; samples come without their padding."""
        value = self.text(name)
        try:
            found = base64.b64decode(value + "=" * (-len(value) % 4), validate=True)
        except (binascii.Error, ValueError):
            raise BadMessage(f"{name} of the parameters is not Base64") from None
        if sizes and len(found) not in sizes:
            raise BadMessage(
                f"{name} of the parameters has {len(found)} bytes, expected {' or '.join(map(str, sizes))}"
            )
        return found


_Opening: TypeAlias = Callable[[_Parameters, bytes, bytes], bytes]


def _open_ccm(given: _Parameters, ciphertext: bytes, code: bytes) -> bytes:
    return _ccm(given.data("key", 16), given.data("nonce", *range(7, 14)), ciphertext, code, None)


def _check_ccm(given: _Parameters, message: bytes, code: bytes) -> bytes:
    _ccm(given.data("authentication_key", 16), given.data("kiv")[:_NONCE], b"", code, message)
    return message


def _ccm(key: bytes, nonce: bytes, ciphertext: bytes, code: bytes, associated: bytes | None) -> bytes:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESCCM

    try:
        return AESCCM(key, tag_length=len(code)).decrypt(nonce, ciphertext + code, associated)
    except (InvalidTag, ValueError):
        raise _not_genuine() from None


def _open_cs1_hmac(given: _Parameters, ciphertext: bytes, code: bytes) -> bytes:
    iv = given.data("aes_iv", BLOCK)
    _check_code(given, iv + ciphertext, code)
    return cs1_decrypt(given.data("encryption_key", 16), iv, ciphertext)


def _check_hmac(given: _Parameters, message: bytes, code: bytes) -> bytes:
    _check_code(given, given.data("kiv") + message, code)
    return message


def _check_code(given: _Parameters, data: bytes, code: bytes) -> None:
    expected = hmac.digest(given.data("authentication_key"), data, "sha256")[: len(code)]
    if not hmac.compare_digest(expected, code):
        raise _not_genuine()


def _not_genuine() -> BadMessage:
    return BadMessage(
        "the authentication code is wrong: the message was altered or cut off, or the parameters belong to another one"
    )


def cs1_decrypt(key: bytes, iv: bytes, ciphertext: bytes) -> bytes:
    """AES-CBC-CS1: the last block but one is cut to the length of the plaintext's last. Raises BadMessage."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    if len(ciphertext) < BLOCK:
        raise BadMessage(f"ciphertext stealing needs {BLOCK} bytes or more, the message has {len(ciphertext)}")
    left_over = len(ciphertext) % BLOCK
    if left_over:
        # What was stolen from the block before stands at the end of the last one, decrypted alone.
        last = ciphertext[-BLOCK:]
        single = Cipher(algorithms.AES(key), modes.ECB()).decryptor()
        stolen = (single.update(last) + single.finalize())[left_over:]
        ciphertext = ciphertext[:-BLOCK] + stolen + last
    decryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).decryptor()
    plaintext = decryptor.update(ciphertext) + decryptor.finalize()
    return plaintext[: len(plaintext) - BLOCK + left_over] if left_over else plaintext


_SUITES: Mapping[tuple[str, bool], _Opening] = {
    ("AES_128_CCM", True): _open_ccm,
    ("AES_128_CCM", False): _check_ccm,
    ("AES_128_CS1_HMAC_SHA256", True): _open_cs1_hmac,
    ("AES_128_CS1_HMAC_SHA256", False): _check_hmac,
}
"""By cipher suite, and whether the message is encrypted or only authenticated."""
