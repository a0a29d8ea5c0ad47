# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documents with mistakes: everything wrong is told at once, with file, line and column, before any request."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

import pytest

from ansible_collections.edgeops.device_trust.plugins.module_utils._engine import InvalidDeclaration, load_files
from tests.support.playbooks import COLLECTION, Run, run_tasks
from tests.support.sandbox import Sandbox

EVERYTHING = """\
version: 7
acount: production
tags: [cold-chain, "a,b", Cold-Chain]
root_cas:
  - name: fleet.example.com
    ca_validity_days: 1000
    device_validity_days: "365"
    renew_before_day: 60
  - ca_validity_days: 1825
device_profiles:
  - name: trackers-eu
    bootstrap_provisioning:
      authorizations: {LocalDRP: enabled, ZTPV1: on}
      root_ca: 5
whitelist:
  mode: exlusive
  ids: [0002000089280001, xyz]
  files: [none/*.csv]
webhooks:
  - url: http://hooks.example.com/
    events: [DEVICE_BOOTSTRAP_EVNT]
    authorization_token: !env NOT_SET_TOKEN
  - url: https://b.example.com/
    event: DEVICE_ERRORS_EVENT
    authorization_token: [fake-token-in-a-list]
"""
PROBLEMS = {
    "1:10": ("version", "is not known", "reads 1"),
    "2:1": ("unknown section 'acount'", "did you mean 'account'?"),
    "3:20": ("tags[1]", "'a,b'", "must not be empty or hold any of"),
    "3:27": ("tags[2]", "tag.Cold-Chain is declared twice", ":3:8"),
    "6:23": ("root_cas[0].ca_validity_days", "1000 is out of range", "1825 to 3650"),
    "7:27": ("root_cas[0].device_validity_days", "must be a whole number, got '365'"),
    "8:5": ("unknown option 'renew_before_day'", "did you mean 'renew_before_days'?"),
    "9:5": ("root_cas[1]", "name is missing"),
    "13:24": ("unknown option 'LocalDRP'", "did you mean 'LocalDPR'?"),
    "13:50": ("authorizations.ZTPV1", "'on' is not allowed", "enabled, disabled"),
    "14:16": ("root_ca", "must be text, got 5"),
    "16:9": ("whitelist.mode", "'exlusive' is not allowed", "did you mean 'exclusive'?"),
    "17:27": ("whitelist.ids[1]", "'xyz' is not a device id"),
    "18:11": ("whitelist.files[0]", "no file matches 'none/*.csv'"),
    "20:10": ("webhooks[0].url", "must be a full https URL"),
    "21:14": ("'DEVICE_BOOTSTRAP_EVNT' is not allowed", "did you mean 'DEVICE_BOOTSTRAP_EVENT'?", "ROOTCA_EXPIRATION"),
    "22:26": ("the environment variable NOT_SET_TOKEN is not set",),
    "24:5": ("unknown option 'event'", "did you mean 'events'?"),
    "25:26": ("webhooks[1].authorization_token", "must be text, got a list"),
}

OTHERS: Mapping[str, tuple[str | bytes, str]] = {
    "not YAML": ("version: 1\ntags: [a\nroot_cas: }\n", ":3:9: is not valid YAML"),
    "a tab": ("version: 1\n\ttags: [a]\n", ":2:1: is not valid YAML"),
    "empty": ("", ": is empty"),
    "comments only": ("# later\n", ": is empty"),
    "a list": ("- a\n", ":1:1: a document must be a mapping of sections"),
    "not UTF-8": (b"\xff\xfe", ": cannot be read: it is not UTF-8 text"),
    "a section twice": ("version: 1\ntags: [a]\ntags: [b]\n", ":3:1: 'tags' is given twice; the first is at line 2"),
    "a tag of Ansible": (
        "version: 1\ntags: !unsafe x\n",
        ":2:7: unknown tag !unsafe (known here: !env, !file, !include",
    ),
    "a vaulted value": (
        "version: 1\ntags: !vault x\n",
        ":2:7: the !vault value cannot be read: ansible-vault values are",
    ),
    "an object of Python": ("version: 1\ntags: !!python/name:os.system []\n", ":2:7: unknown tag"),
    "no version": ("tags: [a]\n", ":1:1: version is missing"),
    "a secret that is nowhere": (
        "version: 1\nwebhooks:\n- url: https://a.example.com/\n  authorization_token: !file none.txt\n",
        ":4:24: the file none.txt cannot be read",
    ),
    "gone and named": (
        "version: 1\ntags: [{name: a, state: absent}]\ndevice_profiles: [{name: trackers-eu, tags: [a]}]\n",
        ":3:45: device_profiles[0].tags: tag.a is declared absent",
    ),
    "a bomb": (
        "version: 1\na: &a [x,x,x,x,x,x,x,x,x]\n"
        + "".join(f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]\n" for before, name in pairwise("abcdefgh"))
        + "tags: [*h]\n",
        ": repeats more than 100,000 values by aliases",
    ),
}
AGAINST_THE_ACCOUNT = """\
version: 1
tags: [{name: cold-chain, state: absent}]
root_cas:
  - {name: legacy.example.com, ca_validity_days: 1825}
device_profiles:
  - name: tracker-eu
  - name: trackers-us
    tags: [dwntown, legacy]
    bootstrap_provisioning: {root_ca: legacy.exmple.com}
webhooks: {mode: exclusive, items: []}
"""
STANDING_AGAINST = {
    "4:50": "ca_validity_days cannot change in place (3650 -> 1825)",
    "6:5": "device_profile.tracker-eu does not exist (did you mean 'trackers-eu'?",
    "8:11": "tag.dwntown does not exist and is not declared",
    "9:39": "root_ca.legacy.exmple.com does not exist and is not declared (did you mean 'legacy.example.com'?)",
    "10:18": "the section webhooks is exclusive and empty",
}


def lines(problems: list[str], file: Path) -> dict[str, str]:
    """Problems by line and column."""
    found = (problem.removeprefix(f"{file}:").partition(": ") for problem in problems)
    return {position: message for position, _unused, message in found}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("documents")
    for name, text in {"everything": EVERYTHING, "account": AGAINST_THE_ACCOUNT}.items():
        (folder / f"{name}.yml").write_text(text)
    for name, (content, _unused) in OTHERS.items():
        path = folder / f"{name}.yml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    (folder / "no documents").mkdir()
    return folder


@pytest.fixture(scope="module")
def run(folder: Path, sandbox_process: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Run:
    sandbox_process.reset()
    files = {name: [folder / f"{name}.yml"] for name in ("everything", "account", "none")}
    files["a folder without documents"] = [folder / "no documents"]
    files["two at once"] = [folder / "a tab.yml", folder / "a list.yml"]
    tasks = [
        {
            "name": name,
            f"{COLLECTION}.desired_state": {"files": [str(path) for path in paths]},
            "ignore_errors": True,
        }
        for name, paths in files.items()
    ]
    return run_tasks(tasks, tmp_path_factory.mktemp("home"), "-vvv", sandbox=sandbox_process)


def test_everything_wrong_is_told_at_once_with_its_place(run: Run, folder: Path) -> None:
    told = lines(run["everything"].result["problems"], folder / "everything.yml")

    assert list(told) == list(PROBLEMS)
    for position, words in PROBLEMS.items():
        assert [word for word in words if word not in told[position]] == [], told[position]


def test_the_message_is_all_of_it(run: Run) -> None:
    assert run["everything"].message.splitlines() == run["everything"].result["problems"]


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_no_document_is_refused_with_its_place(folder: Path, name: str) -> None:
    file = folder / f"{name}.yml"

    with pytest.raises(InvalidDeclaration) as refusal:
        load_files([file])

    assert f"{file}{OTHERS[name][1]}" in str(refusal.value)


def test_files_that_are_not_there_are_named(run: Run, folder: Path) -> None:
    assert run["none"].message == f"{folder / 'none.yml'}: cannot be read: No such file or directory"
    assert "holds no *.yml or *.yaml file" in run["a folder without documents"].message


def test_the_problems_of_all_files_are_told_at_once(run: Run) -> None:
    assert len(run["two at once"].result["problems"]) == 2


def test_no_request_is_sent_for_a_wrong_document(run: Run) -> None:
    assert [task.name for task in run.collection_tasks if task.calls()] == ["account"]


def test_all_that_stands_against_the_plan_is_told_at_once_with_its_place(run: Run, folder: Path) -> None:
    told = lines(run["account"].result["problems"], folder / "account.yml")

    assert sorted(told) == sorted(STANDING_AGAINST)
    for position, words in STANDING_AGAINST.items():
        assert words in told[position]
    assert run["account"].writes == 0


def test_no_traceback_and_no_secret_is_printed(run: Run) -> None:
    assert "Traceback (most recent call last)" not in run.output
    assert "fake-token-in-a-list" not in run.output
    assert [task.failed for task in run.collection_tasks] == [True] * len(run.collection_tasks)
