# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An Ansible callback for tests: writes down what each task returned, with the sandbox's account before and after it.

The file is named by TASK_LOG, the sandbox's control API by TASK_LOG_CONTROL. A task may drive the sandbox before it
runs: ``vars: {sandbox: [{path: /faults, body: {...}}]}``.
"""

from __future__ import annotations

import json
import os
import urllib.request
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: task_log
type: aggregate
short_description: Results of tasks and the sandbox's account around them, as JSON lines
description: For tests.
"""


class CallbackModule(CallbackBase):  # type: ignore[misc]  # Ansible has no types
    """One JSON line for each task that ended."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "task_log"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        self._path = os.environ["TASK_LOG"]
        self._control = os.environ.get("TASK_LOG_CONTROL", "")
        self._open = urllib.request.build_opener(urllib.request.ProxyHandler({})).open
        self._before: Any = None

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:
        for step in task.vars.get("sandbox", []):
            self._ask(step["path"], json.dumps(step["body"]).encode() if "body" in step else b"")
        self._before = self._snapshot()

    def v2_runner_on_ok(self, result: Any) -> None:
        self._write("ok", result)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        self._write("failed", result)

    def v2_runner_on_skipped(self, result: Any) -> None:
        self._write("skipped", result)

    def v2_runner_on_unreachable(self, result: Any) -> None:
        self._write("unreachable", result)

    def _write(self, status: str, result: Any) -> None:
        returned = dict(result.result)
        line = {
            "name": result.task.get_name(),
            "action": result.task.resolved_action or result.task.action,
            "check_mode": bool(result.task_fields.get("check_mode", result.task.check_mode)),
            "status": status,
            "result": returned,
            "warnings": [str(warning.event.msg) for warning in result.warnings],
            "before": self._before,
            "after": self._snapshot(),
        }
        with open(self._path, "a", encoding="utf-8") as log:
            log.write(json.dumps(line, default=str) + "\n")

    def _snapshot(self) -> Any:
        if not self._control:
            return None
        return {"account": self._ask("/state"), "requests": self._ask("/requests")["ublox"]}

    def _ask(self, path: str, body: bytes | None = None) -> Any:
        """A GET without a body, a POST with one."""
        request = urllib.request.Request(self._control + path, body, {"Content-Type": "application/json"})
        with self._open(request, timeout=30) as answer:
            return json.load(answer)
