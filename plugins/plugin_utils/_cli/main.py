# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The console ``device-trust``: commands as typer declares them. Each imports what it needs when it runs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    name="device-trust",
    help="Device trust as code: what an IoT security account must have, in YAML.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.command()
def sandbox(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on; 0 takes a free one.")] = 0,
    state: Annotated[
        Path | None, typer.Option(help="Keep the state in this file, so that it survives a restart.")
    ] = None,
    seed: Annotated[Path | None, typer.Option(help="Start from the account in this file (JSON or YAML).")] = None,
    faults: Annotated[Path | None, typer.Option(help="Fault rules in force from the start (JSON).")] = None,
    json: Annotated[
        bool, typer.Option("--json", help="Print the ready line as JSON, with the fake credentials.")
    ] = False,
) -> None:
    """Run the simulated u-blox and CalAmp services on this machine.

    Example: device-trust sandbox --port 8080 --state sandbox.db
    """
    from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.serve import SandboxOptions, run

    files = {name: str(path) if path else None for name, path in (("state", state), ("seed", seed), ("faults", faults))}
    raise typer.Exit(run(SandboxOptions(host=host, port=port, json=json, **files)))


@app.command()
def schema() -> None:
    """Print the JSON Schema of desired-state documents, for editors and other tools.

    Example: device-trust schema > desired-state.schema.json
    """
    import json

    from ansible_collections.edgeops.device_trust.plugins.module_utils._engine import document_schema

    typer.echo(json.dumps(document_schema(), indent=2, ensure_ascii=False))


@app.command()
def version() -> None:
    """Print the version."""
    from importlib.metadata import version as installed

    typer.echo(f"device-trust {installed('edgeops-device-trust')}")


def _version_option(wanted: bool) -> None:
    if wanted:
        version()
        raise typer.Exit()


@app.callback()
def options(
    _: Annotated[
        bool, typer.Option("--version", callback=_version_option, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Options before the command."""


def main() -> None:
    """The console script. An interrupt ends it without a traceback."""
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
