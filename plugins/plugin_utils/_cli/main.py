# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The console ``device-trust``: which commands there are, and what ends it."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.failures import (
    ERROR,
    INTERRUPTED,
    internal_error,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.help import SETTINGS, lazy_group

COMMANDS = {
    "validate": "Check documents; the account is not asked.",
    "plan": "Show what would change, and save it.",
    "apply": "Apply a saved plan, or documents.",
    "wait": "Wait until devices have done what they were told.",
    "drift": "Tell whether the account is as declared.",
    "destroy": "Delete what documents declare.",
    "import": "Write documents that declare what the account has.",
    "show": "Show a saved plan.",
    "graph": "Show what waits for what in a plan.",
    "explain": "Tell what can be declared.",
    "schema": "Print the JSON Schema of documents, or of saved plans.",
    "sandbox": "Run the simulated services on this machine.",
    "version": "Print the version.",
}

app = typer.Typer(
    name="device-trust",
    cls=lazy_group(COMMANDS),
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings=SETTINGS,
)


def _version_option(wanted: bool) -> None:
    if wanted:
        from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.commands.version_command import (
            version_line,
        )

        typer.echo(version_line())
        raise typer.Exit()


@app.callback()
def options(
    _unused: Annotated[
        bool, typer.Option("--version", callback=_version_option, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Device trust as code: what an IoT security account must have, in YAML.

    Credentials come from the environment: UBLOX_API_KEY and UBLOX_API_SECRET, or UBLOX_API_TOKEN. 'device-trust
    COMMAND --help' has examples, and says what the command's exit code tells.
    """


# The class of everything that typer wants to tell a user, wherever typer takes it from.
_Shown: Any = typer.BadParameter.__mro__[2]


def status_of(arguments: Sequence[str]) -> int:
    """Runs one command; the exit status. Wrong usage is 1, as any error: 2 tells that something would change."""
    try:
        return typer.main.get_command(app)(list(arguments), prog_name="device-trust", standalone_mode=False) or 0
    except _Shown as wrong:
        wrong.show()
        return ERROR
    except SystemExit as end:
        return int(end.code or 0)
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except BrokenPipeError:
        return ERROR
    except Exception as failure:
        return internal_error(failure)


def main() -> None:
    """The console script."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    status = status_of(sys.argv[1:])
    try:
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read it has had enough, and Python would complain at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(status)


if __name__ == "__main__":
    main()
