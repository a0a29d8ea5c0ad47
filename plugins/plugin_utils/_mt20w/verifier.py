# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who may talk to an MT20W host: the decision on one Authorization header, without any HTTP.

What a refused client can see is the same whatever the reason, the time it takes included: a token that is no token
costs the same decryption and the same step of the store as a replayed one.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ansible_collections.edgeops.device_trust.plugins.module_utils._live.mt20w.codec import (
    DEVICE_SCHEME,
    DRIVER_SCHEME,
    Examined,
    HeaderForm,
    InvalidSiteKey,
    SiteKey,
    examine,
    fresh_number,
    make_last_connected,
    parse_serial,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._mt20w.stores import NumberStore

_NOBODY = "nobody"
"""The store's row for tokens that name no reader of ours; `_NEVER` is a number that no token can hold."""
_NEVER = "-"


class Mode(StrEnum):
    """How a reader was commissioned, which decides the scheme it must use."""

    USB = "usb"
    WIFI = "wifi"


class Reason(StrEnum):
    """Why a request was refused: for the host's own log, never for the client."""

    NO_AUTHORIZATION = "no Authorization header, or more than one"
    UNKNOWN_SCHEME = "a scheme that is neither Driver nor Device"
    NOT_GENUINE = "a token that was not made with a site key of ours"
    NOT_COMMISSIONED = "a reader that is not commissioned here"
    WRONG_MODE = "a scheme that is not the one of the reader's mode"
    REPLAYED = "a number that is not the one the reader was told to use"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision. `last_connected` is the header that the answer must carry, None if it was no Driver request."""

    refused: Reason | None
    scheme: str = ""
    serial: str = ""
    last_connected: str | None = None

    @property
    def accepted(self) -> bool:
        return self.refused is None


Readers = Mapping[str, Mode] | Callable[[str], Mode | None]
"""The commissioned readers: serial number to mode, as a mapping or as a function asked on each request."""


def serial_in_device_token(token: str) -> str | None:
    """The serial number that a Device token names, None if it names none. Nothing is proved by it.

    The specification leaves the Device scheme as it was and does not describe it. Inferred from the Driver token:
    base64 of text that begins with the serial number and a colon. A host that knows better gives the Verifier
    another function.
    """
    try:
        text = base64.b64decode(token, validate=True).decode("ascii")
        return parse_serial(text.partition(":")[0]) if _SERIAL_FIRST.match(text) else None
    except ValueError:
        return None


_SERIAL_FIRST = re.compile(r"[0-9A-Fa-f]{16}(?:[0-9A-Fa-f]{16})?:")


class Verifier:
    """Decides on Authorization headers of one site. Safe to share between threads if its store is."""

    def __init__(
        self,
        site_keys: Sequence[SiteKey],
        readers: Readers,
        store: NumberStore,
        *,
        device_serial: Callable[[str], str | None] = serial_in_device_token,
        header_form: HeaderForm = HeaderForm.RAW,
    ) -> None:
        """`site_keys`: the current key first; while a key is rolled, the old one after it.

        Raises InvalidSiteKey without a key, InvalidSerial for a mapping with an impossible serial number.
        """
        if not site_keys:
            raise InvalidSiteKey("a host needs at least one site key")
        self._keys = tuple(site_keys)
        self._mode_of = _as_function(readers)
        self._store = store
        self._device_serial = device_serial
        self._header_form = header_form

    @property
    def blocks(self) -> bool:
        """Whether `check` may wait for a disk or a network."""
        return self._store.blocks

    def check(self, authorization: Sequence[str]) -> Verdict:
        """The decision on the values of all Authorization headers of one request. Raises StoreUnavailable."""
        if len(authorization) != 1:
            return Verdict(Reason.NO_AUTHORIZATION)
        scheme, _unused, token = authorization[0].strip(" \t").partition(" ")
        match scheme.lower():
            case "driver":
                return self._check_driver(token.lstrip(" "))
            case "device":
                return self._check_device(token.lstrip(" "))
            case _:
                return Verdict(Reason.UNKNOWN_SCHEME)

    def header_of_nobody(self) -> str:
        """A value of X-Device-Last-Connected that leads nowhere, for an answer that no reader waits for."""
        return make_last_connected(self._keys[0], fresh_number(), self._header_form)

    def _check_driver(self, token: str) -> Verdict:
        examined = examine(token, self._keys)
        mode = self._mode_of(examined.serial)
        refused = _refusal(examined, mode)
        serial, presented = (_NOBODY, _NEVER) if refused else (examined.serial, examined.number)
        fresh = fresh_number(other_than=presented)
        if not self._store.advance(serial, presented, fresh) and not refused:
            refused = Reason.REPLAYED
        header = make_last_connected(examined.key, fresh, self._header_form)
        return Verdict(refused, DRIVER_SCHEME, examined.serial, header)

    def _check_device(self, token: str) -> Verdict:
        serial = self._device_serial(token)
        mode = self._mode_of(serial) if serial else None
        if not serial or mode is None:
            return Verdict(Reason.NOT_COMMISSIONED, DEVICE_SCHEME)
        return Verdict(None if mode is Mode.WIFI else Reason.WRONG_MODE, DEVICE_SCHEME, serial)


def _refusal(examined: Examined, mode: Mode | None) -> Reason | None:
    if not examined.genuine:
        return Reason.NOT_GENUINE
    if mode is None:
        return Reason.NOT_COMMISSIONED
    return None if mode is Mode.USB else Reason.WRONG_MODE


def _as_function(readers: Readers) -> Callable[[str], Mode | None]:
    if not isinstance(readers, Mapping):
        return readers
    return {parse_serial(serial): Mode(mode) for serial, mode in readers.items()}.get
