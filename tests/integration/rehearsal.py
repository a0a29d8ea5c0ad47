# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every module keeps to, whatever it manages: proved on its play in ``plays/``, for real and in check mode.

A new module needs a play and a test class that inherits ``Rehearsal``. Names in the play have a meaning: a task with
``again`` in its name changes nothing, and ``check NAME`` is in check mode what the next task, ``NAME...``, then does.
The sandbox may be driven by a task's ``vars: {sandbox: [...]}`` (see ``tests/support/callbacks/task_log.py``).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from tests.support.playbooks import Run, Task, run_playbook
from tests.support.sandbox import Sandbox

PLAYS = Path(__file__).parent / "plays"
ENV = {"HOOK_TOKEN": "fake-hook-token-1"}


def rehearse(play: str, sandbox: Sandbox, home: Path) -> Run:
    """The play on the sandbox's default account."""
    sandbox.reset()
    return run_playbook(PLAYS / f"{play}.yml", home, sandbox=sandbox, env=ENV)


def replay(play: str, sandbox: Sandbox, home: Path, *arguments: str) -> Run:
    """The play in check mode, on a sandbox that refuses and counts whatever would change something."""
    sandbox.reset()
    sandbox.control("POST", "/writes", {"allowed": False})
    return run_playbook(PLAYS / f"{play}.yml", home, "--check", *arguments, sandbox=sandbox, env=ENV)


def checked_and_done(run: Run) -> Iterator[tuple[Task, Task]]:
    """Each task ``check ...`` with the task after it, which has the same options and does it."""
    for check, done in pairwise(run.collection_tasks):
        if check.check_mode and done.name.startswith(check.name.removeprefix("check ")):
            yield check, done


def knows(task: Task) -> bool:
    """Whether the task can know what it changes: a secret that is sent ``always`` may be the one that is there."""
    return "always" not in task.name


class Rehearsal:
    """The tests that each module's test class inherits. ``run`` and ``in_check_mode`` come from its play."""

    def test_the_play_runs_to_its_end(self, run: Run) -> None:
        assert run.rc == 0, run.output
        assert "Traceback (most recent call last)" not in run.output

    def test_changed_is_true_exactly_when_the_account_changes(self, run: Run) -> None:
        told = {task.name: task.changed and not task.check_mode for task in run.collection_tasks if knows(task)}

        assert told == {task.name: task.changed_the_account for task in run.collection_tasks if knows(task)}

    def test_no_write_is_sent_where_nothing_changes(self, run: Run) -> None:
        wrote = [task.name for task in run.collection_tasks if task.writes]

        assert wrote == [task.name for task in run.collection_tasks if task.changed and not task.check_mode]

    def test_a_second_time_nothing_changes(self, run: Run) -> None:
        again = [task for task in run.collection_tasks if "again" in task.name]

        assert not [task.name for task in again if task.changed or task.failed]

    def test_check_mode_tells_exactly_what_is_done_then(self, run: Run) -> None:
        pairs = list(checked_and_done(run))

        assert len(pairs) == sum(task.check_mode for task in run.collection_tasks)
        for check, done in pairs:
            assert check.result["changes"] == done.result["changes"]
            assert check.result["summary"]["requests"] == done.writes

    def test_what_is_refused_changes_nothing(self, run: Run) -> None:
        for task in run.collection_tasks:
            if task.failed:
                assert not task.changed
                assert task.result["problems"]

    def test_the_task_counts_the_requests_that_the_server_counts(self, run: Run) -> None:
        for task in run.collection_tasks:
            sent = task.result.get("requests", {"reads": 0, "writes": 0})
            assert sent == {"reads": task.asked("reads") + task.asked("auth"), "writes": task.writes}, task.name

    def test_in_check_mode_the_whole_play_writes_nothing(self, in_check_mode: Run) -> None:
        assert in_check_mode.rc == 0, in_check_mode.output
        assert [task.name for task in in_check_mode.collection_tasks if task.writes] == []
        assert [task.name for task in in_check_mode.collection_tasks if task.changed_the_account] == []
