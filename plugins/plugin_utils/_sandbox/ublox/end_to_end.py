# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keys and parameters of end-to-end data protection (u-blox Security Services REST API, Service APIs)."""

from __future__ import annotations

import base64
import json
import re
import secrets
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.exchange import Access
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.fleet import session_keys as keys
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.fleet.ciphers import (
    BLOCK,
    CCM,
    CS1_HMAC,
    KEY_BITS,
    MAC_BITS,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.fleet.events import (
    USED_PROTECTION,
    USED_SYMMETRIC_KEY,
    log_usage,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.fleet.notices import DAY
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.fleet.properties import change_desired
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.settings import END_TO_END
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.store import Row
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.api import (
    Call,
    Endpoint,
    bad_request,
    not_found,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.identifiers import (
    ROT_PUBLIC_UID,
    ROT_PUBLIC_UIDS,
    TAG_NAMES,
    id_as_number,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.provisioning import merged
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.subscriptions import (
    need_subscription,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.targets import (
    actionable_targets,
    one_device,
    refuse_blacklisted,
    target_rows,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.validation import AnyOf, Field

DEFAULT_DAYS = 7
DEFAULT_KEY_BITS = 256


def rotate(call: Call) -> Any:
    """/e2e/key/rotate: how the keys of devices are rotated from now on."""
    need_subscription(call.world, END_TO_END)
    rows, rotation = target_rows(call, actionable_targets(call)), call.get("Type")
    days = call.values.get("Days", DEFAULT_DAYS) if rotation == keys.AUTOMATIC else None
    for row in rows:
        keys.rotate(call.world, row, rotation, days)
    if days is None:
        return "The continuous rotation has been set. The key will be rotated every time it is requested."
    every = f"{days} day{'' if days == 1 else 's'}"
    message = f"The automatic rotation has been set. The key will be rotated every {every}."
    slower = [row["id"] for row in rows if _heartbeat(call, row) > days * DAY]
    if slower:
        change_desired(
            call.world,
            slower,
            lambda desired: merged(desired, {"NetworkParameters": {"SecurityHeartbeatInSec": days * DAY}}),
        )
        message += f" The Security heartbeat has been adjusted to {every}."
    return message


def _heartbeat(call: Call, row: Row) -> int:
    """The security heartbeat that the device has, or will have when it beats next."""
    for column in ("desired", "current"):
        seconds: int | None = json.loads(row[column]).get("NetworkParameters", {}).get("SecurityHeartbeatInSec")
        if seconds is not None:
            return seconds
    return call.world.settings.default_heartbeat_seconds


def symmetric_key(call: Call) -> Any:
    """/e2e/uplink/symmetrickey/get: the session key of a KeyID."""
    data = bytes.fromhex(call.get("KeyID"))
    if not data.startswith(keys.VERSION_1):
        raise bad_request("Invalid KeyID")
    device = _sender(call, data[2:8].hex(), None, "KeyID")
    bits = call.values.get("KeyLength", DEFAULT_KEY_BITS)
    log_usage(call.world, device["id"], USED_SYMMETRIC_KEY)
    return {
        "Key": _text(keys.derived(call.world, device["rot"], keys.KEY, data, bits)),
        "ROTPublicUID": id_as_number(device["shown"]),
    }


def uplink_protection(call: Call) -> Any:
    """/e2e/uplink/protectionparameters/get: what decrypts the data behind a header."""
    device, header = _uplink(call, keys.parse_header)
    log_usage(call.world, device["id"], USED_PROTECTION)
    if header.suite == CS1_HMAC:
        return _protection(call, device, header.identity, header.kiv(), _key(call, device, keys.IV, header.data))
    return {
        "Nonce": _text(header.nonce),
        "MACLength": MAC_BITS,
        "CipherSuite": CCM,
        "Key": _key(call, device, keys.KEY, header.identity),
        "KIV": _text(header.kiv()),
        "ROTPublicUID": id_as_number(device["shown"]),
    }


def uplink_integrity(call: Call) -> Any:
    """/e2e/uplink/integrityparameters/get: what proves the data behind a header."""
    device, header = _uplink(call, keys.parse_integrity_header)
    return _integrity(call, device, header.suite, header.identity, header.kiv())


def downlink_protection(call: Call) -> Any:
    """/e2e/downlink/protectionparameters/get: what encrypts data for a device; the IV is another one each time."""
    device, kiv = _downlink(call)
    return _protection(call, device, kiv[: keys.KEY_ID_SIZE], kiv, _text(secrets.token_bytes(BLOCK)))


def downlink_integrity(call: Call) -> Any:
    """/e2e/downlink/integrityparameters/get: what makes data for a device provable."""
    device, kiv = _downlink(call)
    return _integrity(call, device, CS1_HMAC, kiv[: keys.KEY_ID_SIZE], kiv)


def _uplink(call: Call, parse: Callable[[bytes], keys.Header]) -> tuple[Row, keys.Header]:
    try:
        header = parse(bytes.fromhex(call.get("EncryptedHeader")))
    except keys.BadHeader as error:
        raise bad_request("Invalid EncryptedHeader") from error
    return _sender(call, header.low, header.rot, "EncryptedHeader"), header


def _sender(call: Call, low: str, rot: str | None, field: str) -> Row:
    need_subscription(call.world, END_TO_END)
    device = keys.sender(call.world.store, low, rot)
    if device is None:
        raise not_found(f"{field} of an unknown ROTPublicUID")
    refuse_blacklisted([device])
    keys.called(call.world, device)
    return device


def _downlink(call: Call) -> tuple[Row, bytes]:
    """The device, and the identity vector of the key to use now."""
    need_subscription(call.world, END_TO_END)
    device = one_device(call)
    refuse_blacklisted([device])
    keys.called(call.world, device)
    return device, keys.identity_vector(device, keys.key_state(call.world, device), 0)


def _protection(call: Call, device: Row, identity: bytes, kiv: bytes, iv: str) -> Any:
    return {
        "MACLength": MAC_BITS,
        "KeyLength": KEY_BITS,
        "CipherSuite": CS1_HMAC,
        "AuthenticationKey": _key(call, device, keys.AUTHENTICATION, identity),
        "AuthKeyLength": KEY_BITS,
        "EncryptionKey": _key(call, device, keys.ENCRYPTION, identity),
        "KIV": _text(kiv),
        "AESIV": iv,
        "ROTPublicUID": id_as_number(device["shown"]),
    }


def _integrity(call: Call, device: Row, suite: str, identity: bytes, kiv: bytes) -> Any:
    return {
        "MACLength": MAC_BITS,
        "CipherSuite": suite,
        "AuthenticationKey": _key(call, device, keys.AUTHENTICATION, identity),
        "AuthKeyLength": KEY_BITS,
        "KIV": _text(kiv),
        "ROTPublicUID": id_as_number(device["shown"]),
    }


def _key(call: Call, device: Row, purpose: str, identity: bytes) -> str:
    return _text(keys.derived(call.world, device["rot"], purpose, identity))


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


_KEY_ID = re.compile(rf"[0-9A-Fa-f]{{{2 * keys.KEY_ID_SIZE}}}")
_HEADER = re.compile(r"([0-9A-Fa-f]{2})+")
_ENCRYPTED_HEADER = Field(
    "EncryptedHeader", "string", required=True, pattern=_HEADER, refusal="Invalid EncryptedHeader"
)
_ONE = replace(ROT_PUBLIC_UID, type="string or number", required=True)

ENDPOINTS = (
    Endpoint(
        "/e2e/key/rotate",
        Access.WRITE,
        rotate,
        (
            ROT_PUBLIC_UIDS,
            TAG_NAMES,
            Field("Type", "string", required=True, choices=(keys.CONTINUOUS, keys.AUTOMATIC)),
            Field("Days", "integer", minimum=1, maximum=30),
        ),
        (AnyOf(("ROTPublicUIDs", "TagNames")),),
        message_key="Message",
    ),
    Endpoint(
        "/e2e/uplink/symmetrickey/get",
        Access.READ,
        symmetric_key,
        (
            Field("KeyID", "string", required=True, pattern=_KEY_ID, refusal="Invalid KeyID"),
            Field("KeyLength", "integer", values=(128, 256)),
        ),
    ),
    Endpoint("/e2e/uplink/protectionparameters/get", Access.READ, uplink_protection, (_ENCRYPTED_HEADER,)),
    Endpoint("/e2e/uplink/integrityparameters/get", Access.READ, uplink_integrity, (_ENCRYPTED_HEADER,)),
    Endpoint("/e2e/downlink/protectionparameters/get", Access.READ, downlink_protection, (_ONE,)),
    Endpoint("/e2e/downlink/integrityparameters/get", Access.READ, downlink_integrity, (_ONE,)),
)
