# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A live account into documents."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ansible_collections.edgeops.device_trust.plugins.module_utils import _engine
from ansible_collections.edgeops.device_trust.plugins.module_utils._engine import DeviceTrustError, Export
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.connection import connection_of
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.documents import selection_of
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.jobs.planning import READING
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.talk import Result, Talk

if TYPE_CHECKING:
    from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.options import (
        ConnectionOptions,
        KindOptions,
        ReadingOptions,
    )


def import_account(
    talk: Talk,
    directory: Path | None,
    connection: ConnectionOptions,
    kinds: KindOptions,
    reading: ReadingOptions,
    *,
    force: bool,
) -> Result:
    """Writes documents to ``directory``; without one, everything in one document on standard output."""
    selection = selection_of(kinds)
    reached = connection_of(connection)
    with talk.busy(READING), _engine.connect(reached, reading.reads) as account:
        found = _engine.export_account(account, os.environ.get("UBLOX_ACCOUNT", ""), selection)
    for line in found.left_out:
        talk.note(f"Left out, and not managed: {line}")
    for name, what in found.variables.items():
        talk.note(f"Before you plan, set {name} to {what}.")
    data = {"variables": found.variables, "left_out": found.left_out}
    if directory is None:
        document = found.document()
        return Result({**data, "document": document}, document.rstrip("\n"), plain=True)
    written = _write(directory, found.files(), force=force)
    return Result(
        {**data, "files": written}, "\n".join([*(f"Wrote {name}" for name in written), _next(directory, found)])
    )


def _next(directory: Path, found: Export) -> str:
    return (
        f"To see that nothing would change: device-trust plan {directory}" if found.sections else "Nothing to declare."
    )


def _write(directory: Path, files: Mapping[str, str], *, force: bool) -> list[str]:
    """Writes all files, or none when one is there already. Raises DeviceTrustError, and OSError."""
    directory.mkdir(parents=True, exist_ok=True)
    there = [str(directory / name) for name in files if (directory / name).exists()]
    if there and not force:
        raise DeviceTrustError(f"{', '.join(there)}: exists already; --force replaces it")
    for name, text in files.items():
        (directory / name).write_text(text, encoding="utf-8")
    return [str(directory / name) for name in files]
