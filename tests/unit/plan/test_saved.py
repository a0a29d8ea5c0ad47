# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""For any declaration and any account: a saved plan is the plan, and is carried out where nothing has moved."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from ansible_collections.edgeops.device_trust.plugins.module_utils._config.document import load_data
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.desired import Declared, Desired
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.digest import live_digest
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.errors import PlanRefused
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.ids import IdSet
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.live import LiveAccount
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.secret import Secret, sealed
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.codec import plan_as_data
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.encoding import (
    INLINE_IDS,
    BadPlanFile,
    CannotSave,
    requests_digest,
)
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.html import render_html
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.markdown import render_markdown
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.plan import Change, Plan
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.planner import make_plan
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.saved import (
    Begun,
    SavedPlan,
    decode_plan,
    encode_plan,
    still_valid,
)
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.saved_schema import plan_schema
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.staleness import moved, reading_of
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.text import render
from tests.unit.plan.account import MemoryAccount, Profile
from tests.unit.plan.strategies import accounts, documents
from tests.unit.plan.test_convergence import Marks, carry_out, in_some_order, plan_for
from tests.unit.plan.test_text import EVERYTHING
from tests.unit.plan.test_text import account as account_of_everything

SOME = settings(max_examples=150, deadline=None)
KEY = Secret("the-api-secret-of-the-account")
SCHEMA_FILE = Path(__file__).resolve().parents[3] / "schemas" / "plan.schema.json"
SCHEMA = Draft202012Validator(json.loads(SCHEMA_FILE.read_text()))


def seal(secret: Secret) -> str:
    return sealed(secret, KEY)


def by_reference(declared: Declared) -> Declared:
    """The object, as if its secrets had been read from environment variables."""
    return replace(
        declared,
        attributes={
            name: Secret(value.reveal(), f"env:{value.reveal().upper()}") if isinstance(value, Secret) else value
            for name, value in declared.attributes.items()
        },
    )


def resolve(reference: str) -> str:
    return reference.removeprefix("env:").lower()


def desired_of(document: dict[str, Any]) -> Desired:
    desired = load_data(document)
    sections = {
        name: replace(section, objects={key: by_reference(declared) for key, declared in section.objects.items()})
        for name, section in desired.sections.items()
    }
    return replace(desired, sections=sections)


def plan_of(document: dict[str, Any], account: MemoryAccount) -> Plan | None:
    """The plan, or None where there is none or nothing to do."""
    try:
        return plan_for(desired_of(document), account, {}) or None
    except PlanRefused:
        return None


def read_again(plan: Plan, account: MemoryAccount, marks: Marks | None = None) -> LiveAccount:
    """The objects of a plan as they are now, read as the engine does."""
    return account.read(reading_of(plan.changes).with_marks(marks or {}))


def saved(plan: Plan) -> SavedPlan:
    """The plan after a round trip through the text of a file."""
    document, sidecars = encode_plan(plan, "sha256:" + "0" * 64, seal)
    files = {name: "".join(f"{text}\n" for text in ids) for name, ids in sidecars.items()}
    return decode_plan(json.loads(json.dumps(document)), lambda name: IdSet.of(files[name].split()), resolve)


def described(changes: Iterable[Change]) -> list[dict[str, Any]]:
    """All that matters of changes but their declarations."""
    data = plan_as_data(Plan(tuple(changes)))["changes"]
    return [{**change, "requests": 0} for change in data]


def sent_by(change: Change) -> str:
    return requests_digest(change.requests)


@SOME
@given(documents(), accounts())
def test_a_saved_plan_shows_what_the_plan_shows(document: dict[str, Any], account: MemoryAccount) -> None:
    if plan := plan_of(document, account):
        shown = saved(plan).plan

        assert plan_as_data(shown) == plan_as_data(plan)
        assert render(shown) == render(plan)
        assert render_markdown(shown) == render_markdown(plan)
        assert render_html(shown) == render_html(plan)


@SOME
@given(documents(), accounts())
def test_where_nothing_has_moved_the_same_requests_are_made(document: dict[str, Any], account: MemoryAccount) -> None:
    if plan := plan_of(document, account):
        made, problems = still_valid(saved(plan), read_again(plan, account), seal=seal)

        assert problems == ()
        assert [requests_digest(c.requests) for c in made.changes] == [
            requests_digest(c.requests) for c in plan.changes
        ]
        assert described(made.changes) == described(plan.changes)
        assert [change.marks for change in made.changes] == [change.marks for change in plan.changes]
        assert not list(moved(made, read_again(plan, account)))


@SOME
@given(documents(), accounts(), st.randoms(use_true_random=False))
def test_carried_out_it_leaves_nothing_to_do(
    document: dict[str, Any], account: MemoryAccount, chance: random.Random
) -> None:
    if plan := plan_of(document, account):
        made, _unused = still_valid(saved(plan), read_again(plan, account), seal=seal)
        marks: Marks = {}
        carry_out(in_some_order(made, chance), account, marks)

        assert not plan_for(desired_of(document), account, marks)


@SOME
@given(documents(), accounts(), st.randoms(use_true_random=False))
def test_cut_off_anywhere_and_resumed_it_comes_to_the_same_account(
    document: dict[str, Any], account: MemoryAccount, chance: random.Random
) -> None:
    if plan := plan_of(document, account):
        whole = account.copy()
        carry_out(in_some_order(plan, chance), whole)

        ordered = in_some_order(plan, chance)
        done, cut = ordered[: chance.randint(0, len(ordered))], None
        marks: Marks = {}
        carry_out(done, account, chance.choice([marks, None]))  # cut off before it was remembered, or after
        if len(done) < len(ordered):
            cut = ordered[len(done)]
            for request in cut.requests[: chance.randint(0, len(cut.requests))]:
                account.send(request)
        before = Begun(
            frozenset(change.address for change in (*done, *([cut] if cut else ()))),
            frozenset(change.address for change in done),
        )
        rest, problems = still_valid(saved(plan), read_again(plan, account, marks), before, seal)
        carry_out(in_some_order(rest, chance), account)

        assert problems == ()
        assert not {change.address for change in rest.changes} & before.done
        assert account == whole


@pytest.mark.parametrize("first", ["device_profile", "tag_assignment"])
def test_resumed_it_knows_that_profile_and_tag_tell_the_same(first: str) -> None:
    account = MemoryAccount(tags={"cold": "cold"}, profiles={"U": Profile("eu"), "V": Profile("us")})
    document = {
        "device_profiles": [{"name": "eu", "tags": ["cold"]}],
        "tag_assignments": [{"tag": "cold", "profiles": ["eu", "us"]}],
    }
    plan = plan_of(document, account)
    assert plan is not None
    begun, other = sorted(plan.changes, key=lambda change: change.kind.name != first)
    carry_out([begun], account)
    before = Begun(frozenset({begun.address}), frozenset({begun.address}))
    rest, problems = still_valid(saved(plan), read_again(plan, account), before, seal)
    carry_out(list(rest.changes), account)

    assert problems == ()
    assert {change.address for change in rest.changes} <= {other.address}
    assert [profile.tags for profile in account.profiles.values()] == [{"cold"}, {"cold"}]


@SOME
@given(documents(), documents(), accounts())
def test_after_somebody_elses_work_only_what_is_untouched_is_kept(
    document: dict[str, Any], theirs: dict[str, Any], account: MemoryAccount
) -> None:
    plan, other = plan_of(document, account), plan_of(theirs, account)
    if plan and other:
        was = read_again(plan, account)
        carry_out(list(in_some_order(other, random.Random(0))), account)
        now = read_again(plan, account)
        made, problems = still_valid(saved(plan), now, seal=seal)

        touched = {
            change.address
            for change in plan.changes
            if live_digest(was.find(change.kind.name, change.identity))
            != live_digest(now.find(change.kind.name, change.identity))
        }
        kept = {change.address for change in made.changes}
        assert not kept & touched
        assert len(kept) + len(problems) == len(plan.changes)
        assert bool(problems) >= bool(touched)
        waits = {change.address: set(change.depends_on) for change in plan.changes}
        assert all(waits[address] <= kept for address in kept)
        assert {problem.message.split(" has changed")[0] for problem in moved(plan, now)} == touched


@SOME
@given(documents(), accounts())
def test_it_follows_its_schema_and_holds_no_secret(document: dict[str, Any], account: MemoryAccount) -> None:
    if plan := plan_of(document, account):
        data, sidecars = encode_plan(plan, "sha256:" + "0" * 64, seal)

        SCHEMA.validate(json.loads(json.dumps(data)))
        everything = json.dumps(data) + repr(sidecars) + render(plan) + render_markdown(plan) + render_html(plan)
        assert "canary" not in everything


def test_the_schema_of_plan_files_is_the_one_that_they_are_read_with() -> None:
    Draft202012Validator.check_schema(plan_schema())
    assert json.loads(SCHEMA_FILE.read_text()) == plan_schema()


def leaves(data: Any, path: tuple[Any, ...] = ()) -> Iterable[tuple[Any, ...]]:
    items = data.items() if isinstance(data, Mapping) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        yield from leaves(value, (*path, key))
    if not isinstance(data, Mapping | list):
        yield path


@SOME
@given(documents(), accounts(), st.data())
def test_with_any_value_changed_it_is_refused(
    document: dict[str, Any], account: MemoryAccount, data: st.DataObject
) -> None:
    if plan := plan_of(document, account):
        file: Any = json.loads(json.dumps(encode_plan(plan, "sha256:" + "0" * 64, seal)[0]))
        path = data.draw(st.sampled_from(sorted(leaves(file), key=str)))
        part = file
        for key in path[:-1]:
            part = part[key]
        part[path[-1]] = f"{part[path[-1]]}?"

        with pytest.raises(BadPlanFile, match="changed since it was written"):
            decode_plan(file, lambda _unused: IdSet(), resolve)


def test_large_id_sets_lie_beside_it_and_small_ones_in_it() -> None:
    for count, inside in ((INLINE_IDS, True), (INLINE_IDS + 1, False)):
        ids = [f"{number:016x}" for number in range(count)]
        plan = make_plan(load_data({"whitelist": {"ids": ids}}), MemoryAccount().live())
        document, sidecars = encode_plan(plan, "sha256:" + "0" * 64)

        assert (not sidecars) == inside
        assert ("members" in document["changes"][0]["ids"]["added"]["$ids"]) == inside
        assert [sorted(found) for found in sidecars.values()] == ([] if inside else [ids])


def test_a_secret_written_in_clear_cannot_be_saved() -> None:
    plan = make_plan(load_data(EVERYTHING), account_of_everything().live())

    with pytest.raises(CannotSave, match=r"authorization_token is a secret written in clear.* !env, !file or !vault"):
        encode_plan(plan, "sha256:" + "0" * 64)


def test_a_plan_without_seals_is_not_compared_and_one_with_them_not_believed_unseen() -> None:
    account = account_of_everything()
    plan = plan_of(EVERYTHING, account)
    assert plan
    document, sidecars = encode_plan(plan, "sha256:" + "0" * 64)
    assert document["secrets"] == {}
    assert not still_valid(decode_plan(document, sidecars.__getitem__, resolve), account.live(), seal=seal)[1]

    document, sidecars = encode_plan(plan, "sha256:" + "0" * 64, seal)
    assert len(still_valid(decode_plan(document, sidecars.__getitem__, resolve), account.live())[1]) == 1


def test_a_secret_that_is_another_is_refused() -> None:
    account = account_of_everything()
    plan = plan_of(EVERYTHING, account)
    assert plan
    document, sidecars = encode_plan(plan, "sha256:" + "0" * 64, seal)
    read = decode_plan(document, sidecars.__getitem__, lambda _unused: "another-secret")

    (problem,) = still_valid(read, account.live(), seal=seal)[1]
    assert problem.message == (
        "webhook.https://hooks.example.com/ublox: env:OBVIOUSLY-FAKE is not the secret that the plan was made with"
    )


def test_a_root_ca_that_is_made_again_keeps_what_was_not_declared_of_it() -> None:
    """Between its deletion and its creation nobody could tell any more what it had."""
    account = account_of_everything()
    account.root_cas["old.example.com"]["RenewBeforeExpiration"] = 45
    declared = {"ca_validity_days": 3650, "device_validity_days": 365, "replace": True}
    document = {"root_cas": [{"name": "old.example.com", **declared}]}
    plan = plan_of(document, account)
    assert plan
    (change,) = plan.changes
    account.send(change.requests[0])

    rest, problems = still_valid(saved(plan), account.live(), Begun(frozenset({change.address})), seal)
    carry_out(list(rest.changes), account)

    assert problems == ()
    assert account.root_cas["old.example.com"]["RenewBeforeExpiration"] == 45
