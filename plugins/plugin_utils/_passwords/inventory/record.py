# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What stands in clear beside encrypted passwords, so that nothing has to be decrypted to see whether they changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from dataclasses import replace as replaced
from enum import StrEnum
from typing import Any, Self

from ansible_collections.edgeops.device_trust.plugins.module_utils._live.calamp.keys import KeyKind, key
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.errors import InvalidKey

# The first line of what this product wrote says so; no other file is ever replaced or removed.
MARKER = "Written by edgeops.device_trust.password_inventory; changes made by hand are lost."
FORMAT = 1
DAMAGED = "damaged, edited by hand or half written"
REPLACED = "another file than the one written: rekeyed, or a merge of two"

# A password that the service does not have: kind and key of the device, and the field, or None for all of them.
Gap = tuple[str, str, str | None]


class Shape(StrEnum):
    """What the passwords of one device are."""

    TEXT = "text"
    FIELDS = "fields"


@dataclass(frozen=True, slots=True)
class DeviceRecord:
    """One device: its key, which passwords of it were taken, and when the service says they were modified.

    ``text`` is how the key is written where that is told apart from ``key``, its normal form.
    """

    kind: str
    key: str
    fields: tuple[str, ...]
    modified: str
    text: str = ""

    def __str__(self) -> str:
        key = self.text or self.key
        return f"{self.kind.upper()} {key}, {'+'.join(self.fields)}, modified {self.modified or 'unknown'}"

    def without(self, gaps: Collection[Gap]) -> Self:
        if (self.kind, self.key, None) in gaps:
            return replaced(self, fields=())
        return replaced(self, fields=tuple(name for name in self.fields if (self.kind, self.key, name) not in gaps))

    def as_data(self) -> dict[str, object]:
        written = {"text": self.text} if self.text else {}
        return {self.kind: self.key, "fields": list(self.fields), "modified": self.modified, **written}


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

    def without(self, gaps: Collection[Gap]) -> Self:
        """What is left when ``gaps`` are taken away."""
        left = (device.without(gaps) for device in self.devices)
        return replaced(self, devices=tuple(device for device in left if device.fields))

    def undated(self) -> Self:
        """For passwords of which nobody knows any more when they were modified."""
        return replaced(self, devices=tuple(replaced(device, modified="") for device in self.devices))

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
            "devices": [device.as_data() for device in self.devices],
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

    ``record`` is None when it cannot be told; with a ``flaw`` the passwords may be others than it says.
    """

    record: HostRecord | None
    variable: str = ""
    vault_id: str = ""
    flaw: str = ""

    @property
    def problem(self) -> str:
        """Why it has to be written anew whatever the service says; empty when it is as it was written."""
        return self.flaw or ("" if self.record else DAMAGED)

    @property
    def whole(self) -> bool:
        return not self.problem

    def summary(self) -> str:
        if self.record is None or not self.whole:
            return self.problem
        return summary(self.record, self.variable, self.vault_id)

    def without(self, gaps: Collection[Gap]) -> Self:
        return self if self.record is None else replaced(self, record=self.record.without(gaps))


def summary(record: HostRecord, variable: str, vault_id: str) -> str:
    """One line for a diff, without anything secret."""
    devices = "; ".join(str(device) for device in record.devices)
    return f"{variable}: {devices} (vault id {vault_id})"


def why_outdated(held: Held | None, wanted: HostRecord, variable: str, vault_id: str) -> str | None:
    """Why ``held`` has to be written anew, None when it need not."""
    if held is None:
        return "new"
    if held.record is None or not held.whole:
        return held.problem
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
    if [device.text for device in held.devices] != [device.text for device in wanted.devices]:
        return "devices written in another way"
    return "password modified"


def _mapping(data: object) -> Mapping[str, Any]:
    if not isinstance(data, Mapping):
        raise TypeError
    return data


def _device(data: Mapping[str, Any]) -> DeviceRecord:
    (kind,) = data.keys() - {"fields", "modified", "text"}
    key, fields, modified, text = data[kind], tuple(data["fields"]), data["modified"], data.get("text", "")
    if not all(isinstance(item, str) for item in (key, modified, text, *fields)):
        raise TypeError
    return DeviceRecord(kind, key, fields, modified, text)
