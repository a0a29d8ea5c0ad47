# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Any process of a run is killed at any moment: nothing in clear is left, nothing half written, nothing in the way.

The runs do what a play with password_inventory and lookups does, without the start of ansible-playbook: one hundred of
them take half a minute. Each goes on where the one before was killed, so that each is also the next run of another.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.inventory.host_layout import (
    encrypted_part,
    parse,
)
from tests.integration.passwords.plays import BIN, Desk
from tests.integration.passwords.runs import processes
from tests.support.sandbox import Sandbox
from tests.support.waiting import eventually
from tests.unit.passwords.fleet import vault

INSTANTS = 100
LANES = 4
# A whole run takes about as long; some are killed after their end, which must do no harm either.
LONGEST_RUN = 1.3
NEXT_RUN_SECONDS = 30.0
FIRST = 1110110001
HOSTS = 6

# Forks a controller for each line it reads, and says which process that is.
_NURSERY = """
import json, multiprocessing, os, sys
from pathlib import Path
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.broker.client import ask
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.settings import collected
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.source import open_source
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.inventory import sync
from tests.unit.passwords.fleet import OPTIONS, vault

def look_up(settings, term):
    request = {"do": "passwords", "settings": settings, "terms": [term], "options": {}}
    assert "found" in ask(request, lambda need: [])

def write(settings, path, devices, layout):
    options = {**OPTIONS, "path": path, "devices": devices, "force": True, "layout": layout, "group": "trackers"}
    with open_source(settings) as source:
        sync.synchronise(sync.request_of(options), vault(), source, print)

def run(path, devices, layout):
    os.setsid()
    settings = collected({}, {}, lambda value: value)
    context = multiprocessing.get_context("fork")
    forks = [context.Process(target=look_up, args=(settings, term)) for term in list(devices.values())[:3]]
    forks.append(context.Process(target=write, args=(settings, path, devices, layout)))
    for fork in forks:
        fork.start()
    for fork in forks:
        fork.join()
    os._exit(max(abs(fork.exitcode) for fork in forks))

for line in sys.stdin:
    task = json.loads(line)
    child = os.fork()
    if child == 0:
        sys.stdin.close()
        try:
            run(**task)
        finally:
            os._exit(99)
    print(child, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


class Lane:
    """A desk where one run after another is killed."""

    def __init__(self, path: Path, service: dict[str, str], layout: str, seed: int) -> None:
        path.mkdir()
        self.desk = Desk(path, service)
        self._random = random.Random(seed)
        self._layout = layout
        self._devices = {f"tracker-{number}": str(FIRST + number) for number in range(HOSTS)}
        environment = {**os.environ, **self.desk.environment(), "PYTHONPATH": os.pathsep.join(sys.path)}
        self._nursery = subprocess.Popen(
            [sys.executable, "-c", _NURSERY],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.killed = {"controller": 0, "broker": 0, "fork": 0, "nothing": 0}

    def close(self) -> None:
        self._nursery.communicate(timeout=NEXT_RUN_SECONDS)

    def start(self) -> int:
        """The controller of a run that begins now."""
        assert self._nursery.stdin is not None
        task = {"path": str(self.desk.inventory), "devices": self._devices, "layout": self._layout}
        print(json.dumps(task), file=self._nursery.stdin, flush=True)
        return self._said()

    def status(self) -> int:
        """How the controller ended."""
        return self._said()

    def one_killed_run(self) -> None:
        controller = self.start()
        time.sleep(self._random.uniform(0, LONGEST_RUN))
        forks, brokers = children(controller), processes(f"run-{controller} ")
        candidates = {"controller": [controller], "broker": brokers, "fork": forks}
        who = self._random.choice([name for name, found in candidates.items() if found])
        victim = self._random.choice(candidates[who])
        try:
            # One that has ended meanwhile is nobody any more; the number may be another's.
            if not alive(victim):
                raise ProcessLookupError
            os.kill(victim, signal.SIGKILL)
            self.killed[who] += 1
        except ProcessLookupError:
            self.killed["nothing"] += 1
        self.status()
        eventually(lambda: not processes(f"run-{controller} ") and not any(map(alive, forks)))
        self.check()

    def check(self) -> None:
        """What must be true at every moment between runs."""
        for path in self.desk.path.rglob("*"):
            if path.is_file():
                content = path.read_bytes()
                assert not any(canary in content for canary in CANARIES), path
        for path in self.desk.inventory.glob("host_vars/*/device_passwords.yml"):
            held = parse(path.read_text())
            assert held is not None, path
            assert held.whole, path
        for path in self.desk.inventory.glob("group_vars/*/device_passwords.vault"):
            assert json.loads(vault().decrypt(path.read_text(), path))["device_password"]

    def passwords(self) -> dict[str, str]:
        """What the inventory has in the end."""
        found: dict[str, str] = {}
        for path in self.desk.inventory.glob("host_vars/*/device_passwords.yml"):
            found[path.parent.name] = vault().decrypt(encrypted_part(path.read_text()), path)
        for path in self.desk.inventory.glob("group_vars/*/device_passwords.vault"):
            found |= json.loads(vault().decrypt(path.read_text(), path))["device_password"]
        return found

    def _said(self) -> int:
        assert self._nursery.stdout is not None
        return int(self._nursery.stdout.readline())


CANARIES = [b"Nyfuwk83", b"Iqvzhv38"]


def children(process: int) -> list[int]:
    with contextlib.suppress(OSError):
        return [int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    return []


def alive(process: int) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    return False


@pytest.fixture
def lanes(tmp_path: Path, service: dict[str, str], sandbox: Sandbox) -> Iterator[Sequence[Lane]]:
    sandbox.settings(calamp_interval_ms=0)
    made = [Lane(tmp_path / str(lane), service, ("host", "group")[lane % 2], seed=lane) for lane in range(LANES)]
    yield made
    for lane in made:
        lane.close()
    sandbox.settings(calamp_interval_ms=100)


@pytest.mark.slow
def test_a_hundred_kills_leave_nothing_in_clear_nothing_half_and_nothing_in_the_way(lanes: Sequence[Lane]) -> None:
    failures: list[BaseException] = []

    def kill_and_kill(lane: Lane) -> None:
        try:
            for _unused in range(INSTANTS // LANES):
                lane.one_killed_run()
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=kill_and_kill, args=(lane,)) for lane in lanes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    killed = {who: sum(lane.killed[who] for lane in lanes) for who in lanes[0].killed}
    assert sum(killed.values()) == INSTANTS
    assert min(killed["controller"], killed["broker"], killed["fork"]) > INSTANTS // 20, killed
    for lane in lanes:
        started = time.monotonic()
        lane.start()
        assert lane.status() == 0
        assert time.monotonic() - started < NEXT_RUN_SECONDS
        lane.check()
        assert lane.passwords()["tracker-0"] == "Nyfuwk83{"
        assert len(lane.passwords()) == HOSTS
        eventually(lambda lane=lane: not list((lane.desk.path / "run").rglob("run-*")))  # type: ignore[misc]
        assert not [path for path in lane.desk.inventory.rglob(".*.new") if path.stat().st_size]


@pytest.mark.parametrize("layout", ["host", "group"])
def test_a_killed_ansible_playbook_leaves_the_next_one_nothing_to_repair(layout: str, desk: Desk) -> None:
    desk.hosts(**{f"tracker_{number}": {"esn": str(FIRST + number)} for number in range(HOSTS)})
    options = ["-e", "device_passwords_group=trackers", "-e", f"device_passwords_layout={layout}"]
    command = ["-i", "inventory", "--vault-password-file", "vault-password", "edgeops.device_trust.passwords", *options]
    for seconds in (0.9, 1.4, 1.9):
        process = subprocess.Popen(
            [BIN / "ansible-playbook", *command, "-e", "device_passwords_force=true", "-f", "2"],
            cwd=desk.path,
            env=desk.environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(seconds)
        forks = children(process.pid)
        process.kill()
        process.wait()
        eventually(lambda pid=process.pid, forks=forks: not processes(f"run-{pid} ") and not any(map(alive, forks)))  # type: ignore[misc]
        for path in desk.path.rglob("*"):
            assert not path.is_file() or not any(canary in path.read_bytes() for canary in CANARIES), path
    desk.playbook("edgeops.device_trust.passwords", *options).ok()
    reads = "dict(groups['trackers'] | zip(groups['trackers'] | map('extract', hostvars, 'device_password')))"
    assert desk.evaluate(reads)["tracker-0"] == "Nyfuwk83{"
