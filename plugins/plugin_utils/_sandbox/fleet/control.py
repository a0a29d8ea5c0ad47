# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The part of the control API that plays the devices, the portal and the passing of time."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.fleet import messages, passage
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.fleet.ciphers import CCM
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.fleet.events import tell_error
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.fleet.growth import Growth, grow
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.fleet.heartbeat import beat, beat_all
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.fleet.schedule import reschedule
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.portal import (
    PortalError,
    activate_device,
    known_device,
    known_profile,
    known_tags_or_new,
    seal_device,
    set_evaluation,
    set_profile_whitelist,
    upload_production_log,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.shape import Key, ShapeError, checked
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.identifiers import HEX_ID
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.world import World

Handler = Callable[[World, Any], Any]

_ID = {"id": Key(str, required=True)}
FLEET = {
    "first_id": Key(str),
    "count": Key(int, required=True),
    "profile": Key(str),
    "whitelisted": Key(bool),
    "tags": Key(list, item=str),
}
FIRST_ID = "0002000100000000"


def add_fleet(world: World, document: Any) -> Any:
    """Many devices at once; also what a seed has under `fleet`."""
    given = checked(document, FLEET, "a fleet")
    first = given.get("first_id", FIRST_ID)
    if not HEX_ID.fullmatch(first):
        raise PortalError("first_id must be a ROTPublicUID")
    profile = known_profile(world, given["profile"]) if "profile" in given else None
    tags = known_tags_or_new(world, given.get("tags", []))
    grow(world, Growth(first, given["count"], profile, given.get("whitelisted", True), tuple(tags)))
    return {"first_id": first, "count": given["count"]}


def _heartbeat(world: World, body: Any) -> Any:
    given = checked(body, {"id": Key(str), "ids": Key(list, item=str), "all": Key(bool)}, "a heartbeat")
    if given.get("all"):
        return {"beats": beat_all(world)}
    ids = [*given.get("ids", []), *([given["id"]] if "id" in given else [])]
    if not ids:
        raise ShapeError("a heartbeat needs id, ids, or all: true")
    for rot in ids:
        beat(world, known_device(world, rot)["id"])
    return {"beats": len(ids)}


def _activate(world: World, body: Any) -> Any:
    activate_device(world, checked(body, _ID, "the body")["id"])
    return {"activated": True}


def _seal(world: World, body: Any) -> Any:
    given = dict(checked(body, {**_ID, "profile": Key(str), "device_serial": Key(str)}, "the body"))
    return {"activated": seal_device(world, given.pop("id"), **given)}


def _evaluation(world: World, body: Any) -> Any:
    given = checked(body, {**_ID, "enabled": Key(bool, required=True)}, "the body")
    set_evaluation(world, given["id"], given["enabled"])
    return {"enabled": given["enabled"]}


def _whitelist_option(world: World, body: Any) -> Any:
    keys = {"profile": Key(str, required=True), "checks_whitelist": Key(bool, required=True)}
    given = checked(body, keys, "the body")
    set_profile_whitelist(world, given["profile"], given["checks_whitelist"])
    return {"checks_whitelist": given["checks_whitelist"]}


def _production_log(world: World, body: Any) -> Any:
    entries = checked(body, {"entries": Key(list, required=True, item=dict)}, "the body")["entries"]
    for entry in entries:
        checked(entry, {**_ID, "serial": Key(str), "device_serial": Key(str)}, "an entry")
    upload_production_log(world, entries)
    return {"entries": len(entries)}


def _clone(world: World, body: Any) -> Any:
    row = known_device(world, checked(body, _ID, "the body")["id"])
    now = world.clock.timestamp()
    world.store.execute("INSERT INTO clone_event (device_id, time) VALUES (?, ?)", row["id"], now)
    return {"cloned": True}


def _error(world: World, body: Any) -> Any:
    """An error now, or at the next heartbeat, which then applies nothing."""
    keys = {**_ID, "error": Key(str, required=True), "at_heartbeat": Key(bool)}
    given = checked(body, keys, "the body")
    row = known_device(world, given["id"])
    if given.get("at_heartbeat"):
        world.store.execute("UPDATE device SET refusal = ? WHERE id = ?", given["error"], row["id"])
        reschedule(world, [row["id"]])
    else:
        tell_error(world, row, given["error"])
    return {"error": given["error"]}


def _encrypt(world: World, body: Any) -> Any:
    keys = {
        **_ID,
        "plaintext": Key(str, required=True),
        "version": Key(int),
        "cipher_suite": Key(str),
        "encrypted": Key(bool),
    }
    given = checked(body, keys, "the body")
    suite, encrypted = given.get("cipher_suite", CCM), given.get("encrypted", True)
    message = messages.uplink(
        world,
        known_device(world, given["id"]),
        _bytes("plaintext", given["plaintext"]),
        version=given.get("version", 1 if encrypted and suite == CCM else 2),
        suite=suite,
        encrypted=encrypted,
    )
    return {
        "header": message.header.hex(),
        "key_id": message.key_id.hex() if message.key_id else None,
        "cipher_suite": message.suite,
        "body": base64.b64encode(message.body).decode(),
        "mac": base64.b64encode(message.mac).decode(),
    }


def _decrypt(world: World, body: Any) -> Any:
    keys = {**_ID, "kiv": Key(str, required=True), "iv": Key(str), "body": Key(str, required=True)}
    given = checked(body, {**keys, "mac": Key(str, required=True)}, "the body")
    plaintext = messages.downlink(
        world,
        known_device(world, given["id"]),
        kiv=_bytes("kiv", given["kiv"]),
        iv=_bytes("iv", given["iv"]) if "iv" in given else None,
        body=_bytes("body", given["body"]),
        mac=_bytes("mac", given["mac"]),
    )
    return {"plaintext": base64.b64encode(plaintext).decode()}


def _bytes(name: str, text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ShapeError(f"{name} must be base64") from error


ROUTES: Mapping[str, Handler] = {
    "/fleet": add_fleet,
    "/fleet/heartbeat": _heartbeat,
    "/fleet/seal": _seal,
    "/fleet/clone": _clone,
    "/fleet/error": _error,
    "/fleet/encrypt": _encrypt,
    "/fleet/decrypt": _decrypt,
    "/portal/activate": _activate,
    "/portal/evaluation": _evaluation,
    "/portal/whitelist-check": _whitelist_option,
    "/portal/production-log": _production_log,
}
"""All are POST with a JSON object."""


def carry_out(world: World, path: str, body: Any) -> Any:
    """One of ROUTES, in one transaction, after the fleet has lived up to now."""
    passage.catch_up(world)
    with world.store.transaction():
        return ROUTES[path](world, body)
