# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The face of the core: what modules and the console call."""

from __future__ import annotations

from dataclasses import replace

from ._apply.executor import execute
from ._apply.report import Report
from ._live.ublox.account import Account
from ._model.desired import Desired
from ._plan.guards import Guards
from ._plan.plan import Plan
from ._plan.planner import make_plan, refuse_blocked
from ._plan.scope import scope_of


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
