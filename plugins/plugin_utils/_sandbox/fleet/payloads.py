# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The six documented events, field by field and date by date as printed.

u-blox Security Services REST API, /notification/webhook/create.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.clock import iso_bare, iso_minutes
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.store import Row
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.identifiers import UNATTRIBUTED

BOOTSTRAP = "DEVICE_BOOTSTRAP_EVENT"
PROPERTIES = "DEVICE_PROPERTIES_CHANGE_EVENT"
ERRORS = "DEVICE_ERRORS_EVENT"
RENEWAL = "DEVICE_CERTIFICATE_RENEWAL_EVENT"
EXPIRATION = "DEVICE_CERTIFICATE_EXPIRATION_EVENT"
ROOT_CA_EXPIRATION = "ROOTCA_EXPIRATION_EVENT"

ROT_VERSION, VERSION, TYPE_NUMBER = "1", "12", "SARA-R410M-03B-00"
"""What the printed bootstrap says of the module; every device of the sandbox is of this make."""

Event = dict[str, Any]


def serial_number(row: Row) -> str:
    """The serial number of the device's security context; its own number where none was given."""
    return row["serial"] or str(int(row["rot"], 16))


def information(row: Row) -> dict[str, Any]:
    """What a device says of itself when it bootstraps; `row` has its profile's UID as `profile_uid`."""
    return {
        "RotVersion": ROT_VERSION,
        "SerialNumber": serial_number(row),
        "Version": VERSION,
        "DeviceSerialNumber": row["device_serial"],
        "IMEI": row["imei"],
        "DeviceProfileUID": row["profile_uid"] or UNATTRIBUTED,
        "TypeNumber": TYPE_NUMBER,
        "IsBlacklisted": bool(row["blacklisted"]),
    }


def bootstrap(row: Row, now: datetime) -> Event:
    """A device bootstrapped."""
    return {
        "ROTPublicUID": row["shown"],
        "Timestamp": iso_bare(now),
        "EventType": BOOTSTRAP,
        "Payload": information(row),
    }


def properties(row: Row, now: datetime, desired: dict[str, Any], current: dict[str, Any]) -> Event:
    """Desired properties became current ones."""
    return {
        "ROTPublicUID": row["shown"],
        "Timestamp": iso_bare(now),
        "EventType": PROPERTIES,
        "Payload": {"DesiredProperties": desired, "CurrentProperties": current},
    }


def error(row: Row, now: datetime, what: str) -> Event:
    """Something went wrong between server and device."""
    return {
        "ROTPublicUID": row["shown"],
        "EventType": ERRORS,
        "Timestamp": iso_minutes(now),
        "Payload": {"Error": what},
    }


def renewal(row: Row, now: datetime, ca: str, serial: str, days: int, expires: datetime) -> Event:
    """A device certificate was renewed."""
    return {
        "ROTPublicUID": row["shown"],
        "EventType": RENEWAL,
        "Timestamp": iso_minutes(now),
        "Payload": {
            "CertificateAuthorityName": ca,
            "CertificateSerialNumber": serial,
            "CertificateValidity": days,
            "ExpirationDate": iso_minutes(expires),
        },
    }


def expiration(row: Row, now: datetime, ca: str, serial: str, days: int, expires: datetime) -> Event:
    """A device certificate expires in so many days."""
    return {
        "ROTPublicUID": row["shown"],
        "EventType": EXPIRATION,
        "Timestamp": iso_minutes(now),
        "Payload": {
            "CertificateAuthorityName": ca,
            "CertificateSerialNumber": serial,
            "DaysToExpiration": days,
            "ExpirationDate": iso_minutes(expires),
        },
    }


def root_ca_expiration(now: datetime, ca: str, days: int, expires: datetime, devices: int) -> Event:
    """A root CA expires in so many days."""
    return {
        "EventType": ROOT_CA_EXPIRATION,
        "Timestamp": iso_minutes(now),
        "Payload": {
            "CertificateAuthorityName": ca,
            "DaysToExpiration": days,
            "ExpirationDate": iso_bare(expires),
            "ProvisionedDevicesCount": devices,
        },
    }
