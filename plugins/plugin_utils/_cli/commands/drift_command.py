# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``device-trust drift``."""

from __future__ import annotations

from typing import Annotated

import typer

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.formats import Format
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.options import (
    ConnectionOptions,
    Documents,
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
    reading: ReadingOptions,
    form: Annotated[Format, typer.Option("--format", help="How to write the differences.")] = Format.TEXT,
    json: Json = False,
) -> None:
    """Tell whether the account is still as documents declare. Nothing is changed.

    No guard stands against it, and secrets that the service does not return are no difference.

    Examples:
      device-trust drift fleet/
      device-trust drift fleet/ --json | jq '.changes[].address'

    Exit codes:
      0  the account is as declared
      1  an error
      2  the account is not as declared
    """
    from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.jobs.planning import drift
    from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.rendering import mode_for
    from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.talk import conclude

    conclude(
        mode_for(form, json=json),
        lambda talk: drift(talk, paths, connection, vault, selection, reading, form=form),
    )
