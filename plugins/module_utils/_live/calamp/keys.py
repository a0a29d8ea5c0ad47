# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The keys that name a device: ESN, IMEI or MAC ("CalAmp Password Manager", Password Retrieval)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from .errors import InvalidKey

_SHOWN = 5


class KeyKind(StrEnum):
    """Which of a device's numbers a key is."""

    ESN = "esn"
    IMEI = "imei"
    MAC = "mac"


@dataclass(frozen=True, slots=True)
class Key:
    """One device. Two keys are equal when they name the same device, however they were written.

    ``normal`` is the form that is compared, ``text`` the one that is shown and, for an ESN, sent.
    """

    kind: KeyKind
    normal: str
    text: str = field(compare=False)

    def __str__(self) -> str:
        return f"{self.kind.upper()} {self.text}"


_ESN = re.compile(r"[0-9A-Fa-f]{1,32}")
_IMEI = re.compile(r"[0-9]{15}")
_MAC_NOTATIONS = re.compile(
    r"[0-9A-Fa-f]{12}"
    r"|[0-9A-Fa-f]{2}(?P<by_two>[:\- ])(?:[0-9A-Fa-f]{2}(?P=by_two)){4}[0-9A-Fa-f]{2}"
    r"|[0-9A-Fa-f]{4}(?P<by_four>[.:\-])[0-9A-Fa-f]{4}(?P=by_four)[0-9A-Fa-f]{4}"
)
_NOT_HEXADECIMAL = re.compile(r"[^0-9A-Fa-f]")
_IMEI_SEPARATORS = re.compile(r"[-/ ]")

_QUOTE_IT = "; YAML reads an unquoted one as a number and changes it, so quote it"


def key(kind: KeyKind, term: object) -> Key:
    """``term`` as a key. Numbers are taken as their digits, because YAML makes numbers of unquoted ESNs and
    IMEIs.

    Raises InvalidKey that names the term.
    """
    if isinstance(term, bool) or not isinstance(term, str | int):
        raise InvalidKey(f"{kind.upper()} {term!r} is not text but {type(term).__name__}")
    text = str(term).strip()
    return Key(kind, _NORMAL[kind](text, isinstance(term, int)), text)


def keys(kind: KeyKind, terms: Iterable[object]) -> list[Key]:
    """All ``terms`` as keys, in their order. Raises one InvalidKey that names every impossible term."""
    good: list[Key] = []
    bad: list[str] = []
    for term in terms:
        try:
            good.append(key(kind, term))
        except InvalidKey as problem:
            bad.append(str(problem))
    if bad:
        more = f"\nand {len(bad) - _SHOWN} more" if len(bad) > _SHOWN else ""
        raise InvalidKey("\n".join(bad[:_SHOWN]) + more)
    return good


def _esn(text: str, number: bool) -> str:
    if not _ESN.fullmatch(text):
        raise InvalidKey(f"ESN {text!r} is impossible: it has decimal or hexadecimal digits only, at most 32")
    return text.upper()


def _imei(text: str, number: bool) -> str:
    digits = _IMEI_SEPARATORS.sub("", text)
    if not _IMEI.fullmatch(digits):
        raise InvalidKey(f"IMEI {text!r} is impossible: it has exactly 15 digits{_QUOTE_IT if number else ''}")
    return digits


def _mac(text: str, number: bool) -> str:
    if number or not _MAC_NOTATIONS.fullmatch(text):
        raise InvalidKey(
            f"MAC {text!r} is impossible: it has 12 hexadecimal digits, as in 00:11:22:aa:bb:cc, "
            f"00-11-22-aa-bb-cc, 0011.22aa.bbcc or 001122aabbcc{_QUOTE_IT if number else ''}"
        )
    digits = _NOT_HEXADECIMAL.sub("", text).upper()
    return ":".join(digits[at : at + 2] for at in range(0, 12, 2))


_NORMAL = {KeyKind.ESN: _esn, KeyKind.IMEI: _imei, KeyKind.MAC: _mac}
