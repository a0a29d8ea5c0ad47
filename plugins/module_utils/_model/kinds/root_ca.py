# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Root CAs that sign device certificates (Security Services REST API 1.1.29, Zero Touch Provisioning APIs)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..kind import PROTECTED, REPLACE, STATE, Call, DaysUntil, Field, Kind, Listing, LiveObject, Obstacle
from ..values import Attributes, Type, Value

_FROM_WIRE = {
    "CACertificateValidity": "ca_validity_days",
    "DeviceCertificateValidity": "device_validity_days",
    "RenewBeforeExpiration": "renew_before_days",
}


def _read(items: Sequence[Mapping[str, Any]]) -> Iterable[LiveObject]:
    for item in items:
        attributes: dict[str, Value] = {ours: item[theirs] for theirs, ours in _FROM_WIRE.items() if theirs in item}
        if "ExpiresOn" in item:
            attributes["expires_on"] = item["ExpiresOn"]
        yield LiveObject(item["CAName"], attributes)


def _check(declared: Attributes) -> Iterable[tuple[str, str]]:
    ca, device = declared.get("ca_validity_days"), declared.get("device_validity_days")
    if isinstance(ca, int) and isinstance(device, int) and device > ca:
        yield (
            "device_validity_days",
            f"{device} days is longer than the CA's own {ca} days; a device certificate ends with its CA",
        )


def _blocks(answer: Mapping[str, Any]) -> str:
    devices = answer["TotalRecords"]
    return f"{devices} device{'s have' if devices != 1 else ' has'} a certificate signed by it" if devices else ""


def _alerts(attributes: Attributes, days_until: DaysUntil) -> Iterable[str]:
    """Devices renew their certificates up to the CA's own end, and not beyond it."""
    expires, window = attributes.get("expires_on"), attributes.get("renew_before_days", 0)
    if not isinstance(expires, str) or not isinstance(window, int):
        return
    left = days_until(expires)
    if left < 0:
        yield f"expired on {expires}"
    elif left <= window:
        yield f"expires on {expires}, in {left} days, within its renewal window of {window}"


ROOT_CA = Kind(
    name="root_ca",
    section="root_cas",
    title="Root CAs that sign device certificates",
    source="u-blox Security Services REST API 1.1.29, Zero Touch Provisioning APIs",
    fields=(
        Field(
            "name",
            Type.TEXT,
            "The CA's name. It must be publicly unique.",
            wire="CAName",
            key=True,
            max_length=45,
            pattern=r"^[A-Za-z0-9_.\-]+$",
            rule="may hold letters, digits, underscores, dashes and dots only",
        ),
        Field(
            "ca_validity_days",
            Type.INTEGER,
            "Validity of the CA certificate in days. Needed to create a CA; cannot change afterwards.",
            wire="CACertificateValidity",
            needed_to_create=True,
            immutable=True,
            minimum=1825,
            maximum=3650,
        ),
        Field(
            "device_validity_days",
            Type.INTEGER,
            "Validity of device certificates in days, not above the CA's. "
            "Needed to create a CA; cannot change afterwards.",
            wire="DeviceCertificateValidity",
            needed_to_create=True,
            immutable=True,
            minimum=30,
            maximum=3650,
        ),
        Field(
            "renew_before_days",
            Type.INTEGER,
            "How many days before they expire device certificates are renewed. "
            "Needs the subscription Device Certificate Management.",
            wire="RenewBeforeExpiration",
            minimum=1,
            maximum=365,
        ),
        REPLACE,
        PROTECTED,
        STATE,
    ),
    read=Listing("/ztp/rootca/get", "CAs", _read),
    create=Call("/ztp/rootca/create", ("name", "ca_validity_days", "device_validity_days", "renew_before_days")),
    update=Call("/ztp/rootca/update", ("name", "renew_before_days")),
    delete=Call("/ztp/rootca/delete", ("name",)),
    check=_check,
    alerts=_alerts,
    obstacle=Obstacle("/ztp/rootca/device/get", lambda ca: {"CAName": ca.name}, _blocks),
)
