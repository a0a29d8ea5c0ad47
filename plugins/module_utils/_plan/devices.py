# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is left to do on the devices that an item chooses."""

from __future__ import annotations

from dataclasses import replace

from .._model.desired import Declared
from .._model.fleet import action_of
from .._model.ids import IdSet
from .._model.kind import Kind, LiveObject, PerDevice, Transition
from .._model.narrow import known, of_type
from .fields import field_changes
from .plan import Action, Change, Plan, SetDelta

_CHOICE = frozenset({"ids", "tags"})


def device_change(kind: Kind, declared: Declared, live: LiveObject) -> Change | None:
    """What brings the devices to what is declared; ``live`` has the steps that are left."""
    progress = known(live.progress)
    steps = {step: ids for step, ids in live.attributes.items() if isinstance(ids, IdSet) and len(ids)}
    if not steps:
        return None
    left = IdSet()
    for ids in steps.values():
        left |= ids
    after = {**declared.attributes}
    transition = Transition(declared.name, steps, after, frozenset(steps))
    return Change(
        kind,
        declared.name,
        kind.identity(declared.name),
        Action.UPDATE,
        kind.requests(kind.update, transition),
        field_changes(kind, {}, after, frozenset(after) - _CHOICE),
        delta=SetDelta(left, IdSet(), progress.devices - len(left), progress.devices, steps),
        declared=declared,
        marks={device: mark for device, mark in progress.marks.items() if device in left},
    )


def rest_of_devices(change: Change, live: LiveObject) -> Change | None:
    """What is left of a change, of whose devices alone ``live`` tells."""
    rest = device_change(change.kind, known(change.declared), live)
    if rest is None or rest.delta is None:
        return rest
    size = known(change.delta).size_after
    return replace(rest, delta=replace(rest.delta, size_before=size - len(rest.delta.added), size_after=size))


def awaited(plan: Plan) -> IdSet:
    """The devices that are to do something at a later heartbeat: those that were told before, and those of the plan."""
    waiting = IdSet()
    for section in plan.desired.sections.values():
        for identity in section.objects if section.kind.can_be_awaited else ():
            found = plan.live.find(section.kind.name, identity)
            waiting |= found.progress.pending if found and found.progress else IdSet()
    for change in plan.changes:
        for step, ids in change.delta.steps.items() if change.delta and change.kind.can_be_awaited else ():
            if action_of(step) not in of_type(PerDevice, change.kind.read).immediate:
                waiting |= ids
    return waiting


def removed_by(change: Change) -> int:
    """On how many devices something is taken away."""
    return sum(len(ids) for step, ids in known(change.delta).steps.items() if takes_away(change.kind, step))


def takes_away(kind: Kind, step: str) -> bool:
    """Whether a step takes something from its devices."""
    return action_of(step) in of_type(PerDevice, kind.read).removing
