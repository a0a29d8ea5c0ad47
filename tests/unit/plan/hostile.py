# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plans whose every text comes from somebody who means ill. No rule of any kind has been applied to them."""

from __future__ import annotations

from hypothesis import strategies as st

from ansible_collections.edgeops.device_trust.plugins.module_utils._model.ids import IdSet
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.registry import KINDS
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.plan import (
    Action,
    Change,
    FieldChange,
    Plan,
    SetDelta,
)

MARK = "zQz"
"""Is in every hostile text, so that it can be found again."""
_INGREDIENTS = (
    *("`", "``", "```", "~~~", "\\", "|", "*", "_", "$", "&", "&amp;", "&#64;", "<", ">", '"', "'", "\n", "\r\n", "\t"),
    *("@octocat", "#1", "!1", "GH-1", "[x](https://evil.example.com)", "![x](https://evil.example.com/x.png)"),
    *(
        "https://evil.example.com",
        "www.evil.example.com",
        "a@evil.example.com",
        "javascript:alert(1)",
        "0123456789abcdef",
    ),
    *("<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "</details>", "<!--", "-->", "</style>", "</svg>"),
    *("# heading", "- item", "> quote", "\x1b[31m", "\u202e", "\u200b", "\u2028", "\x00", "\U0001f600", "\u05d0", MARK),
)
texts = st.lists(st.sampled_from(_INGREDIENTS) | st.text(max_size=4), max_size=6).map(
    lambda parts: MARK + "".join(parts)
)
_values = st.none() | texts | st.integers() | st.booleans() | st.lists(texts, max_size=3)


@st.composite
def hostile_plans(draw: st.DrawFn) -> Plan:
    """Any changes of any kind, each waiting for some of those before it."""
    changes: list[Change] = []
    for name in draw(st.lists(texts, max_size=6, unique=True)):
        kind = draw(st.sampled_from([kind for kind in KINDS.values() if not kind.singleton]))
        waits = draw(st.sets(st.sampled_from([c.address for c in changes]))) if changes else set()
        fields = draw(st.lists(st.builds(FieldChange, texts, _values, _values), max_size=3))
        changes.append(
            Change(
                kind,
                name,
                kind.identity(name),
                draw(st.sampled_from(Action)),
                (),
                tuple(fields),
                reason=draw(st.just("") | texts),
                notes=tuple(draw(st.lists(texts, max_size=2))),
                depends_on=tuple(sorted(waits)),
            )
        )
    if draw(st.booleans()):
        ids = IdSet.of(["0002000089282256", "1"])
        delta = SetDelta(ids, IdSet(), draw(st.integers(0, 10)), 12)
        changes.append(Change(KINDS["whitelist"], "", "", Action.UPDATE, (), delta=delta, notes=(draw(texts),)))
    changes.sort(key=lambda change: list(KINDS).index(change.kind.name))
    return Plan(tuple(changes), draw(st.just("") | texts), tuple(draw(st.lists(texts, max_size=3))))
