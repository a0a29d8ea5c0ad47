# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the live account has, as far as it was read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .kind import LiveObject


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
