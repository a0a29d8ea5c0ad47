# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``device-trust sandbox``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.options import grouped


@grouped
def command(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on; 0 takes a free one.")] = 0,
    state: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Keep the state in this file, so that it survives a restart.")
    ] = None,
    seed: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Start from the account in this file (JSON or YAML).")
    ] = None,
    faults: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Fault rules in force from the start (JSON).")
    ] = None,
    tls: Annotated[bool, typer.Option("--tls", help="Serve HTTPS with a certificate that it makes itself.")] = False,
    ca_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to write the CA that clients must trust with --tls.")
    ] = None,
    json: Annotated[
        bool, typer.Option("--json", help="Print the ready line as JSON, with the fake credentials.")
    ] = False,
) -> None:
    """Run the simulated u-blox and CalAmp services and an MT20W host on this machine.

    Examples:
      device-trust sandbox --port 8080 --state sandbox.db
      device-trust sandbox --json --tls --ca-file ca.pem

    Exit codes:
      0  stopped
      1  it could not start
    """
    from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.serve import SandboxOptions, run

    paths = {"state": state, "seed": seed, "faults": faults, "ca_file": ca_file}
    files = {name: str(path) if path else None for name, path in paths.items()}
    raise typer.Exit(run(SandboxOptions(host=host, port=port, tls=tls, json=json, **files)))
