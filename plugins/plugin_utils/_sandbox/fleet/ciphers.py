# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The two cipher suites that the specification names, over plain bytes.

u-blox Security Services REST API, samples of /e2e/uplink/protectionparameters/get (AES_128_CCM) and
/e2e/downlink/protectionparameters/get (AES_128_CS1_HMAC_SHA256: CBC with ciphertext stealing as in the addendum to
NIST SP 800-38A, variant CS1, then HMAC-SHA256 cut to the MAC length).
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.aead import AESCCM
    from cryptography.hazmat.primitives.ciphers.modes import CBC, ECB

CCM, CS1_HMAC = "AES_128_CCM", "AES_128_CS1_HMAC_SHA256"
BLOCK = 16
KEY_BITS = 128
MAC_BITS = 128
_MAC = MAC_BITS // 8


class BadMessage(ValueError):
    """A message that cannot be sealed, or that is not genuine."""


def _ccm(key: bytes) -> AESCCM:
    from cryptography.hazmat.primitives.ciphers.aead import AESCCM

    return AESCCM(key, tag_length=_MAC)


def _aes(key: bytes, iv: bytes | None = None) -> Cipher[CBC | ECB]:
    """CBC, or without an IV single blocks."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    return Cipher(algorithms.AES(key), modes.ECB() if iv is None else modes.CBC(iv))


def ccm_seal(key: bytes, nonce: bytes, plaintext: bytes) -> bytes:
    """Ciphertext and MAC, without associated data."""
    return _ccm(key).encrypt(nonce, plaintext, None)


def ccm_open(key: bytes, nonce: bytes, sealed: bytes) -> bytes:
    """The plaintext. Raises BadMessage."""
    from cryptography.exceptions import InvalidTag

    try:
        return _ccm(key).decrypt(nonce, sealed, None)
    except InvalidTag as error:
        raise BadMessage("the MAC is wrong") from error


def ccm_mac(key: bytes, nonce: bytes, message: bytes) -> bytes:
    """The MAC of a message that stays readable: it is the associated data of an empty plaintext."""
    return _ccm(key).encrypt(nonce, b"", message)


def hmac_mac(key: bytes, message: bytes) -> bytes:
    """HMAC-SHA256, its first bytes."""
    return hmac.digest(key, message, "sha256")[:_MAC]


def cs1_hmac_seal(encryption_key: bytes, authentication_key: bytes, iv: bytes, plaintext: bytes) -> bytes:
    """Ciphertext and MAC; the MAC is over IV and ciphertext. Raises BadMessage for less than a block."""
    ciphertext = cs1_encrypt(encryption_key, iv, plaintext)
    return ciphertext + hmac_mac(authentication_key, iv + ciphertext)


def cs1_hmac_open(encryption_key: bytes, authentication_key: bytes, iv: bytes, sealed: bytes) -> bytes:
    """The plaintext. Raises BadMessage."""
    ciphertext, mac = sealed[:-_MAC], sealed[-_MAC:]
    if not hmac.compare_digest(mac, hmac_mac(authentication_key, iv + ciphertext)):
        raise BadMessage("the MAC is wrong")
    return cs1_decrypt(encryption_key, iv, ciphertext)


def cs1_encrypt(key: bytes, iv: bytes, plaintext: bytes) -> bytes:
    """CBC-CS1: as long as the plaintext, which has a block or more."""
    if len(plaintext) < BLOCK:
        raise BadMessage(f"{CS1_HMAC} needs {BLOCK} bytes or more")
    partial = len(plaintext) % BLOCK
    padded = plaintext + bytes(-len(plaintext) % BLOCK)
    encryptor = _aes(key, iv).encryptor()
    blocks = encryptor.update(padded) + encryptor.finalize()
    if not partial:
        return blocks
    stolen = blocks[: -2 * BLOCK] + blocks[-2 * BLOCK :][:partial]
    return stolen + blocks[-BLOCK:]


def cs1_decrypt(key: bytes, iv: bytes, ciphertext: bytes) -> bytes:
    """The inverse of `cs1_encrypt`."""
    if len(ciphertext) < BLOCK:
        raise BadMessage(f"{CS1_HMAC} needs {BLOCK} bytes or more")
    partial = len(ciphertext) % BLOCK
    if not partial:
        decryptor = _aes(key, iv).decryptor()
        return decryptor.update(ciphertext) + decryptor.finalize()
    head, cut, last = ciphertext[: -BLOCK - partial], ciphertext[-BLOCK - partial : -BLOCK], ciphertext[-BLOCK:]
    single = _aes(key).decryptor()
    opened = single.update(last) + single.finalize()
    whole = cut + opened[partial:]
    decryptor = _aes(key, iv).decryptor()
    tail = bytes(left ^ right for left, right in zip(opened, cut, strict=False))
    return decryptor.update(head + whole) + decryptor.finalize() + tail
