# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The process that talks to the service for all forks of a run: how it comes, what it shares, and how it goes."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.passwords.runs import Run, kill, question
from tests.support.sandbox import Sandbox
from tests.support.waiting import eventually

FIRST = 1110110001


@pytest.fixture
def run(tmp_path: Path, service: dict[str, str]) -> Iterator[Run]:
    with Run(tmp_path / "run", service) as started:
        yield started


def counts(sandbox: Sandbox) -> dict[str, int]:
    by_path: dict[str, int] = sandbox.requests()["calamp"]["by_path"]
    return {path.rpartition("/")[2]: count for path, count in by_path.items()}


def test_many_forks_share_one_login_and_a_few_requests(run: Run, sandbox: Sandbox) -> None:
    terms = [str(FIRST + number) for number in range(40)]
    started = time.monotonic()
    first = run.passwords(*terms)
    took = time.monotonic() - started
    assert all(len(found) == 1 for found in first)
    # The same devices again, in other forks.
    assert run.passwords(*terms) == first
    assert len(run.brokers()) == 1
    asked = counts(sandbox)
    assert asked["login"] == 1
    # One for those who come while the service's pace makes the one before them wait.
    assert asked["all"] <= 1 + took / 0.1
    assert asked["all"] < 40
    run.end()
    assert counts(sandbox)["logout"] == 1


def test_the_first_who_asks_tells_what_the_others_will_ask_for(run: Run, sandbox: Sandbox) -> None:
    fleet = [str(FIRST + number) for number in range(501)]
    said = run.ask([{**question(term), "supply": {"fleet": [*fleet, "not-an-esn", None]}} for term in fleet[:8]])
    assert said["needs"] == ["fleet"]
    run.passwords(*fleet[:40])
    # The second request waits for the service's pace; nobody waits for it.
    eventually(lambda: counts(sandbox)["all"] > 1)
    assert counts(sandbox) == {"login": 1, "all": 2}


def test_one_that_is_woken_asks_the_service_nothing_yet(run: Run, sandbox: Sandbox) -> None:
    assert run.ask([{"do": "wake"}, {"do": "wake"}]) == {"answers": [{}, {}], "needs": []}
    assert len(run.brokers()) == 1
    assert counts(sandbox) == {}


def test_what_was_prefetched_is_known_to_all_and_what_does_not_exist_is_told_by_its_place(
    run: Run, sandbox: Sandbox
) -> None:
    asked = {"do": "prefetch", "keys": [["esn", "42"], ["esn", str(FIRST)]], "method": "post"}
    assert run.ask([asked])["answers"] == [{"missing": [0], "requests": 2}]
    assert run.ask([asked])["answers"] == [{"missing": [0], "requests": 0}]
    said = run.ask([{**question(str(FIRST)), "supply": {}}])
    assert said == {"answers": [{"found": ["Nyfuwk83{"], "missing": []}], "needs": []}
    assert counts(sandbox) == {"login": 1, "all": 1}


def test_nobody_is_asked_what_others_will_ask_for_when_that_is_not_wanted(run: Run, sandbox: Sandbox) -> None:
    said = run.ask([{**question(str(FIRST), prefetch="no"), "supply": {}}])
    assert said == {"answers": [{"found": ["Nyfuwk83{"], "missing": []}], "needs": []}


def test_those_who_cannot_tell_what_others_will_ask_for_are_asked_a_few_times_only(run: Run) -> None:
    needs = [run.ask([question(str(FIRST + number))])["needs"] for number in range(5)]
    assert needs == [["fleet"], ["fleet"], ["fleet"], [], []]


@pytest.mark.parametrize("way", [None, signal.SIGTERM, signal.SIGKILL])
def test_it_signs_out_and_is_gone_however_the_run_ends(way: int | None, run: Run, sandbox: Sandbox) -> None:
    run.passwords(str(FIRST))
    run.end(way)
    assert counts(sandbox) == {"login": 1, "all": 1, "logout": 1}
    assert [path.suffix for path in run.shared.iterdir()] == [".pace"]


def test_it_comes_up_for_the_others_when_the_fork_that_started_it_is_killed(run: Run) -> None:
    thread = threading.Thread(target=run.ask, args=([question(str(FIRST))], 1))
    thread.start()
    eventually(run.brokers)
    before = run.brokers()
    for fork in run.forks():
        kill(fork)
    thread.join()
    eventually(lambda: list(run.shared.glob("run-*.sock")))
    assert run.passwords(str(FIRST)) == [["Nyfuwk83{"]]
    assert run.brokers() == before
    run.end()
    assert [path.suffix for path in run.shared.iterdir()] == [".pace"]


_TASK_THAT_FAILS = """
import os
from ansible_collections.edgeops.device_trust.plugins.module_utils._live.calamp.runtime import runtime_directory
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.source import open_source

try:
    with open_source({}):
        raise ValueError
except ValueError:
    print(*sorted(path.suffix for path in runtime_directory().iterdir()), flush=True)
    os._exit(0)
"""


def test_a_task_that_fails_while_it_comes_up_does_not_leave_a_lock_without_a_broker(tmp_path: Path) -> None:
    environment = {**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)}
    task = subprocess.run([sys.executable, "-c", _TASK_THAT_FAILS], env=environment, stdout=subprocess.PIPE, check=True)
    assert task.stdout.split() == [b".lock", b".sock"]
    eventually(lambda: not list(tmp_path.rglob("run-*")))


def test_it_signs_out_when_it_is_asked_to_end_and_another_one_goes_on(run: Run, sandbox: Sandbox) -> None:
    run.passwords(str(FIRST))
    (broker,) = run.brokers()
    os.kill(broker, signal.SIGTERM)
    eventually(lambda: broker not in run.brokers())
    assert counts(sandbox)["logout"] == 1
    assert run.passwords(str(FIRST)) == [["Nyfuwk83{"]]


def test_a_killed_one_is_replaced_and_holds_nobody_up(run: Run, sandbox: Sandbox) -> None:
    for _unused in range(3):
        assert run.passwords(str(FIRST), str(FIRST + 1)) == [["Nyfuwk83{"], ["Iqvzhv38?"]]
        (broker,) = run.brokers()
        kill(broker)
        eventually(lambda: not run.brokers())
    assert run.passwords(str(FIRST)) == [["Nyfuwk83{"]]
    run.end()
    assert [path.suffix for path in run.shared.iterdir()] == [".pace"]


def test_one_that_is_killed_while_it_works_is_asked_again(run: Run, sandbox: Sandbox) -> None:
    sandbox.fault("latency", "/api/devices/passwords/all", "calamp", count=1, ms=1500)

    def end_it() -> None:
        eventually(lambda: "login" in counts(sandbox))
        for broker in run.brokers():
            kill(broker)

    thread = threading.Thread(target=end_it)
    thread.start()
    assert run.passwords(str(FIRST)) == [["Nyfuwk83{"]]
    thread.join()


def test_what_killed_runs_have_left_is_removed_by_the_next(tmp_path: Path, service: dict[str, str]) -> None:
    with Run(tmp_path / "run", service) as killed:
        killed.passwords(str(FIRST))
        (broker,) = killed.brokers()
        kill(broker)
        killed.end(signal.SIGKILL)
        assert {path.suffix for path in killed.shared.iterdir()} == {".pace", ".sock", ".lock"}
    with Run(tmp_path / "run", service) as following:
        following.passwords(str(FIRST))
        assert len(list(following.shared.glob("run-*"))) == 2
    assert [path.suffix for path in following.shared.iterdir()] == [".pace"]


def test_a_fork_that_is_killed_while_it_waits_takes_nothing_from_the_others(run: Run, sandbox: Sandbox) -> None:
    sandbox.fault("latency", "/api/devices/passwords/all", "calamp", count=1, ms=1000)

    killed = []

    def end_one() -> None:
        eventually(lambda: "login" in counts(sandbox))
        killed.append(run.forks()[0])
        kill(killed[0])

    thread = threading.Thread(target=end_one)
    thread.start()
    answers = run.ask([question(str(FIRST)) for _unused in range(3)], lost=1)["answers"]
    thread.join()
    assert len(killed) == 1
    assert answers == [{"found": ["Nyfuwk83{"], "missing": []}] * 2
    assert run.passwords(str(FIRST)) == [["Nyfuwk83{"]]
    run.end()
    asked = counts(sandbox)
    assert (asked["login"], asked["logout"]) == (1, 1)


def test_what_a_dead_run_of_the_same_number_has_left_is_no_hindrance(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run.shared.mkdir(mode=0o700)
    # The name of a socket is limited; from beside it, it is short.
    monkeypatch.chdir(run.shared)
    left = run.shared / f"run-{run.number}.sock"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(left.name)
    left.with_suffix(".lock").touch(mode=0o600)
    assert run.passwords(str(FIRST)) == [["Nyfuwk83{"]]
    run.end()
    assert [path.suffix for path in run.shared.iterdir()] == [".pace"]


def test_what_somebody_else_may_have_put_there_is_refused_in_words(run: Run, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    run.shared.symlink_to(elsewhere)
    (answer,) = run.ask([question(str(FIRST))])["answers"]
    assert "must be a directory (no symbolic link) of the user" in answer["error"]
    assert list(elsewhere.iterdir()) == []
    run.shared.unlink()
    run.shared.mkdir(mode=0o700)
    lock = run.shared / f"run-{run.number}.lock"
    lock.symlink_to(elsewhere / "lock")
    (answer,) = run.ask([question(str(FIRST))])["answers"]
    assert f"{lock} cannot be opened" in answer["error"]
    assert list(elsewhere.iterdir()) == []


def test_two_runs_at_the_same_time_do_not_meet(tmp_path: Path, service: dict[str, str], sandbox: Sandbox) -> None:
    with Run(tmp_path / "run", service) as one, Run(tmp_path / "run", service) as other:
        assert one.passwords(str(FIRST)) == other.passwords(str(FIRST))
        one.end(signal.SIGKILL)
        assert other.passwords(str(FIRST + 1)) == [["Iqvzhv38?"]]
    assert counts(sandbox) == {"login": 2, "all": 3, "logout": 2}
    assert {entry["status"] for entry in sandbox.requests()["calamp"]["last"]} == {200}


def test_only_this_user_can_reach_it_and_no_password_is_in_a_file(run: Run, tmp_path: Path) -> None:
    before = set(Path(tempfile.gettempdir()).iterdir())
    run.passwords(str(FIRST))
    assert not [path for path in set(Path(tempfile.gettempdir()).iterdir()) - before if "device-trust" in path.name]
    assert stat.S_IMODE(run.shared.stat().st_mode) == 0o700
    (listening,) = run.shared.glob("*.sock")
    assert stat.S_IMODE(listening.stat().st_mode) == 0o600
    for path in run.shared.iterdir():
        if path.is_file():
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
            assert b"Nyfuwk83" not in path.read_bytes()
    (broker,) = run.brokers()
    assert b"fake-calamp-password" not in Path(f"/proc/{broker}/cmdline").read_bytes()
    limits = Path(f"/proc/{broker}/limits").read_text()
    assert next(line for line in limits.splitlines() if "core file" in line).split()[4:6] == ["0", "0"]


def test_each_wrong_thing_is_told_in_words(run: Run) -> None:
    said = run.ask(
        [
            question("not-an-esn"),
            question(str(FIRST), key="serial"),
            question(str(FIRST), colour="red"),
            {**question(str(FIRST)), "settings": {"username": "nobody"}},
            {**question(str(FIRST)), "settings": {"username": "a", "password": "b", "app_key": "c", "rate_share": 7}},
            {**question(str(FIRST)), "settings": {"username": "a", "password": "b", "app_key": "c", "timeout": "x"}},
        ]
    )
    messages = [answer["error"] for answer in said["answers"]]
    words = [
        "ESN 'not-an-esn' is impossible",
        "key must be one of esn, imei, mac, not 'serial'",
        "there is no option 'colour'",
        "password is not set: give it as the option password",
        "rate_share must be at least 0.011 and at most 1, got 7",
        "timeout must be a number, not 'x'",
    ]
    assert [wanted in message for wanted, message in zip(words, messages, strict=True)] == [True] * len(words)


def test_encrypted_settings_are_revealed_once(run: Run, service: dict[str, str]) -> None:
    revealed = {name.removeprefix("CALAMP_").lower(): value for name, value in service.items()}
    vaulted = {**revealed, "password": {"vaulted": "$ANSIBLE_VAULT;1.1;AES256\nfake"}}
    asked = {**question(str(FIRST)), "settings": vaulted, "supply": {"settings": revealed, "fleet": []}}
    said = run.ask([asked])
    assert sorted(said["needs"]) == ["fleet", "settings"]
    assert said["answers"] == [{"found": ["Nyfuwk83{"], "missing": []}]
    assert run.ask([asked, asked])["needs"] == []


def test_a_vault_file_is_decrypted_by_one_fork_for_all(run: Run) -> None:
    text = json.dumps({"device_password": {"tracker-1": "Fake{}1", "tracker-2": {"atCmdSms": "Fake2"}}})
    known = {"do": "vault", "file": ["/inventory/trackers.vault", 1], "supply": {"text": text}}
    said = run.ask([{**known, "host": f"tracker-{1 + number % 3}"} for number in range(12)])
    assert said["needs"] == ["text"]
    assert [answer["found"] for answer in said["answers"][:3]] == [["Fake{}1"], [{"atCmdSms": "Fake2"}], []]
    replaced = {**known, "file": ["/inventory/trackers.vault", 2], "host": "tracker-1"}
    assert run.ask([replaced])["needs"] == ["text"]


def test_a_path_that_is_too_long_for_a_socket_is_no_hindrance(tmp_path: Path, service: dict[str, str]) -> None:
    deep = tmp_path / ("long-" * 30)
    with Run(deep, service) as run:
        assert run.passwords(str(FIRST)) == [["Nyfuwk83{"]]
