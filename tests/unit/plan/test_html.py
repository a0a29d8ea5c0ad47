# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plans as a page of their own."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser

import pytest
from hypothesis import given

from ansible_collections.edgeops.device_trust.plugins.module_utils._model.printable import printable
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.registry import KINDS
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.html import render_html
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.html_graph import SINGLE_NODES
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.plan import Action, Change, Plan
from tests.unit.plan.hostile import MARK, hostile_plans
from tests.unit.plan.test_markdown import plan_of_everything

VOID = {"meta", "br"}
TAGS = {
    *("html", "head", "meta", "title", "style", "body", "main", "header", "section", "h1", "h2", "p", "small", "br"),
    *("div", "span", "b", "bdi", "code", "ins", "del", "a", "ul", "li", "details", "summary"),
    *("table", "thead", "tbody", "tr", "th", "td"),
    *("svg", "defs", "marker", "path", "g", "rect", "text"),
}


@dataclass
class Page(HTMLParser):
    """What a browser would make of the page."""

    source: str
    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    texts: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self._open: list[str] = []
        self.feed(self.source)
        self.close()
        assert self._open == [], "every tag is closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID and not (self.get_starttag_text() or "").endswith("/>"):
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not (self.get_starttag_text() or "").endswith("/>") or self._open[-1:] == [tag]:
            assert self._open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append((self._open[-1] if self._open else "", data))

    @property
    def text(self) -> str:
        return "".join(data for tag, data in self.texts if tag != "style")

    def attributes(self, name: str) -> list[str]:
        return [value for _unused, attributes in self.tags if (value := attributes.get(name)) is not None]


def test_it_shows_the_summary_what_it_means_the_order_and_each_change() -> None:
    text = Page(render_html(plan_of_everything())).text

    for shown in (
        "production",
        "3to add",
        "4to change",
        "2to delete",
        "12requests",
        "3 devices would no longer be provisioned automatically",
        "30 → 60",
        "ca_validity_days cannot change in place",
        "waits for tag.downtown",
        "4 ids become 1,205",
        "0000000000000004, 0000000000000005, 0000000000000006, and 1,201 more",
        "sha256:fe6f568539d238a713949c888b4deabca2be4cb718f462c208056fb7c37f0d08",
        "(secret)",
    ):
        assert shown in text


def test_it_holds_no_secret() -> None:
    assert "obviously-fake" not in render_html(plan_of_everything())


def test_nothing_to_do_is_said() -> None:
    page = Page(render_html(Plan((), "production", ("root_ca.old expires on 2030-01-01",))))

    assert "No changes. The account is as declared." in page.text
    assert "root_ca.old expires on 2030-01-01" in page.text


@given(hostile_plans())
def test_what_comes_from_elsewhere_is_text_and_nothing_else(plan: Plan) -> None:
    page = Page(render_html(plan))

    assert {tag for tag, _unused in page.tags} <= TAGS | {"title"}
    for tag, attributes in page.tags:
        for name, value in attributes.items():
            assert MARK not in f"{name}{value}", "no attribute holds foreign text"
            assert not name.startswith("on")
            assert name != "href" or (tag == "a" and value and value.startswith("#"))
    assert not {"src", "srcset", "action", "style", "xlink:href"} & {name for _unused, a in page.tags for name in a}
    for change in plan.changes:
        assert printable(change.name) in page.text
        assert all(printable(note) in page.text for note in change.notes)


@given(hostile_plans())
def test_every_link_leads_to_a_place_on_the_page(plan: Plan) -> None:
    page = Page(render_html(plan))
    places = page.attributes("id")

    assert len(places) == len(set(places))
    assert {link.removeprefix("#") for link in page.attributes("href")} <= set(places)


def test_the_policy_forbids_everything_but_its_own_style() -> None:
    page = Page(render_html(plan_of_everything()))
    (style,) = [data for tag, data in page.texts if tag == "style"]
    (policy,) = [a["content"] for _unused, a in page.tags if a.get("http-equiv") == "Content-Security-Policy"]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()

    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert "url(" not in style
    assert "@import" not in style


def chain(number: int) -> Plan:
    """So many tags, each with a profile that waits for it."""
    tags = [Change(KINDS["tag"], f"tag-{n}", f"tag-{n}", Action.CREATE, ()) for n in range(number)]
    profile = Change(KINDS["device_profile"], "eu", "eu", Action.UPDATE, ())
    waiting = [replace(profile, name=f"eu-{n}", depends_on=(tag.address,)) for n, tag in enumerate(tags)]
    return Plan((*tags, *waiting))


@pytest.mark.parametrize(
    ("number", "nodes"), [(3, 6), (SINGLE_NODES // 2, SINGLE_NODES), (SINGLE_NODES, 2), (2_000, 2)]
)
def test_the_graph_of_a_large_plan_shows_kinds(number: int, nodes: int) -> None:
    page = Page(render_html(chain(number)))

    boxes = [attributes for tag, attributes in page.tags if tag == "rect" and attributes.get("class") == "box"]
    assert len(boxes) == nodes
    assert (f"{number:,} changes" in page.text) == (nodes == 2)


def test_groups_that_wait_for_one_another_can_be_drawn() -> None:
    """As when tags wait for profiles, and other profiles for other tags."""
    there = chain(SINGLE_NODES)
    back = [replace(change, name=f"{change.name}-back", depends_on=()) for change in there.changes]
    half = len(back) // 2
    back[:half] = [replace(tag, depends_on=(back[half + n].address,)) for n, tag in enumerate(back[:half])]

    assert '<svg class="graph"' in render_html(Plan((*there.changes, *back)))


def test_without_dependencies_there_is_no_graph() -> None:
    plan = plan_of_everything()
    alone = replace(plan, changes=tuple(replace(change, depends_on=()) for change in plan.changes))

    assert '<svg class="graph"' in render_html(plan)
    assert '<svg class="graph"' not in render_html(alone)
