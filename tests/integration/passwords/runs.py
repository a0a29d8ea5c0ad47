# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs without ansible-playbook: a controller and its forks, which ask the broker as lookups do."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from tests.support.waiting import eventually

SECONDS = 30.0

# Reads rounds of questions, one a line, asks each in a fork of its own, and prints the answers of a round.
_CONTROLLER = """
import json, multiprocessing, os, sys
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.broker.client import ask
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.errors import DeviceTrustError
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.settings import collected

def answer(question, queue, number):
    def supply(need):
        queue.put((None, need))
        return question["supply"][need]
    request = {name: value for name, value in question.items() if name != "supply"}
    if request["do"] not in ("vault", "wake"):
        request.setdefault("settings", collected({}, {}, lambda value: value))
    try:
        queue.put((number, ask(request, supply)))
    except DeviceTrustError as problem:
        queue.put((number, {"error": str(problem)}))

context = multiprocessing.get_context("fork")
for line in sys.stdin:
    (questions, lost), queue = json.loads(line), context.Queue()
    forks = [context.Process(target=answer, args=(item, queue, at)) for at, item in enumerate(questions)]
    for fork in forks:
        fork.start()
    answers, needs = {}, []
    while len(answers) < len(forks) - lost:
        number, said = queue.get()
        if number is None:
            needs.append(said)
        else:
            answers[number] = said
    for fork in forks:
        fork.join()
    print(json.dumps({"answers": [answers[number] for number in sorted(answers)], "needs": needs}), flush=True)
"""


class Run:
    """A controller whose runtime directory is in ``directory``."""

    def __init__(self, directory: Path, environment: Mapping[str, str]) -> None:
        directory.mkdir(mode=0o700, exist_ok=True)
        self.shared = directory / "edgeops-device-trust"
        self._process = subprocess.Popen(
            [sys.executable, "-c", _CONTROLLER],
            env={**os.environ, **environment, "XDG_RUNTIME_DIR": str(directory)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_unused: object) -> None:
        self.end()

    @property
    def number(self) -> int:
        """The process of the controller."""
        return self._process.pid

    def forks(self) -> list[int]:
        """The processes that ask just now."""
        return [int(child) for child in Path(f"/proc/{self.number}/task/{self.number}/children").read_text().split()]

    def ask(self, questions: Sequence[Mapping[str, Any]], lost: int = 0) -> dict[str, Any]:
        """What all forks are answered but those that are ``lost``, and what the broker asked back of them."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps([questions, lost]), file=self._process.stdin, flush=True)
        said: dict[str, Any] = json.loads(self._process.stdout.readline())
        return said

    def passwords(self, *terms: object, **options: object) -> list[Any]:
        """What lookups of one term each are answered, all at once."""
        answers = self.ask([question(term, **options) for term in terms])["answers"]
        return [answer.get("found", answer) for answer in answers]

    def brokers(self) -> list[int]:
        """The process of the broker, if there is one."""
        return processes(f"run-{self._process.pid} ")

    def end(self, with_signal: int | None = None) -> None:
        """End the controller, and wait until its broker has ended too."""
        if with_signal is not None:
            self._process.send_signal(with_signal)
        if self._process.poll() is None or with_signal is not None:
            self._process.communicate(timeout=SECONDS)
        eventually(lambda: not self.brokers())


def question(*terms: object, **options: object) -> dict[str, Any]:
    return {"do": "passwords", "terms": terms, "options": options, "supply": {"fleet": []}}


def processes(mark: str) -> list[int]:
    """The brokers whose command line has ``mark`` in it."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if "broker.serve" in command and mark in command:
            found.append(int(entry.name))
    return found


def kill(process: int) -> None:
    os.kill(process, signal.SIGKILL)
