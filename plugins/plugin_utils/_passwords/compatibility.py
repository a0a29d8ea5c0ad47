# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which firmware can do what ("CalAmp Password Manager", AT Command and SMS Password Compatibility)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.errors import Unquotable


class Platform(StrEnum):
    """The embedded platforms of the table, with the product lines that it gives as examples."""

    LMU32 = "lmu32"  # LMU364X
    ROUTER_LINUX = "router_linux"  # LMU5541
    EDGECORE = "edgecore"  # LMU3X40


class Support(StrEnum):
    """Whether a firmware can do something. The table leaves cells of EdgeCore "TBD"; others depend on the version."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Feature(StrEnum):
    """The rows of the table."""

    REGISTER_STORAGE = "register_storage"  # Password Storage: P2177,0 & S171b4
    SECURE_STORAGE = "secure_storage"  # AT#PW, Secure storage
    SMS_R0 = "sms_r0"  # SMS: !R0P<password>
    SMS_PREFIX = "sms_prefix"  # SMS: !#<password>,<command ...>
    ALTERNATE_PASSWORDS = "alternate_passwords"  # Alternate Passwords via Keyfile
    NULL_PASSWORD = "null_password"  # Null Password support
    INHIBITS_SPECIAL_CHARACTERS = "inhibits_special_characters"  # Inhibit entry of some special characters


@dataclass(frozen=True, slots=True)
class Versions:
    """The firmware versions of a cell: from ``first`` on, up to ``last``, all where neither is given."""

    first: str | None = None
    last: str | None = None

    def have(self, firmware: str | None) -> Support:
        if self.first is None and self.last is None:
            return Support.YES
        if firmware is None:
            return Support.UNKNOWN
        version = ordered(firmware)
        early = self.first is not None and version < ordered(self.first)
        late = self.last is not None and version > ordered(self.last)
        return Support.NO if early or late else Support.YES


ALL = Versions()
# documented: the table as it is printed. What is not in it is "TBD" there, or does not depend on the platform.
TABLE: Mapping[Feature, Mapping[Platform, Versions | Support]] = {
    Feature.REGISTER_STORAGE: {
        Platform.LMU32: Versions(last="8.5b"),
        Platform.ROUTER_LINUX: Versions(last="4.1e"),
        Platform.EDGECORE: Versions(first="3.2.0,1"),
    },
    Feature.SECURE_STORAGE: {Platform.LMU32: Versions(first="8.5c"), Platform.ROUTER_LINUX: Versions(first="4.1f")},
    Feature.SMS_R0: {Platform.LMU32: ALL, Platform.ROUTER_LINUX: ALL, Platform.EDGECORE: ALL},
    Feature.SMS_PREFIX: {Platform.LMU32: ALL, Platform.ROUTER_LINUX: Versions(first="4.1f")},
    Feature.ALTERNATE_PASSWORDS: {
        Platform.LMU32: Versions(first="8.5f"),
        Platform.ROUTER_LINUX: Versions(first="4.1f"),
    },
    Feature.NULL_PASSWORD: {Platform.LMU32: Versions(first="8.5f"), Platform.ROUTER_LINUX: Versions(first="4.1f")},
    Feature.INHIBITS_SPECIAL_CHARACTERS: {Platform.LMU32: Versions(first="8.6a"), Platform.ROUTER_LINUX: Support.NO},
}

_VERSION = re.compile(r"v?\d+(?:[.,]\d+)*[a-z]?", re.IGNORECASE)
_PART = re.compile(r"\d+|[a-z]")


def ordered(version: str) -> tuple[tuple[int, str], ...]:
    """``version`` so that later ones are greater: "8.5" < "8.5b" < "8.5c" < "8.10a", "3.2.0" < "3.2.0,1".

    Raises Unquotable when it is not one.
    """
    text = version.strip().lower()
    if not _VERSION.fullmatch(text):
        raise Unquotable(f"the firmware {version!r} is not a version, as 8.5c, 4.1f or 3.2.0,1 are")
    return tuple((int(part), "") if part.isdigit() else (0, part) for part in _PART.findall(text.removeprefix("v")))


def support(feature: Feature, platform: Platform, firmware: str | None = None) -> Support:
    """Whether ``platform`` has ``feature``; unknown when the table leaves it open or the version decides."""
    cell = TABLE[feature].get(platform, Support.UNKNOWN)
    return cell if isinstance(cell, Support) else cell.have(firmware)


def supported(platform: Platform, firmware: str | None = None) -> dict[str, str]:
    """All features, by name. Checks ``firmware`` also where nothing depends on it."""
    if firmware is not None:
        ordered(firmware)
    return {feature.value: support(feature, platform, firmware).value for feature in Feature}
