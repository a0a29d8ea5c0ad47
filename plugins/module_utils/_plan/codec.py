# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A plan as data: what modules return and files hold. No secret is in it, only references."""

from __future__ import annotations

from typing import Any

from .._model.values import as_data
from .plan import Change, Plan
from .text import summary_line


def plan_as_data(plan: Plan) -> dict[str, Any]:
    """The plan in JSON's terms."""
    return {
        "account": plan.account,
        "summary": summary_as_data(plan),
        "changes": [change_as_data(change) for change in plan.changes],
        "warnings": list(plan.warnings),
    }


def summary_as_data(plan: Plan) -> dict[str, Any]:
    """What the summary line counts, and the line."""
    summary = plan.summary()
    return {
        "add": summary.add,
        "change": summary.change,
        "delete": summary.delete,
        "requests": summary.requests,
        "text": summary_line(plan),
    }


def change_as_data(change: Change) -> dict[str, Any]:
    """One change in JSON's terms; a large set as counts, digests and samples."""
    data: dict[str, Any] = {
        "address": change.address,
        "kind": change.kind.name,
        "name": change.name,
        "action": change.action.name.lower(),
        "fields": [{"field": field.field, "before": field.before, "after": field.after} for field in change.fields],
        "reason": change.reason,
        "notes": list(change.notes),
        "depends_on": list(change.depends_on),
        "requests": change.request_count,
    }
    if change.delta:
        data["set"] = {
            "added": as_data(change.delta.added),
            "removed": as_data(change.delta.removed),
            "size_before": change.delta.size_before,
            "size_after": change.delta.size_after,
        }
        if change.delta.steps:
            data["set"]["steps"] = {step: as_data(ids) for step, ids in change.delta.steps.items()}
    return data
