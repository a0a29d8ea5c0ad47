# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The request ledger: what was asked of each system, counted and in order, without bodies or credentials."""

from __future__ import annotations

from collections import Counter, deque
from typing import Any

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.exchange import Access

LAST = 500


class SystemLedger:
    """The counts of one system."""

    def __init__(self) -> None:
        self.by_access: Counter[Access] = Counter()
        self.by_path: Counter[str] = Counter()
        self.unknown = 0
        self.refused_writes = 0
        self.internal_errors = 0
        self._last: deque[dict[str, Any]] = deque(maxlen=LAST)

    def record(self, method: str, path: str, access: Access | None, refused: bool = False) -> dict[str, Any]:
        """Count a request as it arrives; its status is filled in when it is answered. A path that the
        specification does not know is counted, not listed, so that no client can grow the ledger."""
        if access is None:
            self.unknown += 1
        else:
            self.by_path[path] += 1
            if refused:
                self.refused_writes += 1
            else:
                self.by_access[access] += 1
        entry: dict[str, Any] = {"method": method, "path": path[:200], "status": None}
        self._last.append(entry)
        return entry

    def to_json(self) -> dict[str, Any]:
        """As the control API shows it."""
        return {
            "reads": self.by_access[Access.READ],
            "writes": self.by_access[Access.WRITE],
            "auth": self.by_access[Access.AUTH],
            "refused_writes": self.refused_writes,
            "unknown": self.unknown,
            "internal_errors": self.internal_errors,
            "by_path": dict(sorted(self.by_path.items())),
            "last": list(self._last),
        }


class Ledger:
    """The ledgers of all systems."""

    def __init__(self, systems: tuple[str, ...]) -> None:
        self._systems = {name: SystemLedger() for name in systems}

    def of(self, system: str) -> SystemLedger:
        """The ledger of one system."""
        return self._systems[system]

    def reset(self) -> None:
        """Forget everything counted."""
        self._systems = {name: SystemLedger() for name in self._systems}

    def to_json(self) -> dict[str, Any]:
        """All systems."""
        return {name: ledger.to_json() for name, ledger in self._systems.items()}
