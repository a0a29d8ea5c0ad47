# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A value that may be sent, and never shown."""

from __future__ import annotations

from dataclasses import dataclass, field

MASK = "(secret)"


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret with the reference it came from (``env:HOOK_TOKEN``, ``file:token.txt``, ``inline``).

    Its text forms show the reference only, and of that the first line; ``reveal`` is called where the request body is
    made, nowhere else.
    """

    _value: str = field(repr=False)
    reference: str = "inline"

    def reveal(self) -> str:
        return self._value

    def __str__(self) -> str:
        name, *_unused = self.reference.split("\n", 1)
        return MASK if name == "inline" else f"(secret {name})"

    def __len__(self) -> int:
        return len(self._value)


def sealed(secret: Secret, key: Secret) -> str:
    """A digest of a secret and its reference that tells nothing to who has not ``key``."""
    import hashlib
    import hmac

    text = f"edgeops.device_trust saved secret\0{secret.reference}\0{secret.reveal()}"
    return f"hmac-sha256:{hmac.new(key.reveal().encode(), text.encode(), hashlib.sha256).hexdigest()}"


def redact(text: str, secrets: frozenset[str] | set[str]) -> str:
    """``text`` without any of ``secrets``; the longest first, so that no part of one is left standing."""
    for value in sorted(secrets, key=len, reverse=True):
        if value:
            text = text.replace(value, MASK)
    return text
