# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A fleet that lives: devices that connect, a clock that is moved, and what the API then tells of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509

from tests.support.raw import Ublox
from tests.support.sandbox import Sandbox

DAY = 24 * 3600
CA, OTHER_CA = "fleet.example.com", "other.example.com"
TRACKERS_EU, TRACKERS_US = "AyvylmHVdUiHQzUaCjOmC", "QHlN732VgUWCdfNeXHkQR1"
ENABLED, DISABLED = "ENABLED", "DISABLED"


def device(number: int) -> str:
    """A device of the default seed: 1-15 have bootstrapped, 16-24 are whitelisted only, 25 is in the blacklist."""
    return f"00020000892800{number:02d}"


def authorizations(**states: str) -> list[dict[str, str]]:
    """Authorizations in the form of the API."""
    return [{"Name": name, "State": state} for name, state in states.items()]


class Living:
    """The sandbox and a client whose token lasts for years."""

    def __init__(self, sandbox: Sandbox, ublox: Ublox) -> None:
        self.sandbox = sandbox
        self.ublox = ublox
        sandbox.settings(auth_token_seconds=10 * 366 * DAY)
        ublox.login()

    def beat(self, *ids: str) -> None:
        """One security heartbeat of each device, in this order."""
        if ids:
            self.sandbox.control("POST", "/fleet/heartbeat", {"ids": list(ids)})

    def advance(self, seconds: float = 0, days: float = 0) -> None:
        """Move the clock."""
        self.sandbox.control("POST", "/clock", {"advance_seconds": round(seconds + days * DAY)})

    def now(self) -> datetime:
        """The sandbox's time."""
        return datetime.fromisoformat(self.sandbox.control("GET", "/clock")["time"])

    def date(self, days: float = 0) -> str:
        """A moment so many days from the sandbox's now, as FromDate has it."""
        return (self.now() + timedelta(days=days)).isoformat(timespec="seconds")

    def bootstrap(self, rot: str, profile: str | None = None, **more: Any) -> bool:
        """A device connects for the first time; whether it was activated."""
        body = {"id": rot, **({"profile": profile} if profile else {}), **more}
        return bool(self.sandbox.control("POST", "/portal/device", body)["activated"])

    def profile_grants(self, uid: str, provisioning: dict[str, Any]) -> None:
        """Set the bootstrap provisioning of a profile."""
        body = {"DeviceProfileUID": uid, "Provisioning": provisioning}
        self.ublox.ok("/deviceprofile/bootstrapprovisioning/set", body)

    def provision(self, rot: str, **provisioning: Any) -> None:
        """Set what a device is to get at its next heartbeat."""
        self.ublox.ok("/device/provisioning/set", {"ROTPublicUIDs": [rot], "Provisioning": provisioning})

    def root_ca(self, name: str = CA, days: int = 3650, device_days: int = 365, **more: Any) -> x509.Certificate:
        """Make a root CA."""
        body = {"CAName": name, "CACertificateValidity": days, "DeviceCertificateValidity": device_days, **more}
        return pem(self.ublox.ok("/ztp/rootca/create", body)["Certificate"])

    def zero_touch(self, rot: str, ca: str = CA) -> None:
        """Have a device get a certificate of a root CA, at once."""
        self.provision(rot, Authorizations=authorizations(ZTPV1=ENABLED), Zerotouch={"CAName": ca})
        self.beat(rot)

    def info(self, rot: str, *options: str) -> Any:
        """What is known of one device."""
        body = {"ROTPublicUIDs": [rot], **({"Options": list(options)} if options else {})}
        [found] = self.ublox.ok("/device/info/get", body)["DeviceInfo"]
        return found

    def certificates(self, rot: str) -> list[x509.Certificate]:
        """The certificates on one device: none or one."""
        return [pem(entry["Certificate"]) for entry in self.info(rot, "ZTP")["DeviceCertificates"]]

    def certificate(self, rot: str) -> x509.Certificate:
        """The certificate on a device that has one."""
        [found] = self.certificates(rot)
        return found

    def desired(self, rot: str) -> Any:
        """Desired properties, without dates."""
        return undated(self.info(rot, "PROVISIONING")["DesiredProperties"])

    def current(self, rot: str) -> Any:
        """Current properties, without dates."""
        return undated(self.info(rot, "PROVISIONING")["CurrentProperties"])

    def notifications(self, rot: str, kind: str | None = None) -> list[Any]:
        """The notifications of one device in the last 180 days, oldest first."""
        body = {"FromDate": self.date(-180), "ROTPublicUIDs": [rot]}
        body |= {"NotificationType": kind} if kind else {}
        return self.ublox.every("/notification/get", "Notifications", body)

    def activities(self, rot: str) -> list[str]:
        """The commands carried out on one device."""
        body = {"FromDate": "2020-01-01", "ROTPublicUID": rot}
        return [entry["Command"] for entry in self.ublox.every("/device/activity/get", "Activities", body)]

    def last_seen(self, rot: str) -> datetime:
        """When one device was last seen."""
        body = {"FromDate": "2020-01-01", "ROTPublicUID": rot}
        return datetime.fromisoformat(self.ublox.ok("/device/activity/get", body)["LastSeen"])

    def usage(self, rot: str) -> dict[str, int]:
        """The usage of one device, once the lead time of five minutes is over."""
        self.advance(seconds=301)
        found: dict[str, dict[str, int]] = self.ublox.ok(
            "/device/usage/get", {"FromDate": self.date(-60)[:10], "ROTPublicUIDs": [rot]}
        )
        return next(iter(found.values()), {})


def undated(properties: Any) -> Any:
    """Properties with authorizations as a mapping of name to state."""
    if "Authorizations" not in properties:
        return properties
    states = {entry["Name"]: entry["State"] for entry in properties["Authorizations"]}
    return {**properties, "Authorizations": states}


def pem(text: str) -> x509.Certificate:
    """A certificate from its PEM text."""
    return x509.load_pem_x509_certificate(text.encode())


def serial(certificate: x509.Certificate) -> str:
    """A serial number as the API writes it."""
    return f"{certificate.serial_number:x}"


def utc(text: str) -> datetime:
    """A date of the API without its zone, which is UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
