# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which objects an object names."""

from __future__ import annotations

from .kind import Field
from .values import Attributes


def names_in(reference: Field, name: str, attributes: Attributes) -> tuple[str, ...]:
    """The names that the object ``name`` with ``attributes`` refers to through one field."""
    if reference.key:
        return (name,)
    value = attributes.get(reference.name)
    if isinstance(value, frozenset):
        return tuple(sorted(value))
    return (str(value),) if value is not None else ()
