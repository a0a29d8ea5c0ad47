# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A plan as a value: what would be done to which object, in what order, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from .._model.desired import Declared, Desired
from .._model.errors import Position, Problem
from .._model.ids import IdSet
from .._model.kind import Kind, LiveObject
from .._model.live import LiveAccount
from .._model.request import Request


class CannotChange(Exception):
    """A declared change that the API or a rule does not allow."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem.message)


class Action(Enum):
    """What happens to an object; the value is the mark in Terraform's manner."""

    CREATE = "+"
    UPDATE = "~"
    REPLACE = "-/+"
    DELETE = "-"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field before and after, as it may be shown: secrets are masked. None: not set."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class SetDelta:
    """What changes in a large set of ids.

    Of devices that an item chooses, ``added`` are those that are not yet as declared, and ``steps`` says what is left
    to do on which of them.
    """

    added: IdSet
    removed: IdSet
    size_before: int
    size_after: int
    steps: Mapping[str, IdSet] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Change:
    """One object that would change.

    ``requests`` carry it out, in order. ``depends_on`` holds the addresses of changes that must come first.
    ``declared`` is kept so that the change can be judged again by what is live then. A change out of a saved plan, of
    which the requests are made anew, knows how many they were. ``handles`` are those of the objects that it names, by
    name; ``marks`` is what to remember of devices once it has been carried out.
    """

    kind: Kind
    name: str
    identity: str
    action: Action
    requests: tuple[Request, ...]
    fields: tuple[FieldChange, ...] = ()
    delta: SetDelta | None = None
    reason: str = ""
    notes: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()
    declared: Declared | None = None
    handle: str = ""
    saved_requests: int = 0
    handles: Mapping[str, str] = field(default_factory=dict)
    marks: Mapping[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return self.kind.address(self.name)

    @property
    def request_count(self) -> int:
        return len(self.requests) or self.saved_requests

    @property
    def position(self) -> Position | None:
        return self.declared.position if self.declared else None

    @property
    def deletes(self) -> bool:
        return self.action in {Action.DELETE, Action.REPLACE}

    @property
    def knows_before(self) -> bool:
        """Whether the fields had values before; many devices may each have had another."""
        return self.action is not Action.CREATE and not (self.delta and self.delta.steps)


@dataclass(frozen=True, slots=True)
class Summary:
    """What the summary line counts. A replacement is one to add and one to delete."""

    add: int
    change: int
    delete: int
    requests: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Plan:
    """All changes, in the order of their kinds, with what was declared and what was live.

    ``seconds_per_request`` is measured while reading, 0 if unknown.
    """

    changes: tuple[Change, ...]
    account: str = ""
    warnings: tuple[str, ...] = ()
    seconds_per_request: float = 0.0
    desired: Desired = field(default_factory=lambda: Desired({}), repr=False, compare=False)
    live: LiveAccount = field(default_factory=lambda: LiveAccount({}), repr=False, compare=False)

    def __bool__(self) -> bool:
        return bool(self.changes)

    def summary(self) -> Summary:
        requests = sum(change.request_count for change in self.changes)
        return Summary(
            add=self._count(Action.CREATE, Action.REPLACE),
            change=self._count(Action.UPDATE),
            delete=self._count(Action.DELETE, Action.REPLACE),
            requests=requests,
            seconds=requests * self.seconds_per_request,
        )

    def _count(self, *actions: Action) -> int:
        return sum(change.action in actions for change in self.changes)

    def deletions(self) -> Sequence[Change]:
        return [change for change in self.changes if change.deletes]

    def deletions_of(self, live: LiveAccount) -> Sequence[tuple[Kind, LiveObject]]:
        """The live objects that would be deleted or replaced."""
        found = ((change.kind, live.find(change.kind.name, change.identity)) for change in self.deletions())
        return [(kind, target) for kind, target in found if target is not None]
