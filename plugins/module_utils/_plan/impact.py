# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Consequences that people need to know before they say yes, beyond the changes themselves. Each kind knows its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from .._model.desired import Desired
from .._model.kind import DaysUntil
from .plan import Change, Plan


def with_impact(plan: Plan, desired: Desired, days_until: DaysUntil) -> Plan:
    """The plan with its consequences as notes and warnings. ``days_until`` counts the days to an ISO date."""
    changes = tuple(replace(c, notes=(*c.notes, *_consequences(c, plan))) for c in plan.changes)
    return replace(plan, changes=changes, warnings=(*plan.warnings, *_alerts(plan, desired, days_until)))


def _consequences(change: Change, plan: Plan) -> Iterator[str]:
    found = plan.live.find(change.kind.name, change.identity)
    if found is not None:
        after = {} if change.declared is None or change.declared.absent else change.declared.attributes
        yield from change.kind.consequences(found.attributes, after, change.deletes)


def _alerts(plan: Plan, desired: Desired, days_until: DaysUntil) -> Iterator[str]:
    for section in desired.sections.values():
        for identity, found in plan.live.of(section.kind.name).items():
            declared = section.objects.get(identity)
            attributes = {**found.attributes, **(declared.attributes if declared else {})}
            for alert in section.kind.alerts(attributes, days_until):
                yield f"{section.kind.address(found.name)} {alert}"
