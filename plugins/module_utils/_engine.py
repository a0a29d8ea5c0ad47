# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The face of the core: what modules and the console call. Nothing above it reaches past it, but for renderers."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ._apply.account_state import AccountState, account_fingerprint
from ._apply.executor import PARALLEL_CHANGES, Execution, Recorders, execute
from ._apply.journal import Journal, PastRun, past_runs
from ._apply.lock import account_lock
from ._apply.memory import SecretMemory
from ._apply.plan_file import is_plan_file, read_plan_file, write_plan_file
from ._apply.report import Outcome, Report, Status
from ._config.document import load_data, load_files
from ._config.export import Export, export
from ._config.references import resolve_reference
from ._config.suggest import did_you_mean
from ._live.errors import InvalidConnection
from ._live.transport import Endpoint
from ._live.ublox.account import PARALLEL_REQUESTS, Account
from ._live.ublox.client import DEFAULT_URL
from ._live.ublox.e2e import header_length, open_message
from ._live.ublox.queries import QUERIES
from ._live.ublox.query import Query, query_options, query_spec, requests_of
from ._live.ublox.token import Credentials, jwt_lifetime, jwt_subject
from ._model.argument_spec import argument_spec, documented_options, takes_many_names
from ._model.desired import Desired
from ._model.digest import digest_of
from ._model.errors import DeviceTrustError, InvalidDeclaration, PlanRefused, Problem
from ._model.explanation import field_as_data, kind_as_data
from ._model.json_schema import document_schema
from ._model.kind import Field, Kind, PerParent
from ._model.live import LiveAccount
from ._model.printable import printable
from ._model.registry import KINDS, SECTIONS
from ._model.secret import Secret, redact, sealed
from ._model.values import Type
from ._plan.codec import plan_as_data
from ._plan.guards import Guards
from ._plan.impact import with_impact
from ._plan.plan import Change, Plan
from ._plan.planner import make_plan, refuse_blocked
from ._plan.resend import never_resent, with_resent
from ._plan.saved import Begun, SavedPlan, encode_plan, still_valid
from ._plan.saved_schema import plan_schema
from ._plan.scope import scope_of
from ._plan.selection import Selection
from ._plan.staleness import moved, objects_of
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
    "connect",
    "declared_absent",
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
]

SECRET_FIELDS = frozenset(field.name for kind in KINDS.values() for field in kind.fields if field.type is Type.SECRET)


@dataclass(frozen=True, slots=True)
class Connection:
    """How to reach an account of u-blox Security Services. ``timeout`` is seconds for one request."""

    api_url: str = DEFAULT_URL
    api_key: str = ""
    api_secret: Secret | None = None
    api_token: Secret | None = None
    timeout: float = 30.0
    ca_bundle: str | None = None
    proxy: str | None = None

    @classmethod
    def from_options(cls, options: Mapping[str, Any]) -> Connection:
        """Out of module options or anything that has their names."""
        return cls(
            api_url=options["api_url"],
            api_key=options["api_key"] or "",
            api_secret=Secret(options["api_secret"]) if options["api_secret"] else None,
            api_token=Secret(options["api_token"]) if options["api_token"] else None,
            timeout=options["timeout"],
            ca_bundle=options["ca_bundle"],
            proxy=options["proxy"],
        )

    @property
    def fingerprint(self) -> str:
        """Tells this account from others; no secret can be found from it."""
        subject = jwt_subject(self.api_token.reveal()) if self.api_token and not self.api_key else ""
        return account_fingerprint(self.api_url, self.api_key or subject)

    def seal(self, secret: Secret) -> str:
        """Tells whether ``secret`` is still the same, to who has this connection's API secret; empty without one."""
        if self.api_secret is None:
            return ""
        return sealed(secret, self.api_secret)


def connect(connection: Connection, parallel: int = PARALLEL_REQUESTS) -> Account:
    """The live account, as a context manager. Nothing is sent yet. ``parallel`` reads go on at once.

    Raises InvalidConnection.
    """
    endpoint = Endpoint(
        connection.api_url, connection.timeout, ca_bundle=connection.ca_bundle, proxy=connection.proxy
    ).checked("api_url")
    credentials = Credentials(connection.api_key, connection.api_secret, connection.api_token)
    return Account(endpoint, credentials, parallel=parallel)


def sign_in(connection: Connection) -> tuple[str, float | None]:
    """A new token for ``connection``'s key and secret, and how many seconds it lives if it tells.

    A token that the connection has is left aside. Raises InvalidConnection without key and secret, and LiveError.
    """
    if not (connection.api_key and connection.api_secret):
        raise InvalidConnection("signing in needs api_key and api_secret (or UBLOX_API_KEY and UBLOX_API_SECRET)")
    with connect(replace(connection, api_token=None)) as account:
        token = account.sign_in()
    return token, jwt_lifetime(token)


def ask(account: Account, query: Query, options: Mapping[str, Any]) -> dict[str, Any]:
    """The whole answer to a query, ids in normal form, without secrets unless the query is for them.

    Raises InvalidDeclaration, before any request, with everything that is wrong in ``options``; LiveError.
    """
    (answer,) = ask_all(account, [(query, options)])
    return answer


def ask_all(account: Account, asked: Iterable[tuple[Query, Mapping[str, Any]]]) -> list[dict[str, Any]]:
    """The whole answers to several queries, in order, all asked at the same time. Raises as ``ask``."""
    now = datetime.datetime.now(datetime.UTC)
    return account.ask([(query, requests_of(query, options, now)) for query, options in asked])


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
    scope = scope_of(desired)
    live = account.read(scope.kinds, scope.parents)
    made = make_plan(desired, live, guards, selection)
    refuse_blocked(made, account.obstacles(made.deletions_of(live)))
    made = with_impact(made, desired, _days_until)
    return replace(made, seconds_per_request=account.seconds_per_request())


def drift(desired: Desired, account: Account, selection: Selection | None = None) -> Plan:
    """How the live account differs from what is declared: a plan that nothing guards, for it is not to be applied.

    Secrets that cannot be compared do not differ. Reads only. Raises as ``plan`` does.
    """
    anything = Guards(dict.fromkeys(KINDS, sys.maxsize), frozenset(KINDS))
    return plan(never_resent(desired), account, anything, selection=selection)


def _days_until(iso_date: str) -> int:
    return (datetime.date.fromisoformat(iso_date) - datetime.datetime.now(datetime.UTC).date()).days


def apply(
    made: Plan, account: Account, *, state: AccountState | None = None, execution: Execution | None = None
) -> Report:
    """Carries out a plan and tells what became of each change. Sends nothing that is not in the plan."""
    report = execute(made, account, execution)
    if state:
        sent = [outcome.change for outcome in report.outcomes if outcome.status is Status.DONE]
        SecretMemory(state.directory).remember(sent, made.desired if report.ok else Desired({}))
    return report


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
        refuse_moved(made, account)
        yield lambda: apply_with_journal(made, account, applying, digest)


def refuse_moved(made: Plan, account: Account) -> None:
    """Raises PlanRefused when objects of a plan are not what they were when it was made: while somebody thought about
    it, or waited for the lock.
    """
    problems = list(moved(made, _read_again(made, account)))
    if problems:
        raise PlanRefused(problems)


def _read_again(made: Plan, account: Account) -> LiveAccount:
    return account.read(*objects_of(made.changes))


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
    kinds = [kind for kind in KINDS.values() if selection is None or selection.takes(kind.name)]
    parents = {read.parent for kind in kinds if isinstance(read := kind.read, PerParent)}
    chosen = {kind.name for kind in kinds}
    live = account.read([kind for kind in KINDS.values() if kind.name in chosen | parents])
    return export(live, name, chosen)


def secret_values(desired: Desired) -> frozenset[str]:
    """The secrets of a declaration, for redaction only."""
    declared = (declared for section in desired.sections.values() for declared in section)
    values = (value for d in declared for value in d.attributes.values())
    return frozenset(value.reveal() for value in values if isinstance(value, Secret))


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
    made, problems = still_valid(saved, _read_again(saved.plan, account), before, connection.seal)
    if problems and not allow_stale:
        raise PlanRefused(problems)
    return replace(made, seconds_per_request=account.seconds_per_request()), problems
