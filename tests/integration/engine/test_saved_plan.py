# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A saved plan is exact: applied it does what was planned, or says what stands against it and does nothing."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.edgeops.device_trust.plugins.module_utils import _engine as engine
from tests.integration.engine import fleet
from tests.integration.engine.driver import resolve
from tests.integration.engine.stage import Rehearsal, Undisturbed


def written(rehearsal: Rehearsal) -> Counter[str]:
    return fleet.writes(rehearsal.sandbox.requests())


def statuses(answer: dict[str, Any]) -> dict[str, str]:
    return {outcome["address"]: outcome["status"] for outcome in answer["report"]}


def named(objects: list[dict[str, Any]], name: str) -> dict[str, Any]:
    return next(found for found in objects if found["name"] == name)


def test_it_does_exactly_what_was_planned(rehearsal: Rehearsal, undisturbed: Undisturbed) -> None:
    answer = rehearsal.apply(plan=str(rehearsal.save_plan()))

    assert (answer["planned"], answer["ok"]) == (fleet.CHANGES, True)
    assert rehearsal.account() == undisturbed.account
    assert written(rehearsal) == undisturbed.writes


def test_it_is_applied_once(rehearsal: Rehearsal) -> None:
    plan = str(rehearsal.save_plan())
    rehearsal.apply(plan=plan)
    rehearsal.sandbox.control("POST", "/requests/reset")

    assert "tag.new-01 has changed since the plan was made: it exists now" in rehearsal.apply(plan=plan)["error"]
    assert not written(rehearsal)


def somebody_else_works(rehearsal: Rehearsal) -> None:
    """Changes one object in each manner, one of which another change depends on; and some that are not planned for."""
    rehearsal.ublox("/tag/create", TagName="new-01")
    rehearsal.ublox("/ztp/rootca/update", CAName="up-01", RenewBeforeExpiration=90)
    rehearsal.ublox("/notification/webhook/delete", NotificationURL="https://gone-01.example.com/hook")
    rehearsal.ublox("/device/whitelist/add", ROTPublicUIDs=["00000000000000aa"], Action="ADD")
    rehearsal.ublox("/tag/create", TagName="of-nobodys-concern")
    rehearsal.ublox("/notification/webhook/delete", NotificationURL="https://stays.example.com/hook")


MOVED = {
    "tag.new-01": "it exists now",
    "root_ca.up-01": "renew_before_days was 30, is 90",
    "whitelist": "ids was 500 ids, is 501 ids",
    "webhook.https://gone-01.example.com/hook": "it does not exist any more",
}


def test_what_has_moved_is_told_object_by_object_and_nothing_is_sent(rehearsal: Rehearsal) -> None:
    plan = str(rehearsal.save_plan())
    somebody_else_works(rehearsal)
    rehearsal.sandbox.control("POST", "/requests/reset")

    error = rehearsal.apply(plan=plan)["error"]

    assert not written(rehearsal)
    assert error.splitlines() == [
        *(
            f"{address} has changed since the plan was made: {how} (make the plan again)"
            for address, how in MOVED.items()
        ),
        "device_profile.profile-01 waits for tag.new-01, which cannot be done",
        "tag.old-01 waits for device_profile.profile-01, which cannot be done",
    ]


def test_what_has_not_moved_is_done_where_that_is_allowed(rehearsal: Rehearsal, undisturbed: Undisturbed) -> None:
    plan = str(rehearsal.save_plan())
    somebody_else_works(rehearsal)
    before = rehearsal.account()

    answer = rehearsal.apply(plan=plan, allow_stale=True)

    assert answer["ok"]
    left_alone = {*MOVED, "device_profile.profile-01", "tag.old-01"}
    assert left_alone.isdisjoint(statuses(answer))
    assert answer["planned"] == fleet.CHANGES - len(left_alone)
    now = rehearsal.account()
    assert now["whitelist"] == before["whitelist"]
    assert named(now["root_cas"], "up-01")["renew_before_days"] == 90
    assert "of-nobodys-concern" in now["tags"]
    assert "old-01" in now["tags"]
    assert "old-02" not in now["tags"]
    assert named(now["profiles"], "profile-01")["tags"] == ["kept-01", "old-01"]


def test_the_console_can_show_a_saved_plan_as_it_was_made(rehearsal: Rehearsal) -> None:
    made = rehearsal.plan()
    path = rehearsal.folder / "plan.json"
    engine.save_plan(made, path, rehearsal.connection)
    shown = engine.read_plan(path, resolve).plan

    assert [change.fields for change in shown.changes] == [change.fields for change in made.changes]
    assert [change.notes for change in shown.changes] == [change.notes for change in made.changes]
    assert replace(shown.summary(), seconds=0) == replace(made.summary(), seconds=0)


def test_no_secret_is_in_it(rehearsal: Rehearsal) -> None:
    path = rehearsal.save_plan()
    text = "".join(
        file.read_text() for file in rehearsal.folder.rglob("*") if file.is_file() and file != rehearsal.document
    )

    assert "env:NEW_TOKEN" in path.read_text()
    assert not [
        value for value in (*fleet.TOKENS.values(), rehearsal.sandbox.env()["UBLOX_API_SECRET"]) if value in text
    ]


def refusal(rehearsal: Rehearsal, plan: Path, **connection: Any) -> str:
    """Why the plan is refused; that nothing is asked of the service for it."""
    where = replace(rehearsal.connection, **connection)
    rehearsal.sandbox.control("POST", "/requests/reset")
    with engine.connect(where) as account, pytest.raises(engine.DeviceTrustError) as refused:
        engine.revive(engine.read_plan(plan, resolve), account, where)
    assert rehearsal.sandbox.requests()["ublox"]["by_path"] == {}
    return str(refused.value)


def test_made_for_another_account_it_is_refused(rehearsal: Rehearsal) -> None:
    plan = rehearsal.save_plan()

    for other in ({"api_key": "another-key"}, {"api_url": "http://127.0.0.1:1/ublox/v1"}):
        assert refusal(rehearsal, plan, **other) == "the plan was made for another account (rehearsal)"


def edited(plan: Path, edit: Callable[[dict[str, Any]], None]) -> Path:
    document = json.loads(plan.read_text())
    edit(document)
    plan.write_text(json.dumps(document))
    return plan


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (lambda plan: plan.update(format_version=2), "has format version 2, this release reads 1; make the plan again"),
        (lambda plan: plan.update(format="terraform"), "is not a plan; make one with: device-trust plan --out"),
        (
            lambda plan: plan["changes"].pop(),
            "the plan has been changed since it was written (its digest does not fit)",
        ),
        (
            lambda plan: plan["changes"][0].update(name="other", address="tag.other"),
            "the plan has been changed since it was written (its digest does not fit)",
        ),
        (lambda plan: plan.pop("warnings"), "is not a plan: $: 'warnings' is a required property"),
        (
            lambda plan: plan["changes"][0].update(kind="device"),
            "is not a plan: $.changes[0].kind: 'device' is not one of",
        ),
    ],
    ids=["version", "format", "cut", "renamed", "incomplete", "unknown kind"],
)
def test_of_another_format_or_edited_it_is_refused(
    rehearsal: Rehearsal, edit: Callable[[dict[str, Any]], None], words: str
) -> None:
    plan = edited(rehearsal.save_plan(), edit)

    assert words in refusal(rehearsal, plan)
    assert str(plan) in refusal(rehearsal, plan)


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"\xff\xfe", b'{"format": "edgeops.device_trust/plan"}', b"[" * 100_000]
)
def test_what_is_no_plan_is_refused(rehearsal: Rehearsal, content: bytes) -> None:
    plan = rehearsal.folder / "plan.json"
    plan.write_bytes(content)

    assert refusal(rehearsal, plan).startswith(f"{plan} ")


def test_its_ids_missing_or_edited_it_is_refused(rehearsal: Rehearsal) -> None:
    plan = rehearsal.save_plan()
    ids = plan.with_name("plan.json.ids") / "whitelist.added.txt"
    lines = ids.read_text().splitlines(keepends=True)

    ids.write_text("".join([*lines[1:], "00000000deadbeef\n"]))
    assert "the ids in whitelist.added.txt are not those that the plan was made with" in refusal(rehearsal, plan)
    ids.write_text("not hex\n")
    assert "the ids in whitelist.added.txt are not those that the plan was made with" in refusal(rehearsal, plan)
    ids.unlink()
    assert f"the ids beside it, {ids}, cannot be read" in refusal(rehearsal, plan)


def test_a_secret_that_is_another_now_is_not_sent(rehearsal: Rehearsal, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = rehearsal.save_plan()
    monkeypatch.setenv("NEW_TOKEN", "Bearer fake-rotated")
    where = rehearsal.connection
    saved = engine.read_plan(plan, resolve)
    with engine.connect(where) as account:
        with pytest.raises(engine.PlanRefused) as refused:
            engine.revive(saved, account, where)
        _unused, problems = engine.revive(saved, account, where, allow_stale=True)

    about = [problem.message for problem in problems]
    assert about == [
        f"webhook.https://{name}.example.com/hook: env:NEW_TOKEN is not the secret that the plan was made with"
        for name in ("fresh-04", "fresh-05", "up-03")
    ]
    assert "make the plan again" in str(refused.value)
    assert "rotated" not in str(refused.value)


def test_a_secret_in_clear_cannot_be_saved(rehearsal: Rehearsal) -> None:
    declared = fleet.declaration()
    declared["webhooks"][0]["authorization_token"] = "Bearer fake-in-clear"
    fleet.write_document(rehearsal.document, declared)

    with pytest.raises(engine.DeviceTrustError, match="refer to it with !env, !file or !vault") as refused:
        rehearsal.save_plan()
    assert "fake-in-clear" not in str(refused.value)
    assert not (rehearsal.folder / "plan.json").exists()
