# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One declared object against the live one: what would change, or why it cannot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from .._model.desired import Declared
from .._model.errors import Problem
from .._model.kind import Field, Kind, LiveObject, PerDevice, PerParent, Transition
from .._model.narrow import known
from .._model.registry import KINDS
from .._model.secret import Secret
from .._model.values import Attributes, Value, names_of
from .devices import device_change, rest_of_devices
from .fields import field_changes
from .plan import Action, CannotChange, Change
from .sets import rest_of_set, set_change


def change_of(
    kind: Kind,
    declared: Declared,
    live: LiveObject | None,
    *,
    exclusive: bool = False,
    handle: str = "",
    handles: Mapping[str, str] | None = None,
) -> Change | None:
    """What brings ``live`` to what is declared; None when nothing does.

    ``handle`` is the id to use where there is no live object yet, ``handles`` those of other objects, by name. Raises
    CannotChange.
    """
    _refuse_problems(kind, declared, live)
    if isinstance(kind.read, PerDevice):
        return device_change(kind, declared, known(live))
    if kind.set_field:
        return set_change(kind, declared, live or LiveObject(declared.name, {}), exclusive, handles or {})
    if declared.absent:
        return delete_of(kind, live, "declared absent", declared) if live else None
    if live is None:
        if isinstance(kind.read, PerParent) and not any(_differs(f, declared, {}) for f in kind.attributes):
            return None  # such an object is nothing but what is set of it
        return _creation(kind, declared, handle)
    after = merged(declared.attributes, live.attributes)
    changed = frozenset(f.name for f in kind.attributes if _differs(f, declared, live.attributes))
    if not changed:
        return None
    transition = Transition(live.name, live.attributes, after, changed, live.handle)
    frozen = [f for f in kind.attributes if f.immutable and f.name in changed]
    if frozen:
        return _replacement(kind, declared, transition, frozen)
    return Change(
        kind,
        live.name,
        kind.identity(live.name),
        Action.UPDATE,
        kind.requests(kind.update, transition),
        field_changes(kind, transition.before, after, changed),
        declared=declared,
        handle=live.handle,
    )


def _refuse_problems(kind: Kind, declared: Declared, live: LiveObject | None) -> None:
    """Raises CannotChange when reading the object has shown what stands against any change."""
    if live is not None and live.progress is not None and live.progress.problems:
        message = f"{kind.address(declared.name)}: {'; '.join(live.progress.problems)}"
        raise CannotChange(Problem(message, declared.path, declared.position_of("ids")))


def delete_of(kind: Kind, live: LiveObject, reason: str, declared: Declared | None = None) -> Change:
    """The deletion of a live object."""
    transition = Transition(live.name, live.attributes, {}, frozenset(), live.handle)
    requests = kind.requests(kind.delete, transition)
    return Change(kind, live.name, kind.identity(live.name), Action.DELETE, requests, reason=reason, declared=declared)


def remaining(change: Change, live: LiveObject | None) -> Change | None:
    """What is left of ``change`` now that the object is ``live``: how a write of unknown outcome is read back.

    Raises CannotChange when the object has since become one that the change is not possible for.
    """
    if change.action is Action.DELETE:
        return delete_of(change.kind, live, change.reason, change.declared) if live is not None else None
    if isinstance(change.kind.read, PerDevice):
        _refuse_problems(change.kind, known(change.declared), live)
        return rest_of_devices(change, known(live))
    if change.delta:
        return rest_of_set(change, change.delta, live or LiveObject(change.name, {}))
    return change_of(change.kind, known(change.declared), live, handle=change.handle)


def merged(declared: Attributes, live: Attributes) -> dict[str, Value]:
    """What is declared, over what is live; in a mapping of states the names that are left out keep theirs."""
    after = dict(live)
    for name, value in declared.items():
        before = live.get(name)
        after[name] = {**before, **value} if isinstance(value, Mapping) and isinstance(before, Mapping) else value
    return after


def _differs(field: Field, declared: Declared, live: Attributes) -> bool:
    if field.name not in declared.attributes:
        return False
    wanted, has = declared.attributes[field.name], live.get(field.name)
    if isinstance(wanted, Secret):
        if isinstance(has, Secret):
            return wanted.reveal() != has.reveal()
        return bool(field.resent_by) and declared.directives.get(field.resent_by) == "always"
    if isinstance(wanted, Mapping):
        known = has if isinstance(has, Mapping) else {}
        return any(known.get(name) != state for name, state in wanted.items())
    if isinstance(wanted, frozenset):
        return _identities(field, wanted) != _identities(field, names_of(live, field.name))
    if field.immutable and has is None:
        return False  # the service does not tell, and it could not be changed
    return wanted != has


def _identities(field: Field, names: frozenset[str]) -> frozenset[str]:
    """Names in the form in which the kind they refer to compares them."""
    if not field.refers_to:
        return names
    return frozenset(map(KINDS[field.refers_to].identity, names))


def _creation(kind: Kind, declared: Declared, handle: str) -> Change:
    if kind.create is None:
        raise CannotChange(
            Problem(
                f"{kind.address(declared.name)} does not exist", declared.path, declared.position, kind.missing_hint
            )
        )
    _refuse_incomplete(kind, declared, declared.attributes, "does not exist, and cannot be created")
    names = frozenset(declared.attributes)
    transition = Transition(declared.name, {}, declared.attributes, names, handle)
    return Change(
        kind,
        declared.name,
        kind.identity(declared.name),
        Action.CREATE,
        kind.requests(kind.create, transition),
        field_changes(kind, {}, declared.attributes, names),
        declared=declared,
        handle=handle,
    )


def _refuse_incomplete(kind: Kind, declared: Declared, attributes: Attributes, why: str) -> None:
    """Raises CannotChange when ``attributes`` lack one that an object of the kind cannot be created without."""
    missing = [f.name for f in kind.attributes if f.needed_to_create and f.name not in attributes]
    if missing:
        message = f"{kind.address(declared.name)} {why} without {' and '.join(missing)}"
        raise CannotChange(Problem(message, declared.path, declared.position))


def _replacement(kind: Kind, declared: Declared, transition: Transition, frozen: list[Field]) -> Change:
    names = " and ".join(f.name for f in frozen)
    if not declared.directives.get("replace"):
        values = ", ".join(f"{transition.before.get(f.name)} -> {transition.after[f.name]}" for f in frozen)
        raise CannotChange(
            Problem(
                f"{names} cannot change in place ({values})",
                declared.path,
                declared.position_of(frozen[0].name),
                "set replace: true to delete the object and make it again; what depends on it is affected",
            )
        )
    _refuse_incomplete(kind, declared, transition.after, "cannot be made again")
    requests = kind.requests(kind.delete, transition) + kind.requests(kind.create, transition)
    return Change(
        kind,
        transition.name,
        kind.identity(transition.name),
        Action.REPLACE,
        requests,
        field_changes(kind, transition.before, transition.after, transition.changed),
        reason=f"{names} cannot change in place",
        declared=replace(declared, attributes=_known_fields(kind, transition.after)),
    )


def _known_fields(kind: Kind, attributes: Attributes) -> dict[str, Value]:
    """What can be declared of ``attributes``: what an object that is deleted must have when it is made again, whoever
    makes it.
    """
    return {name: value for name, value in attributes.items() if name in kind.by_name}
