# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Failures that do not end, and tokens that end too soon: the client against the real sandbox, with short deadlines.

What a task does with them is in ``test_bad_input.py``; here a request gives up after a second instead of 90.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

from ansible_collections.edgeops.device_trust.plugins.module_utils import _engine
from ansible_collections.edgeops.device_trust.plugins.module_utils._live import errors
from ansible_collections.edgeops.device_trust.plugins.module_utils._live.endpoint import Endpoint
from ansible_collections.edgeops.device_trust.plugins.module_utils._live.ublox.account import Account
from ansible_collections.edgeops.device_trust.plugins.module_utils._live.ublox.token import Credentials
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.secret import Secret
from tests.support.sandbox import Sandbox

DEADLINE = 1.0
TAG = {"tags": ["downtown"]}
FLEET = {
    "tags": ["downtown"],
    "root_cas": [{"name": "fleet.example.com", "ca_validity_days": 3650, "device_validity_days": 365}],
    "device_profiles": [
        {"name": "trackers-us", "tags": ["downtown"], "bootstrap_provisioning": {"root_ca": "fleet.example.com"}}
    ],
    "whitelist": {"ids": ["0002000089280101"]},
    "webhooks": [
        {
            "url": "https://hooks.example.com/ublox",
            "events": ["DEVICE_BOOTSTRAP_EVENT", "DEVICE_ERRORS_EVENT"],
            "authorization_token": "fake-hook-token",
        }
    ],
}


@contextmanager
def account_of(sandbox: Sandbox, *, timeout: float = 5.0, deadline: float = DEADLINE) -> Iterator[Account]:
    env = sandbox.env()
    credentials = Credentials(env["UBLOX_API_KEY"], Secret(env["UBLOX_API_SECRET"]))
    with Account(Endpoint(sandbox.ublox_url, timeout, deadline), credentials) as account:
        yield account


def plan(account: Account, document: dict[str, Any]) -> _engine.Plan:
    return _engine.plan(_engine.load_data(document), account)


def counted(sandbox: Sandbox) -> Any:
    return sandbox.requests()["ublox"]


UNENDING: Mapping[str, tuple[str, Mapping[str, Any], type[errors.LiveError], str]] = {
    "429 without Retry-After": ("status", {"code": 429}, errors.RateLimited, "429 (too many requests)"),
    "429 that asks for a long wait": (
        "status",
        {"code": 429, "headers": {"Retry-After": "3600"}},
        errors.RateLimited,
        "429 (too many requests)",
    ),
    "503": ("status", {"code": 503}, errors.Unavailable, "answered 503"),
    "502 with a page of HTML": (
        "status",
        {"code": 502, "body": "<html>Bad Gateway</html>"},
        errors.Unavailable,
        "answered 502",
    ),
    "dropped connections": ("drop", {}, errors.Unavailable, "the connection was lost"),
    "answers that come too late": ("latency", {"ms": 1200}, errors.Timeout, "no answer within 0."),
}


def patience(name: str) -> float:
    """Seconds for one attempt: short only where the time must run out."""
    return 0.6 if "too late" in name else 5.0


@pytest.mark.parametrize("name", UNENDING)
def test_a_read_gives_up_at_its_deadline_and_says_why(sandbox: Sandbox, name: str) -> None:
    kind, params, error, words = UNENDING[name]
    sandbox.fault(kind, path="/tag/get", system="ublox", **params)
    started = time.monotonic()

    with account_of(sandbox, timeout=patience(name)) as account, pytest.raises(error) as failure:
        plan(account, TAG)

    assert str(failure.value).startswith("POST /tag/get: ")
    assert words in str(failure.value)
    assert time.monotonic() - started < DEADLINE + 2
    assert settled_requests(sandbox)["writes"] == 0


PASSING: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "503": ("status", {"code": 503}),
    "502 with a page of HTML": ("status", {"code": 502, "body": "<html>Bad Gateway</html>"}),
    "429 with Retry-After": ("status", {"code": 429, "headers": {"Retry-After": "0"}}),
    "dropped connections": ("drop", {}),
    "answers that break off": ("truncate", {"promise_all": True}),
    "answers that come too late": ("latency", {"ms": 1200}),
}


@pytest.mark.parametrize("name", PASSING)
def test_a_read_is_tried_again_until_then(sandbox: Sandbox, name: str) -> None:
    kind, params = PASSING[name]
    sandbox.fault(kind, path="/tag/get", system="ublox", count=2, **params)

    with account_of(sandbox, timeout=patience(name), deadline=10) as account:
        assert len(plan(account, TAG).changes) == 1

    assert settled_requests(sandbox)["by_path"]["/tag/get"] == 3


def settled_requests(sandbox: Sandbox) -> Any:
    """The counts once no request sleeps in the sandbox any more; one that wakes later meets the next test's faults."""
    time.sleep(1.2 if any(rule["kind"] == "latency" for rule in sandbox.control("GET", "/faults")["rules"]) else 0)
    return counted(sandbox)


def test_a_service_that_cannot_be_signed_in_to_is_no_matter_of_credentials(sandbox: Sandbox) -> None:
    sandbox.fault("status", path="/authenticate", system="ublox", code=503)

    with account_of(sandbox) as account, pytest.raises(errors.Unavailable, match=r"POST /authenticate: .*503"):
        plan(account, TAG)


def test_a_write_that_is_refused_with_429_is_sent_again_but_not_for_ever(sandbox: Sandbox) -> None:
    sandbox.fault("status", path="/tag/create", system="ublox", code=429)

    with account_of(sandbox) as account:
        report = _engine.apply(plan(account, TAG), account)

    assert not report.ok
    assert "failed: tag.downtown: POST /tag/create: " in report.text()
    assert "429 (too many requests)" in report.text()
    assert counted(sandbox)["by_path"]["/tag/create"] > 1
    assert "downtown" not in sandbox.state()["tags"]


def test_a_write_that_is_refused_with_429_once_is_done_once(sandbox: Sandbox) -> None:
    sandbox.fault("status", path="/ztp/rootca/create", system="ublox", count=1, code=429)

    with account_of(sandbox, deadline=10) as account:
        report = _engine.apply(plan(account, {"root_cas": FLEET["root_cas"]}), account)

    assert report.ok, report.text()
    assert counted(sandbox)["by_path"]["/ztp/rootca/create"] == 2
    assert [ca["name"] for ca in sandbox.state()["root_cas"]] == ["fleet.example.com", "legacy.example.com"]


def test_a_write_that_always_fails_is_read_back_each_time_and_given_up(sandbox: Sandbox) -> None:
    sandbox.fault("status", path="/tag/create", system="ublox", code=503)

    with account_of(sandbox) as account:
        report = _engine.apply(plan(account, TAG), account)

    assert not report.ok
    assert "POST /tag/create: " in report.text()
    assert counted(sandbox)["by_path"]["/tag/create"] <= 3
    assert counted(sandbox)["by_path"]["/tag/get"] > 1


LOST: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "503 before it took effect": ("status", {"code": 503, "when": "before"}),
    "503 after it took effect": ("status", {"code": 503, "when": "after"}),
    "connection dropped before": ("drop", {"when": "before"}),
    "connection dropped after": ("drop", {"when": "after"}),
}
WRITES = (
    "/tag/create",
    "/tag/assign",
    "/ztp/rootca/create",
    "/deviceprofile/bootstrapprovisioning/set",
    "/device/whitelist/add",
    "/notification/webhook/create",
)


@pytest.mark.parametrize("name", LOST)
def test_writes_of_unknown_outcome_are_read_back_and_never_done_twice(sandbox: Sandbox, name: str) -> None:
    """The first write of each kind is lost at the same time; the account must end as if nothing had happened."""
    with account_of(sandbox) as account:
        _engine.apply(plan(account, FLEET), account)
    wanted, sent = settled(sandbox), counted(sandbox)["writes"]
    sandbox.reset()
    kind, params = LOST[name]
    for path in WRITES:
        sandbox.fault(kind, path=path, system="ublox", count=1, **params)

    with account_of(sandbox) as account:
        report = _engine.apply(plan(account, FLEET), account)

    assert report.ok, report.text()
    assert all(outcome.read_back for outcome in report.outcomes)
    assert settled(sandbox) == wanted
    took_effect = params["when"] == "after"
    assert counted(sandbox)["writes"] == sent + (0 if took_effect else len(WRITES))


def settled(sandbox: Sandbox) -> Any:
    """The account without what differs each time it is made."""
    account = sandbox.state()
    names = ("name", "ca_validity_days", "device_validity_days", "renew_before_days")
    return {**account, "root_cas": [{name: ca[name] for name in names} for ca in account["root_cas"]]}


def test_a_token_that_expired_meanwhile_is_renewed_once_for_all_threads(sandbox: Sandbox) -> None:
    with account_of(sandbox, deadline=10) as account:
        plan(account, FLEET)
        sandbox.control("POST", "/clock", {"advance_seconds": 2 * 3600})
        plan(account, FLEET)

    assert counted(sandbox)["auth"] == 2


def test_a_token_is_renewed_before_it_expires(sandbox: Sandbox) -> None:
    sandbox.settings(auth_token_seconds=1)

    with account_of(sandbox, deadline=10) as account:
        plan(account, TAG)
        time.sleep(1)
        plan(account, TAG)

    assert counted(sandbox)["by_path"]["/refreshauthtoken"] == 1
    assert counted(sandbox)["by_path"]["/authenticate"] == 1
    assert 401 not in [entry["status"] for entry in counted(sandbox)["last"]]
