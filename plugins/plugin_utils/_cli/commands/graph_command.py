# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``device-trust graph``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.formats import GraphFormat
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.options import (
    ConnectionOptions,
    GuardOptions,
    Json,
    ReadingOptions,
    SelectionOptions,
    VaultOptions,
    grouped,
    mode_of,
)


@grouped
def command(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PLAN|PATH", show_default=False, help="A saved plan; or documents.")
    ],
    connection: ConnectionOptions,
    vault: VaultOptions,
    selection: SelectionOptions,
    guards: GuardOptions,
    reading: ReadingOptions,
    form: Annotated[GraphFormat, typer.Option("--format", help="How to write the graph.")] = GraphFormat.TEXT,
    json: Json = False,
) -> None:
    """Show what waits for what in a plan: what is in one step can be done at the same time.

    Examples:
      device-trust graph plan.json
      device-trust graph fleet/ --format dot | dot -Tsvg > plan.svg
      device-trust graph plan.json --format mermaid

    Exit codes:
      0  shown
      1  an error, or the plan is refused
    """
    from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.jobs.graphing import graph
    from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.talk import conclude

    conclude(
        mode_of(json=json or form is GraphFormat.JSON),
        lambda talk: graph(talk, paths, connection, vault, selection, guards, reading, form=form),
    )
