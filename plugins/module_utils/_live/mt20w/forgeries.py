# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Driver tokens that a host must refuse: each has exactly one thing wrong with it."""

from __future__ import annotations

import base64

from .codec import parse_serial, parse_token


def under_serial(token: str, serial: str) -> str:
    """The token with another serial number in clear; the one that is encrypted stays."""
    sealed = parse_token(token).sealed.hex().upper()
    return _encoded(f"{parse_serial(serial)}:{sealed}:1")


def malformed(token: str) -> dict[str, str]:
    """Texts that are no token, made from one that the host would accept; by what is wrong with them."""
    said = base64.b64decode(token).decode()
    serial, sealed, end = said.split(":")
    return {
        "nothing": "",
        "four characters": "AAAA",
        "no base64": "!" * len(token),
        "one character less": token[:-1],
        "one character more": token + "A",
        "a space inside": f"{token[:60]} {token[60:]}",
        "padded": token + "====",
        "not encoded": said,
        "binary": base64.b64encode(bytes(range(99))).decode(),
        "no colons": _encoded(said.replace(":", "")),
        "no serial number": _encoded(f":{sealed}:{end}"),
        "no encrypted part": _encoded(f"{serial}::{end}"),
        "half of the encrypted part": _encoded(f"{serial}:{sealed[:32]}:{end}"),
        "an odd number of digits": _encoded(f"{serial}:{sealed[:-1]}:{end}"),
        "digits that are none": _encoded(f"{serial}:{'G' * len(sealed)}:{end}"),
        "another end": _encoded(f"{serial}:{sealed}:2"),
        "a bit flipped": _encoded(f"{serial}:{sealed[:-1]}{int(sealed[-1], 16) ^ 1:X}:{end}"),
        "2,000 characters": "A" * 2000,
    }


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
