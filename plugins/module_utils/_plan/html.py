# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A plan as one page that needs nothing else: no script, no request, and a policy that forbids both."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from .._model.ids import IdSet
from .._model.printable import printable
from .html_graph import graph
from .html_style import STYLE
from .overview import KindOverview, by_kind, consequences
from .plan import Change, FieldChange, Plan, SetDelta
from .text import duration, portions, sampled, shown, sizes, summary_line

_OPEN_UP_TO = 40
_POLICY = "default-src 'none'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'"


def render_html(plan: Plan) -> str:
    """The plan as a self-contained page: summary, consequences, dependency graph, and each change."""
    ids = {change.address: f"change-{number}" for number, change in enumerate(plan.changes, 1)}
    title = f"Plan for account {printable(plan.account)}" if plan.account else "Plan"
    body = [*_header(plan), *_told(plan), *_kinds(plan), *_graph(plan, ids), *_changes(plan, ids)]
    policy = _POLICY.format(base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode())
    return "\n".join(
        [
            "<!DOCTYPE html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="referrer" content="no-referrer">',
            f"<title>{escape(title)}</title>",
            f"<style>{STYLE}</style>",
            "</head>",
            "<body>",
            "<main>",
            *body,
            "</main>",
            "</body>",
            "</html>",
            "",
        ]
    )


def _header(plan: Plan) -> Iterator[str]:
    account = f"<bdi>{_text(plan.account)}</bdi>" if plan.account else "Plan"
    yield f'<header><p class="eyebrow">{"Plan for account" if plan.account else "device-trust"}</p><h1>{account}</h1>'
    if not plan:
        yield f'</header><div class="notice calm">{_text(summary_line(plan))}</div>'
        return
    yield "</header>"
    counts = plan.summary()
    yield '<div class="tiles">'
    for name, number in (("add", counts.add), ("change", counts.change), ("delete", counts.delete)):
        yield _tile(name if number else "none", f"{number:,}", f"to {name}")
    time = f"requests, {duration(counts.seconds)}" if plan.seconds_per_request else "requests"
    yield _tile("", f"{counts.requests:,}", time)
    yield "</div>"


def _tile(name: str, number: str, words: str) -> str:
    return f'<div class="tile {name}"><b>{number}</b><span>{words}</span></div>'


def _told(plan: Plan) -> Iterator[str]:
    items = [f"{_code(change.address)}: {_text(note)}" for change, note in consequences(plan)]
    items += [_text(warning) for warning in plan.warnings]
    if items:
        listed = "".join(f"<li>{item}</li>" for item in items)
        yield f'<section class="notice"><h2>Before you say yes</h2><ul>{listed}</ul></section>'


def _kinds(plan: Plan) -> Iterator[str]:
    if not plan:
        return
    yield '<h2>Kinds</h2><div class="card"><table class="kinds"><thead><tr><th>kind</th>'
    yield '<th class="number">add</th><th class="number">change</th><th class="number">delete</th></tr></thead><tbody>'
    for overview in by_kind(plan):
        numbers = (("add", overview.add), ("change", overview.change), ("delete", overview.delete))
        cells = "".join(f'<td class="number {name}">{f"{number:,}" if number else ""}</td>' for name, number in numbers)
        yield f'<tr><th scope="row"><a href="#kind-{overview.kind.name}">{overview.kind.name}</a></th>{cells}</tr>'
    yield "</tbody></table></div>"


def _graph(plan: Plan, ids: Mapping[str, str]) -> Iterator[str]:
    drawn = graph(plan, ids)
    if drawn:
        yield "<h2>Order<small>what is on the left comes first; all others are independent of one another</small></h2>"
        yield f'<div class="card scroll">{drawn}</div>'


def _changes(plan: Plan, ids: Mapping[str, str]) -> Iterator[str]:
    opened = len(plan.changes) <= _OPEN_UP_TO
    for overview in by_kind(plan):
        yield _kind_title(overview)
        yield '<div class="card">'
        for change in overview.changes:
            yield from _change(change, ids, opened)
        yield "</div>"


def _kind_title(overview: KindOverview) -> str:
    kind = overview.kind
    return f'<h2 id="kind-{kind.name}">{_text(kind.title)}<small>{kind.name}: {overview}</small></h2>'


def _change(change: Change, ids: Mapping[str, str], opened: bool) -> Iterator[str]:
    body = list(_body(change, ids))
    tag = "details" if body else "div"
    head = "summary" if body else "div"
    name = f'<bdi class="name">{_text(change.name or change.kind.name)}</bdi>'
    reason = f'<span class="quiet">{_text(change.reason)}</span>' if change.reason else ""
    attributes = f'class="item {change.action.name.lower()}" id="{ids[change.address]}"'
    yield f"<{tag} {attributes}{' open' if body and opened else ''}>"
    yield f'<{head} class="head"><span class="mark">{escape(change.action.value)}</span>{name}{reason}</{head}>'
    if body:
        yield from ('<div class="body">', *body, "</div>")
    yield f"</{tag}>"


def _body(change: Change, ids: Mapping[str, str]) -> Iterator[str]:
    if change.fields:
        yield from _fields(change)
    if change.delta:
        yield from _delta(change, change.delta)
    for note in change.notes:
        yield f'<p class="warn">{_text(note)}</p>'
    if change.depends_on:
        links = ", ".join(_link(address, ids) for address in change.depends_on)
        yield f'<p class="quiet">waits for {links}</p>'


def _link(address: str, ids: Mapping[str, str]) -> str:
    found = ids.get(address)
    return f'<a href="#{found}">{_code(address)}</a>' if found else _code(address)


def _fields(change: Change) -> Iterator[str]:
    yield "<table><tbody>"
    for field in change.fields:
        yield f'<tr><th scope="row"><code>{_text(field.field)}</code></th><td>{_values(change, field)}</td></tr>'
    yield "</tbody></table>"


def _values(change: Change, field: FieldChange) -> str:
    before, after = field.before, field.after
    if isinstance(before, list) and isinstance(after, list):
        gone = [_value("del", name) for name in before if name not in after]
        come = [_value("ins", name) for name in after if name not in before]
        return f'<span class="chips">{"".join(gone + come)}</span>'
    if not change.knows_before:
        return _value("ins", after)
    return f"{_value('del', before)} → {_value('ins', after)}"


def _value(tag: str, value: Any) -> str:
    if value is None:
        return '<span class="unset">unset</span>'
    if isinstance(value, list):
        return f'<span class="chips">{"".join(_value(tag, name) for name in value)}</span>'
    return f"<{tag}>{_text(shown(value))}</{tag}>"


def _delta(change: Change, delta: SetDelta) -> Iterator[str]:
    added, removed = len(delta.added), len(delta.removed)
    kept, total = delta.size_before - removed, max(delta.size_before + added, 1)
    x = 0.0
    parts = []
    for name, number in (("kept", kept), ("removed", removed), ("added", added)):
        width = 100 * number / total
        parts.append(f'<rect class="{name}" x="{x:.3f}" width="{width:.3f}" height="1"/>')
        x += width
    told = sizes(delta) if delta.steps else f"{delta.size_before:,} ids become {delta.size_after:,}"
    yield f"<p>{told}</p>"
    yield f'<svg class="bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">{"".join(parts)}</svg>'
    yield "<table><tbody>"
    for portion in portions(change):
        label = f"{portion.label} " if portion.label else portion.mark
        yield from _ids("del" if portion.mark == "-" else "ins", label, portion.ids)
    yield "</tbody></table>"


def _ids(tag: str, mark: str, ids: IdSet) -> Iterator[str]:
    number = f'<th scope="row"><{tag}>{_text(mark)}{len(ids):,}</{tag}></th>'
    yield f'<tr>{number}<td><span class="ids">{_text(sampled(ids))}</span><br>'
    yield f'<span class="quiet ids">{ids.digest()}</span></td></tr>'


def _text(text: str) -> str:
    return escape(printable(text))


def _code(text: str) -> str:
    return f"<code>{_text(text)}</code>"
