# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A part of a declaration: some kinds, some objects."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from .._model.desired import Desired
from .._model.errors import DeviceTrustError
from .._model.kind import Kind
from .._model.registry import KINDS, SECTIONS
from .plan import Change, Plan


@dataclass(frozen=True, slots=True)
class Target:
    """A kind, or one object of it."""

    kind: Kind
    identity: str | None = None


@dataclass(frozen=True, slots=True)
class Selection:
    """What to plan. Empty: everything. ``targets`` bring what they depend on with them."""

    targets: tuple[Target, ...] = ()
    only: frozenset[str] = frozenset()
    excluded: frozenset[str] = frozenset()

    @classmethod
    def of(cls, targets: Iterable[str] = (), only: Iterable[str] = (), excluded: Iterable[str] = ()) -> Selection:
        """Out of what a user wrote: ``KIND`` or ``KIND.KEY``. Raises DeviceTrustError for a kind that there is not."""
        return cls(
            tuple(map(_target, targets)),
            frozenset(_kind(name).name for name in only),
            frozenset(_kind(name).name for name in excluded),
        )

    def declared(self, desired: Desired) -> Desired:
        """The declaration without the kinds that are left out."""
        kept = {name: s for name, s in desired.sections.items() if self.takes(name)}
        return replace(desired, sections=kept)

    def takes(self, kind: str) -> bool:
        """Whether the kind is not left out."""
        return kind not in self.excluded and (not self.only or kind in self.only)

    def planned(self, plan: Plan) -> Plan:
        """The plan without the changes that no target asks for, directly or by depending on them."""
        if not self.targets:
            return plan
        by_address = {change.address: change for change in plan.changes}
        wanted: set[str] = set()
        pending = [change.address for change in plan.changes if any(_hits(t, change) for t in self.targets)]
        while pending:
            address = pending.pop()
            if address not in wanted:
                wanted.add(address)
                pending += by_address[address].depends_on
        return replace(plan, changes=tuple(change for change in plan.changes if change.address in wanted))


def _hits(target: Target, change: Change) -> bool:
    return target.kind is change.kind and target.identity in {None, change.identity}


def _target(text: str) -> Target:
    name, dot, key = text.partition(".")
    kind = _kind(name)
    return Target(kind, kind.identity(key) if dot else None)


def _kind(name: str) -> Kind:
    kind = KINDS.get(name) or SECTIONS.get(name)
    if kind is None:
        raise DeviceTrustError(f"there is no kind {name!r} (kinds: {', '.join(KINDS)})")
    return kind
