# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``device-trust import``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.options import (
    ConnectionOptions,
    Json,
    KindOptions,
    ReadingOptions,
    grouped,
    mode_of,
)


@grouped
def command(
    connection: ConnectionOptions,
    kinds: KindOptions,
    reading: ReadingOptions,
    directory: Annotated[
        Path | None, typer.Argument(show_default=False, help="Where to write a file for each kind.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace files that exist.")] = False,
    json: Json = False,
) -> None:
    """Write documents that declare what the account has, so that a plan of them is empty.

    Into a directory, each kind goes to a file of its own, and the whitelist's ids to a text file; without one,
    everything is one document on standard output. Secrets are not written: a webhook's token becomes
    '!env VARIABLE', and a comment says which variable to set.

    Examples:
      device-trust import fleet/
      device-trust import fleet/ --only webhook --force
      device-trust import > account.yml

    Exit codes:
      0  written
      1  an error, or a file is there already
    """
    from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.jobs.importing import import_account
    from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.talk import conclude

    conclude(mode_of(json=json), lambda talk: import_account(talk, directory, connection, kinds, reading, force=force))
