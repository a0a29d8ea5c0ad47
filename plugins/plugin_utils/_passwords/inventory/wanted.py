# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the inventory shall hold: which devices belong to a host, and what their passwords are."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ansible_collections.edgeops.device_trust.plugins.module_utils._live.calamp.keys import Key, KeyKind, keys
from ansible_collections.edgeops.device_trust.plugins.module_utils._live.calamp.shapes import DevicePassword
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.errors import (
    InvalidKey,
    InventoryConflict,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.inventory.record import (
    DeviceRecord,
    Gap,
    HostRecord,
    Shape,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.listing import in_lines
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.selection import lacking

_NAME = re.compile(r"(?!\.)[^/\x00-\x1f\x7f]+")


@dataclass(frozen=True, slots=True)
class HostDevices:
    """The devices of one host; ``several`` when they were given as a list."""

    host: str
    keys: tuple[Key, ...]
    several: bool


@dataclass(frozen=True, slots=True)
class HostValue:
    """The passwords of one host in clear (``value``: a text, or mappings of texts) and what may be said of them."""

    host: str
    record: HostRecord
    value: object = field(repr=False)


@dataclass(frozen=True, slots=True)
class Missing:
    """A password that the service does not have: a whole device, or one field of it."""

    host: str
    key: Key
    field: str | None = None

    @property
    def gap(self) -> Gap:
        return self.key.kind.value, self.key.normal, self.field

    def __str__(self) -> str:
        device = lacking(str(self.key), self.field) if self.field else str(self.key)
        return f"{device} of host {self.host}"


def host_devices(
    devices: Mapping[object, object], kind: KeyKind, *, are_directories: bool = False
) -> list[HostDevices]:
    """The hosts of ``devices`` by name; with ``are_directories`` a name must do for a directory.

    Raises one error that names everything that is wrong.
    """
    hosts: list[HostDevices] = []
    problems: list[str] = []
    for name, given in devices.items():
        host = str(name)
        several = isinstance(given, list | tuple)
        terms: Sequence[object] = given if isinstance(given, list | tuple) else (given,)
        if not terms:
            problems.append(f"host {host}: the list of its devices is empty")
            continue
        try:
            if are_directories:
                check_name("host", host)
            unique = tuple(dict.fromkeys(keys(kind, terms)))
        except (InvalidKey, InventoryConflict) as problem:
            problems.append(f"host {host}: {problem}")
            continue
        hosts.append(HostDevices(host, unique, several))
    if problems:
        raise InvalidKey("\n".join(in_lines(problems)))
    return sorted(hosts, key=lambda item: item.host)


def check_name(what: str, name: str) -> None:
    """Raise InventoryConflict when ``name`` cannot be a directory's name in the inventory."""
    if not _NAME.fullmatch(name):
        raise InventoryConflict(
            f"the {what} name {name!r} cannot be a directory: it must not begin with a dot or hold a slash"
        )


def host_values(
    hosts: Sequence[HostDevices], records: Mapping[Key, DevicePassword], fields: Sequence[str]
) -> tuple[list[HostValue], list[Missing]]:
    """What each host shall hold, and what the service does not have. A host without any password is left out."""
    shape = Shape.FIELDS if len(fields) > 1 else Shape.TEXT
    values: list[HostValue] = []
    missing: list[Missing] = []
    for item in hosts:
        missing += [gap for key in item.keys for gap in _gaps(item.host, key, records.get(key), fields)]
        known = {key: records[key] for key in item.keys if key in records}
        taken = {key: passwords for key, record in known.items() if (passwords := _taken(record, fields))}
        if taken:
            described = tuple(
                DeviceRecord(key.kind.value, key.normal, tuple(passwords), known[key].modified_on, _text(item, key))
                for key, passwords in taken.items()
            )
            value = _value(taken, shape, item.several)
            values.append(HostValue(item.host, HostRecord(described, shape, item.several), value))
    return values, missing


def _text(item: HostDevices, key: Key) -> str:
    """How the list says it, which is the name of the device in what is written; empty when that is nothing special."""
    return key.text if item.several and key.text != key.normal else ""


def _gaps(host: str, key: Key, record: DevicePassword | None, fields: Sequence[str]) -> list[Missing]:
    if record is None:
        return [Missing(host, key)]
    return [Missing(host, key, name) for name in fields if name not in record.fields]


def _taken(record: DevicePassword, fields: Sequence[str]) -> dict[str, str]:
    return {name: record.fields[name].reveal() for name in fields if name in record.fields}


def _value(taken: Mapping[Key, dict[str, str]], shape: Shape, several: bool) -> object:
    by_key = {
        key.text: passwords if shape is Shape.FIELDS else next(iter(passwords.values()))
        for key, passwords in taken.items()
    }
    return by_key if several else next(iter(by_key.values()))
