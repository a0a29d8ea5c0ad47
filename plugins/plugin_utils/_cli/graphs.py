# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What waits for what in a plan: as text by steps, for Graphviz, or for Mermaid."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from ansible_collections.edgeops.device_trust.plugins.module_utils._engine import Change, Plan, printable
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.formats import GraphFormat


def graph_data(plan: Plan) -> dict[str, object]:
    """Nodes, and edges from what waits to what it waits for."""
    return {
        "nodes": [{"address": change.address, "action": change.action.name.lower()} for change in plan.changes],
        "edges": [{"from": c.address, "to": address} for c in plan.changes for address in c.depends_on],
    }


def _steps(plan: Plan) -> Iterator[str]:
    depths: dict[str, int] = {}
    by_address = {change.address: change for change in plan.changes}

    def depth(address: str) -> int:
        if address not in depths:
            depths[address] = 1 + max(map(depth, by_address[address].depends_on), default=0)
        return depths[address]

    for change in plan.changes:
        depth(change.address)
    for step in range(1, max(depths.values(), default=0) + 1):
        yield f"Step {step}"
        for change in plan.changes:
            if depths[change.address] == step:
                after = f"  after {', '.join(map(printable, change.depends_on))}" if change.depends_on else ""
                yield f"  {_label(change)}{after}"
    if not plan:
        yield "No changes. The account is as declared."


def _label(change: Change) -> str:
    return f"{change.action.value} {printable(change.address)}"


def _dot(plan: Plan) -> Iterator[str]:
    yield "digraph plan {"
    yield "  rankdir=LR; node [shape=box];"
    for number, change in enumerate(plan.changes):
        yield f"  n{number} [label={_quoted(_label(change))}];"
    for first, then in _edges(plan):
        yield f"  n{first} -> n{then};"
    yield "}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _mermaid(plan: Plan) -> Iterator[str]:
    yield "graph LR"
    for number, change in enumerate(plan.changes):
        yield f'  n{number}["{_entities(_label(change))}"]'
    for first, then in _edges(plan):
        yield f"  n{first} --> n{then}"


def _entities(text: str) -> str:
    """Everything but letters, digits and what is plain in names, as Mermaid's character entities."""
    return "".join(c if c.isalnum() or c in " .-+~/:_" else f"#{ord(c)};" for c in text)


def _edges(plan: Plan) -> Iterator[tuple[int, int]]:
    """From what comes first to what waits for it."""
    numbers = {change.address: number for number, change in enumerate(plan.changes)}
    for change in plan.changes:
        for address in change.depends_on:
            yield numbers[address], numbers[change.address]


GRAPHS: Mapping[GraphFormat, Callable[[Plan], Iterator[str]]] = {
    GraphFormat.TEXT: _steps,
    GraphFormat.DOT: _dot,
    GraphFormat.MERMAID: _mermaid,
}
