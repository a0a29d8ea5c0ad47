# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A plan as people read it, in Terraform's manner."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .._model.ids import SAMPLE_SIZE, IdSet
from .._model.printable import printable
from .devices import takes_away
from .plan import Change, Plan, SetDelta

_REASON_COLUMN = 48
_LONG_LIST = 8


def render(plan: Plan) -> str:
    """The plan as text that ends with its summary line."""
    title = f"Plan for account {shown(plan.account)}" if plan.account else "Plan"
    lines = [title, ""]
    for change in plan.changes:
        lines += _change(change)
    if plan.changes:
        lines.append("")
    lines += [f"Warning: {shown(warning)}" for warning in plan.warnings]
    lines.append(summary_line(plan))
    return "\n".join(lines) + "\n"


def summary_line(plan: Plan) -> str:
    """``Plan: 1 to add, 3 to change, 1 to delete. 17 requests, about 2 s.``"""
    if not plan:
        return "No changes. The account is as declared."
    summary = plan.summary()
    counted = f"Plan: {summary.add} to add, {summary.change} to change, {summary.delete} to delete."
    requests = f" {summary.requests:,} request{'s' if summary.requests != 1 else ''}"
    return f"{counted}{requests}, {duration(summary.seconds)}." if plan.seconds_per_request else f"{counted}{requests}."


def duration(seconds: float) -> str:
    """``about 2 s``"""
    if seconds < 1:
        return "less than 1 s"
    return f"about {seconds:.0f} s" if seconds < 120 else f"about {seconds / 60:.0f} min"


def _change(change: Change) -> Iterator[str]:
    name = f' "{shown(change.name)}"' if change.name else ""
    head = f"  {change.action.value} {change.kind.name}{name}"
    note = sizes(change.delta) if change.delta else change.reason
    yield f"{head:<{_REASON_COLUMN}} {note}" if note else head
    for field in change.fields:
        yield f"      {field.field}: {_values(change, field.before, field.after)}"
    for portion in portions(change):
        yield f"      {portion.label or portion.mark} {sampled(portion.ids)}"
    for text in change.notes:
        yield f"      ! {printable(text)}"


def _values(change: Change, before: Any, after: Any) -> str:
    if not change.knows_before:
        return shown(after)
    if isinstance(before, list) and isinstance(after, list):
        added, removed = sorted(set(after) - set(before)), sorted(set(before) - set(after))
        return ", ".join([f"+{shown(name)}" for name in added] + [f"-{shown(name)}" for name in removed])
    return f"{shown(before)} -> {shown(after)}"


def shown(value: Any) -> str:
    """A field's value on one line."""
    if value is None:
        return "(unset)"
    if isinstance(value, list):
        more = f", and {len(value) - _LONG_LIST} more" if len(value) > _LONG_LIST else ""
        return f"[{', '.join(map(shown, value[:_LONG_LIST]))}{more}]"
    return printable(str(value))


def sizes(delta: SetDelta) -> str:
    """``+1,204  -3   of 250,000``, or of devices that are told something, ``3 of 500 devices``."""
    if delta.steps:
        return f"{len(delta.added):,} of {delta.size_after:,} device{'s' if delta.size_after != 1 else ''}"
    return f"+{len(delta.added):,}  -{len(delta.removed):,}   of {delta.size_before:,}"


@dataclass(frozen=True, slots=True)
class Portion:
    """Ids of a change to which the same happens: something is given (``+``) or taken away (``-``); of devices, what."""

    mark: str
    label: str
    ids: IdSet


def portions(change: Change) -> Iterator[Portion]:
    """The ids of a change by what happens to them."""
    delta = change.delta
    if delta is None:
        return
    for step, ids in delta.steps.items():
        yield Portion("-" if takes_away(change.kind, step) else "+", f"{printable(step)}:", ids)
    for mark, ids in (("+", delta.added), ("-", delta.removed)) if not delta.steps else ():
        if len(ids):
            yield Portion(mark, "", ids)


def sampled(ids: IdSet) -> str:
    """The first few ids, and how many more there are."""
    more = f", and {len(ids) - SAMPLE_SIZE:,} more" if len(ids) > SAMPLE_SIZE else ""
    return ", ".join(ids.sample()) + more
