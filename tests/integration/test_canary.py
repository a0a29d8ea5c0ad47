# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Known secrets in every secret field, and then a search for them wherever a run leaves something.

Input files (the play, the documents, the variables) hold the secrets and lie outside of the searched folder. The
play is one line of JSON, because ansible-core itself shows the source lines around a task that fails.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.support.playbooks import COLLECTION, PLAY, Run, run_playbook
from tests.support.raw import Ublox
from tests.support.sandbox import Sandbox

PILOT = "0002000089280001"
CANARIES = {
    name: f"fake-canary-{name}-{number:02d}x\"quoted'\\back/slash&<end>"
    for number, name in enumerate(
        (
            "inlinehook",
            "itemhook",
            "documenthook",
            "varshook",
            "envhook",
            "filehook",
            "clearhook",
            "listhook",
            "brokenhook",
            "returnedhook",
            "othersecret",
            "staletoken",
            "defaultstoken",
            "proxypassword",
            "rawproxypassword",
            "bothhook",
            "rotationtoken",
        ),
        10,
    )
}
"""Punctuation, because a secret that is quoted or escaped on the way is still a secret."""
JWT = re.compile(r"eyJ[A-Za-z0-9_-]{8,}\.")
DOCUMENTS = {
    "good.yml": """\
        version: 1
        webhooks:
          - url: https://env.example.com/
            events: [DEVICE_ERRORS_EVENT]
            authorization_token: !env CANARY_ENVHOOK
          - url: https://file.example.com/
            events: [DEVICE_ERRORS_EVENT]
            authorization_token: !file token.txt
          - url: https://clear.example.com/
            events: [DEVICE_ERRORS_EVENT]
            authorization_token: >-
              @clearhook@
        """,
    "wrong.yml": """\
        version: 1
        webhooks:
          - url: https://list.example.com/
            events: [DEVICE_ERRORS_EVNT]
            authorization_token: [{@listhook@: 1}]
          - url: http://env.example.com/
            authorization_token: !env CANARY_ENVHOOK
        """,
    "broken.yml": """\
        version: 1
        webhooks:
          - url: https://broken.example.com/
            authorization_token: "@brokenhook@
        """,
}


def webhook(name: str, token: str, **more: Any) -> dict[str, Any]:
    options = {"url": f"https://{name}.example.com/", "events": ["DEVICE_ERRORS_EVENT"], "authorization_token": token}
    return {f"{COLLECTION}.webhook": {**options, **more}}


def echo(path: str, code: int, text: str) -> dict[str, Any]:
    """The service repeats a secret in its answer."""
    params = {"code": code, "body": {"message": f"cannot use {text} here"}}
    return {
        "path": "/faults",
        "body": {"system": "ublox", "kind": "status", "path": path, "params": params, "count": 1},
    }


def document_task(inputs: Path, *names: str) -> dict[str, Any]:
    return {f"{COLLECTION}.desired_state": {"files": [str(inputs / name) for name in names]}}


def tasks(inputs: Path, secret: str) -> dict[str, Mapping[str, Any]]:
    """Every way in for a secret, in tasks that succeed and in tasks that fail."""
    canary = CANARIES
    tag = f"{COLLECTION}.tag"
    document = {
        "webhooks": [
            {
                "url": "https://document.example.com/",
                "events": ["DEVICE_ERRORS_EVENT"],
                "authorization_token": canary["documenthook"],
            }
        ]
    }
    pilots, impatient = {"name": "pilots", "ids": [PILOT]}, {"wait": True, "wait_timeout": 1}
    item = webhook("item", canary["itemhook"])[f"{COLLECTION}.webhook"]
    return {
        "inline": webhook("inline", canary["inlinehook"]),
        "in items": {f"{COLLECTION}.webhook": {"items": [item]}},
        "inline in a document": {f"{COLLECTION}.desired_state": {"document": document}},
        "from a variable, always": webhook("vars", "{{ varshook }}", update_token="always"),
        "from files": document_task(inputs, "good.yml"),
        "returned by the service and changed": webhook("returned", "{{ varshook }}"),
        "returned by the service and deleted": webhook("returned", "{{ varshook }}", state="absent"),
        "a stale token beside the secret": {tag: {"name": ["downtown"], "api_token": canary["staletoken"]}},
        "the secret as an option": {tag: {"name": ["pier"], "api_secret": secret}},
        "devices are tagged with the secret as an option": {
            f"{COLLECTION}.tag_assignment": {"tag": "legacy", "ids": [PILOT], "api_secret": secret}
        },
        "devices are told something beside a stale token": {
            f"{COLLECTION}.key_rotation": {**pilots, "type": "CONTINUOUS", "api_token": canary["rotationtoken"]}
        },
        "fails to write: devices do not do it in time": {
            f"{COLLECTION}.device_provisioning": {**pilots, "security_heartbeat_seconds": 60, **impatient},
        },
        "fails: the service repeats the secret while devices are read": {
            f"{COLLECTION}.device_certificate": {**pilots, "root_ca": "legacy.example.com"},
            "vars": {"sandbox": [echo("/device/info/get", 403, secret)]},
        },
        "fails to write: the service repeats the secret while devices are told": {
            f"{COLLECTION}.device_provisioning": {**pilots, "security_heartbeat_seconds": 120},
            "vars": {"sandbox": [echo("/device/provisioning/set", 400, secret)]},
        },
        "a proxy with a password, not used for this machine": {
            tag: {"name": ["quay"], "proxy": f"http://user:{quote(canary['proxypassword'], safe='')}@127.0.0.1:1"}
        },
        "fails: a wrong secret": {tag: {"name": ["downtown"], "api_secret": canary["othersecret"]}},
        "fails: a stale token from module_defaults": {tag: {"name": ["downtown"], "api_secret": "", "api_key": ""}},
        "fails: a proxy with a password that should have been quoted": {
            tag: {"name": ["downtown"], "proxy": f"socks9://user:{canary['rawproxypassword']}@127.0.0.1:1"}
        },
        "fails: a document beside files": {
            f"{COLLECTION}.desired_state": {
                "document": {
                    "webhooks": [{"url": "https://a.example.com/", "authorization_token": canary["bothhook"]}]
                },
                "files": ["fleet.yml"],
            }
        },
        "fails: the service repeats the secret": {
            tag: {"name": ["downtown"]},
            "vars": {"sandbox": [echo("/authenticate", 500, secret)]},
        },
        "fails to write: the service repeats the hook's token": {
            **webhook("echo", "{{ varshook }}"),
            "vars": {"sandbox": [echo("/notification/webhook/create", 400, canary["varshook"])]},
        },
        "fails: a document with mistakes": document_task(inputs, "wrong.yml"),
        "fails: a document that breaks off": document_task(inputs, "broken.yml"),
        "fails: events and a token of the wrong kind": {
            f"{COLLECTION}.desired_state": {
                "document": {
                    "webhooks": [
                        {"url": "x", "events": "y", "authorization_token": [canary["listhook"]]},
                        {"url": "x", "event": "y", "authorization_token": {"a": canary["documenthook"]}},
                    ]
                }
            }
        },
        "fails: an option that does not exist": webhook("inline", canary["inlinehook"], evnts=[]),
    }


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory, sandbox_process: Sandbox) -> Path:
    """The folder of everything that is given to the runs."""
    folder = tmp_path_factory.mktemp("inputs")
    secret = sandbox_process.env()["UBLOX_API_SECRET"]
    (folder / "token.txt").write_text(CANARIES["filehook"] + "\n")
    for name, text in DOCUMENTS.items():
        lines = (line.removeprefix(" " * 8) for line in text.splitlines())
        filled = re.sub("@([a-z]+)@", lambda found: CANARIES[found[1]], "\n".join(lines) + "\n")
        (folder / name).write_text(filled)
    shown = {"name": "what the tasks returned", "ansible.builtin.debug": {"var": "returned"}}
    play = {
        **PLAY,
        "module_defaults": {
            f"group/{COLLECTION}.device_trust": {"api_secret": "{{ api_secret }}", "api_token": "{{ defaultstoken }}"}
        },
        "tasks": [
            task
            for name, what in tasks(folder, secret).items()
            for task in ({"name": name, "register": "returned", "ignore_errors": True, **what}, shown)
        ],
    }
    (folder / "play.yml").write_text(json.dumps([play]))
    variables = {"varshook": CANARIES["varshook"], "defaultstoken": CANARIES["defaultstoken"], "api_secret": secret}
    (folder / "vars.json").write_text(json.dumps(variables))
    return folder


@pytest.fixture(scope="module", params=["for real", "in check mode"])
def run(
    request: pytest.FixtureRequest, inputs: Path, sandbox_process: Sandbox, tmp_path_factory: pytest.TempPathFactory
) -> Run:
    sandbox_process.reset()
    sandbox_process.settings(webhook_tokens="returned")
    portal = Ublox(sandbox_process)
    portal.login()
    hook = {"NotificationURL": "https://returned.example.com/", "NotificationType": "DEVICE_ERRORS_EVENT"}
    portal.ok("/notification/webhook/create", {**hook, "AuthorizationToken": CANARIES["returnedhook"]})
    home = tmp_path_factory.mktemp("home")
    return run_playbook(
        inputs / "play.yml",
        home,
        "-vvvv",
        "--diff",
        "--extra-vars",
        f"@{inputs / 'vars.json'}",
        *(["--check"] if request.param == "in check mode" else []),
        sandbox=sandbox_process,
        env={
            "UBLOX_API_SECRET": "",
            "CANARY_ENVHOOK": CANARIES["envhook"],
            "ANSIBLE_LOG_PATH": str(home / "ansible.log"),
            "ANSIBLE_PIPELINING": "false",
        },
    )


def traces(secret: str, text: str) -> list[str]:
    """The forms in which ``secret`` occurs in ``text``."""
    word = max(re.findall("[a-z0-9-]+", secret), key=len)
    forms = (secret, word, quote(secret, safe=""), base64.b64encode(secret.encode()).decode()[:-4], word[::-1])
    return [form for form in forms if form in text]


def leftovers(run: Run) -> Iterator[tuple[str, str]]:
    """Everything that the run showed or left on disk."""
    yield "standard output", run.stdout
    yield "standard error", run.stderr
    for path in sorted(run.home.rglob("*")):
        if path.is_file():
            yield str(path), path.read_bytes().decode("utf-8", "replace")


def test_the_search_finds_what_it_searches(run: Run) -> None:
    names = {name for name, _unused in leftovers(run)}

    assert str(run.home / "ansible.log") in names
    assert str(run.home / "task_log.jsonl") in names
    assert "EXEC" in run.stdout
    assert traces('fake-canary-x"y', '...fake-canary-x\\"y...')


def test_the_tasks_did_what_they_were_meant_to(run: Run) -> None:
    prefixes = ("fails: ",) if run.collection_tasks[0].check_mode else ("fails: ", "fails to write: ")

    for task in run.collection_tasks:
        assert task.failed == task.name.startswith(prefixes), task.name
        assert task.failed or task.changed, task.name


@pytest.mark.parametrize("name", [*CANARIES, "the API secret"])
def test_no_trace_of_a_secret_is_left(run: Run, sandbox_process: Sandbox, name: str) -> None:
    secret = CANARIES.get(name) or sandbox_process.env()["UBLOX_API_SECRET"]

    assert {where: traces(secret, text) for where, text in leftovers(run) if traces(secret, text)} == {}


def test_no_token_that_the_service_gave_is_left(run: Run) -> None:
    assert [where for where, text in leftovers(run) if JWT.search(text)] == []


def test_no_traceback_is_shown(run: Run) -> None:
    assert "Traceback (most recent call last)" not in run.output


def test_what_the_product_remembers_is_for_its_owner_alone(run: Run) -> None:
    kept = [path for path in (run.home / ".local").rglob("*") if path.is_file()]

    assert bool(kept) != run.collection_tasks[0].check_mode
    assert [path for path in kept if path.stat().st_mode & 0o077] == []
