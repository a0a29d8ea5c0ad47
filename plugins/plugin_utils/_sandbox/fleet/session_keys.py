# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""End-to-end keys: which key belongs to which header, and what a device writes into its headers.

The specification refers to an application note for the header, and prints samples only. The construction here agrees
with every one of them, and is the sandbox's own where they are silent:

* A header of version 1 has 16 bytes: `11 01`, the low 6 bytes of the ROTPublicUID, 4 bytes of time and 2 bytes of a
  generation, 2 bytes of a message counter. Its first 14 bytes are the KeyID, all of it is the KIV, and its last 12
  bytes are the nonce.
* A header of version 2 has 12 bytes: a byte that names the cipher suite, the 8 bytes of the ROTPublicUID, a byte of a
  generation, 2 bytes of a message counter. It is the nonce, and padded with zero bytes it is the KIV. Without
  encryption it has 11 bytes, and a counter of one.
* Keys are derived from the device's own secret and what stands before the counter: HKDF-SHA256, 32 bytes, of which a
  key of 128 bits is the first half. A key is rotated by giving the next header another time and generation.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from typing import NamedTuple

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.fleet.ciphers import CCM, CS1_HMAC
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.fleet.notices import DAY
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.store import Row, Store
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.world import World

CONTINUOUS, AUTOMATIC = "CONTINUOUS", "AUTOMATIC"
VERSION_1 = bytes.fromhex("1101")
KEY_ID_SIZE = 14
HEADER_SIZES = {1: 16, 2: 12}
INTEGRITY_SIZE = 11
_ENCRYPTED = {0x21: CCM, 0x22: CS1_HMAC}
_READABLE = {0x29: CCM, 0x2A: CS1_HMAC}
KIV_SIZE = 16

KEY, ENCRYPTION, AUTHENTICATION, IV = "key", "encryption", "authentication", "iv"


class BadHeader(ValueError):
    """Bytes that are no header."""


@dataclass(frozen=True, slots=True)
class Header:
    """A header taken apart; `rot` is the ROTPublicUID in normal form, or None when only its low bytes are known."""

    data: bytes
    suite: str
    identity: bytes
    nonce: bytes
    low: str
    rot: str | None

    def kiv(self) -> bytes:
        """The identity vector that the API answers with."""
        return self.data.ljust(KIV_SIZE, b"\0")


def parse_header(data: bytes) -> Header:
    """The header of encrypted data. Raises BadHeader."""
    if len(data) == HEADER_SIZES[1] and data.startswith(VERSION_1):
        return Header(data, CCM, data[:KEY_ID_SIZE], data[4:], data[2:8].hex(), None)
    if len(data) == HEADER_SIZES[2] and data[0] in _ENCRYPTED:
        return _version_2(data, _ENCRYPTED[data[0]])
    raise BadHeader("neither a header of 16 bytes that begin with 1101, nor one of 12 that begin with 21 or 22")


def parse_integrity_header(data: bytes) -> Header:
    """The header of data that is not encrypted. Raises BadHeader."""
    if len(data) == INTEGRITY_SIZE and data[0] in _READABLE:
        return _version_2(data, _READABLE[data[0]])
    raise BadHeader("not a header of 11 bytes that begin with 29 or 2a")


def _version_2(data: bytes, suite: str) -> Header:
    rot = data[1:9].hex()
    return Header(data, suite, data[:10], data.ljust(12, b"\0"), rot[-12:], rot.lstrip("0") or "0")


def low_part(rot: str) -> str:
    """The low 6 bytes of a ROTPublicUID, as the index of the devices has them."""
    return rot.rjust(12, "0")[-12:]


def sender(store: Store, low: str, rot: str | None = None) -> Row | None:
    """The device that a header or a KeyID names, if exactly one in the account fits."""
    if rot is not None:
        return store.row("SELECT * FROM device WHERE rot = ?", rot)
    rows = store.rows("SELECT * FROM device WHERE substr('000000000000' || rot, -12) = ? LIMIT 2", low)
    return rows[0] if len(rows) == 1 else None


def derived(world: World, rot: str, purpose: str, identity: bytes, bits: int = 128) -> bytes:
    """A key, or an IV, of a device for an identity."""
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    secret = hmac.digest(_master_secret(world), rot.encode(), "sha256")
    info = purpose.encode() + b"\0" + identity
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(secret)[: bits // 8]


def _master_secret(world: World) -> bytes:
    kept = world.store.meta("e2e_secret")
    if kept is None:
        kept = secrets.token_hex(32)
        world.store.set_meta("e2e_secret", kept)
    return bytes.fromhex(kept)


class KeyState(NamedTuple):
    """Which key a device uses now: when it began, and the how-manieth it is."""

    since: float
    generation: int


def rotate(world: World, device: Row, rotation: str, days: int | None) -> None:
    """Set how the keys of a device are rotated from now on (/e2e/key/rotate)."""
    present = key_state(world, device)
    _write(world.store, device["id"], KeyState(world.clock.timestamp(), present.generation), rotation, days)


def key_state(world: World, device: Row) -> KeyState:
    """The key that is in use now; AUTOMATIC rotation happens when its days are over."""
    row = world.store.row("SELECT * FROM key_state WHERE device_id = ?", device["id"])
    if row is None:
        return KeyState(device["bootstrapped"], 0)
    if row["rotation"] != AUTOMATIC:
        return KeyState(row["since"], row["generation"])
    period = row["days"] * DAY
    over = max(int((world.clock.timestamp() - row["since"]) // period), 0)
    return KeyState(row["since"] + over * period, row["generation"] + over)


def called(world: World, device: Row) -> None:
    """An E2E call was made for a device: with CONTINUOUS rotation the next key is another one."""
    row = world.store.row("SELECT rotation, generation FROM key_state WHERE device_id = ?", device["id"])
    if row is not None and row["rotation"] == CONTINUOUS:
        _write(world.store, device["id"], KeyState(world.clock.timestamp(), row["generation"] + 1), CONTINUOUS, None)


def _write(store: Store, device: int, state: KeyState, rotation: str | None, days: int | None) -> None:
    store.execute(
        "INSERT INTO key_state (device_id, rotation, days, since, generation) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT DO UPDATE SET rotation = excluded.rotation, days = excluded.days, since = excluded.since, "
        "generation = excluded.generation",
        device,
        rotation,
        days,
        state.since,
        state.generation,
    )


def identity_vector(device: Row, state: KeyState, counter: int) -> bytes:
    """A vector of 16 bytes for the key in use: a header of version 1, and the KIV of a downlink."""
    low = bytes.fromhex(low_part(device["rot"]))
    since = int(state.since) & 0xFFFFFFFF
    return (
        VERSION_1
        + low
        + since.to_bytes(4, "big")
        + ((state.generation + (counter >> 16)) & 0xFFFF).to_bytes(2, "big")
        + (counter & 0xFFFF).to_bytes(2, "big")
    )


def next_header(world: World, device: Row, version: int, suite: str, encrypted: bool) -> Header:
    """What the device writes in front of its next message. A counter makes each header another one; where it is
    used up, the key is another one."""
    counter = _count_message(world, device)
    state = key_state(world, device)
    if version == 1:
        return parse_header(identity_vector(device, state, counter))
    kinds = _ENCRYPTED if encrypted else _READABLE
    [kind] = [byte for byte, name in kinds.items() if name == suite]
    size = 2 if encrypted else 1
    generation, number = divmod(counter, 256**size)
    start = bytes([kind]) + bytes.fromhex(device["rot"].rjust(16, "0"))
    data = start + bytes([(state.generation + generation) & 0xFF]) + number.to_bytes(size, "big")
    return parse_header(data) if encrypted else parse_integrity_header(data)


def _count_message(world: World, device: Row) -> int:
    state = key_state(world, device)
    world.store.execute(
        "INSERT INTO key_state (device_id, since, generation, messages) VALUES (?, ?, ?, 1) "
        "ON CONFLICT DO UPDATE SET messages = messages + 1",
        device["id"],
        state.since,
        state.generation,
    )
    return int(world.store.value("SELECT messages FROM key_state WHERE device_id = ?", device["id"])) - 1
