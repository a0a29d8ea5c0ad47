# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Digests of data: the same for equal content, whatever the order it came in."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from .kind import LiveObject
from .values import as_data

ABSENT = "absent"


def canonical(data: Any) -> str:
    """``data`` as JSON in one form only."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest_of(data: Any) -> str:
    """SHA-256 of the canonical form."""
    return f"sha256:{hashlib.sha256(canonical(data).encode()).hexdigest()}"


def live_digest(found: LiveObject | None) -> str:
    """What an object was when it was read. Secrets take part only in so far as there is one."""
    if found is None:
        return ABSENT
    attributes = {name: as_data(value) for name, value in found.attributes.items()}
    return digest_of({"name": found.name, "handle": found.handle, "attributes": attributes})
