# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What stands in clear beside encrypted passwords, so that nothing has to be decrypted to see whether they changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from ansible_collections.edgeops.device_trust.plugins.module_utils._live.calamp.keys import KeyKind, key
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.errors import InvalidKey

# The first line of what this product wrote says so; no other file is ever replaced or removed.
MARKER = "Written by edgeops.device_trust.password_inventory; changes made by hand are lost."
FORMAT = 1


class Shape(StrEnum):
    """What the passwords of one device are."""

    TEXT = "text"
    FIELDS = "fields"


@dataclass(frozen=True, slots=True)
class DeviceRecord:
    """One device: its key, which passwords of it were taken, and when the service says they were modified."""

    kind: str
    key: str
    fields: tuple[str, ...]
    modified: str

    def __str__(self) -> str:
        return f"{self.kind.upper()} {self.key}, {'+'.join(self.fields)}, modified {self.modified or 'unknown'}"


@dataclass(frozen=True, slots=True)
class HostRecord:
    """The devices of one host. ``several``: their passwords are a mapping by key, not those of one device."""

    devices: tuple[DeviceRecord, ...]
    shape: Shape
    several: bool

    @property
    def is_plain(self) -> bool:
        """Whether there is one password, which stands for itself; else they are a mapping."""
        return self.shape is Shape.TEXT and not self.several

    def by_device(self, value: object) -> Mapping[tuple[str, str], Mapping[str, str]]:
        """The passwords in ``value`` by field, for each device by the kind and normal form of its key.

        Raises ValueError when it does not belong to this record.
        """
        try:
            if not self.several:
                (device,) = self.devices
                return {(device.kind, device.key): self._fields(device, value)}
            parts = {key(KeyKind(self.devices[0].kind), text).normal: part for text, part in _mapping(value).items()}
            return {(device.kind, device.key): self._fields(device, parts[device.key]) for device in self.devices}
        except (TypeError, KeyError, IndexError, InvalidKey):
            raise ValueError from None

    def _fields(self, device: DeviceRecord, part: object) -> Mapping[str, str]:
        return dict(_mapping(part)) if self.shape is Shape.FIELDS else {device.fields[0]: str(part)}

    def as_data(self) -> dict[str, object]:
        return {
            "devices": [
                {device.kind: device.key, "fields": list(device.fields), "modified": device.modified}
                for device in self.devices
            ],
            "shape": self.shape.value,
            "several": self.several,
        }

    @classmethod
    def from_data(cls, data: object) -> Self | None:
        """None when ``data`` is not what ``as_data`` returns: somebody edited it, or a merge went wrong."""
        try:
            read = _mapping(data)
            devices = tuple(_device(_mapping(item)) for item in read["devices"])
            return cls(devices, Shape(read["shape"]), bool(read["several"]))
        except (KeyError, TypeError, ValueError):
            return None


@dataclass(frozen=True, slots=True)
class Held:
    """What the inventory holds for one host.

    ``record`` is None when it cannot be told; without ``whole`` the passwords may be others than it says.
    """

    record: HostRecord | None
    variable: str = ""
    vault_id: str = ""
    whole: bool = True

    def summary(self) -> str:
        if self.record is None or not self.whole:
            return "damaged, edited by hand or half written"
        return summary(self.record, self.variable, self.vault_id)


def summary(record: HostRecord, variable: str, vault_id: str) -> str:
    """One line for a diff, without anything secret."""
    devices = "; ".join(str(device) for device in record.devices)
    return f"{variable}: {devices} (vault id {vault_id})"


def why_outdated(held: Held | None, wanted: HostRecord, variable: str, vault_id: str) -> str | None:
    """Why ``held`` has to be written anew, None when it need not."""
    if held is None:
        return "new"
    if held.record is None or not held.whole:
        return "damaged, edited by hand or half written"
    if held.vault_id != vault_id:
        return f"vault id {vault_id}, was {held.vault_id}"
    if held.variable != variable:
        return f"variable {variable}, was {held.variable}"
    if held.record != wanted:
        return _difference(held.record, wanted)
    if any(not device.modified for device in wanted.devices):
        return "the service does not say when the password was modified"
    return None


def _difference(held: HostRecord, wanted: HostRecord) -> str:
    def of(record: HostRecord) -> list[tuple[str, str]]:
        return [(device.kind, device.key) for device in record.devices]

    def fields(record: HostRecord) -> list[tuple[str, ...]]:
        return [device.fields for device in record.devices]

    if of(held) != of(wanted):
        return "other devices"
    if fields(held) != fields(wanted) or held.shape != wanted.shape or held.several != wanted.several:
        return "other fields"
    return "password modified"


def _mapping(data: object) -> Mapping[str, Any]:
    if not isinstance(data, Mapping):
        raise TypeError
    return data


def _device(data: Mapping[str, Any]) -> DeviceRecord:
    (kind,) = data.keys() - {"fields", "modified"}
    key, fields, modified = data[kind], tuple(data["fields"]), data["modified"]
    if not all(isinstance(text, str) for text in (key, modified, *fields)):
        raise TypeError
    return DeviceRecord(kind, key, fields, modified)
