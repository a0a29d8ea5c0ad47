# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A connection out of the settings of a user."""

from __future__ import annotations

from collections.abc import Mapping

from ansible_collections.edgeops.device_trust.plugins.module_utils._live.calamp.client import (
    DEFAULT_URL,
    Connection,
    connection,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.errors import InvalidConnection
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.settings import environment, variable

_REQUIRED = ("username", "password", "app_key")


def connection_of(options: Mapping[str, object]) -> Connection:
    """The connection that ``options`` describe; an absent one is None or an empty text.

    Raises InvalidConnection that names what is missing and the three places where it can be set.
    """
    absent = [name for name in _REQUIRED if options.get(name) in (None, "")]
    if absent:
        raise InvalidConnection("; ".join(_not_set(name) for name in absent))
    return connection(
        url=str(options.get("api_url") or DEFAULT_URL),
        username=str(options["username"]),
        password=str(options["password"]),
        app_key=str(options["app_key"]),
        timeout=_seconds(options, "timeout", 30.0),
        deadline=_seconds(options, "deadline", 90.0),
        ca_bundle=str(options["ca_bundle"]) if options.get("ca_bundle") else None,
        proxy=str(options["proxy"]) if options.get("proxy") else None,
        rate_share=_number(options, "rate_share", 1.0),
    )


def _not_set(name: str) -> str:
    return (
        f"{name} is not set: give it as the option {name}, as the variable {variable(name)} "
        f"or in the environment as {environment(name)}"
    )


def _seconds(options: Mapping[str, object], name: str, default: float) -> float:
    seconds = _number(options, name, default)
    if not 0 < seconds <= 3600:
        raise InvalidConnection(f"{name} must be more than 0 and at most 3600 seconds, got {seconds:g}")
    return seconds


def _number(options: Mapping[str, object], name: str, default: float) -> float:
    value = options.get(name)
    if value in (None, ""):
        return default
    try:
        return float(str(value))
    except ValueError:
        raise InvalidConnection(f"{name} must be a number, not {str(value)!r}") from None
