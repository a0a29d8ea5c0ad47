# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``device-trust plan``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.formats import Format
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.options import (
    ConnectionOptions,
    Documents,
    GuardOptions,
    Json,
    ReadingOptions,
    SelectionOptions,
    VaultOptions,
    grouped,
)


@grouped
def command(
    paths: Documents,
    connection: ConnectionOptions,
    vault: VaultOptions,
    selection: SelectionOptions,
    guards: GuardOptions,
    reading: ReadingOptions,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Save the plan, for 'apply' to do exactly that.")
    ] = None,
    form: Annotated[Format, typer.Option("--format", help="How to write the plan.")] = Format.TEXT,
    json: Json = False,
    detailed_exitcode: Annotated[
        bool, typer.Option("--detailed-exitcode", help="Exit with 2 when something would change.")
    ] = False,
) -> None:
    """Show what would bring the account to what documents declare. Nothing is changed.

    A saved plan holds references to secrets, never their values, and can be kept as a CI artifact.

    Examples:
      device-trust plan fleet/
      device-trust plan fleet/ --out plan.json --detailed-exitcode
      device-trust plan fleet/ --format markdown > comment.md
      device-trust plan fleet/ --target root_ca.fleet.example.com
      device-trust plan fleet/ --allow-delete whitelist=500

    Exit codes:
      0  planned; with --detailed-exitcode: nothing would change
      1  an error, or the plan is refused
      2  with --detailed-exitcode: something would change
    """
    from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.jobs.planning import plan
    from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.rendering import mode_for
    from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.talk import conclude

    conclude(
        mode_for(form, json=json),
        lambda talk: plan(
            talk,
            paths,
            connection,
            vault,
            selection,
            guards,
            reading,
            form=form,
            out=out,
            tell_changes=detailed_exitcode,
        ),
    )
