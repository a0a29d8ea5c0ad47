# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ten thousand documents with mistakes: no traceback, each problem with its place, and not one request."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.edgeops.device_trust.plugins.module_utils import _engine
from tests.integration.console.terminal import Console
from tests.support.sandbox import Sandbox

DOCUMENTS = 10_000
SHOWN_BY_THE_CONSOLE = 40

GOOD = """\
version: 1
account: &name rehearsal
tags:
  mode: exclusive
  items: [cold-chain, {name: "pilot", state: absent}]
root_cas: !include parts.yml
device_profiles:
  - name: trackers-eu
    tags: [cold-chain]
    bootstrap_provisioning:
      authorizations: {LocalDPR: enabled, ZTPV1: disabled}
      root_ca: fleet.example.com
      security_heartbeat_seconds: 86400
whitelist:
  ids: ["0002000089280001", 0002000089280002]
  files: [ids.txt]
webhooks:
  - url: https://hooks.example.com/ublox
    events: [DEVICE_BOOTSTRAP_EVENT]
    authorization_token: !env HOOK_TOKEN
    update_token: always
"""
PART = "- name: fleet.example.com\n  ca_validity_days: 3650\n  device_validity_days: 365\n"
PIECES = [
    *"[]{}:,-?!&*#|>%@`'\"\n\t \0\x07\x85\ufeff\u2028\ud7ff",
    *(
        "!env X",
        "!env HOOK_TOKEN",
        "!file .",
        "!file ids.txt",
        "!include parts.yml",
        "!include fuzzed.yml",
        "!unsafe x",
    ),
    *("!vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  00", "<<: ", "&name ", "*name", "---\n", "...\n", "tags: []\n", "[[[["),
    *("null", "true", "~", "-1", "1e9", "99999999999999999999", "0x1F", "version: 2", "exclusive", "items", "é", "💥"),
]


def mutated(rolls: random.Random) -> str:
    """A good document in which up to four places have something else, more or less, or another line."""
    text = GOOD
    for _unused in range(rolls.randint(1, 4)):
        at, length = rolls.randrange(len(text)), rolls.choice((0, 0, 1, 3, 8, 20, 60))
        change = rolls.randrange(4)
        if change == 0:
            text = text[:at] + rolls.choice(PIECES) + text[at + length :]
        elif change == 1:
            text = text[:at] + text[at + length :]
        elif change == 2:
            text = text[:at] + text[at : at + length] * 2 + text[at + length :]
        else:
            lines = text.splitlines(keepends=True)
            lines.insert(rolls.randrange(len(lines)), rolls.choice(lines))
            text = "".join(lines)
    return text


@pytest.fixture
def folder(home: Path) -> Iterator[Path]:
    (home / "fuzz").mkdir()
    (home / "fuzz" / "parts.yml").write_text(PART)
    (home / "fuzz" / "ids.txt").write_text("ff\n")
    with contextlib.chdir(home / "fuzz"):
        yield home / "fuzz"


def problems_of(document: Path) -> tuple[_engine.Problem, ...]:
    """What is said about a document; nothing about one that happens to be right."""
    try:
        _engine.load_files([document], {"HOOK_TOKEN": "fake-canary"})
    except _engine.InvalidDeclaration as invalid:
        return tuple(invalid.problems)
    return ()


@pytest.mark.slow
def test_every_mistake_has_its_place_and_none_is_a_crash(folder: Path, console: Console, sandbox: Sandbox) -> None:
    rolls = random.Random(2026)
    document = Path("fuzzed.yml")
    wrong = 0
    for number in range(DOCUMENTS):
        document.write_bytes(mutated(rolls).encode("utf-8", "surrogatepass"))
        problems = problems_of(document)
        wrong += bool(problems)
        for problem in problems:
            assert problem.position, problem
            assert problem.position.file in {"fuzzed.yml", "parts.yml", "ids.txt"}, problem
            assert "fake-canary" not in str(problem)
        if problems and number % (DOCUMENTS // SHOWN_BY_THE_CONSOLE) == 0:
            said = console("plan", folder / document, status=1)
            assert all(line.startswith((f"{folder}/", "device-trust: ")) for line in said.err.splitlines()), said.err
            assert "internal error" not in said.err

    assert wrong > DOCUMENTS / 2, "mutations are mistakes"
    assert sandbox.requests()["ublox"] == {**sandbox.requests()["ublox"], "reads": 0, "writes": 0, "auth": 0}
