# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``device-trust version``."""

from __future__ import annotations

import contextlib
import platform
import re
from pathlib import Path

import typer

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.options import Json, grouped

_SAID_IN = {"galaxy.yml": r"(?m)^version: (\S+)$", "MANIFEST.json": r'"version": "([^"]+)"'}


@grouped
def command(json: Json = False) -> None:
    """Print the version.

    Examples:
      device-trust version
      device-trust version --json

    Exit codes:
      0  printed
    """
    if json:
        from json import dumps

        typer.echo(dumps({"ok": True, "version": installed_version(), "python": platform.python_version()}, indent=2))
    else:
        typer.echo(version_line())


def version_line() -> str:
    return f"device-trust {installed_version()}"


def installed_version() -> str:
    """The version of the collection, which galaxy.yml says, or MANIFEST.json where it came from Galaxy."""
    root = Path(__file__).parents[4]
    for name, pattern in _SAID_IN.items():
        with contextlib.suppress(OSError):
            found = re.search(pattern, (root / name).read_text(encoding="utf-8"))
            if found:
                return found[1]
    return "unknown"
