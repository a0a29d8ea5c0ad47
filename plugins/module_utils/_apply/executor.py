# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Carrying out a plan: in the order of its dependencies, independent changes at the same time."""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from graphlib import TopologicalSorter
from typing import Protocol

from .._live.errors import LiveError, OutcomeUnknown
from .._model.kind import Kind, LiveObject
from .._model.request import Request
from .._plan.diff import remaining
from .._plan.plan import Change, Plan
from .report import Outcome, Report, Status

PARALLEL_CHANGES = 4
_ROUNDS = 3


class WritableAccount(Protocol):
    """What is needed of a live account to change it."""

    def send(self, request: Request) -> None: ...

    def read_again(self, kind: Kind, identity: str) -> LiveObject | None: ...


def execute(plan: Plan, account: WritableAccount, *, parallel: int = PARALLEL_CHANGES) -> Report:
    """Carries out every change whose dependencies succeeded; a failure stops what depends on it and nothing else."""
    changes = {change.address: change for change in plan.changes}
    order = TopologicalSorter({address: change.depends_on for address, change in changes.items()})
    order.prepare()
    outcomes: dict[str, Outcome] = {}
    running: dict[Future[Outcome], str] = {}
    with ThreadPoolExecutor(parallel, "apply") as pool:
        while order.is_active():
            for address in order.get_ready():
                change = changes[address]
                blocked_by = [d for d in change.depends_on if outcomes[d].status is not Status.DONE]
                if blocked_by:
                    outcomes[address] = Outcome(change, Status.BLOCKED, f"waits for {', '.join(blocked_by)}")
                    order.done(address)
                else:
                    running[pool.submit(carry_out, change, account)] = address
            finished, _ = wait(running, return_when=FIRST_COMPLETED) if running else ((), ())
            for future in finished:
                address = running.pop(future)
                outcomes[address] = future.result()
                order.done(address)
    return Report([outcomes[change.address] for change in plan.changes])


def carry_out(change: Change, account: WritableAccount) -> Outcome:
    """Sends the requests of one change. A write of unknown outcome is read back, and only what is missing is sent."""
    left: Change | None = change
    read_back = False
    try:
        for _ in range(_ROUNDS):
            assert left is not None
            try:
                for request in left.requests:
                    account.send(request)
                return Outcome(change, Status.DONE, read_back=read_back)
            except OutcomeUnknown as unknown:
                why, read_back = str(unknown), True
            left = remaining(left, account.read_again(change.kind, change.identity))
            if left is None:
                return Outcome(change, Status.DONE, read_back=True)
    except LiveError as failure:
        return Outcome(change, Status.FAILED, str(failure), read_back)
    return Outcome(change, Status.FAILED, f"{why}; reading back showed {_ROUNDS} times that it did not", read_back)
