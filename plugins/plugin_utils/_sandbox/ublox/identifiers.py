# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The identifiers of devices, profiles and tags as request fields, and how ids are compared.

The documents print ROTPublicUIDs of 15 and of 16 hexadecimal digits, in both cases, and as JSON numbers
without their leading zeros; so two ids are the same when they are the same number.
"""

from __future__ import annotations

import re
from dataclasses import replace

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.validation import Field

HEX_ID = re.compile(r"[0-9A-Fa-f]{1,16}")
WILDCARD = re.compile(r"[0-9A-Fa-f]{1,16}|\*|\{\*\}")
WILDCARDS = ("*", "{*}")
IMEI = re.compile(r"[0-9]{14,16}")
UNATTRIBUTED = "UNATTRIBUTED DEVICE PROFILE"

ROT_PUBLIC_UIDS = Field("ROTPublicUIDs", "strings", pattern=HEX_ID, refusal="Invalid ROTPublicUIDs")
TAG_NAMES = Field("TagNames", "strings", refusal="Invalid TagNames")
DEVICE_PROFILE_UIDS = Field("DeviceProfileUIDs", "strings", refusal="Invalid DeviceProfileUIDs")
DEVICE_PROFILE_UID = Field("DeviceProfileUID", "string", refusal="Invalid DeviceProfileUID")
ROT_PUBLIC_UID = Field("ROTPublicUID", "string", pattern=HEX_ID, refusal="Invalid ROTPublicUID")
PAGE_NUMBER = Field("PageNumber", "integer", minimum=1)


def required(field: Field) -> Field:
    """The same field, required."""
    return replace(field, required=True)


def renamed(field: Field, name: str) -> Field:
    """The same field under another name."""
    return replace(field, name=name)


def normal_id(text: str) -> str:
    """The form in which ROTPublicUIDs are compared."""
    return text.lower().lstrip("0") or "0"


def id_as_number(shown: str) -> int | str:
    """A ROTPublicUID as the answers that print a JSON number have it: without its leading zeros. One with letters in
    it cannot be a number and stays a text."""
    normal = normal_id(shown)
    return int(normal) if normal.isdigit() else normal


def folded_tag(name: str) -> str:
    """The form in which tag names are compared: they are case-insensitive (/tag/create)."""
    return name.casefold()
