# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Carrying out a plan: in the order of its dependencies, independent changes at the same time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from graphlib import TopologicalSorter
from queue import SimpleQueue
from typing import Protocol

from .._live.errors import OutcomeUnknown, Rejected
from .._model.errors import DeviceTrustError
from .._model.live import LiveAccount, Reading
from .._model.request import Request
from .._plan.diff import remaining
from .._plan.plan import CannotChange, Change, Plan
from .._plan.staleness import reading_of
from .recorder import Recorder
from .report import Outcome, Report, Status

PARALLEL_CHANGES = 4
_ROUNDS = 3


class WritableAccount(Protocol):
    """What is needed of a live account to change it."""

    def send(self, request: Request) -> None: ...

    def read(self, reading: Reading) -> LiveAccount: ...


@dataclass(frozen=True, slots=True)
class Execution:
    """How to carry out a plan.

    When ``stop`` is set, requests in flight are finished and no other is begun. ``on_outcome`` hears of each change as
    it ends, from one thread.
    """

    parallel: int = PARALLEL_CHANGES
    recorder: Recorder = field(default_factory=Recorder)
    stop: threading.Event = field(default_factory=threading.Event)
    on_outcome: Callable[[Outcome], None] = lambda _unused: None


def execute(plan: Plan, account: WritableAccount, execution: Execution | None = None) -> Report:
    """Carries out every change whose dependencies succeeded; a failure stops what depends on it, nothing else."""
    return _Run(plan, account, execution or Execution()).report()


class _Run:
    """One execution: which changes are ready, running and ended."""

    def __init__(self, plan: Plan, account: WritableAccount, execution: Execution) -> None:
        self._plan = plan
        self._account = account
        self._execution = execution
        self._changes = {change.address: change for change in plan.changes}
        self._order = TopologicalSorter({a: change.depends_on for a, change in self._changes.items()})
        self._outcomes: dict[str, Outcome] = {}
        self._running = 0
        self._finished: SimpleQueue[Future[Outcome]] = SimpleQueue()

    def report(self) -> Report:
        self._order.prepare()
        pool = ThreadPoolExecutor(self._execution.parallel, "apply")
        try:
            while self._order.is_active():
                for address in self._order.get_ready():
                    self._begin(address, pool)
                if self._running:
                    outcome = self._finished.get().result()
                    self._running -= 1
                    self._end(outcome.change.address, outcome)
        finally:
            pool.shutdown(cancel_futures=True)
        return Report([self._outcomes[change.address] for change in self._plan.changes])

    def _begin(self, address: str, pool: ThreadPoolExecutor) -> None:
        change = self._changes[address]
        blocked_by = [d for d in change.depends_on if self._outcomes[d].status in {Status.FAILED, Status.BLOCKED}]
        if blocked_by:
            self._end(address, Outcome(change, Status.BLOCKED, f"waits for {', '.join(blocked_by)}"))
        elif self._execution.stop.is_set():
            self._end(address, Outcome(change, Status.NOT_STARTED, "stopped before it began"))
        else:
            self._running += 1
            pool.submit(carry_out, change, self._account, self._execution).add_done_callback(self._finished.put)

    def _end(self, address: str, outcome: Outcome) -> None:
        self._outcomes[address] = outcome
        self._order.done(address)
        self._execution.on_outcome(outcome)


def carry_out(change: Change, account: WritableAccount, execution: Execution) -> Outcome:
    """Sends the requests of one change, unless it was asked to stop before. What goes wrong is in the outcome."""
    if execution.stop.is_set():
        return Outcome(change, Status.NOT_STARTED, "stopped before it began")
    sending = _Sending(change, account, execution)
    try:
        read_back = sending.until_settled()
        outcome = Outcome(change, Status.DONE, read_back=read_back, sent=sending.took_effect)
    except DeviceTrustError as failure:
        outcome = Outcome(change, Status.FAILED, str(failure), sent=sending.took_effect)
    try:
        execution.recorder.settled(change.address, outcome.status.value, outcome.error)
    except DeviceTrustError as failure:
        return replace(outcome, status=Status.FAILED, error=str(failure))
    return outcome


class _Sending:
    """The requests of one change on their way."""

    def __init__(self, change: Change, account: WritableAccount, execution: Execution) -> None:
        self._change = change
        self._account = account
        self._execution = execution
        self._number = 0
        self.took_effect = False

    def until_settled(self) -> bool:
        """Sends what is left of the change until nothing is; True when reading back settled it.

        A write of unknown outcome is read back, and only what is missing is sent. So is one that was refused: what it
        asks for may be there already, by a request that was thought lost or by somebody else.
        """
        left = self._change
        for attempt in range(1, _ROUNDS + 1):
            sent = 0
            try:
                for request in left.requests:
                    self._send(request)
                    sent += 1
                return attempt > 1
            except (OutcomeUnknown, Rejected) as failure:
                if not left.kind.shows_effect:
                    raise
                rest = self._read_back(left, failure)
                if rest is None:
                    return True
                stuck = isinstance(failure, Rejected) and rest.requests == left.requests[sent:]
                if stuck or attempt == _ROUNDS:
                    raise
                left = rest
        raise AssertionError("the last round returns or raises")

    def _send(self, request: Request) -> None:
        if self._execution.stop.is_set():
            raise DeviceTrustError(f"stopped after {self._number} requests of it")
        self._number += 1
        recorder = self._execution.recorder
        recorder.intent(self._change.address, self._number, request.path)
        try:
            self._account.send(request)
        except DeviceTrustError as failure:
            unknown = isinstance(failure, OutcomeUnknown)
            self.took_effect = self.took_effect or unknown
            recorder.outcome(self._change.address, self._number, "unknown" if unknown else "refused", str(failure))
            raise
        self.took_effect = True
        recorder.outcome(self._change.address, self._number, "sent")

    def _read_back(self, left: Change, failure: DeviceTrustError) -> Change | None:
        """What is left by what is live now. A failure to tell begins with what made it necessary."""
        try:
            live = self._account.read(reading_of([left]))
            return remaining(left, live.find(left.kind.name, left.identity))
        except DeviceTrustError as unreadable:
            raise DeviceTrustError(f"{failure}; and reading back failed: {unreadable}") from None
        except CannotChange as refusal:
            raise DeviceTrustError(f"{failure}; and reading back showed: {refusal.problem.message}") from None
