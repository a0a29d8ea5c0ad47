# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The face of the core: what modules and the console call. Nothing above it reaches past it, but for renderers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ._apply.executor import execute
from ._apply.report import Report
from ._config.document import load_data, load_files
from ._live.transport import Endpoint
from ._live.ublox.account import Account
from ._live.ublox.client import DEFAULT_URL
from ._live.ublox.token import Credentials
from ._model.argument_spec import argument_spec, documented_options, takes_many_names
from ._model.desired import Desired
from ._model.errors import DeviceTrustError, InvalidDeclaration, PlanRefused
from ._model.json_schema import document_schema
from ._model.kind import Kind
from ._model.registry import KINDS
from ._model.secret import Secret
from ._model.values import Type
from ._plan.guards import Guards
from ._plan.plan import Plan
from ._plan.planner import make_plan, refuse_blocked
from ._plan.scope import scope_of

__all__ = [
    "DEFAULT_URL",
    "KINDS",
    "SECRET_FIELDS",
    "Account",
    "Connection",
    "Desired",
    "DeviceTrustError",
    "Guards",
    "InvalidDeclaration",
    "Kind",
    "Plan",
    "PlanRefused",
    "Report",
    "apply",
    "argument_spec",
    "connect",
    "document_schema",
    "documented_options",
    "load_data",
    "load_files",
    "plan",
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


def connect(connection: Connection) -> Account:
    """The live account, as a context manager. Nothing is sent yet. Raises InvalidConnection."""
    endpoint = Endpoint(
        connection.api_url, connection.timeout, ca_bundle=connection.ca_bundle, proxy=connection.proxy
    ).checked("api_url")
    return Account(endpoint, Credentials(connection.api_key, connection.api_secret, connection.api_token))


def plan(desired: Desired, account: Account, guards: Guards | None = None) -> Plan:
    """What brings the live account to what is declared. Reads only.

    Raises PlanRefused when there is a reason not to, and LiveError when the account cannot be read.
    """
    scope = scope_of(desired)
    live = account.read(scope.kinds, scope.parents)
    made = make_plan(desired, live, guards)
    refuse_blocked(made, account.obstacles(made.deletions_of(live)))
    return replace(made, seconds_per_request=account.seconds_per_request())


def apply(made: Plan, account: Account) -> Report:
    """Carries out a plan and tells what became of each change. Sends nothing that is not in the plan."""
    return execute(made, account)
