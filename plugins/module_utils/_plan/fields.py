# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fields that change, as they may be shown."""

from __future__ import annotations

from collections.abc import Mapping

from .._model.kind import Field, Kind
from .._model.registry import KINDS
from .._model.values import Attributes, Type, as_data
from .plan import FieldChange


def field_changes(
    kind: Kind, before: Attributes, after: Attributes, changed: frozenset[str]
) -> tuple[FieldChange, ...]:
    """The changed fields as they may be shown, in the kind's order; mappings entry by entry."""
    shown: list[FieldChange] = []
    for field in kind.attributes:
        if field.name not in changed:
            continue
        was, becomes = before.get(field.name), after.get(field.name)
        if isinstance(becomes, Mapping):
            known = was if isinstance(was, Mapping) else {}
            shown += [
                FieldChange(f"{field.name}.{name}", known.get(name), state)
                for name, state in sorted(becomes.items())
                if known.get(name) != state
            ]
        elif field.type is Type.SECRET:
            shown.append(FieldChange(field.name, "(secret)" if before else None, as_data(becomes)))
        elif isinstance(becomes, frozenset) and isinstance(was, frozenset):
            shown.append(FieldChange(field.name, as_data(was), as_data(_spelled_as(field, was, becomes))))
        else:
            shown.append(FieldChange(field.name, as_data(was), as_data(becomes)))
    return tuple(shown)


def _spelled_as(field: Field, before: frozenset[str], after: frozenset[str]) -> frozenset[str]:
    """``after``, in which names that are the same but for their spelling have that of ``before``."""
    identity = KINDS[field.refers_to].identity if field.refers_to else str
    known = {identity(name): name for name in before}
    return frozenset(known.get(identity(name), name) for name in after)
