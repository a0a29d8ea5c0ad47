# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``device-trust apply``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.options import (
    ApplyOptions,
    ConnectionOptions,
    GuardOptions,
    SelectionOptions,
    VaultOptions,
    grouped,
    mode_of,
)


@grouped
def command(
    connection: ConnectionOptions,
    vault: VaultOptions,
    selection: SelectionOptions,
    guards: GuardOptions,
    applying: ApplyOptions,
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="PLAN|PATH", show_default=False, help="A saved plan; or documents."),
    ] = None,
    allow_stale: Annotated[
        bool, typer.Option("--allow-stale", help="Of a saved plan, leave out what has changed since, and do the rest.")
    ] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with an apply that was cut off or failed, from its journal.")
    ] = False,
) -> None:
    """Apply a saved plan exactly, or documents after they were shown and confirmed.

    A saved plan is carried out if every object in it is still what it was; otherwise it is refused, object by object.
    Documents are planned, shown, and applied after 'yes' on a terminal; without one, --yes must say so.

    Ctrl-C lets requests in flight end and prints the report; once more stops at once. Whatever cut an apply off,
    'apply --resume' reads back what is unknown and does what is missing. It needs no PATH.

    Examples:
      device-trust apply plan.json
      device-trust apply fleet/
      device-trust apply fleet/ --yes --only tag
      device-trust apply --resume
      device-trust apply plan.json --events

    Exit codes:
      0    everything is done, or there was nothing to do
      1    an error, a refusal, or changes that were not carried out
      130  interrupted (143: terminated), and not everything was done
    """
    from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.jobs.applying import (
        Given,
        apply,
    )
    from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.talk import conclude

    given = Given(connection, vault, selection, guards, applying)
    conclude(
        mode_of(json=applying.json, events=applying.events),
        lambda talk: apply(talk, paths or [], given, allow_stale=allow_stale, resume=resume),
    )
