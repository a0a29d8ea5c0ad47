# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole u-blox account as one canonical JSON document, for comparing before and after.

Lists are sorted by their keys, so that two accounts with the same content compare equal whatever the order in
which it came about. There is no secret in it; of webhook tokens there is a digest.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.clock import iso_seconds, moment
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.store import Row, Store
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.provisioning import shown
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.tags import names_of


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def account_state(store: Store) -> dict[str, Any]:
    """The account."""
    return {
        "tags": [row["name"] for row in store.rows("SELECT name FROM tag ORDER BY folded")],
        "root_cas": [_root_ca(row) for row in store.rows("SELECT * FROM root_ca ORDER BY name")],
        "profiles": _profiles(store),
        "devices": _devices(store),
        "whitelist": [row["shown"] for row in store.rows("SELECT shown FROM whitelist ORDER BY kind, value")],
        "webhooks": [
            {"url": row["url"], "type": row["type"], "token_sha256": _digest(row["token"])}
            for row in store.rows("SELECT * FROM webhook ORDER BY url, type")
        ],
    }


def _root_ca(row: Row) -> dict[str, Any]:
    return {
        "name": row["name"],
        "ca_validity_days": row["ca_days"],
        "device_validity_days": row["device_days"],
        "renew_before_days": row["renew_days"],
        "created": row["created"],
        "certificate_sha256": _digest(row["certificate"]),
    }


def _profiles(store: Store) -> list[dict[str, Any]]:
    rows = store.rows("SELECT * FROM profile ORDER BY name")
    tags = names_of(store, "profile_tag", "profile_id", [row["id"] for row in rows])
    return [
        {
            "uid": row["uid"],
            "name": row["name"],
            "tags": sorted(tags[row["id"]]),
            "checks_whitelist": bool(row["checks_whitelist"]),
            "bootstrap_provisioning": shown(json.loads(row["provisioning"])),
        }
        for row in rows
    ]


def _devices(store: Store) -> list[dict[str, Any]]:
    rows = store.rows(
        "SELECT d.*, p.name AS profile FROM device AS d LEFT JOIN profile AS p ON p.id = d.profile_id ORDER BY d.rot"
    )
    numbers = [row["id"] for row in rows]
    tags, certificates = names_of(store, "device_tag", "device_id", numbers), _certificates(store)
    tasks = {row["device_id"]: row["kind"] for row in store.rows("SELECT * FROM certificate_task")}
    rotations = {row["device_id"]: row for row in store.rows("SELECT * FROM key_state WHERE rotation IS NOT NULL")}
    return [
        {
            "id": row["shown"],
            "profile": row["profile"],
            "imei": row["imei"],
            "device_serial": row["device_serial"],
            "tags": sorted(tags[row["id"]]),
            "state": row["state"],
            "blacklisted": bool(row["blacklisted"]),
            "desired": shown(json.loads(row["desired"])),
            "current": shown(json.loads(row["current"])),
            "certificates": certificates.get(row["id"], []),
            "certificate_task": tasks.get(row["id"]),
            "key_rotation": _rotation(rotations.get(row["id"])),
        }
        for row in rows
    ]


def _certificates(store: Store) -> dict[int, list[dict[str, Any]]]:
    """All device certificates ever issued, by device."""
    found: dict[int, list[dict[str, Any]]] = {}
    for row in store.rows(
        "SELECT c.*, a.name FROM device_certificate AS c JOIN root_ca AS a ON a.id = c.root_ca_id ORDER BY c.id"
    ):
        found.setdefault(row["device_id"], []).append(
            {
                "root_ca": row["name"],
                "serial": row["serial"],
                "expires": iso_seconds(moment(row["expires"])),
                "installed": bool(row["installed"]),
                "revoked": row["revoked"] is not None,
            }
        )
    return found


def _rotation(row: Row | None) -> dict[str, Any] | None:
    return None if row is None else {"type": row["rotation"], "days": row["days"]}
