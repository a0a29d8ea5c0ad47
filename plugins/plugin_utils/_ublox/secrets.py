# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lookups of keys: each term is one question, all of them are asked at the same time, nothing is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.edgeops.device_trust.plugins.module_utils._engine import (
    QUERIES,
    Connection,
    ask_all,
    connect,
)


def ask_for_keys(connection: Connection, query: str, questions: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The answers in the order of the questions. Raises DeviceTrustError."""
    if not questions:
        return []
    with connect(connection) as account:
        return ask_all(account, [(QUERIES[query], question) for question in questions])
