# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module webhook. The service does not return tokens, unless the sandbox is told to return them."""

from __future__ import annotations

import json
from hashlib import sha256

from tests.integration.rehearsal import Rehearsal
from tests.support.playbooks import Run, Task

URL = "https://hooks.example.com/ublox"


def hooks(task: Task) -> list[tuple[str, str]]:
    return [(hook["url"], hook["type"]) for hook in task.account["webhooks"]]


def tokens(task: Task, url: str = URL) -> set[str]:
    return {hook["token_sha256"] for hook in task.account["webhooks"] if hook["url"] == url}


def digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()


class TestWebhook(Rehearsal):
    def test_one_hook_for_each_event_with_the_same_token(self, run: Run) -> None:
        assert {(URL, "DEVICE_BOOTSTRAP_EVENT"), (URL, "DEVICE_ERRORS_EVENT")} <= set(hooks(run["create"]))
        assert tokens(run["create"]) == {digest("fake-hook-token-1")}

    def test_a_token_that_cannot_be_compared_is_sent_when_it_is_not_the_one_sent_last(self, run: Run) -> None:
        assert tokens(run["another token"]) == {digest("fake-hook-token-2")}
        assert run["another token"].calls()["/notification/webhook/update"] == 1

    def test_update_token_on_create_does_not_send_it(self, run: Run) -> None:
        assert not run["another token, only on_create"].changed
        assert tokens(run["another token, only on_create"]) == {digest("fake-hook-token-1")}

    def test_update_token_always_sends_it_each_time(self, run: Run) -> None:
        assert run["the same token, always"].changed
        assert run["the same token, always"].calls()["/notification/webhook/update"] == 1

    def test_a_machine_that_never_sent_one_cannot_tell_but_may_send_it_always(self, run: Run) -> None:
        assert not run["another token, from a machine that never sent one"].changed
        assert run["always, from a machine that never sent one"].calls()["/notification/webhook/update"] == 1

    def test_a_token_that_is_returned_is_compared(self, run: Run) -> None:
        assert not run["the same token, now that the service returns it"].changed
        assert tokens(run["another token, which the service returns"]) == {digest("fake-hook-token-3")}

    def test_an_event_is_added_beside_the_others(self, run: Run) -> None:
        assert run["an event more"].calls()["/notification/webhook/create"] == 1
        assert len(tokens(run["an event more"])) == 1

    def test_an_event_is_taken_away_by_making_the_others_again(self, run: Run) -> None:
        less = run["an event less"]

        assert {event for url, event in hooks(less) if url == URL} == {
            "DEVICE_BOOTSTRAP_EVENT",
            "ROOTCA_EXPIRATION_EVENT",
        }
        assert tokens(less) == {digest("fake-hook-token-2")}

    def test_tokens_are_masked_in_what_the_task_returns(self, run: Run) -> None:
        (change,) = run["another token, which the service returns"].result["changes"]

        assert change["fields"] == [{"field": "authorization_token", "before": "(secret)", "after": "(secret)"}]
        assert "fake-hook-token" not in json.dumps([task.result for task in run.tasks])

    def test_events_need_the_token_beside_them(self, run: Run) -> None:
        assert "needs authorization_token beside it" in run["events without the token"].message
        assert run["events without the token"].calls() == {}

    def test_only_https_addresses_are_taken(self, run: Run) -> None:
        assert len(run["an address that is not https"].result["problems"]) == 2
        assert "must be a full https URL" in run["an address that is not https"].message

    def test_exclusive_deletes_what_is_not_named(self, run: Run) -> None:
        assert run["exclusive"].actions == {
            "webhook.https://audit.example.com/device-trust": "create",
            "webhook.https://old.example.com/hook": "delete",
        }

    def test_emptying_must_be_allowed_by_name(self, run: Run) -> None:
        assert "allow_empty: [webhook]" in run["exclusive and empty"].message
        assert hooks(run["exclusive, empty and allowed"]) == []
