# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Large sets of ids: what would be added and what taken away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .._model.desired import Declared
from .._model.ids import IdSet
from .._model.kind import Kind, LiveObject, Transition
from .._model.narrow import known
from .._model.values import Attributes, Value, ids_of, names_of
from .fields import field_changes
from .plan import Action, Change, FieldChange, SetDelta


def set_change(
    kind: Kind, declared: Declared, live: LiveObject, exclusive: bool, handles: Mapping[str, str]
) -> Change | None:
    """What a declared set changes: additive adds, exclusive makes it equal, absent takes away. A set that its kind has
    resolved is what it says.
    """
    name = known(kind.set_field).name
    if kind.key is not None:
        return _set_to(kind, declared, live, {**live.attributes, **declared.attributes}, handles)
    if name not in declared.attributes and not exclusive:
        return None
    wanted, has = ids_of(declared.attributes, name), ids_of(live.attributes, name)
    additive = has - wanted if declared.absent else has | wanted
    after = wanted if exclusive and not declared.absent else additive
    return _set_to(kind, declared, live, {name: after}, handles)


def rest_of_set(change: Change, planned: SetDelta, live: LiveObject) -> Change | None:
    """Of what was planned, what is not live yet: what others did to the set meanwhile is not ours to undo."""
    declared, name = known(change.declared), known(change.kind.set_field).name
    names = {field.field: _rest_of_names(field, live) for field in change.fields}
    after = (ids_of(live.attributes, name) | planned.added) - planned.removed
    return _set_to(change.kind, declared, live, {**live.attributes, **names, name: after}, change.handles)


def _rest_of_names(field: FieldChange, live: LiveObject) -> frozenset[str]:
    """The names beside the ids: other changes of the same plan may have changed them too."""
    before, after = frozenset(field.before or ()), frozenset(field.after or ())
    return (names_of(live.attributes, field.field) | (after - before)) - (before - after)


def _set_to(
    kind: Kind, declared: Declared, live: LiveObject, after: Mapping[str, Value], handles: Mapping[str, str]
) -> Change | None:
    name = known(kind.set_field).name
    before = live.attributes
    changed = frozenset(
        f.name for f in kind.attributes if after.get(f.name) != before.get(f.name, _empty(after, f.name))
    )
    if not changed:
        return None
    has, becomes = ids_of(before, name), ids_of(after, name)
    delta = SetDelta(added=becomes - has, removed=has - becomes, size_before=len(has), size_after=len(becomes))
    transition = Transition(live.name, before, after, changed, handles=handles)
    return Change(
        kind,
        live.name,
        kind.identity(live.name),
        Action.UPDATE,
        kind.requests(kind.update, transition),
        field_changes(kind, before, after, changed - {name}),
        delta=delta,
        notes=tuple(_notes(kind, delta)),
        declared=declared,
        handles=handles,
    )


def _empty(after: Attributes, name: str) -> Value | None:
    """What is as good as not there: an empty set of the same type."""
    value = after.get(name)
    return type(value)() if isinstance(value, IdSet | frozenset) else None


def _notes(kind: Kind, delta: SetDelta) -> Iterator[str]:
    count = len(delta.removed)
    if count and kind.losing:
        yield f"{count:,} device{'s' if count != 1 else ''} {kind.losing}"
