# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the control API and the seed may set about how the services behave."""

from __future__ import annotations

import ipaddress
import json
import os
import ssl
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

DATA_PROTECTION = "Local Data Protection"
CHIP_TO_CHIP = "Local Chip-to-Chip Security"
END_TO_END = "E2E Data Protection"
ZERO_TOUCH = "Zero Touch Provisioning"
CERTIFICATE_MANAGEMENT = "Device Certificate Management"
SUBSCRIPTIONS = (DATA_PROTECTION, CHIP_TO_CHIP, END_TO_END, ZERO_TOUCH, CERTIFICATE_MANAGEMENT)


class SettingsError(ValueError):
    """A setting that does not exist or cannot have that value."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Defaults are what the specifications state, or else what inferred.py gives the reason for."""

    auth_token_seconds: int = 3600
    refresh_token_seconds: int = 3 * 24 * 3600
    refresh_needs: str = "genuine"
    """Which AuthToken /refreshauthtoken asks for: `genuine` (ours, may have expired), `valid`, or `none`."""
    page_size: int = 100
    webhook_tokens: str = "hidden"
    """Whether /notification/webhook/get shows AuthorizationToken: `hidden` or `returned`."""
    pem_newlines: str = "real"
    """Line ends in certificates: `real`, or `escaped` as two characters; the printed samples allow both."""
    subscriptions: Mapping[str, bool] = field(default_factory=lambda: dict.fromkeys(SUBSCRIPTIONS, True))
    taken_ca_names: tuple[str, ...] = ("taken.example.com",)
    """Root CA names that other accounts own: a name has to be publicly unique."""
    certificate_quota: int | None = None
    """How many certificate management calls each device has; None: as many as wanted."""
    default_heartbeat_seconds: int = 7 * 24 * 3600
    """The security heartbeat of a device that has none of its own."""
    heartbeats: str = "clock"
    """Whether devices beat as the clock goes on (`clock`), or only when the control API says so (`manual`)."""
    webhook_ca: str | None = None
    """A file of CA certificates, PEM, that receivers of webhooks are checked against; None: the system's."""
    webhook_hosts: Mapping[str, str] = field(default_factory=dict)
    """Where hooks of a host name are delivered: host name to `127.0.0.1:port`. Only loopback is connected to."""
    calamp_token_seconds: int = 3600
    calamp_interval_ms: int = 100
    mt20w_header: str = "raw"
    """X-Device-Last-Connected as base64 of the encrypted bytes (`raw`) or of their hexadecimal digits (`hex`)."""

    def changed(self, changes: Mapping[str, Any]) -> Settings:
        """A copy with `changes`. Raises SettingsError."""
        values: dict[str, Any] = {}
        for name, value in changes.items():
            check = _CHECKS.get(name)
            if check is None:
                raise SettingsError(f"there is no setting {name!r}; there are {', '.join(sorted(_CHECKS))}")
            values[name] = check(self, name, value)
        return replace(self, **values)

    def to_json(self) -> dict[str, Any]:
        """As a JSON object."""
        return asdict(self)


def load_settings(text: str | None) -> Settings:
    """The settings kept in the state file; a file of CA certificates that is gone since is forgotten."""
    kept = json.loads(text) if text else {}
    if not os.path.isfile(kept.get("webhook_ca") or ""):
        kept.pop("webhook_ca", None)
    return Settings().changed(kept)


def _whole(minimum: int, maximum: int) -> Callable[[Settings, str, Any], int]:
    def check(_settings: Settings, name: str, value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not minimum <= value <= maximum:
            raise SettingsError(f"{name} must be a whole number from {minimum} to {maximum}")
        return value

    return check


def _one_of(*choices: str) -> Callable[[Settings, str, Any], str]:
    def check(_settings: Settings, name: str, value: Any) -> str:
        if value not in choices:
            raise SettingsError(f"{name} must be one of {', '.join(choices)}")
        return str(value)

    return check


def _subscriptions(settings: Settings, name: str, value: Any) -> dict[str, bool]:
    if not isinstance(value, dict) or any(
        key not in SUBSCRIPTIONS or not isinstance(state, bool) for key, state in value.items()
    ):
        raise SettingsError(f"{name} must map any of {', '.join(SUBSCRIPTIONS)} to true or false")
    return {**settings.subscriptions, **value}


def _optional(
    check: Callable[[Settings, str, Any], Any],
) -> Callable[[Settings, str, Any], Any]:
    return lambda settings, name, value: None if value is None else check(settings, name, value)


def _certificates(_settings: Settings, name: str, value: Any) -> str:
    try:
        ssl.create_default_context(cafile=value)
    except (OSError, TypeError, ValueError) as error:
        raise SettingsError(f"{name} must name a file of CA certificates in PEM form: {error}") from error
    return str(value)


def _loopback_hosts(_settings: Settings, name: str, value: Any) -> dict[str, str]:
    wanted = f'{name} must map host names to "127.0.0.1:port"'
    if not isinstance(value, dict) or not all(isinstance(address, str) for address in value.values()):
        raise SettingsError(wanted)
    for address in value.values():
        if loopback_address(address) is None:
            raise SettingsError(wanted)
    return {host.lower(): address for host, address in value.items()}


def loopback_address(address: str) -> tuple[str, int] | None:
    """Host and port of `127.0.0.1:port` or `[::1]:port`, None for anything else."""
    host, _colon, port = address.rpartition(":")
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        return None
    host = host.removeprefix("[").removesuffix("]")
    return (host, int(port)) if is_loopback(host) else None


def is_loopback(host: str) -> bool:
    """Whether a literal address is one of this machine's own."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def _names(_settings: Settings, name: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise SettingsError(f"{name} must be a list of names")
    return tuple(value)


_TEN_YEARS = 10 * 366 * 24 * 3600
_CHECKS: dict[str, Callable[[Settings, str, Any], Any]] = {
    "auth_token_seconds": _whole(1, _TEN_YEARS),
    "refresh_token_seconds": _whole(1, _TEN_YEARS),
    "refresh_needs": _one_of("genuine", "valid", "none"),
    "page_size": _whole(1, 10_000),
    "webhook_tokens": _one_of("hidden", "returned"),
    "pem_newlines": _one_of("real", "escaped"),
    "subscriptions": _subscriptions,
    "taken_ca_names": _names,
    "certificate_quota": _optional(_whole(0, 1_000_000)),
    "default_heartbeat_seconds": _whole(1, _TEN_YEARS),
    "heartbeats": _one_of("clock", "manual"),
    "webhook_ca": _optional(_certificates),
    "webhook_hosts": _loopback_hosts,
    "calamp_token_seconds": _whole(1, _TEN_YEARS),
    "calamp_interval_ms": _whole(0, 60_000),
    "mt20w_header": _one_of("raw", "hex"),
}
