# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filters for Driver tokens of MT20W readers. Documented in driver_token.yml, driver_token_verify.yml and
last_connected.yml.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.edgeops.device_trust.plugins.module_utils._live.mt20w.codec import (
    LAST_CONNECTED,
    HeaderForm,
    MalformedToken,
    Mt20wError,
    NotGenuine,
    SiteKey,
    make_last_connected,
    make_token,
    parse_number,
    read_last_connected,
    verify_token,
)

_MAKE = "make"
_READ = "read"


def driver_token(number: object, site_key: object, serial: object) -> str:
    """The token with this number."""
    with _Told("driver_token"):
        return make_token(_key(site_key), _text("serial", serial), _number(number))


def driver_token_verify(token: object, site_key: object) -> dict[str, Any]:
    """What the token says, and whether it was made with this site key."""
    with _Told("driver_token_verify"):
        key = _key(site_key)
        try:
            serial, number = verify_token(key, _text("the token", token).strip().removeprefix("Driver "))
        except (MalformedToken, NotGenuine) as wrong:
            return {"valid": False, "serial": None, "number": None, "reason": str(wrong)}
        return {"valid": True, "serial": serial, "number": number, "reason": ""}


def last_connected(value: object, site_key: object, action: str = _READ, form: str = HeaderForm.RAW) -> str:
    """The number of a header value, or the header value of a number."""
    with _Told("last_connected"):
        key = _key(site_key)
        if action == _READ:
            return read_last_connected(key, _text(LAST_CONNECTED, value).strip())
        if action != _MAKE:
            raise AnsibleFilterError(f"last_connected: action must be {_READ} or {_MAKE}, not {action!r}")
        if form not in set(HeaderForm):
            raise AnsibleFilterError(f"last_connected: form must be one of {', '.join(HeaderForm)}, not {form!r}")
        return make_last_connected(key, _number(value), HeaderForm(form))


class _Told:
    """Turns what cannot be made or read into the error of a filter."""

    def __init__(self, filter_name: str) -> None:
        self._filter = filter_name

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, failure: BaseException | None, traceback: object) -> None:
        if isinstance(failure, Mt20wError):
            raise AnsibleFilterError(f"{self._filter}: {failure}") from None


def _key(value: object) -> SiteKey:
    return SiteKey.from_hex(_text("site_key", value))


def _number(value: object) -> str:
    """A number that YAML has read as one, too."""
    return parse_number(str(value).strip() if isinstance(value, int | str) else "")


def _text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise AnsibleFilterError(f"{name} must be text, not {type(value).__name__}")
    return str(value)


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {
            "driver_token": driver_token,
            "driver_token_verify": driver_token_verify,
            "last_connected": last_connected,
        }
