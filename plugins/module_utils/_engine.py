# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The face of the core: what modules and the console call. Nothing above it reaches past it, but for renderers."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ._apply.account_state import AccountState
from ._apply.executor import PARALLEL_CHANGES, Execution, execute
from ._apply.journal import Journal, PastRun, past_runs
from ._apply.lock import account_lock
from ._apply.marks import MarkMemory, MarkRecorder
from ._apply.memory import SecretMemory
from ._apply.plan_file import is_plan_file, read_plan_file, write_plan_file
from ._apply.recorder import Recorder, Recorders
from ._apply.report import Outcome, Report, Status
from ._apply.waiting import wait_until_empty
from ._config.document import load_data, load_files
from ._config.export import Export, export
from ._config.id_files import find_files, read_rows
from ._config.references import resolve_reference
from ._config.suggest import did_you_mean
from ._connection import Connection, ask, ask_all, connect, sign_in
from ._live.errors import InvalidConnection
from ._live.ublox.account import PARALLEL_REQUESTS, Account, days_until
from ._live.ublox.client import DEFAULT_URL
from ._live.ublox.e2e import header_length, open_message
from ._live.ublox.queries import QUERIES
from ._live.ublox.query import Query, query_options, query_spec
from ._model.argument_spec import argument_spec, documented_options, takes_many_names
from ._model.desired import Desired
from ._model.digest import digest_of
from ._model.errors import DeviceTrustError, InvalidDeclaration, PlanRefused, Problem
from ._model.explanation import field_as_data, kind_as_data
from ._model.ids import IdSet
from ._model.json_schema import document_schema
from ._model.kind import Field, Kind, PerDevice
from ._model.live import LiveAccount, Reading
from ._model.printable import printable
from ._model.registry import KINDS, SECTIONS, read_with
from ._model.secret import Secret, redact
from ._model.values import Type
from ._plan.codec import plan_as_data
from ._plan.devices import awaited
from ._plan.guards import Guards
from ._plan.impact import with_impact
from ._plan.plan import Change, Plan
from ._plan.planner import devices_to_know, make_plan, refuse_blocked, refuse_unknown
from ._plan.resend import never_resent, with_resent
from ._plan.saved import Begun, SavedPlan, encode_plan, still_valid
from ._plan.saved_schema import plan_schema
from ._plan.scope import scope_of
from ._plan.selection import Selection
from ._plan.staleness import moved, reading_of
from ._plan.teardown import declared_absent

__all__ = [
    "DEFAULT_URL",
    "KINDS",
    "PARALLEL_CHANGES",
    "PARALLEL_REQUESTS",
    "QUERIES",
    "SECRET_FIELDS",
    "SECTIONS",
    "Account",
    "AccountState",
    "Applying",
    "Change",
    "Connection",
    "Desired",
    "DeviceTrustError",
    "Execution",
    "Export",
    "Field",
    "Guards",
    "InvalidConnection",
    "InvalidDeclaration",
    "Kind",
    "Outcome",
    "PastRun",
    "Plan",
    "PlanRefused",
    "Problem",
    "Query",
    "Recorder",
    "Report",
    "SavedPlan",
    "Selection",
    "Status",
    "Type",
    "account_lock",
    "apply",
    "apply_under_lock",
    "apply_with_journal",
    "argument_spec",
    "ask",
    "ask_all",
    "awaited_devices",
    "connect",
    "declared_absent",
    "device_rows",
    "did_you_mean",
    "document_schema",
    "documented_options",
    "drift",
    "export_account",
    "field_as_data",
    "guards",
    "header_length",
    "is_plan_file",
    "kind_as_data",
    "last_run",
    "load_data",
    "load_files",
    "open_message",
    "plan",
    "plan_digest",
    "plan_schema",
    "printable",
    "query_options",
    "query_spec",
    "read_plan",
    "redact",
    "refuse_moved",
    "resolve_reference",
    "revive",
    "save_plan",
    "secret_values",
    "sign_in",
    "takes_many_names",
    "wait_for_devices",
]

_ANYTHING = Guards(dict.fromkeys(KINDS, sys.maxsize), frozenset(KINDS))
SECRET_FIELDS = frozenset(field.name for kind in KINDS.values() for field in kind.fields if field.type is Type.SECRET)


def guards(allow_delete: Mapping[str, str], allow_empty: Iterable[str], *, assume_references: bool = False) -> Guards:
    """Guards out of what a user wrote. Raises DeviceTrustError for a kind that there is not, or what is no number."""
    empty = frozenset(allow_empty)
    for option, names in (("allow_delete", allow_delete), ("allow_empty", empty)):
        known = {*KINDS, *SECTIONS} if option == "allow_empty" else {*KINDS}
        for name in set(names) - known:
            raise DeviceTrustError(f"{option}: there is no kind {name!r} ({did_you_mean(name, KINDS)})")
    for name, number in allow_delete.items():
        if not number.isdecimal():
            raise DeviceTrustError(f"allow_delete: {name}: {number!r} is not a number of deletions")
    return Guards({name: int(number) for name, number in allow_delete.items()}, empty, assume_references)


def plan(
    desired: Desired,
    account: Account,
    guards: Guards | None = None,
    *,
    state: AccountState | None = None,
    selection: Selection | None = None,
) -> Plan:
    """What brings the live account to what is declared. Reads only.

    ``state`` remembers which secrets were sent last. Raises PlanRefused when there is a reason not to, and LiveError
    when the account cannot be read.
    """
    selection = selection or Selection()
    desired = selection.declared(desired)
    if state:
        desired = with_resent(desired, SecretMemory(state.directory).differs)
    live = account.read(_with_marks(scope_of(desired), state))
    made = make_plan(desired, live, guards, selection)
    refuse_blocked(made, account.obstacles(made.deletions_of(live)))
    refuse_unknown(made, account.unknown_devices(devices_to_know(made)))
    made = with_impact(made, desired, days_until)
    return replace(made, seconds_per_request=account.seconds_per_request())


def _with_marks(reading: Reading, state: AccountState | None) -> Reading:
    return reading.with_marks(MarkMemory(state.directory).marks()) if state else reading


def awaited_devices(made: Plan) -> dict[str, Any]:
    """The devices that do what was declared of them at a later heartbeat, as count, digest and sample."""
    return awaited(made).summary()


def wait_for_devices(
    desired: Desired,
    account: Account,
    state: AccountState | None,
    seconds: float,
    *,
    selection: Selection | None = None,
    tell: Callable[[int], None] = lambda _unused: None,
) -> dict[str, Any]:
    """Waits until every declared device has done what it was told, or ``seconds`` are over.

    ``tell`` hears how many have not, each time that their number has changed. Returns the devices that have not, as
    ``awaited_devices`` does. Reads only. Raises as ``plan`` does.
    """
    chosen = selection or Selection()
    kinds = frozenset(kind.name for kind in KINDS.values() if kind.can_be_awaited and chosen.takes(kind.name))

    def look() -> IdSet:
        if not kinds:
            return IdSet()
        return awaited(plan(desired, account, _ANYTHING, state=state, selection=Selection(only=kinds)))

    return wait_until_empty(look, seconds, tell).summary()


def drift(
    desired: Desired, account: Account, selection: Selection | None = None, *, state: AccountState | None = None
) -> Plan:
    """How the live account differs from what is declared: a plan that nothing guards, for it is not to be applied.

    What cannot be compared does not differ. Reads only. Raises as ``plan`` does.
    """
    return plan(never_resent(desired), account, _ANYTHING, state=state, selection=selection)


def apply(
    made: Plan, account: Account, *, state: AccountState | None = None, execution: Execution | None = None
) -> Report:
    """Carries out a plan and tells what became of each change. Sends nothing that is not in the plan."""
    if state is None:
        return execute(made, account, execution)
    execution = execution or Execution()
    marks = MarkRecorder(MarkMemory(state.directory), made.changes)
    report = execute(made, account, replace(execution, recorder=Recorders((marks, execution.recorder))))
    sent = [outcome.change for outcome in report.outcomes if outcome.status is Status.DONE]
    failure = marks.failure
    try:
        SecretMemory(state.directory).remember(sent, made.desired if report.ok else Desired({}))
    except OSError as unwritable:
        failure = unwritable
    return replace(report, warnings=(_forgotten(state, failure),)) if failure else report


def _forgotten(state: AccountState, failure: OSError) -> str:
    return (
        f"what was sent cannot be remembered in {state.directory} ({failure.strerror}), and may be sent once more next "
        "time; DEVICE_TRUST_STATE names a directory for it"
    )


@dataclass(frozen=True, slots=True)
class Applying:
    """How an apply is carried out on this machine. ``lock_timeout`` is seconds to wait for another apply.

    ``sources`` are the files that the plan is or was made from, for who resumes it.
    """

    state: AccountState
    lock_timeout: float = 0.0
    execution: Execution = field(default_factory=Execution)
    sources: tuple[str, ...] = ()


@contextmanager
def apply_under_lock(
    made: Plan, account: Account, applying: Applying, digest: str = ""
) -> Iterator[Callable[[], Report]]:
    """Holds the account's lock, and gives the function that applies the plan with a journal.

    The plan was made before: its objects are read again under the lock. ``digest`` is that of the saved plan, if it is
    one. Raises Locked, PlanRefused when an object is not what it was, and JournalFailure, before anything is sent.
    """
    with account_lock(applying.state.lock, applying.lock_timeout):
        refuse_moved(made, account, applying.state)
        yield lambda: apply_with_journal(made, account, applying, digest)


def refuse_moved(made: Plan, account: Account, state: AccountState) -> None:
    """Raises PlanRefused when objects of a plan are not what they were when it was made: while somebody thought about
    it, or waited for the lock.
    """
    problems = list(moved(made, _read_again(made, account, state)))
    if problems:
        raise PlanRefused(problems)


def _read_again(made: Plan, account: Account, state: AccountState) -> LiveAccount:
    return account.read(_with_marks(reading_of(made.changes), state))


def apply_with_journal(made: Plan, account: Account, applying: Applying, digest: str = "") -> Report:
    """As ``apply``, with a journal. The caller holds the account's lock.

    Raises JournalFailure before anything is sent.
    """
    state, execution = applying.state, applying.execution
    addresses = [change.address for change in made.changes]
    with Journal(state.journals, digest or plan_digest(made), sources=applying.sources, changes=addresses) as journal:
        told = replace(execution, recorder=Recorders((journal, execution.recorder)))
        report = apply(made, account, state=state, execution=told)
        journal.end(ok=report.ok)
        return report


def last_run(state: AccountState) -> PastRun | None:
    """What the newest journal of this account on this machine tells."""
    return next(past_runs(state.journals), None)


def export_account(account: Account, name: str = "", selection: Selection | None = None) -> Export:
    """The live account as documents that declare what it has. Reads only. ``name`` is the account's name in them."""
    chosen = {
        kind.name
        for kind in KINDS.values()
        if not isinstance(kind.read, PerDevice) and (selection is None or selection.takes(kind.name))
    }
    return export(account.read(Reading(read_with(chosen))), name, chosen)


def secret_values(desired: Desired) -> frozenset[str]:
    """The secrets of a declaration, for redaction only."""
    declared = (declared for section in desired.sections.values() for declared in section)
    values = (value for d in declared for value in d.attributes.values())
    return frozenset(value.reveal() for value in values if isinstance(value, Secret))


def device_rows(patterns: Iterable[str], base: Path) -> list[dict[str, Any]]:
    """The devices of files, row by row, as ``id`` in normal form and ``columns``.

    ``patterns`` are paths or globs, relative to ``base``. Raises InvalidDeclaration with everything that is wrong.
    """
    problems: list[Problem] = []
    rows: list[dict[str, Any]] = []
    for pattern in patterns:
        files = find_files(pattern, base)
        if not files:
            problems.append(Problem(f"no file matches {pattern!r}", hint=f"paths are relative to {base}"))
        for file in files:
            rows += ({"id": row.id, "columns": dict(row.columns)} for row in read_rows(file, problems))
    if problems:
        raise InvalidDeclaration(problems)
    return rows


def plan_digest(made: Plan) -> str:
    """Tells plans apart: by what they would do."""
    return digest_of(plan_as_data(made))


def save_plan(made: Plan, path: Path, connection: Connection) -> None:
    """Writes a plan that can be published, and applied exactly. Raises CannotSave when a secret is in it in clear."""
    document, sidecars = encode_plan(made, connection.fingerprint, connection.seal)
    write_plan_file(path, document, sidecars)


def read_plan(path: Path, resolve: Callable[[str], str]) -> SavedPlan:
    """A saved plan. ``resolve`` gives the value of a secret's reference. Raises BadPlanFile."""
    return read_plan_file(path, resolve)


def revive(
    saved: SavedPlan,
    account: Account,
    connection: Connection,
    *,
    resume: AccountState | None = None,
    allow_stale: bool = False,
) -> tuple[Plan, tuple[Problem, ...]]:
    """A saved plan against the account as it is now: what of it can be carried out, and why the rest cannot.

    With ``resume``, what an apply of this very plan began before it was cut off is brought to its end. Raises
    PlanRefused when the plan was made for another account, and for anything that has changed unless ``allow_stale``.
    """
    if saved.fingerprint != connection.fingerprint:
        raise PlanRefused([Problem(f"the plan was made for another account ({saved.account or 'unnamed'})")])
    runs = [run for run in past_runs(resume.journals) if run.plan == saved.digest] if resume else []
    before = Begun(
        frozenset(address for run in runs for address in run.begun),
        frozenset(address for run in runs for address in run.done),
    )
    live = _read_again(saved.plan, account, resume or AccountState.of(connection.fingerprint))
    made, problems = still_valid(saved, live, before, connection.seal)
    if problems and not allow_stale:
        raise PlanRefused(problems)
    return replace(made, seconds_per_request=account.seconds_per_request()), problems
