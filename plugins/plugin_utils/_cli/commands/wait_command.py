# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``device-trust wait``."""

from __future__ import annotations

from typing import Annotated

import typer

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.options import (
    ConnectionOptions,
    Documents,
    Json,
    KindOptions,
    VaultOptions,
    grouped,
    mode_of,
)


@grouped
def command(
    paths: Documents,
    connection: ConnectionOptions,
    vault: VaultOptions,
    kinds: KindOptions,
    wait_timeout: Annotated[
        float, typer.Option(metavar="SECONDS", min=0, help="Wait no longer than this; 0 looks once.")
    ] = 600.0,
    json: Json = False,
) -> None:
    """Wait until devices have done what documents declare of them. Nothing is changed.

    Devices do what an apply told them at their next security heartbeat: their provisioning and their certificates.

    Examples:
      device-trust wait fleet/ --wait-timeout 3600
      device-trust wait fleet/ --only device_certificate --wait-timeout 0 --json | jq .pending.count

    Exit codes:
      0  all devices have done it
      1  an error
      2  some devices have not done it yet
    """
    from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.jobs.waiting import wait
    from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.talk import conclude

    conclude(mode_of(json=json), lambda talk: wait(talk, paths, connection, vault, kinds, seconds=wait_timeout))
