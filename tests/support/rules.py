# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a test says which rules of the sandbox it proves."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.rules.table import RULES

Test = TypeVar("Test", bound=Callable[..., object])
_KNOWN = {rule.id for rule in RULES}


def rule(*ids: str) -> Callable[[Test], Test]:
    """Mark a test as proof of these rules. Raises LookupError for one that is not in the registry."""
    unknown = [id for id in ids if id not in _KNOWN]
    if unknown:
        raise LookupError(f"there is no rule {', '.join(unknown)}")
    return lambda test: test
