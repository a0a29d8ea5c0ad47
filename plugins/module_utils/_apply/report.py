# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What became of a plan, change by change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from .._plan.plan import Change


class Status(Enum):
    """How a change ended."""

    DONE = "done"
    FAILED = "failed"
    BLOCKED = "blocked"  # something it depends on failed; it was not tried


@dataclass(frozen=True, slots=True)
class Outcome:
    """One change and how it ended. ``read_back``: an unknown outcome was settled by reading."""

    change: Change
    status: Status
    error: str = ""
    read_back: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """All outcomes, in the order of the plan."""

    outcomes: Sequence[Outcome]

    @property
    def ok(self) -> bool:
        return all(outcome.status is Status.DONE for outcome in self.outcomes)

    def with_status(self, status: Status) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if outcome.status is status]

    def text(self) -> str:
        """``Applied 4 of 6 changes.`` and a line for each that was not."""
        done = len(self.with_status(Status.DONE))
        lines = [f"Applied {done} of {len(self.outcomes)} change{'s' if len(self.outcomes) != 1 else ''}."]
        lines += [f"{o.status.value}: {o.change.address}: {o.error}" for o in self.outcomes if o.status is not Status.DONE]
        return "\n".join(lines)

    def as_data(self) -> list[dict[str, Any]]:
        return [
            {"address": o.change.address, "status": o.status.value, "error": o.error, "read_back": o.read_back}
            for o in self.outcomes
        ]
