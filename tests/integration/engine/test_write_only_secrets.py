# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A secret that the service does not return: this machine knows when it is another, and nobody can read it here."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from ansible_collections.edgeops.device_trust.plugins.module_utils import _engine as engine
from tests.integration.engine import fleet
from tests.integration.engine.driver import ALLOWED
from tests.integration.engine.stage import Rehearsal

ROTATED = "Bearer fake-canary-rotated"


@pytest.fixture
def webhooks(rehearsal: Rehearsal) -> Rehearsal:
    """Three webhooks, one for each way to treat its token, in an account that does not return tokens."""
    rehearsal.sandbox.settings(webhook_tokens="hidden")
    declare(rehearsal, "when_changed", "on_create")
    return rehearsal


def declare(rehearsal: Rehearsal, *manners: str) -> None:
    event = {"events": ["DEVICE_BOOTSTRAP_EVENT"], "authorization_token": "<env HOOK_TOKEN>"}
    hooks = [{"url": url(manner), "update_token": manner, **event} for manner in manners]
    fleet.write_document(rehearsal.document, {"version": 1, "webhooks": hooks})


def url(manner: str) -> str:
    return f"https://{manner.replace('_', '-')}.example.com/hook"


def apply(rehearsal: Rehearsal, state: str = "state") -> list[str]:
    """Plans and applies in this process; the addresses that were planned."""
    where = engine.AccountState(rehearsal.folder / state)
    with engine.connect(rehearsal.connection) as account:
        made = engine.plan(engine.load_files([rehearsal.document]), account, ALLOWED, state=where)
        assert engine.apply(made, account, state=where).ok
    return [change.address for change in made.changes]


def token_of(rehearsal: Rehearsal, manner: str) -> Any:
    hooks = rehearsal.sandbox.state()["webhooks"]
    return next(hook["token_sha256"] for hook in hooks if hook["url"] == url(manner))


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_a_token_is_sent_again_when_it_is_another(webhooks: Rehearsal, monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(apply(webhooks)) == 2
    assert apply(webhooks) == []

    monkeypatch.setenv("HOOK_TOKEN", ROTATED)

    assert apply(webhooks) == [f"webhook.{url('when_changed')}"]
    assert token_of(webhooks, "when_changed") == sha256(ROTATED)
    assert token_of(webhooks, "on_create") == sha256(fleet.TOKENS["HOOK_TOKEN"])
    assert apply(webhooks) == []


def test_always_sends_it_on_each_run(webhooks: Rehearsal) -> None:
    declare(webhooks, "always")
    apply(webhooks)

    assert apply(webhooks) == apply(webhooks) == [f"webhook.{url('always')}"]


def test_a_machine_that_has_never_sent_it_takes_it_to_be_right_and_notices_the_next_one(
    webhooks: Rehearsal, monkeypatch: pytest.MonkeyPatch
) -> None:
    apply(webhooks)

    assert apply(webhooks, "another-machine") == []
    monkeypatch.setenv("HOOK_TOKEN", ROTATED)
    assert apply(webhooks, "another-machine") == [f"webhook.{url('when_changed')}"]


def test_killed_before_it_could_remember_it_is_noticed_all_the_same(webhooks: Rehearsal) -> None:
    declare(webhooks, "when_changed")
    assert webhooks.apply()["ok"]
    webhooks.document.write_text(webhooks.document.read_text().replace("HOOK_TOKEN", "NEW_TOKEN"))
    webhooks.apply(kill=["effect", 1])

    assert webhooks.apply()["planned"] == 1
    assert token_of(webhooks, "when_changed") == sha256(fleet.TOKENS["NEW_TOKEN"])
    assert webhooks.apply()["planned"] == 0


def test_what_is_kept_can_be_read_by_its_owner_only_and_holds_no_secret(webhooks: Rehearsal) -> None:
    assert webhooks.apply()["ok"]
    kept = [path for path in webhooks.state.directory.rglob("*") if path.is_file()]

    assert {path.name for path in kept} >= {"key", "sent-secrets.json", "apply.lock"}
    content = b"\n".join(path.read_bytes() for path in kept)
    secret = fleet.TOKENS["HOOK_TOKEN"]
    api_secret = webhooks.sandbox.env()["UBLOX_API_SECRET"]
    for text in (secret, sha256(secret), secret.removeprefix("Bearer "), api_secret):
        assert text.encode() not in content
    assert all(path.stat().st_mode & 0o077 == 0 for path in kept)


def test_two_machines_keep_different_digests_of_the_same_secret(webhooks: Rehearsal) -> None:
    apply(webhooks, "here")
    apply(webhooks, "there")

    here, there = (webhooks.folder.joinpath(name, "sent-secrets.json").read_text() for name in ("here", "there"))
    assert here != there


def test_a_memory_that_cannot_be_read_is_as_good_as_none(webhooks: Rehearsal) -> None:
    apply(webhooks)
    for name in ("key", "sent-secrets.json"):
        webhooks.state.directory.joinpath(name).write_bytes(b"\xff{")

    assert apply(webhooks) == []
