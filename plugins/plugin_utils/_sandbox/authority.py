# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Certificates as values: a root CA, and what it issued."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

COMMON_NAME_MAX = 64
"""The upper bound of commonName in RFC 5280."""


@dataclass(frozen=True, slots=True)
class Authority:
    """A root CA: its certificate and its private key, both PEM."""

    certificate: str
    private_key: str


@dataclass(frozen=True, slots=True)
class Leaf:
    """A certificate that an authority issued."""

    certificate: str
    serial: str
    expires: datetime
