# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Devices of which two items ask different things: each apply would undo the other's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product

from .._model.desired import Declared, Desired
from .._model.errors import Problem
from .._model.fleet import sampled
from .._model.ids import IdSet
from .._model.kind import Kind, PerDevice
from .._model.kinds.key_rotation import slowest_heartbeat
from .._model.live import LiveAccount
from .._model.narrow import of_type
from .._model.registry import KINDS

_PRESENT = "present"
_ROTATION, _PROVISIONING = KINDS["key_rotation"], KINDS["device_provisioning"]
_HEARTBEAT = "security_heartbeat_seconds"


@dataclass(frozen=True, slots=True)
class _Item:
    """What is declared of some devices. Which these are, where they are chosen by tag, is known from what is live."""

    kind: Kind
    declared: Declared
    devices: IdSet
    demands: Mapping[str, object]

    @property
    def address(self) -> str:
        return self.kind.address(self.declared.name)

    @property
    def is_present(self) -> bool:
        return self.declared.directives.get("state", _PRESENT) == _PRESENT


def disputes(desired: Desired, live: LiveAccount) -> Iterator[Problem]:
    """What items ask differently of one device."""
    items = list(_items(desired, live))
    yield from _demands(items)
    yield from _heartbeats(items)


def _demands(items: Sequence[_Item]) -> Iterator[Problem]:
    for one, other in combinations(items, 2):
        what = _differing(one, other)
        shared = one.devices & other.devices if what else IdSet()
        if shared:
            yield Problem(
                f"{one.address} and {other.address} ask different things of {sampled(shared)} ({what})",
                other.declared.path,
                other.declared.position_of(what.partition(".")[0]),
                "each apply would undo the other's: choose these devices in one of the two",
            )


def _heartbeats(items: Sequence[_Item]) -> Iterator[Problem]:
    """Heartbeats that are slower than keys are to be rotated: the service would adjust them (/e2e/key/rotate)."""
    for rotation, provisioning in product(_of(_ROTATION, items), _of(_PROVISIONING, items)):
        slowest = slowest_heartbeat(rotation.declared.attributes)
        seconds = provisioning.declared.attributes.get(_HEARTBEAT)
        if slowest and isinstance(seconds, int) and seconds > slowest and rotation.devices & provisioning.devices:
            yield Problem(
                f"{seconds} is slower than {rotation.address} allows, whose keys change every {slowest} seconds",
                f"{provisioning.declared.path}.{_HEARTBEAT}",
                provisioning.declared.position_of(_HEARTBEAT),
                f"declare {slowest} or less; the service adjusts a slower heartbeat",
            )


def _of(kind: Kind, items: Sequence[_Item]) -> list[_Item]:
    return [item for item in items if item.kind is kind]


def _items(desired: Desired, live: LiveAccount) -> Iterator[_Item]:
    for section in desired.sections.values():
        for identity, declared in section.objects.items() if isinstance(section.kind.read, PerDevice) else ():
            found = live.find(section.kind.name, identity)
            if found is not None and found.progress is not None:
                read = of_type(PerDevice, section.kind.read)
                demands = read.demands(declared.attributes, declared.directives)
                yield _Item(section.kind, declared, found.progress.chosen, demands)


def _differing(one: _Item, other: _Item) -> str:
    """The first thing of which a device cannot have both; empty if there is none."""
    if one.kind is other.kind and one.is_present != other.is_present:
        return "state"
    theirs = other.demands
    return next((name for name, value in one.demands.items() if name in theirs and theirs[name] != value), "")
