# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An API call as a value. Kinds return requests; only ``_live`` sends them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Request:
    """One call of the u-blox API (all of them are POST with a JSON object).

    ``body`` is in the specification's words; Secrets in it are revealed when it is sent, and what the specification
    leaves out is put into its wire form by ``_live/ublox/shapes.py``.
    """

    path: str
    body: Mapping[str, Any] = field(default_factory=dict)
