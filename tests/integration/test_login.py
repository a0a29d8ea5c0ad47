# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module login: one token for all tasks of a play, which nothing shows."""

from __future__ import annotations

import re
from pathlib import Path

from tests.integration.rehearsal import PLAYS, Rehearsal
from tests.support.playbooks import Run, run_playbook
from tests.support.sandbox import Sandbox

JWT = re.compile(r"eyJ[A-Za-z0-9_-]{8,}\.")


class TestLogin(Rehearsal):
    def test_a_play_signs_in_once(self, run: Run) -> None:
        assert run["sign in"].calls() == {"/authenticate": 1}
        for name in ("a task that asks", "a task that declares", "a task with nothing to sign in with"):
            assert run[name].asked("auth") == 0
            assert not run[name].failed

    def test_a_task_whose_token_has_expired_signs_in_for_itself(self, run: Run) -> None:
        assert run["the token has expired"].calls() == {"/apiversion": 2, "/authenticate": 1}

    def test_a_refusal_is_shown(self, run: Run) -> None:
        assert "the service does not accept this API key and secret" in run["sign in with a wrong secret"].message
        assert "signing in needs api_key and api_secret" in run["sign in with nothing"].message

    def test_the_token_is_in_no_output_and_in_no_file(self, sandbox_process: Sandbox, tmp_path: Path) -> None:
        sandbox_process.reset()
        log = {"ANSIBLE_LOG_PATH": str(tmp_path / "ansible.log"), "ANSIBLE_PIPELINING": "false"}
        verbose = run_playbook(PLAYS / "login.yml", tmp_path, "-vvvv", sandbox=sandbox_process, env=log)
        left = [path for path in tmp_path.rglob("*") if path.is_file() and JWT.search(path.read_text(errors="replace"))]

        assert verbose.rc == 0
        assert not JWT.search(verbose.output)
        assert left == []

    def test_what_is_refused_changes_nothing(self, run: Run) -> None:
        assert not any(task.changed for task in run.collection_tasks if task.failed)

    def test_the_task_counts_the_requests_that_the_server_counts(self, run: Run) -> None:
        """But for the sign-in itself, whose result is not shown."""
        for task in run.collection_tasks:
            if "requests" in task.result:
                sent = {"reads": task.asked("reads") + task.asked("auth"), "writes": task.writes}
                assert task.result["requests"] == sent, task.name
