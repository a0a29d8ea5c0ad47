# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a device does with its keys: it seals what it sends and opens what it gets.

The constructions are the sandbox's own where the specification refers to its application note:

* AES_128_CCM: AES-CCM with the nonce of the header, no associated data, and the MAC behind the ciphertext.
* AES_128_CS1_HMAC_SHA256: CBC with ciphertext stealing (CS1), then HMAC-SHA256 over IV and ciphertext, its first
  16 bytes. A message has 16 bytes or more.
* Integrity only: with AES_128_CCM the MAC of an empty plaintext with the message as associated data, under the first
  12 bytes of the KIV as nonce; with AES_128_CS1_HMAC_SHA256 the HMAC over KIV and message, its first 16 bytes.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.fleet import ciphers
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.fleet import session_keys as keys
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.fleet.ciphers import (
    CCM,
    CS1_HMAC,
    MAC_BITS,
    BadMessage,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.store import Row
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.world import World

_MAC = MAC_BITS // 8
_NONCE = 12


@dataclass(frozen=True, slots=True)
class Message:
    """What a device sends: its header, the body - encrypted or not - and the MAC."""

    header: bytes
    key_id: bytes | None
    suite: str
    body: bytes
    mac: bytes


def uplink(world: World, device: Row, plaintext: bytes, *, version: int, suite: str, encrypted: bool) -> Message:
    """A message of a device, in version 1 or 2. Raises BadMessage for what there is not: version 1 is always
    encrypted, with AES_128_CCM."""
    if version not in keys.HEADER_SIZES or suite not in (CCM, CS1_HMAC):
        raise BadMessage(f"version is 1 or 2, cipher_suite is {CCM} or {CS1_HMAC}")
    if version == 1 and not (encrypted and suite == CCM):
        raise BadMessage(f"version 1 is always encrypted with {CCM}; use version 2")
    header = keys.next_header(world, device, version, suite, encrypted)
    sealed = _sealed(world, device, header, plaintext) if encrypted else _signed(world, device, header, plaintext)
    key_id = header.identity if version == 1 else None
    return Message(header.data, key_id, suite, sealed[:-_MAC], sealed[-_MAC:])


def _key(world: World, device: Row, purpose: str, identity: bytes) -> bytes:
    return keys.derived(world, device["rot"], purpose, identity)


def _sealed(world: World, device: Row, header: keys.Header, plaintext: bytes) -> bytes:
    if header.suite == CCM:
        return ciphers.ccm_seal(_key(world, device, keys.KEY, header.identity), header.nonce, plaintext)
    return ciphers.cs1_hmac_seal(
        _key(world, device, keys.ENCRYPTION, header.identity),
        _key(world, device, keys.AUTHENTICATION, header.identity),
        _key(world, device, keys.IV, header.data),
        plaintext,
    )


def _signed(world: World, device: Row, header: keys.Header, message: bytes) -> bytes:
    key = _key(world, device, keys.AUTHENTICATION, header.identity)
    if header.suite == CCM:
        return message + ciphers.ccm_mac(key, header.kiv()[:_NONCE], message)
    return message + ciphers.hmac_mac(key, header.kiv() + message)


def downlink(world: World, device: Row, *, kiv: bytes, iv: bytes | None, body: bytes, mac: bytes) -> bytes:
    """What a device reads in a message for it; without `iv` it is not encrypted. Raises BadMessage if it is not for
    this device, or not genuine."""
    if len(kiv) != keys.KIV_SIZE or kiv[:8] != keys.identity_vector(device, keys.KeyState(0, 0), 0)[:8]:
        raise BadMessage("the KIV is not of this device")
    identity = kiv[: keys.KEY_ID_SIZE]
    authentication = _key(world, device, keys.AUTHENTICATION, identity)
    if iv is None:
        if not hmac.compare_digest(mac, ciphers.hmac_mac(authentication, kiv + body)):
            raise BadMessage("the MAC is wrong")
        return body
    if len(iv) != ciphers.BLOCK:
        raise BadMessage(f"the IV must have {ciphers.BLOCK} bytes")
    encryption = _key(world, device, keys.ENCRYPTION, identity)
    return ciphers.cs1_hmac_open(encryption, authentication, iv, body + mac)
