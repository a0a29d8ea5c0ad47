# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Drawings of graphs."""

from __future__ import annotations

import time
from collections.abc import Hashable, Mapping, Sequence
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.layers import Size, layout

Graph = Mapping[Hashable, Sequence[Hashable]]
SIZE = Size()


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Any graph without cycles: each node waits for some before it."""
    number = draw(st.integers(0, 14))
    return {n: sorted(draw(st.sets(st.integers(0, n - 1), max_size=4))) if n else [] for n in range(number)}


@given(graphs())
def test_nodes_do_not_overlap_and_all_of_it_is_on_the_sheet(graph: Graph) -> None:
    drawn = layout(graph)

    assert set(drawn.nodes) == set(graph)
    corners = sorted((at.x, at.y) for at in drawn.nodes.values())
    for (x, y), (other_x, other_y) in pairwise(corners):
        assert x != other_x or other_y - y >= SIZE.height + SIZE.node_gap - 1e-6
    for at in drawn.nodes.values():
        assert -1e-6 <= at.x <= drawn.width - SIZE.width + 1e-6
        assert -1e-6 <= at.y <= drawn.height - SIZE.height + 1e-6


@given(graphs())
def test_edges_run_from_left_to_right_from_node_to_node(graph: Graph) -> None:
    drawn = layout(graph)

    assert set(drawn.edges) == {(first, node) for node, firsts in graph.items() for first in firsts}
    for (first, last), points in drawn.edges.items():
        assert [point.x for point in points] == sorted(point.x for point in points)
        assert points[0].x == drawn.nodes[first].x + SIZE.width
        assert points[0].y == drawn.nodes[first].y + SIZE.height / 2
        assert points[-1].x == drawn.nodes[last].x
        assert points[-1].y == drawn.nodes[last].y + SIZE.height / 2


@given(graphs())
def test_an_edge_that_passes_a_layer_passes_between_its_nodes(graph: Graph) -> None:
    drawn = layout(graph)

    for points in drawn.edges.values():
        for point in points[1:-1]:
            inside = [at for at in drawn.nodes.values() if at.x <= point.x <= at.x + SIZE.width]
            assert not [at for at in inside if at.y < point.y < at.y + SIZE.height]


def test_a_chain_is_a_straight_line() -> None:
    drawn = layout({"a": [], "b": ["a"], "c": ["b"]})

    assert {at.y for at in drawn.nodes.values()} == {0}
    assert drawn.width == 3 * SIZE.width + 2 * SIZE.layer_gap


def test_pairs_do_not_cross() -> None:
    """However they are listed."""
    drawn = layout({**{f"first-{n}": [] for n in range(8)}, **{f"second-{n}": [f"first-{7 - n}"] for n in range(8)}})

    assert all(points[0].y == points[-1].y for points in drawn.edges.values())


def test_no_node_no_drawing() -> None:
    assert layout({}).width == layout({}).height == 0


def test_a_hundred_nodes_take_a_moment_only() -> None:
    started = time.monotonic()
    layout({n: [max(0, n - step) for step in (1, 7, 20) if n >= step] for n in range(100)})

    assert time.monotonic() - started < 5
