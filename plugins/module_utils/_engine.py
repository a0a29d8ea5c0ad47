# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The face of the core: what modules and the console call. Nothing above it reaches past it, but for renderers."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ._apply.account_state import AccountState, account_fingerprint
from ._apply.executor import Execution, execute
from ._apply.journal import Journal, past_runs
from ._apply.lock import account_lock
from ._apply.memory import SecretMemory
from ._apply.plan_file import read_plan_file, write_plan_file
from ._apply.report import Outcome, Report, Status
from ._config.document import load_data, load_files
from ._config.suggest import did_you_mean
from ._live.transport import Endpoint
from ._live.ublox.account import Account
from ._live.ublox.client import DEFAULT_URL
from ._live.ublox.token import Credentials, jwt_subject
from ._model.argument_spec import argument_spec, documented_options, takes_many_names
from ._model.desired import Desired
from ._model.digest import digest_of
from ._model.errors import DeviceTrustError, InvalidDeclaration, PlanRefused, Problem
from ._model.json_schema import document_schema
from ._model.kind import Kind
from ._model.registry import KINDS, SECTIONS
from ._model.secret import Secret
from ._model.values import Type
from ._plan.codec import plan_as_data
from ._plan.guards import Guards
from ._plan.impact import with_impact
from ._plan.plan import Change, Plan
from ._plan.planner import make_plan, refuse_blocked
from ._plan.resend import with_resent
from ._plan.saved import SavedPlan, encode_plan, kinds_of, still_valid
from ._plan.saved_schema import plan_schema
from ._plan.scope import scope_of
from ._plan.selection import Selection

__all__ = [
    "DEFAULT_URL",
    "KINDS",
    "SECRET_FIELDS",
    "SECTIONS",
    "Account",
    "AccountState",
    "Change",
    "Connection",
    "Desired",
    "DeviceTrustError",
    "Execution",
    "Guards",
    "InvalidDeclaration",
    "Kind",
    "Outcome",
    "Plan",
    "PlanRefused",
    "Problem",
    "Report",
    "SavedPlan",
    "Selection",
    "Status",
    "apply",
    "apply_under_lock",
    "argument_spec",
    "connect",
    "did_you_mean",
    "document_schema",
    "documented_options",
    "guards",
    "load_data",
    "load_files",
    "plan",
    "plan_schema",
    "read_plan",
    "revive",
    "save_plan",
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


def connect(connection: Connection) -> Account:
    """The live account, as a context manager. Nothing is sent yet. Raises InvalidConnection."""
    endpoint = Endpoint(
        connection.api_url, connection.timeout, ca_bundle=connection.ca_bundle, proxy=connection.proxy
    ).checked("api_url")
    return Account(endpoint, Credentials(connection.api_key, connection.api_secret, connection.api_token))


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
    """How an apply is carried out on this machine. ``lock_timeout`` is seconds to wait for another apply."""

    state: AccountState
    lock_timeout: float = 0.0
    execution: Execution = field(default_factory=Execution)


@contextmanager
def apply_under_lock(
    made: Plan, account: Account, applying: Applying, digest: str = ""
) -> Iterator[Callable[[], Report]]:
    """Holds the account's lock and a journal, and gives the function that applies the plan under them.

    ``digest`` is that of the saved plan, if it is one. Raises Locked and JournalFailure before anything is sent.
    """
    state = applying.state
    with (
        account_lock(state.lock, applying.lock_timeout),
        Journal(state.journals, digest or plan_digest(made)) as journal,
    ):

        def carry_out() -> Report:
            execution = replace(applying.execution, recorder=journal)
            report = apply(made, account, state=state, execution=execution)
            journal.end(ok=report.ok)
            return report

        yield carry_out


def plan_digest(made: Plan) -> str:
    """Tells plans apart: by what they would do."""
    return digest_of(plan_as_data(made))


def save_plan(made: Plan, path: Path, connection: Connection) -> None:
    """Writes a plan that can be published, and applied exactly. Raises CannotSave when a secret is in it in clear."""
    document, sidecars = encode_plan(made, connection.fingerprint)
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
    kinds, parents = kinds_of(saved)
    runs = past_runs(resume.journals) if resume else ()
    begun = next((run.begun for run in runs if run.plan == saved.digest), frozenset())
    made, problems = still_valid(saved, account.read(kinds, parents), begun)
    if problems and not allow_stale:
        raise PlanRefused(problems)
    return replace(made, seconds_per_request=account.seconds_per_request()), problems
