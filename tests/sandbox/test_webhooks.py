# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Notification hooks: u-blox Security Services REST API 1.1.29, Notification Hook APIs."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from tests.support.raw import Ublox
from tests.support.rules import rule
from tests.support.sandbox import Sandbox

CREATE = "/notification/webhook/create"
UPDATE = "/notification/webhook/update"
DELETE = "/notification/webhook/delete"
URL, TOKEN, EVENT = "https://hooks.example.com/ublox", "Bearer fake-hook-token", "ROOTCA_EXPIRATION_EVENT"
OLD = {"NotificationURL": "https://old.example.com/hook", "NotificationType": "DEVICE_BOOTSTRAP_EVENT"}
EVENTS = (
    "DEVICE_BOOTSTRAP_EVENT",
    "DEVICE_PROPERTIES_CHANGE_EVENT",
    "DEVICE_ERRORS_EVENT",
    "DEVICE_CERTIFICATE_RENEWAL_EVENT",
    "DEVICE_CERTIFICATE_EXPIRATION_EVENT",
    "ROOTCA_EXPIRATION_EVENT",
)


def _body(**change: Any) -> dict[str, Any]:
    return {"NotificationURL": URL, "AuthorizationToken": TOKEN, "NotificationType": EVENT, **change}


def _hooks(ublox: Ublox) -> Any:
    return ublox.ok("/notification/webhook/get")


def _hook(url: str, event: str) -> dict[str, str]:
    return {"NotificationURL": url, "NotificationType": event}


@rule("hook.get")
def test_hooks_are_listed_without_their_tokens(ublox: Ublox) -> None:
    assert _hooks(ublox) == [OLD]


@rule("hook.get")
def test_tokens_are_listed_where_the_sandbox_is_told_so(ublox: Ublox, sandbox: Sandbox) -> None:
    sandbox.settings(webhook_tokens="returned")
    assert _hooks(ublox) == [{**OLD, "AuthorizationToken": "Bearer fake-old-hook-token"}]


@pytest.mark.parametrize("event", EVENTS)
@rule("hook.types")
def test_each_documented_event_type_is_accepted(ublox: Ublox, event: str) -> None:
    assert ublox.ok(CREATE, _body(NotificationType=event)) == {"message": "Success"}
    assert _hooks(ublox) == [OLD, _hook(URL, event)]


@rule("hook.several")
def test_one_type_may_have_several_urls_and_one_url_several_types(ublox: Ublox) -> None:
    ublox.ok(CREATE, _body())
    ublox.ok(CREATE, _body(NotificationURL=URL + "/2"))
    ublox.ok(CREATE, _body(NotificationType=EVENTS[0]))
    assert _hooks(ublox)[1:] == [_hook(URL, EVENT), _hook(URL + "/2", EVENT), _hook(URL, EVENTS[0])]


@rule("hook.twice")
def test_the_same_url_and_type_again_is_refused(ublox: Ublox) -> None:
    ublox.ok(CREATE, _body())
    assert "already registered" in ublox.refused(CREATE, _body(AuthorizationToken="other"))


@pytest.mark.parametrize(
    "change",
    [
        {"NotificationURL": "http://hooks.example.com/ublox"},
        {"NotificationURL": "hooks.example.com/ublox"},
        {"NotificationURL": "https://"},
        {"NotificationURL": "https:///path"},
        {"NotificationURL": "https://hooks.example.com:port/"},
        {"NotificationURL": "https://[hooks/"},
        {"NotificationURL": "https://hooks.example.com/a b"},
        {"NotificationURL": ""},
        {"NotificationType": "DEVICE_STATE_CHANGE"},
        {"NotificationType": "device_bootstrap_event"},
        {"AuthorizationToken": ""},
        {"AuthorizationToken": "two\r\nlines"},
    ],
)
@rule("hook.https", "hook.types")
def test_wrong_hooks_are_refused(ublox: Ublox, change: dict[str, str]) -> None:
    assert ublox.refused(CREATE, _body(**change)).startswith("Bad Request. ")
    assert _hooks(ublox) == [OLD]


@rule("hook.update")
def test_update_changes_the_token_of_every_hook_of_the_url(ublox: Ublox, sandbox: Sandbox) -> None:
    ublox.ok(CREATE, _body())
    ublox.ok(CREATE, _body(NotificationType=EVENTS[0]))
    ublox.ok(UPDATE, {"NotificationURL": URL, "AuthorizationToken": "Bearer fake-new-token"})
    digests = {hook["url"]: hook["token_sha256"] for hook in sandbox.state()["webhooks"]}
    assert digests[URL] == hashlib.sha256(b"Bearer fake-new-token").hexdigest()
    assert digests[OLD["NotificationURL"]] == hashlib.sha256(b"Bearer fake-old-hook-token").hexdigest()
    assert {hook["token_sha256"] for hook in sandbox.state()["webhooks"] if hook["url"] == URL} == {digests[URL]}


@rule("hook.delete")
def test_delete_removes_every_hook_of_the_url(ublox: Ublox) -> None:
    ublox.ok(CREATE, _body())
    ublox.ok(CREATE, _body(NotificationType=EVENTS[0]))
    ublox.ok(DELETE, {"NotificationURL": URL})
    assert _hooks(ublox) == [OLD]


@rule("hook.unknown")
def test_an_unknown_url_is_not_found(ublox: Ublox) -> None:
    ublox.refused(UPDATE, {"NotificationURL": URL, "AuthorizationToken": TOKEN}, 404)
    ublox.refused(DELETE, {"NotificationURL": URL}, 404)


@rule("hook.delete")
def test_the_printed_delete_sample_without_a_url_is_a_bad_request(ublox: Ublox) -> None:
    assert "NotificationURL" in ublox.refused(DELETE, {})
