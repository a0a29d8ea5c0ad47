# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What waits for what in a plan."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ansible_collections.edgeops.device_trust.plugins.module_utils import _engine
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.connection import connection_of
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.documents import (
    declaration,
    guards_of,
    selection_of,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.formats import GraphFormat
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.graphs import GRAPHS, graph_data
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.jobs.planning import READING
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.talk import Result, Talk

if TYPE_CHECKING:
    from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.options import (
        ConnectionOptions,
        GuardOptions,
        ReadingOptions,
        SelectionOptions,
        VaultOptions,
    )


def graph(
    talk: Talk,
    paths: Sequence[Path],
    connection: ConnectionOptions,
    vault: VaultOptions,
    selection: SelectionOptions,
    guards: GuardOptions,
    reading: ReadingOptions,
    *,
    form: GraphFormat,
) -> Result:
    """Of a saved plan, which needs no account, or of what documents come to."""
    if len(paths) == 1 and _engine.is_plan_file(paths[0]):
        made = _engine.read_plan(paths[0], lambda reference: "").plan
    else:
        desired = declaration(paths, vault, talk)
        chosen, allowed = selection_of(selection), guards_of(guards)
        with talk.busy(READING), _engine.connect(connection_of(connection), reading.reads) as account:
            made = _engine.plan(desired, account, allowed, selection=chosen)
    text = "" if form is GraphFormat.JSON else "\n".join(GRAPHS[form](made))
    return Result(graph_data(made), text, plain=True)
