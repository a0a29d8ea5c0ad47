# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The journal of an apply."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.edgeops.device_trust.plugins.module_utils._apply.journal import (
    Journal,
    JournalFailure,
    PastRun,
    past_runs,
)

NOON = 1_900_000_800.25


def the_run(directory: Path) -> PastRun:
    (run,) = past_runs(directory)
    return run


def entries(journal: Journal) -> list[dict[str, Any]]:
    return [json.loads(line) for line in journal.path.read_text().splitlines()]


def test_it_tells_what_happened_in_order_and_when(tmp_path: Path) -> None:
    with Journal(tmp_path, "sha256:abc", clock=lambda: NOON) as journal:
        journal.intent("tag.cold", 1, "/tag/create")
        journal.outcome("tag.cold", 1, "sent")
        journal.settled("tag.cold", "done")
        journal.end(ok=True)

    told = [(entry["event"], entry.get("address"), entry.get("result")) for entry in entries(journal)]
    assert told == [
        ("begin", None, None),
        ("intent", "tag.cold", None),
        ("outcome", "tag.cold", "sent"),
        ("change", "tag.cold", None),
        ("end", None, None),
    ]
    assert {entry["at"] for entry in entries(journal)} == {"2030-03-17T18:00:00Z"}
    assert journal.path.name == f"20300317T180000.250000Z-{os.getpid()}.ndjson"


def test_every_entry_is_on_the_disk_before_the_call_returns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []

    def noted(call: Callable[..., Any]) -> Callable[..., Any]:
        def called(*arguments: Any) -> Any:
            order.append(call.__name__)
            return call(*arguments)

        return called

    monkeypatch.setattr(os, "write", noted(os.write))
    monkeypatch.setattr(os, "fsync", noted(os.fsync))

    with Journal(tmp_path, "sha256:abc") as journal:
        journal.intent("tag.cold", 1, "/tag/create")

    assert order == ["fsync", "write", "fsync", "write", "fsync"]


def test_nobody_else_can_read_it(tmp_path: Path) -> None:
    with Journal(tmp_path / "state" / "journals", "sha256:abc") as journal:
        assert journal.path.stat().st_mode & 0o777 == 0o600
        assert journal.path.parent.stat().st_mode & 0o777 == 0o700


def test_what_has_an_intent_and_no_outcome_may_have_taken_effect(tmp_path: Path) -> None:
    with Journal(tmp_path, "sha256:abc", sources=["a.yml"], changes=["tag.a", "tag.b", "tag.c", "tag.d"]) as journal:
        for address in ("tag.a", "tag.b", "tag.c"):
            journal.intent(address, 1, "/tag/create")
        journal.outcome("tag.a", 1, "sent")
        journal.settled("tag.a", "done")
        journal.outcome("tag.b", 1, "unknown", "the connection was lost")

    run = the_run(tmp_path)
    assert run.begun == {"tag.a", "tag.b", "tag.c"}
    assert run.done == {"tag.a"}
    assert run.unsettled == ("tag.b: /tag/create", "tag.c: /tag/create")
    assert (run.plan, run.sources, run.ended) == ("sha256:abc", ("a.yml",), False)
    assert run.changes == ("tag.a", "tag.b", "tag.c", "tag.d")


@pytest.mark.parametrize("result", ["sent", "refused"])
def test_what_has_an_outcome_is_settled(tmp_path: Path, result: str) -> None:
    with Journal(tmp_path, "sha256:abc") as journal:
        journal.intent("tag.a", 1, "/tag/create")
        journal.outcome("tag.a", 1, result)

    assert the_run(tmp_path).unsettled == ()


def test_an_unknown_outcome_is_settled_by_reading_back(tmp_path: Path) -> None:
    with Journal(tmp_path, "sha256:abc") as journal:
        journal.intent("tag.a", 1, "/tag/create")
        journal.outcome("tag.a", 1, "unknown")
        journal.settled("tag.a", "done")

    assert the_run(tmp_path).unsettled == ()


@pytest.mark.parametrize("ok", [True, False])
def test_a_run_that_came_to_its_end_says_how(tmp_path: Path, ok: bool) -> None:
    with Journal(tmp_path, "sha256:abc") as journal:
        journal.end(ok=ok)

    assert (the_run(tmp_path).ended, the_run(tmp_path).ok) == (True, ok)


def test_cut_at_any_byte_what_is_whole_is_told(tmp_path: Path) -> None:
    with Journal(tmp_path, "sha256:abc") as journal:
        journal.intent("tag.\u00e4", 1, "/tag/create")
        journal.outcome("tag.\u00e4", 1, "sent")
    whole = journal.path.read_bytes()
    lines = whole.splitlines(keepends=True)

    for length in range(len(whole)):
        journal.path.write_bytes(whole[:length])
        run = the_run(tmp_path)
        assert run.begun == ({"tag.\u00e4"} if length >= len(lines[0] + lines[1]) - 1 else set())
        assert len(run.unsettled) == (1 if run.begun and length < len(whole) - 1 else 0)


@pytest.mark.parametrize("rubbish", [b"", b"\x00\xff\n", b"[]\n", b'{"event": 5}\n', b"[" * 100_000])
def test_a_file_that_is_no_journal_tells_nothing(tmp_path: Path, rubbish: bytes) -> None:
    (tmp_path / "20300101T000000.000000Z-1.ndjson").write_bytes(rubbish)

    run = the_run(tmp_path)
    assert (run.begun, run.unsettled, run.ended) == (frozenset(), (), False)


def test_the_newest_run_comes_first_even_within_a_second(tmp_path: Path) -> None:
    for number, moment in enumerate((NOON, NOON + 0.01, NOON - 86_400)):
        with Journal(tmp_path, f"sha256:{number}", clock=partial(float, moment)):
            pass

    assert [run.plan for run in past_runs(tmp_path)] == ["sha256:1", "sha256:0", "sha256:2"]


def test_without_runs_there_is_nothing_to_tell(tmp_path: Path) -> None:
    assert list(past_runs(tmp_path / "never-made")) == []


def test_threads_do_not_mix_their_lines(tmp_path: Path) -> None:
    with Journal(tmp_path, "sha256:abc") as journal:

        def write(thread: int) -> None:
            for number in range(50):
                journal.intent(f"tag.{thread}-{'x' * 500}", number, "/tag/create")

        threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert len(entries(journal)) == 1 + 4 * 50


def test_a_journal_that_cannot_be_begun_stops_the_apply(tmp_path: Path) -> None:
    (tmp_path / "journals").write_text("a file, not a directory")

    with pytest.raises(JournalFailure, match=r"the journal .*journals/\S+ cannot be written: File exists"):
        Journal(tmp_path / "journals", "sha256:abc")


def test_a_disk_that_is_full_stops_the_apply(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where only a part of the line was written, which is no error to the system."""
    with Journal(tmp_path, "sha256:abc") as journal:
        monkeypatch.setattr(os, "write", lambda _file, data: len(data) - 1)
        with pytest.raises(JournalFailure, match="No space left on device"):
            journal.intent("tag.cold", 1, "/tag/create")
