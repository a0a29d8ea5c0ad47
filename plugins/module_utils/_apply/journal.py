# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The journal of an apply: what was about to be sent and what became of it, on disk before it happens.

Append-only NDJSON. An intent is on the disk before its request is sent, an outcome after its answer came; so whatever
kills the process, what may have taken effect is known: the intents without an outcome. No request body is written, and
so no secret.
"""

from __future__ import annotations

import errno
import json
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from .._model.errors import DeviceTrustError
from .recorder import Recorder

_SUFFIX = ".ndjson"


class JournalFailure(DeviceTrustError):
    """The journal cannot be written, so nothing is sent."""


@dataclass(frozen=True, slots=True)
class PastRun:
    """What a journal tells of a run: which plan, which changes were begun, and whether it came to its end.

    ``sources`` are the files that the plan was or was made from, ``changes`` all its addresses. ``ok``: the run ended,
    and everything was done.
    """

    path: Path
    plan: str  # digest
    begun: frozenset[str] = frozenset()
    done: frozenset[str] = frozenset()
    unsettled: tuple[str, ...] = ()
    ended: bool = False
    ok: bool = False
    sources: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()


class Journal(Recorder):
    """Writes one run's journal. Safe to share between threads. A context manager that closes the file."""

    def __init__(
        self,
        directory: Path,
        plan: str,
        *,
        sources: Sequence[str] = (),
        changes: Sequence[str] = (),
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Begins a journal in ``directory`` for the plan with this digest, made from ``sources`` and with these
        changes. Raises JournalFailure.
        """
        self._clock = clock
        self._lock = threading.Lock()
        now = clock()
        stamp = f"{time.strftime('%Y%m%dT%H%M%S', time.gmtime(now))}.{int(now % 1 * 1_000_000):06d}Z"
        self.path = directory / f"{stamp}-{os.getpid()}{_SUFFIX}"
        try:
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
            _sync_directory(directory)
        except OSError as failure:
            raise JournalFailure(f"the journal {self.path} cannot be written: {failure.strerror}") from None
        self._write("begin", plan=plan, sources=list(sources), changes=list(changes))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_unused: object) -> None:
        os.close(self._file)

    def intent(self, address: str, number: int, path: str) -> None:
        self._write("intent", address=address, request=number, path=path)

    def outcome(self, address: str, number: int, result: str, error: str = "") -> None:
        self._write("outcome", address=address, request=number, result=result, error=error)

    def settled(self, address: str, status: str, error: str = "") -> None:
        self._write("change", address=address, status=status, error=error)

    def end(self, *, ok: bool) -> None:
        """All changes have come to their end."""
        self._write("end", ok=ok)

    def _write(self, event: str, **details: Any) -> None:
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self._clock()))
        line = (json.dumps({"at": at, "event": event, **details}, ensure_ascii=False) + "\n").encode()
        try:
            with self._lock:
                if os.write(self._file, line) < len(line):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                os.fsync(self._file)
        except OSError as failure:
            raise JournalFailure(f"the journal {self.path} cannot be written: {failure.strerror}") from None


def past_runs(directory: Path) -> Iterator[PastRun]:
    """What the journals in ``directory`` tell, the newest first. A torn last line is where the process was killed."""
    if directory.is_dir():
        for path in sorted(directory.glob(f"*{_SUFFIX}"), reverse=True):
            yield _told(path)


@dataclass(slots=True)
class _Reading:
    plan: str = ""
    begun: set[str] = field(default_factory=set)
    done: set[str] = field(default_factory=set)
    open_intents: dict[tuple[str, int], str] = field(default_factory=dict)
    ended: bool = False
    ok: bool = False
    sources: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()

    def take(self, entry: Mapping[str, Any]) -> None:
        event, address = entry.get("event"), str(entry.get("address", ""))
        if event == "begin":
            self.plan = str(entry.get("plan", ""))
            self.sources = tuple(map(str, entry.get("sources", ())))
            self.changes = tuple(map(str, entry.get("changes", ())))
        elif event == "intent":
            self.begun.add(address)
            self.open_intents[address, entry["request"]] = str(entry.get("path", ""))
        elif event == "outcome" and entry.get("result") != "unknown":
            self.open_intents.pop((address, entry["request"]), None)
        elif event == "change" and entry.get("status") == "done":
            self.done.add(address)
            for key in [key for key in self.open_intents if key[0] == address]:
                del self.open_intents[key]
        elif event == "end":
            self.ended, self.ok = True, entry.get("ok") is True


def _told(path: Path) -> PastRun:
    reading = _Reading()
    for line in path.read_bytes().splitlines():
        try:
            reading.take(json.loads(line))
        except (ValueError, KeyError, AttributeError, RecursionError):
            break
    unsettled = tuple(f"{address}: {request_path}" for (address, _unused), request_path in reading.open_intents.items())
    return PastRun(
        path,
        reading.plan,
        frozenset(reading.begun),
        frozenset(reading.done),
        unsettled,
        ended=reading.ended,
        ok=reading.ok,
        sources=reading.sources,
        changes=reading.changes,
    )


def _sync_directory(directory: Path) -> None:
    """A new file's name is on the disk only once its directory is."""
    handle = os.open(directory, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
