# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Carrying out a saved plan exactly, or documents after they were shown and confirmed."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ansible_collections.edgeops.device_trust.plugins.module_utils import _engine
from ansible_collections.edgeops.device_trust.plugins.module_utils._engine import (
    AccountState,
    Applying,
    Desired,
    DeviceTrustError,
    Execution,
    PastRun,
    Plan,
    Problem,
    Report,
    Status,
    printable,
)
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.codec import plan_as_data
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.text import render
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.connection import connection_of
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.course import course_of
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.documents import (
    declaration,
    guards_of,
    saved_plan,
    selection_of,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.failures import ERROR
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.jobs.planning import READING
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.stopping import Stopping, stopped_gently
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.talk import Mode, Result, Talk, is_interactive

if TYPE_CHECKING:
    from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.options import (
        ApplyOptions,
        ConnectionOptions,
        GuardOptions,
        SelectionOptions,
        VaultOptions,
    )

_SHOWN_UNSETTLED = 20


@dataclass(frozen=True, slots=True)
class Given:
    """The options of apply and destroy."""

    connection: ConnectionOptions
    vault: VaultOptions
    selection: SelectionOptions
    guards: GuardOptions
    applying: ApplyOptions


@dataclass(frozen=True, slots=True)
class Prepared:
    """A plan to carry out. ``digest`` is that of a saved plan, which was reviewed; ``left_out`` says what of it cannot
    be done any more.
    """

    plan: Plan
    digest: str = ""
    left_out: tuple[Problem, ...] = ()


Prepare = Callable[[_engine.Account, AccountState], Prepared]


def apply(talk: Talk, paths: Sequence[Path], given: Given, *, allow_stale: bool, resume: bool) -> Result:
    """Applies a saved plan or documents; with ``resume``, what an apply left that was cut off."""
    state = AccountState.of(connection_of(given.connection).fingerprint)
    if resume:
        unfinished = _unfinished(state)
        if unfinished is None and not paths:
            return Result({"changes": [], "report": []}, "Nothing to resume: the last apply came to its end.")
        if unfinished is not None:
            _tell_unsettled(talk, unfinished)
            paths, given = (paths, given) if paths else _as_begun(unfinished, given)
    if not paths:
        raise DeviceTrustError("name a saved plan, or documents: device-trust apply PATH...")
    if any(map(_engine.is_plan_file, paths)):
        return _apply_saved(talk, paths, given, allow_stale=allow_stale, resume=resume)
    if allow_stale:
        raise DeviceTrustError("--allow-stale is for saved plans: documents are planned against the account as it is")
    desired = declaration(paths, given.vault, talk)
    return _apply_documents(talk, desired, given, sources=paths)


def destroy(talk: Talk, paths: Sequence[Path], given: Given) -> Result:
    """Deletes what ``paths`` declare. The journal does not name them: resuming it would declare them again."""
    desired = _engine.declared_absent(declaration(paths, given.vault, talk))
    return _apply_documents(talk, desired, given, sources=())


def _apply_documents(talk: Talk, desired: Desired, given: Given, sources: Sequence[Path]) -> Result:
    guards, selection = guards_of(given.guards), selection_of(given.selection)

    def prepare(account: _engine.Account, state: AccountState) -> Prepared:
        return Prepared(_engine.plan(desired, account, guards, state=state, selection=selection))

    return _carry_out(talk, prepare, given, sources)


def _apply_saved(talk: Talk, paths: Sequence[Path], given: Given, *, allow_stale: bool, resume: bool) -> Result:
    if len(paths) > 1:
        raise DeviceTrustError("a saved plan is applied alone, without other plans or documents")
    _refuse_planning_options(given)
    saved = saved_plan(paths[0], given.vault, talk)
    reached = connection_of(given.connection)

    def prepare(account: _engine.Account, state: AccountState) -> Prepared:
        resumed = state if resume else None
        made, left_out = _engine.revive(saved, account, reached, resume=resumed, allow_stale=allow_stale)
        return Prepared(made, saved.digest, left_out)

    return _carry_out(talk, prepare, given, paths)


def _refuse_planning_options(given: Given) -> None:
    """A saved plan is applied as it is. Raises DeviceTrustError."""
    chosen = {
        "--target": given.selection.target,
        "--only": given.selection.only,
        "--except": given.selection.excluded,
        "--allow-delete": given.guards.allow_delete,
        "--allow-empty": given.guards.allow_empty,
    }
    wrong = [name for name, value in chosen.items() if value]
    if wrong:
        raise DeviceTrustError(f"{', '.join(wrong)}: a saved plan is applied exactly; say this when you plan")


def _carry_out(talk: Talk, prepare: Prepare, given: Given, sources: Sequence[Path]) -> Result:
    reached = connection_of(given.connection)
    state = AccountState.of(reached.fingerprint)
    options = given.applying
    with (
        _engine.account_lock(state.lock, options.lock_timeout),
        _engine.connect(reached, options.reads) as account,
    ):
        with talk.busy(READING):
            prepared = prepare(account, state)
        _show(talk, prepared)
        left_out = [str(problem) for problem in prepared.left_out]
        pending = _engine.awaited_devices(prepared.plan)
        data = {
            **plan_as_data(prepared.plan),
            "left_out": left_out,
            "report": [],
            "pending": pending,
            "interrupted": False,
        }
        if not prepared.plan:
            # Sends nothing, but remembers what was declared, so that a rotated secret is noticed later.
            _engine.apply(prepared.plan, account, state=state)
            return Result(data)
        if not prepared.digest and not options.yes:
            if not _confirmed(talk, prepared.plan):
                return Result({**data, "error": "not confirmed"}, "Nothing was applied.", ERROR)
            _engine.refuse_moved(prepared.plan, account, state)
        stopping = Stopping()
        with course_of(prepared.plan, talk) as course, stopped_gently(stopping):
            execution = Execution(options.writes, course, stopping.event, course.ended)
            applying = Applying(state, execution=execution, sources=tuple(os.path.abspath(path) for path in sources))
            report = _engine.apply_with_journal(prepared.plan, account, applying, prepared.digest)
    for warning in report.warnings:
        talk.note(f"Warning: {printable(warning)}")
    return _reported(report, stopping, data)


def _show(talk: Talk, prepared: Prepared) -> None:
    talk.say(render(prepared.plan))
    talk.event("plan", **plan_as_data(prepared.plan))
    for problem in prepared.left_out:
        talk.note(f"left out: {problem}")


def _confirmed(talk: Talk, plan: Plan) -> bool:
    """Asks on a terminal. Raises DeviceTrustError where there is nobody to ask."""
    if talk.mode is not Mode.TEXT or not (is_interactive(sys.stdin) and is_interactive(sys.stdout)):
        raise DeviceTrustError(
            "nobody is there to confirm this plan: say --yes, or save a plan with 'device-trust plan --out FILE', "
            "have it reviewed, and apply that"
        )
    account = f" to account {printable(plan.account)}" if plan.account else ""
    talk.say(f"Apply these changes{account}? Only 'yes' is taken for yes.")
    return sys.stdin.readline().strip() == "yes"


def _reported(report: Report, stopping: Stopping, data: dict[str, Any]) -> Result:
    status = stopping.status if stopping.signal and not report.ok else 0 if report.ok else ERROR
    summary = report.text().split("\n")[0].rstrip(":")  # each change has had its line
    counts = {status.value: len(report.with_status(status)) for status in Status}
    result = {
        **data,
        "ok": report.ok,
        "report": report.as_data(),
        "counts": counts,
        "interrupted": bool(stopping.signal),
    }
    hint = _waiting_hint(data["pending"]["count"]) if report.ok else "\nTo go on: device-trust apply --resume"
    return Result(result, f"\n{summary}{'' if report.ok else '.'}{hint}", status)


def _waiting_hint(count: int) -> str:
    if not count:
        return ""
    devices = "A device does what it was" if count == 1 else f"{count:,} devices do what they were"
    return f"\n{devices} told at the next security heartbeat. To wait for that: device-trust wait PATH..."


def _unfinished(state: AccountState) -> PastRun | None:
    """The newest run of this account on this machine, if it did not carry out everything."""
    last = _engine.last_run(state)
    return None if last is None or last.ok else last


def _tell_unsettled(talk: Talk, run: PastRun) -> None:
    cut = "ended with changes that were not carried out" if run.ended else "was cut off"
    talk.note(f"The last apply {cut}: {len(run.done)} of {len(run.changes)} changes were done ({run.path}).")
    for line in run.unsettled[:_SHOWN_UNSETTLED]:
        talk.note(f"  unsettled: {printable(line)}, which is read back first")


def _as_begun(run: PastRun, given: Given) -> tuple[Sequence[Path], Given]:
    """The files that the run was made from, and of their changes those of its plan. Raises DeviceTrustError."""
    if not run.sources:
        raise DeviceTrustError("the journal does not name what was applied: run the same command again")
    paths = [Path(source) for source in run.sources]
    if any(map(_engine.is_plan_file, paths)):
        return paths, given
    return paths, replace(given, selection=replace(given.selection, target=list(run.changes)))
