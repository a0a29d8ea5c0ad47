# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the control API and the seed may set about how the services behave."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

CERTIFICATE_MANAGEMENT = "Device Certificate Management"
SUBSCRIPTIONS = (
    "Local Data Protection",
    "Local Chip-to-Chip Security",
    "E2E Data Protection",
    "Zero Touch Provisioning",
    CERTIFICATE_MANAGEMENT,
)


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
    calamp_token_seconds: int = 3600
    calamp_interval_ms: int = 100

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
    """The settings kept in the state file."""
    return Settings().changed(json.loads(text)) if text else Settings()


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
    "calamp_token_seconds": _whole(1, _TEN_YEARS),
    "calamp_interval_ms": _whole(0, 60_000),
}
