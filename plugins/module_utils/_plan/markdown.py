# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A plan as a comment on a pull request or merge request.

What comes from the account or the document stands in code spans and code blocks only: there it is text to every
Markdown, and never a mention, a link, a reference to an issue or HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from .._model.printable import printable
from .overview import KindOverview, by_kind, consequences
from .plan import Action, Change, Plan
from .text import portions, sampled, shown, sizes, summary_line

LIMIT = 65_536
"""The longest comment that GitHub takes, in characters."""
_LONGEST_VALUE = 300
_OPEN_UP_TO = 12
_NOTICE_ROOM = 200
_MARKS = {Action.CREATE: "+", Action.UPDATE: "!", Action.REPLACE: "!", Action.DELETE: "-"}


def render_markdown(plan: Plan, limit: int = LIMIT) -> str:
    """The plan in at most ``limit`` characters: the summary first, then the details, folded by kind.

    What does not fit is left out from the details, and then from the consequences and warnings, and that is said.
    """
    head = _head(plan)
    if len(head) > limit:
        line = summary_line(plan) + "\n"
        return line if len(line) <= limit else ""
    told = _told(plan, (limit - len(head)) // 2)
    return head + told + _details(plan, limit - len(head) - len(told))


def marker(account: str) -> str:
    """The first line, by which a pipeline finds the comment it made before. It is not shown."""
    name = re.sub("[^A-Za-z0-9_.]", "_", account)[:100]
    return f"<!-- device-trust plan {name} -->" if name else "<!-- device-trust plan -->"


def _head(plan: Plan) -> str:
    title = f"### Plan for account {code(plan.account)}" if plan.account else "### Plan"
    lines = [marker(plan.account), title, "", f"**{summary_line(plan)}**", ""]
    if plan.changes:
        lines += ["| kind | add | change | delete | ids |", "|---|--:|--:|--:|---|"]
        lines += map(_row, by_kind(plan))
        lines.append("")
    return "\n".join(lines)


def _row(overview: KindOverview) -> str:
    counts = (f"{number:,}" if number else "" for number in (overview.add, overview.change, overview.delete))
    deltas = (sizes(change.delta) for change in overview.changes if change.delta)
    return f"| {overview.kind.name} | {' | '.join(counts)} | {'; '.join(deltas)} |"


def _told(plan: Plan, room: int) -> str:
    """Consequences and warnings, as many as there is room for."""
    items = [f"- ⚠️ {code(change.address)}: {code(note)}" for change, note in consequences(plan)]
    items += [f"- ⚠️ {code(warning)}" for warning in plan.warnings]
    if not items:
        return ""
    title = "\n**Before you say yes**\n\n"
    kept, left = _fitting(items, room - len(title) - _NOTICE_ROOM)
    if left:
        kept.append(f"- and {left:,} more, which do not fit here")
    told = title + "\n".join(kept) + "\n"
    return told if len(told) <= room else ""


def _details(plan: Plan, room: int) -> str:
    """The changes of each kind in a folded block; kinds with few changes leave their room to the others."""
    opened = len(plan.changes) <= _OPEN_UP_TO
    blocks = [_Block(found, [_change(change) for change in found.changes], opened) for found in by_kind(plan)]
    needed = [len(block.whole()) for block in blocks]
    if sum(needed) <= room:
        return "".join(block.whole() for block in blocks)
    shares = _shares(needed, room - _NOTICE_ROOM)
    cut = [block.within(share) for block, share in zip(blocks, shares, strict=True)]
    number = sum(kept for _unused, kept in cut)
    notice = (
        f"\n**{number:,} of {len(plan.changes):,} changes are shown, the others do not fit here.** "
        "The plan file has them all: `device-trust show`\n"
    )
    return (notice if len(notice) <= room else "") + "".join(text for text, _unused in cut)


def _shares(needed: Sequence[int], room: int) -> list[int]:
    """``room`` divided: who needs less than an equal share gets what it needs, the others share the rest."""
    shares = [0] * len(needed)
    left = max(room, 0)
    for done, index in enumerate(sorted(range(len(needed)), key=needed.__getitem__)):
        shares[index] = min(needed[index], left // (len(needed) - done))
        left -= shares[index]
    return shares


@dataclass(frozen=True, slots=True)
class _Block:
    """One kind's changes, folded."""

    overview: KindOverview
    texts: Sequence[str]
    opened: bool

    def whole(self) -> str:
        return self._around(self.texts)

    def within(self, room: int) -> tuple[str, int]:
        """As many of the changes as there is room for, and how many those are."""
        if len(self.whole()) <= room:
            return self.whole(), len(self.texts)
        frame = len(self._around([], len(self.texts))) + 2 * _fence_length(self.texts)
        kept, left = _fitting(self.texts, room - frame)
        return (self._around(kept, left), len(kept)) if kept else ("", 0)

    def _around(self, texts: Sequence[str], left: int = 0) -> str:
        fence = "`" * _fence_length(texts)
        kind = self.overview.kind.name
        return "\n".join(
            [
                f"\n<details{' open' if self.opened else ''}>",
                f"<summary><b>{kind}</b>: {self.overview}</summary>\n",
                f"{fence}diff",
                *texts,
                f"{fence}\n",
                *([f"{left:,} more changes of this kind do not fit here.\n"] if left else []),
                "</details>\n",
            ]
        )


def _fence_length(texts: Iterable[str]) -> int:
    """A code block ends with as many backticks as it began with (CommonMark 0.31, 4.5)."""
    return max(3, 1 + max(map(_longest_run, texts), default=0))


def _longest_run(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)


def code(text: str) -> str:
    """``text`` as a code span: the run of backticks that ends it does not occur in it (CommonMark 0.31, 6.1)."""
    text = _elided(printable(text)) or " "
    ticks = "`" * (_longest_run(text) + 1)
    space = " " if text[0] in "` " or text[-1] in "` " else ""
    return f"{ticks}{space}{text}{space}{ticks}"


def _elided(text: str) -> str:
    return text if len(text) <= _LONGEST_VALUE else text[:_LONGEST_VALUE] + "…"


def _fitting(texts: Sequence[str], room: int) -> tuple[list[str], int]:
    """The first texts that fit into ``room``, a line end for each included, and how many are left."""
    kept: list[str] = []
    for text in texts:
        room -= len(text) + 1
        if room < 0:
            break
        kept.append(text)
    return kept, len(texts) - len(kept)


def _change(change: Change) -> str:
    """The lines of one change, in the manner of a diff. Each begins with its mark, and so ends no code block."""
    name = f' "{_elided(shown(change.name))}"' if change.name else ""
    note = sizes(change.delta) if change.delta else change.reason
    if change.action is Action.REPLACE:
        note = f"deleted and made again: {note}"
    head = f"{_MARKS[change.action]} {change.kind.name}{name}{f'   {_elided(printable(note))}' if note else ''}"
    lines = [head, *(line for field in change.fields for line in _field(field.field, field.before, field.after))]
    lines += _ids(change)
    lines += [f"!     {_elided(printable(note))}" for note in change.notes]
    return "\n".join(lines)


def _field(name: str, before: Any, after: Any) -> Iterator[str]:
    if isinstance(before, list) and isinstance(after, list):
        before, after = sorted(set(before) - set(after)), sorted(set(after) - set(before))
    for mark, value in (("-", before), ("+", after)):
        if value is not None and value != []:
            yield f"{mark}     {printable(name)}: {_elided(shown(value))}"


def _ids(change: Change) -> Iterator[str]:
    for portion in portions(change):
        mark, ids, label = portion.mark, portion.ids, f"{portion.label} " if portion.label else ""
        yield f"{mark}     {label}{sampled(ids)}"
        yield f"{mark}     {len(ids):,} id{'s' if len(ids) != 1 else ''}, {ids.digest()}"
