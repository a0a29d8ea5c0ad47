# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A drawing of what waits for what: layers from left to right by depth, few crossings, no overlaps.

The method is Sugiyama's in its simplest form: longest path layering, bends for edges that pass layers, barycenter
ordering in sweeps, then heights that draw nodes towards what they are joined to.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from itertools import pairwise

_SWEEPS = 8
_PULLS = 12


@dataclass(frozen=True, slots=True)
class Size:
    """Measures in the unit of the drawing: of a node, between layers, and between the nodes of one."""

    width: float = 208
    height: float = 44
    layer_gap: float = 84
    node_gap: float = 14
    bend_height: float = 8


@dataclass(frozen=True, slots=True)
class Point:
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Layout:
    """Where nodes are (top left corner) and through which points edges run, from what is first to what waits."""

    nodes: Mapping[Hashable, Point]
    edges: Mapping[tuple[Hashable, Hashable], Sequence[Point]]
    width: float
    height: float


@dataclass(slots=True, eq=False)
class _Spot:
    """A place in a layer: a node, or a bend where an edge passes."""

    layer: int
    height: float
    before: list[_Spot] = field(default_factory=list)
    after: list[_Spot] = field(default_factory=list)
    y: float = 0.0

    @property
    def middle(self) -> float:
        return self.y + self.height / 2


def layout(waits_for: Mapping[Hashable, Sequence[Hashable]], size: Size | None = None) -> Layout:
    """Lays out a graph without cycles; ``waits_for`` holds every node. Raises graphlib.CycleError."""
    size = size or Size()
    depths = depths_of(waits_for)
    spots = {node: _Spot(depths[node], size.height) for node in waits_for}
    layers: list[list[_Spot]] = [[] for _unused in range(max(depths.values(), default=-1) + 1)]
    for spot in spots.values():
        layers[spot.layer].append(spot)
    bends = {
        (first, node): _joined(spots[first], spots[node], layers, size)
        for node, firsts in waits_for.items()
        for first in firsts
    }
    _order(layers)
    _place(layers, size)
    nodes = {node: Point(_x(spot, size), spot.y) for node, spot in spots.items()}
    edges = {edge: _route(spots[edge[0]], passed, spots[edge[1]], size) for edge, passed in bends.items()}
    bottoms = [spot.y + spot.height for layer in layers for spot in layer]
    width = len(layers) * (size.width + size.layer_gap) - size.layer_gap if layers else 0.0
    return Layout(nodes, edges, width, max(bottoms, default=0.0))


def depths_of(waits_for: Mapping[Hashable, Sequence[Hashable]]) -> dict[Hashable, int]:
    """The longest way to each node from one that waits for nothing. Raises graphlib.CycleError."""
    depths: dict[Hashable, int] = {}
    for node in TopologicalSorter(waits_for).static_order():
        depths[node] = 1 + max((depths[first] for first in waits_for[node]), default=-1)
    return depths


def _joined(first: _Spot, last: _Spot, layers: Sequence[list[_Spot]], size: Size) -> list[_Spot]:
    """The bends of one edge, one in each layer that it passes."""
    passed = [_Spot(layer, size.bend_height) for layer in range(first.layer + 1, last.layer)]
    for spot in passed:
        layers[spot.layer].append(spot)
    chain = [first, *passed, last]
    for left, right in pairwise(chain):
        left.after.append(right)
        right.before.append(left)
    return passed


def _order(layers: Sequence[list[_Spot]]) -> None:
    """Sorts each layer by where its neighbours stand, to and fro."""
    places = {id(spot): float(place) for layer in layers for place, spot in enumerate(layer)}

    def barycenter(spot: _Spot, neighbours: Sequence[_Spot]) -> float:
        return sum(places[id(n)] for n in neighbours) / len(neighbours) if neighbours else places[id(spot)]

    for sweep in range(_SWEEPS):
        forth = sweep % 2 == 0
        for layer in layers if forth else reversed(layers):
            centers = {id(spot): barycenter(spot, spot.before if forth else spot.after) for spot in layer}
            layer.sort(key=lambda spot: centers[id(spot)])
            places.update((id(spot), float(place)) for place, spot in enumerate(layer))


def _place(layers: Sequence[list[_Spot]], size: Size) -> None:
    """Gives heights: stacked first, then drawn towards the neighbours, in order and apart."""
    for layer in layers:
        _apart(layer, size.node_gap)
    for pull in range(_PULLS):
        forth = pull % 2 == 0
        for layer in layers if forth else reversed(layers):
            for spot in layer:
                neighbours = spot.before if forth else spot.after
                if neighbours:
                    spot.y = sum(n.middle for n in neighbours) / len(neighbours) - spot.height / 2
            _apart(layer, size.node_gap)
    top = min((spot.y for layer in layers for spot in layer), default=0.0)
    for layer in layers:
        for spot in layer:
            spot.y -= top


def _apart(layer: Sequence[_Spot], gap: float) -> None:
    """Moves the spots of a layer as little as keeps their order and the gap: down from the top, up from the bottom,
    and half of each.
    """
    down, up = [spot.y for spot in layer], [spot.y for spot in layer]
    for i in range(1, len(layer)):
        down[i] = max(down[i], down[i - 1] + layer[i - 1].height + gap)
    for i in range(len(layer) - 2, -1, -1):
        up[i] = min(up[i], up[i + 1] - layer[i].height - gap)
    for spot, low, high in zip(layer, down, up, strict=True):
        spot.y = (low + high) / 2


def _x(spot: _Spot, size: Size) -> float:
    return spot.layer * (size.width + size.layer_gap)


def _route(first: _Spot, passed: Sequence[_Spot], last: _Spot, size: Size) -> list[Point]:
    """From the right side of one node to the left side of the other; bends run level through their layer."""
    points = [Point(_x(first, size) + size.width, first.middle)]
    for bend in passed:
        points += [Point(_x(bend, size), bend.middle), Point(_x(bend, size) + size.width, bend.middle)]
    return [*points, Point(_x(last, size), last.middle)]
