# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a Kind is: the declaration from which argument spec, JSON Schema, diff, masking and API calls derive."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from .request import Request
from .values import Attributes, Type, Value


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that can be declared about an object.

    ``wire`` is the API's name of it. ``directive`` fields steer the tool and are never sent. ``refers_to`` names the
    kind whose object a value names; with ``holds`` that object cannot be deleted while it is named. ``rule`` says in a
    sentence what ``pattern`` demands. ``resent_by`` names the directive that sends a secret which cannot be compared.
    """

    name: str
    type: Type
    description: str
    wire: str = ""
    key: bool = False
    needed_to_create: bool = False
    immutable: bool = False
    directive: bool = False
    refers_to: str = ""
    holds: bool = False
    resent_by: str = ""
    choices: tuple[str, ...] = ()
    default: str | int | bool | None = None
    minimum: int | None = None
    maximum: int | None = None
    max_length: int | None = None
    pattern: str = ""
    rule: str = ""


STATE = Field(
    "state",
    Type.TEXT,
    "Whether the object must exist (V(present)) or must not (V(absent)).",
    directive=True,
    choices=("present", "absent"),
    default="present",
)
PROTECTED = Field(
    "protected",
    Type.FLAG,
    "Refuse every plan that would delete or replace the object, or take anything out of the set.",
    directive=True,
    default=False,
)
REPLACE = Field(
    "replace",
    Type.FLAG,
    "Allow the object to be deleted and made again when a field that cannot change in place must change.",
    directive=True,
    default=False,
)


@dataclass(frozen=True, slots=True)
class LiveObject:
    """An object as the live account has it. ``handle`` is the system's own id where it is not the name."""

    name: str
    attributes: Attributes
    handle: str = ""


@dataclass(frozen=True, slots=True)
class Transition:
    """What is to become of one object. ``after`` is complete: what is declared, over what is live."""

    name: str
    before: Attributes
    after: Attributes
    changed: frozenset[str]
    handle: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """An API call whose body is the named fields of an object, under their wire names."""

    path: str
    fields: tuple[str, ...]


Operation: TypeAlias = "Call | Callable[[Transition], Iterable[Request]]"


@dataclass(frozen=True, slots=True)
class Listing:
    """A call that returns all objects of a kind.

    ``items`` is the key of the list in the answer, empty when the answer is the list itself. ``read`` turns all its
    items (in the form that ``_live/ublox/shapes.py`` gives them) into objects.
    """

    path: str
    items: str
    read: Callable[[Sequence[Any]], Iterable[LiveObject]]
    paged: bool = True


@dataclass(frozen=True, slots=True)
class PerParent:
    """A call for each object of another kind, where there is no call that returns all."""

    path: str
    parent: str
    body: Callable[[LiveObject], Mapping[str, Any]]
    read: Callable[[LiveObject, Any], LiveObject | None]


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A call that tells whether the service would refuse to delete an object, so that the plan can say so first.

    ``blocks`` reads the answer and returns why, or an empty string.
    """

    path: str
    body: Callable[[LiveObject], Mapping[str, Any]]
    blocks: Callable[[Any], str]


Rule: TypeAlias = "Callable[[Attributes], Iterable[tuple[str, str]]]"


DaysUntil: TypeAlias = "Callable[[str], int]"


def _no_rule(_unused: Attributes) -> Iterable[tuple[str, str]]:
    return ()


def _no_consequences(_before: Attributes, _after: Attributes, _deletes: bool) -> Iterable[str]:
    return ()


def _no_alerts(_unused: Attributes, _days_until: DaysUntil) -> Iterable[str]:
    return ()


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of object that can be declared. ``source`` names the specification that its rules come from.

    ``check`` yields (field, message) for what is wrong between fields. ``identity`` gives the form in which names are
    compared. A kind without ``create`` is made elsewhere and only asserted; ``within`` names the kind in whose items it
    is written, and whose names are its own. ``singleton`` kinds have one object, and the section is that object.
    ``consequences`` says what a change from live attributes to declared ones (or a deletion) means for devices,
    ``alerts`` what is worth knowing about an object even if nothing changes.
    """

    name: str
    section: str
    title: str
    fields: tuple[Field, ...]
    read: Listing | PerParent
    create: Operation | None = None
    update: Operation | None = None
    delete: Operation | None = None
    source: str = ""
    within: str = ""
    singleton: bool = False
    missing_hint: str = ""
    identity: Callable[[str], str] = str
    check: Rule = _no_rule
    consequences: Callable[[Attributes, Attributes, bool], Iterable[str]] = _no_consequences
    alerts: Callable[[Attributes, DaysUntil], Iterable[str]] = _no_alerts
    obstacle: Obstacle | None = None
    by_name: Mapping[str, Field] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {field.name: field for field in self.fields})

    @property
    def key(self) -> Field | None:
        """The field that names an object of this kind; None for a singleton or one that is named by its parent."""
        return next((field for field in self.fields if field.key), None)

    @property
    def attributes(self) -> tuple[Field, ...]:
        """The fields that describe the object: neither its name nor a directive."""
        return tuple(field for field in self.fields if not field.key and not field.directive)

    @property
    def references(self) -> tuple[Field, ...]:
        return tuple(field for field in self.fields if field.refers_to)

    def address(self, name: str) -> str:
        """How users name the object: ``root_ca.fleet.example.com``, or ``whitelist``."""
        return f"{self.name}.{name}" if name else self.name

    def requests(self, operation: Operation | None, transition: Transition) -> tuple[Request, ...]:
        """The API calls that carry out ``operation``."""
        if operation is None:
            return ()
        if not isinstance(operation, Call):
            return tuple(operation(transition))
        return (Request(operation.path, self._body(operation, transition)),)

    def _body(self, call: Call, transition: Transition) -> dict[str, Value]:
        body: dict[str, Value] = {}
        for name in call.fields:
            wanted = self.by_name[name]
            value = transition.name if wanted.key else transition.after.get(name)
            if value is not None:
                body[wanted.wire] = value
        return body
