# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What became of a plan, change by change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from .._model.printable import printable
from .._plan.plan import Action, Change


class Status(Enum):
    """How a change ended."""

    DONE = "done"
    FAILED = "failed"
    BLOCKED = "blocked"  # something it depends on failed; it was not tried
    NOT_STARTED = "not started"  # the apply was asked to stop before


@dataclass(frozen=True, slots=True)
class Outcome:
    """One change and how it ended.

    ``read_back``: an unknown outcome was settled by reading. ``sent``: a request took effect, or may have.
    """

    change: Change
    status: Status
    error: str = ""
    read_back: bool = False
    sent: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """All outcomes, in the order of the plan."""

    outcomes: Sequence[Outcome]
    warnings: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        return all(outcome.status is Status.DONE for outcome in self.outcomes)

    @property
    def changed(self) -> bool:
        """Whether the account is, or may be, another than before."""
        return any(outcome.sent for outcome in self.outcomes)

    def with_status(self, status: Status) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if outcome.status is status]

    def text(self) -> str:
        """``Applied: 6 added, 4 changed, 1 deleted.``, and a line for each change that was not carried out."""
        actions = [outcome.change.action for outcome in self.with_status(Status.DONE)]
        added = actions.count(Action.CREATE) + actions.count(Action.REPLACE)
        deleted = actions.count(Action.DELETE) + actions.count(Action.REPLACE)
        lines = [f"Applied: {added} added, {actions.count(Action.UPDATE)} changed, {deleted} deleted."]
        left = [outcome for outcome in self.outcomes if outcome.status is not Status.DONE]
        if left:
            lines[0] += f" {len(left)} of {len(self.outcomes)} changes were not carried out:"
        lines += [f"  {o.status.value}: {printable(f'{o.change.address}: {o.error}')}" for o in left]
        return "\n".join(lines)

    def as_data(self) -> list[dict[str, Any]]:
        return [
            {"address": o.change.address, "status": o.status.value, "error": o.error, "read_back": o.read_back}
            for o in self.outcomes
        ]
