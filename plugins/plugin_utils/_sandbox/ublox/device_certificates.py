# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Device certificates, managed by hand (u-blox Security Services REST API, /ztp/devicecertificate).

All but revocation happen at the next security heartbeat; see fleet/zero_touch.py.
"""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.exchange import Access
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.fleet import zero_touch as work
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.fleet.properties import (
    change_desired,
    without,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.store import Row, Store
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.api import (
    SUCCESS,
    Call,
    Endpoint,
    aborted,
    bad_request,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.identifiers import (
    ROT_PUBLIC_UID,
    ROT_PUBLIC_UIDS,
    renamed,
    required,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.lookup import all_devices, one_root_ca
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.root_ca import CA_NAME
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.subscriptions import spend_quota
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.targets import refuse_blacklisted
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.validation import AnyOf, Field

SERIAL = Field("SerialNumber", "string", refusal="Invalid SerialNumber")
SERIALS = Field("SerialNumbers", "strings", refusal="Invalid SerialNumbers")


def renew(call: Call) -> Any:
    """/ztp/devicecertificate/renew: the same key pair, a new serial number and expiration date."""
    authority = one_root_ca(call.world.store, call.get("CAName"))
    days = call.get("DeviceCertificateValidity")
    if days > authority["ca_days"]:
        raise bad_request("DeviceCertificateValidity cannot be greater than that of Root CA")
    return _plan(call, authority, work.RENEW, days)


def update(call: Call) -> Any:
    """/ztp/devicecertificate/update: a new key pair, in two heartbeats. Asking again changes nothing."""
    return _plan(call, one_root_ca(call.world.store, call.get("CAName")), work.REMOVE_OLD)


def _plan(call: Call, authority: Row, kind: str, days: int | None = None) -> Any:
    store = call.world.store
    rows = _rows_of(call, authority)
    if kind != work.REMOVE_OLD:
        _refuse_updating(store, rows)
    spend_quota(call.world, rows)
    for row in rows:
        if not work.is_updating(store, row["id"]):
            work.plan_task(call.world, row["id"], kind, authority["name"], days)
    return SUCCESS


def delete(call: Call) -> Any:
    """/ztp/devicecertificate/delete: certificate and key pair are removed, and the root CA is no longer desired."""
    store = call.world.store
    rows = _rows(store, call.get("ROTPublicUIDs"))
    _refuse_updating(store, rows)
    certificates = [_installed(store, row, None) for row in rows]
    spend_quota(call.world, rows)
    change_desired(call.world, [row["id"] for row in rows], lambda desired: without(desired, "Zerotouch"))
    for certificate in certificates:
        work.plan_task(call.world, certificate["device_id"], work.DELETE, certificate["ca"])
    return SUCCESS


def transfer(call: Call) -> Any:
    """/ztp/devicecertificate/rootca/transfer: from one root CA to another."""
    store = call.world.store
    source, target = one_root_ca(store, call.get("FromCA")), one_root_ca(store, call.get("ToCA"))
    if source["id"] == target["id"]:
        raise bad_request("FromCA and ToCA are the same")
    rows = _rows(store, call.get("ROTPublicUIDs"))
    _refuse_updating(store, rows)
    for row in rows:
        _installed(store, row, source)
    spend_quota(call.world, rows)
    change_desired(
        call.world, [row["id"] for row in rows], lambda desired: {**desired, "Zerotouch": {"CAName": target["name"]}}
    )
    for row in rows:
        work.plan_task(call.world, row["id"], work.TRANSFER, target["name"])
    return SUCCESS


def revoke(call: Call) -> Any:
    """/ztp/devicecertificate/revoke: on the revocation list at once; the certificate stays on the device."""
    store = call.world.store
    authority = one_root_ca(store, call.get("CAName"))
    certificate = _certificate_to_revoke(call, authority)
    device = _devices(store, [certificate["device_id"]])
    _refuse_updating(store, device)
    spend_quota(call.world, device)
    work.revoke(call.world, certificate)
    return SUCCESS


def _certificate_to_revoke(call: Call, authority: Row) -> Row:
    """The certificate of SerialNumber, be it on a device or not, or else the one on the device of ROTPublicUID."""
    store, rot, serial = call.world.store, call.get("ROTPublicUID"), call.get("SerialNumber")
    rows = [] if rot is None else _rows(store, [rot])
    if serial is None:
        return _installed(store, rows[0], authority)
    certificate = _by_serial(store, serial, authority, "Invalid SerialNumber")
    if rows and certificate["device_id"] != rows[0]["id"]:
        raise bad_request("Invalid SerialNumber")
    return certificate


def _rows_of(call: Call, authority: Row) -> list[Row]:
    """The devices of ROTPublicUIDs and of SerialNumbers; 400 unless each has a certificate of the root CA on it."""
    store = call.world.store
    rows = _rows(store, call.get("ROTPublicUIDs") or ())
    for row in rows:
        _installed(store, row, authority)
    numbers = {row["id"] for row in rows}
    for serial in call.get("SerialNumbers") or ():
        certificate = _by_serial(store, serial, authority, "Invalid SerialNumbers")
        if not certificate["installed"]:
            raise bad_request("Invalid SerialNumbers")
        numbers.add(certificate["device_id"])
    return _devices(store, sorted(numbers))


def _rows(store: Store, ids: list[str] | tuple[str, ...]) -> list[Row]:
    return _devices(store, all_devices(store, ids))


def _devices(store: Store, numbers: list[int]) -> list[Row]:
    rows = store.rows(
        "SELECT * FROM device WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id", json.dumps(numbers)
    )
    refuse_blacklisted(rows)
    return rows


def _installed(store: Store, row: Row, authority: Row | None) -> Row:
    """The certificate on a device; 400 if there is none of that root CA."""
    certificate = work.installed(store, row["id"])
    if certificate is None or (authority is not None and certificate["root_ca_id"] != authority["id"]):
        of = "" if authority is None else f" of {authority['name']}"
        raise bad_request(f"ROTPublicUIDs without a device certificate{of}")
    return certificate


def _by_serial(store: Store, serial: str, authority: Row, refusal: str) -> Row:
    found = store.row(f"{work.CERTIFICATE} WHERE c.serial = ?", serial.lower().lstrip("0"))
    if found is None or found["root_ca_id"] != authority["id"]:
        raise bad_request(refusal)
    return found


def _refuse_updating(store: Store, rows: list[Row]) -> None:
    if any(work.is_updating(store, row["id"]) for row in rows):
        raise aborted("Device certificate update process is still on-going")


_BY_SERIAL = (ROT_PUBLIC_UIDS, SERIALS)
_EITHER = (AnyOf(("ROTPublicUIDs", "SerialNumbers")),)

ENDPOINTS = (
    Endpoint(
        "/ztp/devicecertificate/renew",
        Access.WRITE,
        renew,
        (
            CA_NAME,
            Field("DeviceCertificateValidity", "integer", required=True, minimum=30, maximum=3650),
            *_BY_SERIAL,
        ),
        _EITHER,
    ),
    Endpoint("/ztp/devicecertificate/update", Access.WRITE, update, (CA_NAME, *_BY_SERIAL), _EITHER),
    Endpoint("/ztp/devicecertificate/delete", Access.WRITE, delete, (required(ROT_PUBLIC_UIDS),)),
    Endpoint(
        "/ztp/devicecertificate/revoke",
        Access.WRITE,
        revoke,
        (CA_NAME, ROT_PUBLIC_UID, SERIAL),
        (AnyOf(("ROTPublicUID", "SerialNumber")),),
    ),
    Endpoint(
        "/ztp/devicecertificate/rootca/transfer",
        Access.WRITE,
        transfer,
        (renamed(CA_NAME, "FromCA"), renamed(CA_NAME, "ToCA"), required(ROT_PUBLIC_UIDS)),
    ),
)
