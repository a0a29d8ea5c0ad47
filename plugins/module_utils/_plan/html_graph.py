# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The dependency graph of a plan as SVG: what is on the left is done before what it leads to."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from .._model.printable import printable
from .layers import Layout, Point, Size, depths_of, layout
from .plan import Action, Change, Plan

SINGLE_NODES = 80
"""Above so many changes the graph shows one node for each kind and action."""
_SIZE = Size()
_MARGIN = 12
_NAME_LENGTH = 27


@dataclass(frozen=True, slots=True)
class Node:
    """What a node says, and the id of the element that it leads to."""

    action: Action
    kind: str
    name: str
    target: str


def graph(plan: Plan, target_of: Mapping[str, str]) -> str:
    """The graph of the changes that depend on one another; empty when none does.

    ``target_of`` gives the id of the element of the page that a change's address leads to.
    """
    tied = _tied(plan.changes)
    if not tied:
        return ""
    if len(tied) <= SINGLE_NODES:
        nodes: dict[Hashable, Node] = {
            change.address: Node(change.action, change.kind.name, change.name, target_of[change.address])
            for change in tied
        }
        return _svg(nodes, {change.address: change.depends_on for change in tied})
    return _svg(*_grouped(tied, target_of))


def _tied(changes: Sequence[Change]) -> list[Change]:
    """The changes that wait for another or are waited for."""
    waited_for = {address for change in changes for address in change.depends_on}
    return [change for change in changes if change.depends_on or change.address in waited_for]


def _grouped(
    changes: Sequence[Change], target_of: Mapping[str, str]
) -> tuple[dict[Hashable, Node], dict[Hashable, Sequence[Hashable]]]:
    """One node for all changes of a kind with the same action; a group waits for those that end before it does."""
    depths = depths_of({change.address: change.depends_on for change in changes})
    groups: dict[Hashable, list[Change]] = {}
    for change in changes:
        groups.setdefault(_group(change), []).append(change)
    ends = {key: max(depths[member.address] for member in members) for key, members in groups.items()}
    by_address = {change.address: change for change in changes}
    nodes: dict[Hashable, Node] = {}
    waits: dict[Hashable, Sequence[Hashable]] = {}
    for key, members in groups.items():
        first = members[0]
        nodes[key] = Node(first.action, first.kind.name, f"{len(members):,} changes", target_of[first.address])
        before = {_group(by_address[address]) for member in members for address in member.depends_on}
        waits[key] = sorted((other for other in before if ends[other] < ends[key]), key=str)
    return nodes, waits


def _group(change: Change) -> tuple[str, str]:
    return change.kind.name, change.action.name


def _svg(nodes: Mapping[Hashable, Node], waits_for: Mapping[Hashable, Sequence[Hashable]]) -> str:
    placed = layout(waits_for, _SIZE)
    width, height = placed.width + 2 * _MARGIN, placed.height + 2 * _MARGIN
    view = f"{-_MARGIN} {-_MARGIN} {width:.0f} {height:.0f}"
    return "\n".join(
        [
            f'<svg class="graph" viewBox="{view}" width="{width:.0f}" height="{height:.0f}" role="img" '
            'aria-label="Which changes wait for which">',
            '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
            'orient="auto"><path d="M0 0.5 L7.5 4 L0 7.5 z"/></marker></defs>',
            *_edges(placed),
            *(_node(node, placed.nodes[key]) for key, node in nodes.items()),
            "</svg>",
        ]
    )


def _edges(placed: Layout) -> Iterator[str]:
    for points in placed.edges.values():
        yield f'<path class="edge" d="{_curve(points)}" marker-end="url(#arrow)"/>'


def _curve(points: Sequence[Point]) -> str:
    """Level where it leaves and arrives; straight through the layers that it passes."""
    path = [f"M{points[0].x:.1f} {points[0].y:.1f}"]
    for start, end in pairwise(points):
        if start.y == end.y:
            path.append(f"L{end.x:.1f} {end.y:.1f}")
        else:
            half = (start.x + end.x) / 2
            path.append(f"C{half:.1f} {start.y:.1f} {half:.1f} {end.y:.1f} {end.x:.1f} {end.y:.1f}")
    return " ".join(path)


def _node(node: Node, at: Point) -> str:
    """A box that leads to the change. The inner ``svg`` cuts off what is too wide for it."""
    name = printable(node.name)
    short = name if len(name) <= _NAME_LENGTH else name[: _NAME_LENGTH - 1] + "…"
    kind = escape(node.kind)
    x, y, width, height = at.x, at.y, _SIZE.width, _SIZE.height
    return (
        f'<a href="#{escape(node.target)}"><g class="node {node.action.name.lower()}">'
        f"<title>{kind} {escape(name)}</title>"
        f'<rect class="box" x="{x:.1f}" y="{y:.1f}" width="{width:.0f}" height="{height:.0f}" rx="8"/>'
        f'<rect class="side" x="{x + 6:.1f}" y="{y + 8:.1f}" width="4" height="{height - 16:.0f}" rx="2"/>'
        f'<svg x="{x:.1f}" y="{y:.1f}" width="{width - 8:.0f}" height="{height:.0f}">'
        f'<text class="what" x="20" y="17">{escape(node.action.value)} {kind}</text>'
        f'<text class="name" x="20" y="34">{escape(short)}</text></svg></g></a>'
    )
