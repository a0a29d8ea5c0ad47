# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which devices have a tag, as it will be when what is declared of tags has been carried out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from .ids import IdSet
from .kind import DeviceItem, LiveObject
from .kinds.tag_assignment import TAG_ASSIGNMENT
from .live import Reading
from .values import ids_of


def with_tagged(item: DeviceItem, reading: Reading, live: Mapping[str, Mapping[str, LiveObject]]) -> DeviceItem:
    """The item with the devices of its tags. ``live`` has what was read so far, by kind and identity."""
    assigned = live.get(TAG_ASSIGNMENT.name, {})
    resolved = TAG_ASSIGNMENT.resolve(reading.assignments, assigned)
    devices = item.devices
    for tag in sorted(item.tags):
        found = resolved.get(tag) or assigned.get(tag)
        devices |= ids_of(found.attributes) if found else IdSet()
    return replace(item, devices=devices)
