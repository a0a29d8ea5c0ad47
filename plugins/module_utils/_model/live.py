# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the live account has, as far as it was read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from .desired import Declared
from .kind import DeviceItem, Kind, LiveObject


@dataclass(frozen=True, slots=True)
class Reading:
    """What to read of a live account.

    ``parents`` limits kinds that are read for each object of another kind to the parents of these identities.
    ``items`` are what is declared of devices, by kind and identity; which devices have a tag then follows from the
    declared ``assignments`` of tags.
    """

    kinds: tuple[Kind, ...]
    parents: Mapping[str, frozenset[str]] = field(default_factory=dict)
    items: Mapping[str, Mapping[str, DeviceItem]] = field(default_factory=dict)
    assignments: Mapping[str, Declared] = field(default_factory=dict)

    def with_marks(self, marks: Mapping[str, Mapping[str, str]]) -> Reading:
        """The reading that takes into account what devices were told, by kind and device."""
        items = {
            kind: {identity: replace(item, marks=marks.get(kind, {})) for identity, item in found.items()}
            for kind, found in self.items.items()
        }
        return replace(self, items=items)


@dataclass(frozen=True, slots=True)
class LiveAccount:
    """The objects of the kinds that were read, by kind name and identity. A kind that is missing was not read."""

    objects: Mapping[str, Mapping[str, LiveObject]]

    def of(self, kind: str) -> Mapping[str, LiveObject]:
        return self.objects.get(kind, {})

    def find(self, kind: str, identity: str) -> LiveObject | None:
        return self.of(kind).get(identity)

    def has_read(self, kind: str) -> bool:
        return kind in self.objects
