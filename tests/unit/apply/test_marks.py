# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What devices were told is remembered on this machine, once it has been carried out and not before."""

from __future__ import annotations

import json
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ansible_collections.edgeops.device_trust.plugins.module_utils._apply.executor import Execution, execute
from ansible_collections.edgeops.device_trust.plugins.module_utils._apply.marks import MarkMemory, MarkRecorder
from ansible_collections.edgeops.device_trust.plugins.module_utils._apply.report import Outcome, Status
from ansible_collections.edgeops.device_trust.plugins.module_utils._config.document import load_data
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.plan import Plan
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.planner import make_plan
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.scope import scope_of
from tests.unit.apply.test_executor import Fate, Line
from tests.unit.plan.account import Device, MemoryAccount

A, B = f"{10:016x}", f"{11:016x}"
CONTINUOUS = {A: "CONTINUOUS", B: "CONTINUOUS"}


def fleet() -> MemoryAccount:
    return MemoryAccount(devices={A: Device(), B: Device()})


def rotation(account: MemoryAccount, *names: str, **item: str | int) -> Plan:
    """A plan with an item for each name."""
    ids = [[A, B]] if len(names) == 1 else [[A], [B]]
    items = [{"name": n, "ids": chosen, "type": "CONTINUOUS", **item} for n, chosen in zip(names, ids, strict=True)]
    desired = load_data({"key_rotation": items})
    return make_plan(desired, account.read(scope_of(desired)))


def test_nothing_is_remembered_and_nothing_written_before_something_was_told(tmp_path: Path) -> None:
    memory = MarkMemory(tmp_path / "state")
    memory.remember([])

    assert memory.marks() == {}
    assert not (tmp_path / "state").exists()


def test_what_was_told_last_is_remembered_by_kind_and_device(tmp_path: Path) -> None:
    memory = MarkMemory(tmp_path / "state")
    memory.remember(rotation(fleet(), "a").changes)
    assert memory.marks() == {"key_rotation": CONTINUOUS}

    changes = rotation(fleet(), "a", "b", type="AUTOMATIC", days=3).changes
    memory.remember(changes[:1])
    assert MarkMemory(tmp_path / "state").marks() == {"key_rotation": {A: "AUTOMATIC 3", B: "CONTINUOUS"}}


def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    MarkMemory(tmp_path / "state").remember(rotation(fleet(), "a").changes)
    folder = tmp_path / "state"

    assert [file.name for file in folder.iterdir() if stat.S_IMODE(file.stat().st_mode) & 0o077] == []
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_modules_that_run_at_the_same_time_forget_nothing_of_one_another(tmp_path: Path) -> None:
    devices = [f"{number:016x}" for number in range(1, 41)]
    account = MemoryAccount(devices={device: Device() for device in devices})
    desired = load_data({"key_rotation": [{"name": d, "ids": [d], "type": "CONTINUOUS"} for d in devices]})
    changes = make_plan(desired, account.read(scope_of(desired))).changes

    with ThreadPoolExecutor(8) as tasks:
        list(tasks.map(lambda change: MarkMemory(tmp_path).remember([change]), changes))

    assert MarkMemory(tmp_path).marks() == {"key_rotation": dict.fromkeys(devices, "CONTINUOUS")}


@pytest.mark.parametrize(
    ("content", "marks"),
    [
        (b"", {}),
        (b'{"key_rotation": {"1":', {}),
        (b"\xff\xfe", {}),
        (b"[]", {}),
        (b'{"key_rotation": [1], "device_certificate": {"1": 5}}', {"device_certificate": {"1": "5"}}),
    ],
)
def test_a_file_that_is_broken_is_as_good_as_none_and_is_replaced(
    content: bytes, marks: dict[str, dict[str, str]], tmp_path: Path
) -> None:
    memory = MarkMemory(tmp_path)
    (tmp_path / "told-devices.json").write_bytes(content)
    assert memory.marks() == marks

    memory.remember(rotation(fleet(), "a").changes)
    assert json.loads((tmp_path / "told-devices.json").read_bytes()) == {**marks, "key_rotation": CONTINUOUS}


class TestWhileAPlanIsCarriedOut:
    def carried_out(self, line: Line, folder: Path, *names: str) -> tuple[MarkMemory, list[Status]]:
        plan, memory = rotation(line.account, *names), MarkMemory(folder)
        recorder = MarkRecorder(memory, plan.changes)
        report = execute(plan, line, Execution(parallel=1, recorder=recorder))
        assert recorder.failure is None
        return memory, [outcome.status for outcome in report.outcomes]

    def test_what_succeeded_is_remembered(self, tmp_path: Path) -> None:
        memory, statuses = self.carried_out(Line(fleet()), tmp_path, "a")

        assert statuses == [Status.DONE]
        assert memory.marks() == {"key_rotation": CONTINUOUS}

    def test_what_was_refused_or_lost_is_not(self, tmp_path: Path) -> None:
        memory, statuses = self.carried_out(Line(fleet(), [Fate.LOST]), tmp_path, "a", "b")

        assert statuses == [Status.FAILED, Status.DONE]
        assert memory.marks() == {"key_rotation": {B: "CONTINUOUS"}}

    def test_it_is_remembered_at_once_for_the_process_may_be_killed(self, tmp_path: Path) -> None:
        plan, memory = rotation(fleet(), "a", "b"), MarkMemory(tmp_path)

        def interrupted(_unused: Outcome) -> None:
            raise KeyboardInterrupt

        execution = Execution(parallel=1, recorder=MarkRecorder(memory, plan.changes), on_outcome=interrupted)
        with pytest.raises(KeyboardInterrupt):
            execute(plan, Line(fleet()), execution)

        assert memory.marks()["key_rotation"][A] == "CONTINUOUS"

    def test_a_disk_that_cannot_be_written_fails_no_change(self, tmp_path: Path) -> None:
        (tmp_path / "state").write_text("a file where the directory should be")
        plan = rotation(fleet(), "a")
        recorder = MarkRecorder(MarkMemory(tmp_path / "state"), plan.changes)
        report = execute(plan, Line(fleet()), Execution(recorder=recorder))

        assert report.ok
        assert isinstance(recorder.failure, OSError)
