# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a reader wants before the details: how much of each kind would change, and what that means for devices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from .._model.kind import Kind
from .plan import Action, Change, Plan


@dataclass(frozen=True, slots=True)
class KindOverview:
    """The changes of one kind, and their numbers. A replacement is one to add and one to delete."""

    kind: Kind
    changes: Sequence[Change]

    @property
    def add(self) -> int:
        return sum(change.action in {Action.CREATE, Action.REPLACE} for change in self.changes)

    @property
    def change(self) -> int:
        return sum(change.action is Action.UPDATE for change in self.changes)

    @property
    def delete(self) -> int:
        return sum(change.deletes for change in self.changes)

    def __str__(self) -> str:
        """``2 to add, 1 to delete``"""
        counted = ((self.add, "add"), (self.change, "change"), (self.delete, "delete"))
        return ", ".join(f"{number:,} to {what}" for number, what in counted if number)


def by_kind(plan: Plan) -> list[KindOverview]:
    """The plan's kinds in its order."""
    return [
        KindOverview(changes[0].kind, changes)
        for _unused, group in groupby(plan.changes, key=lambda change: change.kind.name)
        for changes in [tuple(group)]
    ]


def consequences(plan: Plan) -> list[tuple[Change, str]]:
    """What changes mean for devices, beyond the changes themselves."""
    return [(change, note) for change in plan.changes for note in change.notes]
