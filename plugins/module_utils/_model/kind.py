# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a Kind is: the declaration from which argument spec, JSON Schema, diff, masking and API calls derive."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from .ids import IdSet
from .request import Request
from .values import Attributes, Type, Value

if TYPE_CHECKING:
    from .desired import Declared


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
class Progress:
    """How far the devices of an item are, beyond what is left to be asked for.

    ``devices`` is how many there are, ``pending`` are those that were told and have not done it yet. ``marks`` is what
    to remember of each device once it has been told. ``problems`` stand against every change, ``warnings`` do not.
    ``chosen`` are those of which something can be asked.
    """

    devices: int
    pending: IdSet = field(default_factory=IdSet)
    marks: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    chosen: IdSet = field(default_factory=IdSet)


@dataclass(frozen=True, slots=True)
class LiveObject:
    """An object as the live account has it. ``handle`` is the system's own id where it is not the name."""

    name: str
    attributes: Attributes
    handle: str = ""
    progress: Progress | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Transition:
    """What is to become of one object. ``after`` is complete: what is declared, over what is live.

    ``handles`` are those of the objects that it names, by name.
    """

    name: str
    before: Attributes
    after: Attributes
    changed: frozenset[str]
    handle: str = ""
    handles: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call:
    """An API call whose body is the named fields of an object, under their wire names."""

    path: str
    fields: tuple[str, ...]


Operation: TypeAlias = "Call | Callable[[Transition], Iterable[Request]]"


DaysUntil: TypeAlias = "Callable[[str], int]"
"""Counts the days from today to an ISO date."""


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
class ParentCall:
    """A call about one object of another kind. With ``items`` the answer is that list, all its pages."""

    path: str
    body: Callable[[LiveObject], Mapping[str, Any]]
    items: str = ""


@dataclass(frozen=True, slots=True)
class PerParent:
    """Calls for each object of another kind, where there is no call that returns all. ``read`` takes their answers."""

    parent: str
    calls: tuple[ParentCall, ...]
    read: Callable[[LiveObject, Sequence[Any]], LiveObject | None]

    @property
    def path(self) -> str:
        return self.calls[0].path


@dataclass(frozen=True, slots=True)
class DeviceItem:
    """What is declared for a number of devices: for ``devices``, and for those that have one of ``tags``.

    ``marks`` tells what each device was told last from this machine.
    """

    name: str
    attributes: Attributes
    directives: Mapping[str, str | int | bool]
    devices: IdSet
    tags: frozenset[str] = frozenset()
    marks: Mapping[str, str] = field(default_factory=dict)


Inquiry: TypeAlias = Generator[Sequence[Request], Sequence[Any], LiveObject]
"""Asks in rounds: yields requests that may be sent at the same time, is sent their answers (in the form that
``_live/ublox/shapes.py`` gives them), and returns what it found out."""


@dataclass(frozen=True, slots=True)
class PerDevice:
    """Calls about the devices that an item selects.

    ``inquire`` finds out what is left to be done: the object that it returns has one set of devices for each step, as
    its attributes. ``removing`` are the actions that take something away. ``awaitable``: whether reading tells when
    devices have done it, which is at a later heartbeat but for the actions in ``immediate``. ``shows_effect``: whether
    reading tells that a device was told; if not, a write whose outcome is unknown cannot be read back. ``demands`` are
    what is asked of each device, by name, of which it can have one value only.
    """

    path: str
    inquire: Callable[[DeviceItem, DaysUntil], Inquiry]
    demands: Callable[[Attributes, Mapping[str, str | int | bool]], Mapping[str, object]]
    removing: frozenset[str] = frozenset()
    immediate: frozenset[str] = frozenset()
    awaitable: bool = True
    shows_effect: bool = True


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A call that tells whether the service would refuse to delete an object, so that the plan can say so first.

    ``blocks`` reads the answer and returns why, or an empty string. ``lifted_by`` names the kind whose object of the
    same name is what stands in the way: a plan that empties it first may delete.
    """

    path: str
    body: Callable[[LiveObject], Mapping[str, Any]]
    blocks: Callable[[Any], str]
    lifted_by: str = ""


Rule: TypeAlias = "Callable[[Mapping[str, Any]], Iterable[tuple[str, str]]]"


def _no_rule(_unused: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    return ()


def _no_consequences(_before: Attributes, _after: Attributes, _deletes: bool) -> Iterable[str]:
    return ()


def _no_alerts(_unused: Attributes, _days_until: DaysUntil) -> Iterable[str]:
    return ()


def _as_declared(declared: Mapping[str, Declared], _live: Mapping[str, LiveObject]) -> Mapping[str, Declared]:
    return declared


def _stays_within(_unused: Iterable[Declared]) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of object that can be declared. ``source`` names the specification that its rules come from.

    ``check`` is given all fields and yields (field, message) for what is wrong between them. ``identity`` gives the
    form in which names are compared. A kind without ``create`` is made elsewhere and only asserted; ``within`` names
    the kind in whose items it is written, and whose names are its own. ``singleton`` kinds have one object, and the
    section is that object. ``consequences`` says what a change from live attributes to declared ones (or a deletion)
    means for devices, ``alerts`` what is worth knowing about an object even if nothing changes, and ``losing`` what it
    means for ids to be taken out of the set. ``members_must_be_known``: the service refuses ids that it does not know.

    Where objects of a section bear on one another, ``resolve`` turns what is declared into what each is to be, given
    what is live; ``reaches_beyond`` tells whether that may be more objects than are declared.
    """

    name: str
    section: str
    title: str
    fields: tuple[Field, ...]
    read: Listing | PerParent | PerDevice
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
    losing: str = ""
    members_must_be_known: bool = False
    resolve: Callable[[Mapping[str, Declared], Mapping[str, LiveObject]], Mapping[str, Declared]] = _as_declared
    reaches_beyond: Callable[[Iterable[Declared]], bool] = _stays_within
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
    def set_field(self) -> Field | None:
        """The field that holds a large set of ids: the object is that set."""
        if isinstance(self.read, PerDevice):
            return None
        return next((field for field in self.fields if field.type is Type.IDS), None)

    @property
    def shows_effect(self) -> bool:
        """Whether reading tells if a write was carried out."""
        return not isinstance(self.read, PerDevice) or self.read.shows_effect

    @property
    def can_be_awaited(self) -> bool:
        """Whether what is declared is done later by devices, which can be seen."""
        return isinstance(self.read, PerDevice) and self.read.awaitable

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
