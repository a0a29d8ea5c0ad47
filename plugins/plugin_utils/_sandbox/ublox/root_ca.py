# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Root CAs (u-blox Security Services REST API, Zero Touch Provisioning APIs, /ztp/rootca)."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.authority import COMMON_NAME_MAX, Authority
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.clock import iso_seconds, moment
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.exchange import Access
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.fleet.notices import (
    ROOT_CA_NOTICES,
    next_notice,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.fleet.schedule import reschedule_root_ca
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.listing import (
    CountedList,
    QueriedList,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.settings import (
    CERTIFICATE_MANAGEMENT,
    ZERO_TOUCH,
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
    PAGE_NUMBER,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.lookup import one_root_ca
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.paging import paged
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.subscriptions import (
    need_subscription,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.validation import Field
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.world import World

NAME = re.compile(r"[A-Za-z0-9_.-]{1,45}")
REGISTRATION_CODE = re.compile(rf"[\x20-\x7e]{{1,{COMMON_NAME_MAX}}}")
POP_DAYS = 30


def authority_of(row: Row) -> Authority:
    """The certificate and key of a root CA's row."""
    return Authority(row["certificate"], row["private_key"])


def add_root_ca(
    world: World, name: str, ca_days: int, device_days: int, renew_days: int | None, created: datetime
) -> Row:
    """Make a root CA; 400 if the name is taken, here or by another account."""
    from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.certificates import (
        expiry,
        make_authority,
    )

    store = world.store
    if name in world.settings.taken_ca_names or store.value("SELECT 1 FROM root_ca WHERE name = ?", name):
        raise bad_request("CAName already exists")
    authority = make_authority(name, created, ca_days)
    expires = expiry(authority).timestamp()
    store.execute(
        "INSERT INTO root_ca (name, ca_days, device_days, renew_days, created, certificate, private_key, expires, "
        "next_notice) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        name,
        ca_days,
        device_days,
        renew_days,
        iso_seconds(created),
        authority.certificate,
        authority.private_key,
        expires,
        next_notice(ROOT_CA_NOTICES, expires, world.clock.timestamp()),
    )
    return one_root_ca(store, name)


def shown_pem(world: World, text: str) -> str:
    """A certificate or a CRL with line ends as the setting `pem_newlines` says."""
    return text.replace("\n", "\\n") if world.settings.pem_newlines == "escaped" else text


def create(call: Call) -> Any:
    """/ztp/rootca/create"""
    ca_days, device_days = call.get("CACertificateValidity"), call.get("DeviceCertificateValidity")
    if device_days > ca_days:
        raise bad_request("DeviceCertificateValidity cannot be greater than CACertificateValidity")
    renew_days = call.get("RenewBeforeExpiration")
    if renew_days is not None:
        need_subscription(call.world, CERTIFICATE_MANAGEMENT)
    need_subscription(call.world, ZERO_TOUCH)
    row = add_root_ca(call.world, call.get("CAName"), ca_days, device_days, renew_days, call.world.clock.now())
    answer = _shown(call.world, row)
    answer.pop("RenewBeforeExpiration", None)
    return answer


def _shown(world: World, row: Row) -> dict[str, Any]:
    renewal = {} if row["renew_days"] is None else {"RenewBeforeExpiration": row["renew_days"]}
    return {
        "CAName": row["name"],
        "CACertificateValidity": row["ca_days"],
        "DeviceCertificateValidity": row["device_days"],
        **renewal,
        "Certificate": shown_pem(world, row["certificate"]),
        "CreatedDate": row["created"],
    }


def update(call: Call) -> Any:
    """/ztp/rootca/update: when device certificates are renewed."""
    need_subscription(call.world, CERTIFICATE_MANAGEMENT)
    row = one_root_ca(call.world.store, call.get("CAName"))
    call.world.store.execute(
        "UPDATE root_ca SET renew_days = ? WHERE id = ?", call.get("RenewBeforeExpiration"), row["id"]
    )
    reschedule_root_ca(call.world, row["id"])
    return SUCCESS


def get(call: Call) -> Any:
    """/ztp/rootca/get: all root CAs, or the one named."""
    name = call.get("CAName")
    listing = (
        CountedList("root_ca", "SELECT * FROM root_ca WHERE 1")
        if name is None
        else QueriedList("SELECT * FROM root_ca WHERE name = ?", (name,))
    )
    return paged(call, "CAs", listing, lambda row: _shown(call.world, row))


def delete(call: Call) -> Any:
    """/ztp/rootca/delete: not while a device or a device profile has it."""
    store = call.world.store
    row = one_root_ca(store, call.get("CAName"))
    _refuse_if_used(store, row["name"])
    store.execute("DELETE FROM root_ca WHERE id = ?", row["id"])
    return SUCCESS


def _refuse_if_used(store: Store, name: str) -> None:
    if store.value("SELECT 1 FROM profile WHERE root_ca = ? LIMIT 1", name):
        raise aborted("This Root CA is currently linked to a device profile")
    for column in ("desired_ca", "current_ca"):
        if store.value(f"SELECT 1 FROM device WHERE {column} = ? LIMIT 1", name):
            raise aborted("This Root CA is currently set in the properties of ROTPublicUID(s)")


def device_get(call: Call) -> Any:
    """/ztp/rootca/device/get: the devices with a certificate of this root CA."""
    row = one_root_ca(call.world.store, call.get("CAName"))
    listing = CountedList(
        f"certificate/{row['id']}",
        "SELECT d.shown, c.serial FROM device_certificate AS c INDEXED BY device_certificate_ca "
        "JOIN device AS d ON d.id = c.device_id WHERE c.root_ca_id = ? AND c.installed",
        number="c.id",
        values=(row["id"],),
    )
    return paged(
        call,
        "Devices",
        listing,
        lambda found: {"ROTPublicUID": found["shown"], "SerialNumber": found["serial"]},
    )


def crl_get(call: Call) -> Any:
    """/ztp/rootca/crl/get: for the root CAs named, or for all."""
    need_subscription(call.world, CERTIFICATE_MANAGEMENT)
    store = call.world.store
    names = call.get("CANames")
    if names is None:
        return {"CRLs": [_crl(call.world, row) for row in store.rows("SELECT * FROM root_ca ORDER BY id")]}
    rows = [store.row("SELECT * FROM root_ca WHERE name = ?", name) for name in dict.fromkeys(names)]
    if None in rows:
        raise bad_request("Invalid CANames")
    return {"CRLs": [_crl(call.world, row) for row in rows if row is not None]}


def _crl(world: World, row: Row) -> dict[str, Any]:
    from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.certificates import revocation_list

    revoked = world.store.rows(
        "SELECT serial, revoked FROM device_certificate WHERE root_ca_id = ? AND revoked IS NOT NULL ORDER BY id",
        row["id"],
    )
    moments = [(serial, moment(when)) for serial, when in revoked]
    crl = revocation_list(authority_of(row), moments, world.clock.now())
    return {
        "CAName": row["name"],
        "CRL": shown_pem(world, crl),
        "SerialNumbers": [serial for serial, _when in moments],
    }


def pop_certificate(call: Call) -> Any:
    """/ztp/rootca/popcertificate/generate: the registration code as subject, signed by the root CA."""
    from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.certificates import issue

    row = one_root_ca(call.world.store, call.get("CAName"))
    leaf = issue(authority_of(row), call.get("RegistrationCode"), call.world.clock.now(), POP_DAYS)
    return {"CAName": row["name"], "PoPCertificate": shown_pem(call.world, leaf.certificate)}


CA_NAME = Field("CAName", "string", required=True, max_length=45, pattern=NAME)
_EXISTING = Field("CAName", "string", required=True)
_RENEW = Field("RenewBeforeExpiration", "integer", minimum=1, maximum=365)

ENDPOINTS = (
    Endpoint(
        "/ztp/rootca/create",
        Access.WRITE,
        create,
        (
            CA_NAME,
            Field("CACertificateValidity", "integer", required=True, minimum=1825, maximum=3650),
            Field("DeviceCertificateValidity", "integer", required=True, minimum=30, maximum=3650),
            _RENEW,
        ),
    ),
    Endpoint(
        "/ztp/rootca/update",
        Access.WRITE,
        update,
        (CA_NAME, Field("RenewBeforeExpiration", "integer", required=True, minimum=1, maximum=365)),
    ),
    Endpoint("/ztp/rootca/get", Access.READ, get, (PAGE_NUMBER, Field("CAName", "string"))),
    Endpoint("/ztp/rootca/delete", Access.WRITE, delete, (_EXISTING,)),
    Endpoint("/ztp/rootca/device/get", Access.READ, device_get, (_EXISTING, PAGE_NUMBER)),
    Endpoint("/ztp/rootca/crl/get", Access.READ, crl_get, (Field("CANames", "strings"),)),
    Endpoint(
        "/ztp/rootca/popcertificate/generate",
        Access.READ,
        pop_certificate,
        (_EXISTING, Field("RegistrationCode", "string", required=True, pattern=REGISTRATION_CODE)),
    ),
)
