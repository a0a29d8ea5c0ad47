# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What documents come to against the account as it is: a plan, or drift."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ansible_collections.edgeops.device_trust.plugins.module_utils import _engine
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.connection import connection_of
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.documents import (
    declaration,
    guards_of,
    selection_of,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.formats import Format
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.rendering import plan_result
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.talk import Result, Talk

if TYPE_CHECKING:
    from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.options import (
        ConnectionOptions,
        GuardOptions,
        ReadingOptions,
        SelectionOptions,
        VaultOptions,
    )

READING = "Reading the account"


def plan(
    talk: Talk,
    paths: Sequence[Path],
    connection: ConnectionOptions,
    vault: VaultOptions,
    selection: SelectionOptions,
    guards: GuardOptions,
    reading: ReadingOptions,
    *,
    form: Format,
    out: Path | None,
    tell_changes: bool,
) -> Result:
    """Plans what ``paths`` declare, and saves the plan to ``out``."""
    desired = declaration(paths, vault, talk)
    chosen, allowed = selection_of(selection), guards_of(guards)
    reached = connection_of(connection)
    state = _engine.AccountState.of(reached.fingerprint)
    with talk.busy(READING), _engine.connect(reached, reading.reads) as account:
        made = _engine.plan(desired, account, allowed, state=state, selection=chosen)
    result = plan_result(made, form, tell_changes=tell_changes)
    if out:
        _engine.save_plan(made, out, reached)
        talk.note(f"Saved the plan to {out}. To apply exactly this: device-trust apply {out}")
    return result


def drift(
    talk: Talk,
    paths: Sequence[Path],
    connection: ConnectionOptions,
    vault: VaultOptions,
    selection: SelectionOptions,
    reading: ReadingOptions,
    *,
    form: Format,
) -> Result:
    """Tells whether the account is still as ``paths`` declare."""
    desired = declaration(paths, vault, talk)
    chosen = selection_of(selection)
    reached = connection_of(connection)
    state = _engine.AccountState.of(reached.fingerprint)
    with talk.busy(READING), _engine.connect(reached, reading.reads) as account:
        found = _engine.drift(desired, account, chosen, state=state)
    result = plan_result(found, form, tell_changes=True, drift=bool(found))
    if form is Format.TEXT and found:
        return replace(result, text=f"{result.text}\nDrift: the account is not as declared.")
    return result
