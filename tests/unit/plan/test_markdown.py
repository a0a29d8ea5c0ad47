# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plans as comments on pull requests."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from ansible_collections.edgeops.device_trust.plugins.module_utils._config.document import load_data
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.registry import KINDS
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.guards import Guards
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.markdown import LIMIT, code, render_markdown
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.plan import Action, Change, FieldChange, Plan
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.planner import make_plan
from tests.unit.plan.hostile import MARK, hostile_plans, texts
from tests.unit.plan.test_text import EVERYTHING, account

MARKDOWN = MarkdownIt("commonmark").enable("table")
OUR_HTML = re.compile(
    r"<!-- device-trust plan( [A-Za-z0-9_.]+)? -->"
    r"|<details( open)?>\n<summary><b>[a-z_]+</b>: [a-z0-9 ,]+</summary>"
    r"|</details>"
)


FOREIGN = {"link_open", "image", "em_open", "code_block", "blockquote_open"}


def tokens(text: str) -> list[Token]:
    """Every token, those inside of others too."""
    found = MARKDOWN.parse(text)
    return [inner for token in found for inner in (token, *(token.children or []))]


def plan_of_everything() -> Plan:
    return make_plan(load_data(EVERYTHING), account().live(), Guards())


def many(number: int, name: str = "tag-{:06d}") -> Plan:
    changes = (Change(KINDS["tag"], name.format(n), name.format(n), Action.CREATE, ()) for n in range(number))
    return Plan(tuple(changes), "production")


def test_the_summary_comes_first_then_what_it_means_then_the_details() -> None:
    assert render_markdown(plan_of_everything()) == EXPECTED


EXPECTED = """\
<!-- device-trust plan production -->
### Plan for account `production`

**Plan: 3 to add, 4 to change, 2 to delete. 12 requests.**

| kind | add | change | delete | ids |
|---|--:|--:|--:|---|
| tag | 1 |  | 1 |  |
| root_ca | 1 | 1 | 1 |  |
| device_profile |  | 1 |  |  |
| bootstrap_provisioning |  | 1 |  |  |
| whitelist |  | 1 |  | +1,204  -3   of 4 |
| webhook | 1 |  |  |  |

**Before you say yes**

- ⚠️ `whitelist`: `3 devices would no longer be provisioned automatically`

<details open>
<summary><b>tag</b>: 1 to add, 1 to delete</summary>

```diff
+ tag "downtown"
- tag "pilot"   not declared, section is exclusive
```

</details>

<details open>
<summary><b>root_ca</b>: 1 to add, 1 to change, 1 to delete</summary>

```diff
! root_ca "fleet.example.com"
-     renew_before_days: 30
+     renew_before_days: 60
! root_ca "old.example.com"   deleted and made again: ca_validity_days cannot change in place
-     ca_validity_days: 1825
+     ca_validity_days: 3650
```

</details>

<details open>
<summary><b>device_profile</b>: 1 to change</summary>

```diff
! device_profile "trackers-eu"
-     tags: [pilot]
+     tags: [downtown]
```

</details>

<details open>
<summary><b>bootstrap_provisioning</b>: 1 to change</summary>

```diff
! bootstrap_provisioning "trackers-eu"
+     authorizations.LocalC2C: enabled
```

</details>

<details open>
<summary><b>whitelist</b>: 1 to change</summary>

```diff
! whitelist   +1,204  -3   of 4
+     0000000000000004, 0000000000000005, 0000000000000006, and 1,201 more
+     1,204 ids, sha256:fe6f568539d238a713949c888b4deabca2be4cb718f462c208056fb7c37f0d08
-     0000000000000000, 0000000000000001, 0000000000000002
-     3 ids, sha256:5b399629b3367145fca013e55c3113fb1fc1b0eeebe072aba8911a32d7139132
!     3 devices would no longer be provisioned automatically
```

</details>

<details open>
<summary><b>webhook</b>: 1 to add</summary>

```diff
+ webhook "https://hooks.example.com/ublox"
+     events: [DEVICE_BOOTSTRAP_EVENT]
+     authorization_token: (secret)
```

</details>
"""


def test_nothing_to_do_is_one_line() -> None:
    assert render_markdown(Plan((), "production")) == (
        "<!-- device-trust plan production -->\n"
        "### Plan for account `production`\n\n"
        "**No changes. The account is as declared.**\n"
    )


def stays_text(text: str) -> bool:
    """Whether what comes from elsewhere is in code, and all the rest is of our own making."""
    for token in tokens(text):
        if token.type in {"html_block", "html_inline"}:
            if not all(OUR_HTML.fullmatch(block) for block in token.content.strip().split("\n\n")):
                return False
        elif (MARK in token.content and token.type not in {"code_inline", "fence", "inline"}) or token.type in {
            "link_open",
            "image",
            "em_open",
            "code_block",
            "blockquote_open",
        }:
            return False
    return True


@given(hostile_plans())
def test_what_comes_from_elsewhere_is_text_in_code_and_nothing_else(plan: Plan) -> None:
    """So nobody is mentioned, nothing is linked, and no markup is made by a name."""
    assert stays_text(render_markdown(plan))


@given(hostile_plans(), st.integers(0, 4_000))
def test_it_is_never_longer_than_allowed_and_what_is_cut_stays_whole(plan: Plan, limit: int) -> None:
    text = render_markdown(plan, limit)

    assert len(text) <= limit
    assert stays_text(text)


@given(texts)
def test_a_code_span_shows_the_text_as_it_is(text: str) -> None:
    (shown,) = [token for token in tokens(f"x {code(text)} y") if token.type == "code_inline"]

    assert MARK in shown.content
    assert "\x1b" not in shown.content


@pytest.mark.parametrize("number", [100, 2_000, 100_000])
def test_a_large_plan_keeps_its_summary_and_says_what_is_left_out(number: int) -> None:
    text = render_markdown(many(number, "a tag with a name of some length {:06d}"))

    assert len(text) <= LIMIT
    assert f"**Plan: {number} to add, 0 to change, 0 to delete." in text
    shown = text.count("\n+ tag ")
    if number > 100:
        assert len(text) > LIMIT * 0.98
        assert f"**{shown:,} of {number:,} changes are shown, the others do not fit here.**" in text
        assert f"\n{number - shown:,} more changes of this kind do not fit here.\n" in text
    else:
        assert shown == number
        assert "fit" not in text


def test_kinds_with_few_changes_are_shown_whole_beside_one_with_many() -> None:
    few = replace(many(3, "few-{}"), account="")
    webhooks = tuple(replace(change, kind=KINDS["webhook"]) for change in few.changes)
    text = render_markdown(Plan((*many(50_000).changes, *webhooks)), 20_000)

    assert text.count("+ webhook ") == 3
    assert text.count("+ tag ") > 500
    assert len(text) <= 20_000


def test_consequences_come_before_details_when_room_is_scarce() -> None:
    changes = tuple(replace(change, notes=(f"note {n}",)) for n, change in enumerate(many(5_000).changes))
    text = render_markdown(Plan(changes), 10_000)

    assert text.index("Before you say yes") < text.index("<details")
    assert re.search(r"- and [\d,]+ more, which do not fit here", text)
    assert len(text) <= 10_000


def test_without_room_for_the_table_there_is_the_summary_line() -> None:
    assert render_markdown(many(7), 60) == "Plan: 7 to add, 0 to change, 0 to delete. 0 requests.\n"
    assert render_markdown(many(7), 20) == ""


def test_a_value_without_end_does_not_crowd_out_the_others() -> None:
    field = FieldChange("tags", None, ["x" * 100_000])
    text = render_markdown(Plan((Change(KINDS["device_profile"], "eu", "eu", Action.UPDATE, (), (field,)),)))

    assert "…" in text
    assert len(text) < 1_000
