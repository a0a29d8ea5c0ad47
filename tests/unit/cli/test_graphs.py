# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Graphs of plans: in steps, and for Graphviz and Mermaid, whatever the names are."""

from __future__ import annotations

from ansible_collections.edgeops.device_trust.plugins.module_utils._engine import KINDS, Change, Plan
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.plan import Action
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.formats import GraphFormat
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.graphs import GRAPHS, graph_data


def tag(name: str, *depends_on: str) -> Change:
    return Change(KINDS["tag"], name, name, Action.CREATE, (), depends_on=tuple(f"tag.{each}" for each in depends_on))


CHAIN = Plan((tag("c", "b", "a"), tag("b", "a"), tag("a")))
NASTY = Plan((tag('x"]; click n0 "javascript:1"'), tag("back\\slash\n\x1b[31m", 'x"]; click n0 "javascript:1"')))


def written(plan: Plan, form: GraphFormat) -> list[str]:
    return list(GRAPHS[form](plan))


def test_a_step_holds_what_waits_for_earlier_steps_only() -> None:
    assert written(CHAIN, GraphFormat.TEXT) == [
        "Step 1",
        "  + tag.a",
        "Step 2",
        "  + tag.b  after tag.a",
        "Step 3",
        "  + tag.c  after tag.b, tag.a",
    ]
    assert written(Plan(()), GraphFormat.TEXT) == ["No changes. The account is as declared."]


def test_edges_run_from_what_comes_first() -> None:
    assert written(CHAIN, GraphFormat.MERMAID)[-3:] == ["  n1 --> n0", "  n2 --> n0", "  n2 --> n1"]
    assert written(CHAIN, GraphFormat.DOT)[-4:] == ["  n1 -> n0;", "  n2 -> n0;", "  n2 -> n1;", "}"]
    assert {"from": "tag.c", "to": "tag.a"} in graph_data(CHAIN)["edges"]  # type: ignore[operator]


def test_no_name_ends_its_label() -> None:
    dot = written(NASTY, GraphFormat.DOT)[2]
    mermaid = written(NASTY, GraphFormat.MERMAID)[1]

    assert dot == r'  n0 [label="+ tag.x\"]; click n0 \"javascript:1\""];'
    assert mermaid == '  n0["+ tag.x#34;#93;#59; click n0 #34;javascript:1#34;"]'
    assert all(line.isprintable() for form in GRAPHS for line in written(NASTY, form))
