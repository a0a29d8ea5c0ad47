# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What goes wrong outside of the product: each thing has a message of its own, in a failed task, with nothing written.

All cases are tasks of one play; each starts from a sandbox at its seed, with its own faults. Options that cannot be
used are in ``test_connection.py``, shapes of answers in ``test_answers.py``, what does not end in
``test_transport.py``, documents in ``test_documents.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.integration.https_front import https_front
from tests.support.playbooks import COLLECTION, Run, Task, run_tasks
from tests.support.sandbox import Sandbox

WRONG_SECRET = "fake-wrong-secret-0001"
TOKEN = "fake-stale-token-0001"
CLOSED = "http://127.0.0.1:1/v1"
"""Port 1 of this machine: nobody listens there."""


def fault(kind: str, path: str, count: int | None = None, **params: Any) -> dict[str, Any]:
    limited = {} if count is None else {"count": count}
    return {"path": "/faults", "body": {"system": "ublox", "kind": kind, "path": path, "params": params, **limited}}


def setting(**changes: Any) -> dict[str, Any]:
    return {"path": "/settings", "body": changes}


def module(of: str, /, **options: Any) -> dict[str, Any]:
    return {f"{COLLECTION}.{of}": options}


def tag(**options: Any) -> dict[str, Any]:
    return module("tag", name=["downtown"], **options)


@dataclass(frozen=True, slots=True)
class Case:
    """A task, what is done to the sandbox before it, and words that its message must hold."""

    task: Mapping[str, Any]
    words: tuple[str, ...] = ()
    before: tuple[Mapping[str, Any], ...] = field(default=())

    def as_task(self, name: str) -> dict[str, Any]:
        steps = [{"path": "/state/reset"}, *self.before]
        return {"name": name, "vars": {"sandbox": steps}, "ignore_errors": True, **self.task}


CONNECTION: Mapping[str, Case] = {
    "no credentials": Case(
        tag(api_key="", api_secret=""), ("no credentials", "UBLOX_API_KEY", "UBLOX_API_SECRET", "UBLOX_API_TOKEN")
    ),
    "a wrong secret": Case(
        tag(api_secret=WRONG_SECRET), ("POST /authenticate", "does not accept this API key and secret (401)")
    ),
    "a stale token alone": Case(
        tag(api_key="", api_secret="", api_token=TOKEN), ("POST /tag/get", "does not accept", "api_token")
    ),
    "an unreachable host": Case(tag(api_url=CLOSED), ("POST /authenticate", "cannot reach 127.0.0.1:1", "refused")),
    "plain http to another machine": Case(
        tag(api_url="http://ssapi.example.com/v1"), ("api_url", "plain http to 'ssapi.example.com'", "Use https")
    ),
    "a URL with a password": Case(
        tag(api_url=f"https://user:{WRONG_SECRET}@127.0.0.1/v1"), ("must not hold credentials",)
    ),
    "a proxy of another kind": Case(tag(proxy=f"ftp://user:{WRONG_SECRET}@127.0.0.1:1"), ("proxy",)),
    "a kind that is none in allow_delete": Case(
        tag(allow_delete={"tga": 1}), ("allow_delete", "tga", "did you mean 'tag'?")
    ),
    "a number that is none in allow_delete": Case(tag(allow_delete={"tag": -1}), ("allow_delete", "-1")),
    "a time to wait that is none": Case(
        module(
            "device_provisioning", name="a", ids=["0002000089280101"], security_heartbeat_seconds=60, wait_timeout=-1
        ),
        ("wait_timeout: must be 0 or more seconds, got -1",),
    ),
    "a kind that is none in allow_empty": Case(tag(allow_empty=["tga"]), ("allow_empty", "tga", "did you mean 'tag'?")),
}

BIG = setting(page_size=10)
WHITELIST = module("whitelist", ids=["0002000089280101"])


def answering(path: str, body: Any, code: int = 200) -> tuple[Mapping[str, Any], ...]:
    return (fault("status", path, code=code, body=body),)


ANSWERS: Mapping[str, Case] = {
    "no JSON": Case(tag(), ("POST /tag/get", "is not JSON", "text/html"), (fault("garbage", "/tag/get"),)),
    "JSON that breaks off": Case(tag(), ("POST /tag/get", "is not JSON"), (fault("truncate", "/tag/get"),)),
    "a token that is never accepted": Case(
        tag(), ("POST /tag/get", "does not accept the token (401)"), (fault("expire_token", "/tag/get"),)
    ),
    "an error of the service": Case(
        tag(), ("POST /tag/get", "answered 500: out of order"), answering("/tag/get", {"message": "out of order"}, 500)
    ),
    "an error with escape sequences in it": Case(
        tag(),
        ("POST /tag/get", "out of", "order"),
        answering("/tag/get", {"message": "out of\u001b[2J order\u0007"}, 403),
    ),
    "a page that repeats for ever": Case(
        WHITELIST,
        ("POST /device/whitelist/get", "page 2 repeats page 1"),
        (BIG, fault("repeat_page", "/device/whitelist/get")),
    ),
    "a list that never settles": Case(
        WHITELIST,
        ("POST /device/whitelist/get", "do not add up, after 3 readings", "run again when nothing changes the list"),
        (BIG, fault("shifting_total", "/device/whitelist/get")),
    ),
    "a tag of an unknown shape": Case(
        tag(),
        ("POST /tag/get", "unexpected answer"),
        answering("/tag/get", {"Tags": [{"Label": 1}], "TotalRecords": 1}),
    ),
}

CREATE_CA = module("root_ca", name="fleet.example.com", ca_validity_days=1825, device_validity_days=30)
OVERCOME: Mapping[str, Case] = {
    "a token that expires between two requests": Case(tag(), (), (fault("expire_token", "/tag/get", 1),)),
    "a token that expires before a write": Case(tag(), (), (fault("expire_token", "/tag/create", 1),)),
    "a stale token beside a key": Case(tag(api_token=TOKEN)),
    "a list that moves while it is read": Case(
        WHITELIST, (), (BIG, fault("shifting_total", "/device/whitelist/get", 1))
    ),
}

CA_CREATE, HOOK_CREATE = "/ztp/rootca/create", "/notification/webhook/create"
CREATE_HOOK = module(
    "webhook",
    url="https://hooks.example.com/ublox",
    events=["DEVICE_BOOTSTRAP_EVENT"],
    authorization_token="fake-hook-token-0001",
)
UNKNOWN: Mapping[str, Case] = {
    "503 before a root CA is made": Case(CREATE_CA, (), (fault("status", CA_CREATE, 1, code=503, when="before"),)),
    "503 after a root CA is made": Case(CREATE_CA, (), (fault("status", CA_CREATE, 1, code=503, when="after"),)),
    "no JSON after a root CA is made": Case(CREATE_CA, (), (fault("garbage", CA_CREATE, 1),)),
    "connection lost before a webhook is made": Case(CREATE_HOOK, (), (fault("drop", HOOK_CREATE, 1, when="before"),)),
    "connection lost after a webhook is made": Case(CREATE_HOOK, (), (fault("drop", HOOK_CREATE, 1, when="after"),)),
}
REFUSED = "a write that the service refuses"
CASES = {
    **CONNECTION,
    **ANSWERS,
    **OVERCOME,
    **UNKNOWN,
    REFUSED: Case(CREATE_CA, (), answering(CA_CREATE, {"message": "not today"}, 400)),
}


@pytest.fixture(scope="module")
def run(sandbox_process: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Run:
    sandbox_process.reset()
    tasks = [case.as_task(name) for name, case in CASES.items()]
    return run_tasks(tasks, tmp_path_factory.mktemp("home"), "-vvv", sandbox=sandbox_process)


def test_no_traceback_and_no_secret_is_printed(run: Run, sandbox_process: Sandbox) -> None:
    secrets = (WRONG_SECRET, TOKEN, "fake-hook-token-0001", sandbox_process.env()["UBLOX_API_SECRET"])

    assert "Traceback (most recent call last)" not in run.output
    assert not [secret for secret in secrets if secret in run.output]


def test_the_service_cannot_draw_on_the_terminal(run: Run) -> None:
    assert "\u001b" not in run.output
    assert "\u0007" not in run.output


@pytest.mark.parametrize("name", [*CONNECTION, *ANSWERS])
def test_it_fails_with_a_message_of_its_own_and_writes_nothing(run: Run, name: str) -> None:
    task = run[name]

    assert task.failed
    assert [words for words in CASES[name].words if words not in task.message] == [], task.message
    assert not task.changed
    assert task.writes == 0


def test_every_message_is_another(run: Run) -> None:
    messages = [run[name].message for name in (*CONNECTION, *ANSWERS)]

    assert sorted(set(messages)) == sorted(messages)


@pytest.mark.parametrize("name", ["no credentials", "plain http to another machine", "a URL with a password"])
def test_what_can_be_known_before_is_refused_without_a_request(run: Run, name: str) -> None:
    assert run[name].calls() == {}


@pytest.mark.parametrize("name", OVERCOME)
def test_what_passes_is_overcome(run: Run, name: str) -> None:
    task = run[name]

    assert not task.failed, task.result
    assert task.changed
    assert task.changed_the_account


@pytest.mark.parametrize("name", ["a token that expires between two requests", "a token that expires before a write"])
def test_a_token_that_expires_is_renewed_once(run: Run, name: str) -> None:
    assert run[name].calls()["/authenticate"] == 2


@pytest.mark.parametrize("name", UNKNOWN)
def test_a_write_of_unknown_outcome_is_read_back_and_not_done_twice(run: Run, name: str) -> None:
    task = run[name]

    assert task.changed
    assert [(outcome["status"], outcome["read_back"]) for outcome in task.result["report"]] == [("done", True)]
    assert task.writes == (2 if "before" in name else 1)
    assert made(task) == 1


def made(task: Task) -> int:
    """How many of the two objects of UNKNOWN there are."""
    names = [ca["name"] for ca in task.account["root_cas"]] + [hook["url"] for hook in task.account["webhooks"]]
    return names.count("fleet.example.com") + names.count("https://hooks.example.com/ublox")


def test_a_write_that_the_service_refuses_is_no_change(run: Run) -> None:
    task = run[REFUSED]

    assert task.failed
    assert "root_ca.fleet.example.com: POST /ztp/rootca/create: 400: not today" in task.message
    assert not task.changed


def test_a_certificate_that_nobody_vouches_for_is_not_accepted(sandbox: Sandbox, tmp_path: Path) -> None:
    with (
        https_front(sandbox.ublox_url, tmp_path) as front,
        https_front(sandbox.ublox_url, tmp_path, address="127.0.0.2") as elsewhere,
    ):
        tasks = {
            "self-signed": tag(api_url=front.url),
            "for another host": tag(api_url=elsewhere.url, ca_bundle=str(elsewhere.ca_bundle)),
            "not TLS at all": tag(api_url=sandbox.ublox_url.replace("http:", "https:")),
            "trusted by option": tag(api_url=front.url, ca_bundle=str(front.ca_bundle)),
        }
        run = run_tasks(
            [{"name": n, "ignore_errors": True, **t} for n, t in tasks.items()], tmp_path / "home", sandbox=sandbox
        )

    for name in ("self-signed", "for another host", "not TLS at all"):
        assert "POST /authenticate: no trusted TLS connection to 127.0.0.1:" in run[name].message
        assert run[name].calls() == {}
    assert "ca_bundle" in run["self-signed"].message
    assert run["trusted by option"].changed
