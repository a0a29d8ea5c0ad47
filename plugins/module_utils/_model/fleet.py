# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the kinds have in common that declare something of devices: how devices are chosen, asked about and told.

An item names devices by id, by file and by tag. The API takes lists of ids in each of these calls; tags are looked up
first, so that a plan says exactly which devices it is about.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .ids import IdSet
from .kind import DeviceItem, Field, LiveObject, Progress, Transition
from .request import Request
from .values import Type

IDS_PER_REQUEST = 500
ADJUSTED_HEARTBEAT = "security heartbeat, adjusted to a key rotation"
_INFO = "/device/info/get"

NAME = Field(
    "name",
    Type.TEXT,
    "What these devices are called in plans. The service does not know it.",
    key=True,
    max_length=100,
)
IDS = Field(
    "ids",
    Type.IDS,
    "ROTPublicUIDs of the devices. In a playbook quote them, or YAML takes some of them for numbers.",
    wire="ROTPublicUIDs",
)
FILES = Field(
    "files",
    Type.FILES,
    "Files with ids, paths or globs: text with one id a line, or CSV with a header row and a column C(ROTPublicUID) or "
    "C(Id). In a document they are relative to it.",
    directive=True,
)
TAGS = Field(
    "tags",
    Type.NAMES,
    "Tags; the devices that have one of them are meant, as they will be when this declaration is carried out.",
    refers_to="tag",
)
DEVICES = (NAME, IDS, FILES, TAGS)
"""The fields by which an item of these kinds chooses its devices."""


@dataclass(frozen=True, slots=True)
class Step:
    """What is left to do on a device: ``action`` is one word, ``about`` ends with the name of a root CA, if it is about
    one.

    ``mark`` is what to remember of the device when it has been told; empty where reading tells.
    """

    action: str
    about: str = ""
    mark: str = ""

    @property
    def name(self) -> str:
        return f"{self.action} {self.about}".rstrip()


def action_of(step: str) -> str:
    """The action in the name of a step."""
    return step.partition(" ")[0]


def root_ca_of(step: str) -> str:
    """The root CA in the name of a step."""
    return step.rpartition(" ")[2]


def chosen(declared: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """A rule of these kinds: devices must be chosen somehow."""
    if "ids" not in declared and "tags" not in declared:
        yield "ids", "say which devices are meant: give ids, files or tags"


def batched(path: str, devices: IdSet, **body: Any) -> list[Request]:
    """Calls about ``devices``, as many in each as are sensible."""
    return [Request(path, {"ROTPublicUIDs": ids, **body}) for ids in devices.batches(IDS_PER_REQUEST)]


def ask_info(
    item: DeviceItem, *options: str
) -> Generator[Sequence[Request], Sequence[Any], Mapping[str, Mapping[str, Any]]]:
    """What the service knows of the item's devices, by id. It leaves out those that it does not know."""
    answers = yield batched(_INFO, item.devices, Options=["CORE", *options])
    return {device["id"]: device for answer in answers for device in answer}


def found(
    item: DeviceItem, devices: Mapping[str, Mapping[str, Any]], steps: Mapping[str, Step], pending: Iterable[str] = ()
) -> LiveObject:
    """What was found out: the steps that are left, by device, and the devices that were told before.

    No action is possible for a device in the blacklist (Device Whitelist guide): it is left out, with a warning. An
    unknown one is a problem.
    """
    blacklisted = {device for device, info in devices.items() if info.get("is_blacklisted")}
    left = {device: step for device, step in steps.items() if device not in blacklisted}
    groups: dict[str, set[str]] = {}
    for device, step in left.items():
        groups.setdefault(step.name, set()).add(device)
    progress = Progress(
        len(item.devices),
        IdSet(frozenset(pending) - blacklisted - left.keys()),
        {device: step.mark for device, step in left.items() if step.mark},
        tuple([not_known(unknown)] if (unknown := item.devices - IdSet(frozenset(devices))) else []),
        tuple(_left_out(item.devices & IdSet(frozenset(blacklisted)))),
        item.devices - IdSet(frozenset(blacklisted)),
    )
    attributes = {name: item.devices & IdSet(frozenset(ids)) for name, ids in sorted(groups.items())}
    return LiveObject(item.name, attributes, progress=progress)


def not_known(devices: IdSet) -> str:
    """That the service does not know ``devices``, in words."""
    return f"{sampled(devices)} {_verb(devices, 'is', 'are')} not known to the account: not bootstrapped, or misspelt"


def _left_out(devices: IdSet) -> Iterator[str]:
    if devices:
        yield f"{sampled(devices)} {_verb(devices, 'is', 'are')} in the blacklist and left out: no action is possible"


def sampled(devices: IdSet) -> str:
    """A few ids in words: ``0002000089280001, 0002000089280002 and 3 more devices``."""
    shown, more = devices.sample(), len(devices) - len(devices.sample())
    return ", ".join(shown) + (f" and {more:,} more device{'s' if more != 1 else ''}" if more else "")


def _verb(devices: IdSet, one: str, many: str) -> str:
    return one if len(devices) == 1 else many


def devices_of(transition: Transition, action: str) -> Iterator[tuple[str, IdSet]]:
    """The steps of one action that are left, each with its devices."""
    for step, devices in sorted(transition.before.items()):
        if isinstance(devices, IdSet) and action_of(step) == action:
            yield step, devices
