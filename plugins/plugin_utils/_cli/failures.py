# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a user is told when a command fails. Never a traceback, unless DEVICE_TRUST_DEBUG asks for it."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Iterable
from typing import Any

ERROR = 1
CHANGES = 2
INTERRUPTED = 130

_OURS = "/device_trust/plugins/"
_SECRET_VARIABLES = ("UBLOX_API_SECRET", "UBLOX_API_TOKEN")


def failure_text(failure: Exception) -> str:
    """Every problem on a line of its own, which begins with its place; or the one message."""
    problems = getattr(failure, "problems", None)
    if problems is None:
        return f"device-trust: {_message(failure)}"
    found = f"{len(problems)} problem{'s' if len(problems) != 1 else ''}"
    return "\n".join([*map(str, problems), f"device-trust: {found}; nothing was changed"])


def failure_data(failure: Exception) -> dict[str, Any]:
    """The same in JSON's terms."""
    problems = [
        {
            "message": problem.message,
            "path": problem.path,
            "file": problem.position.file if problem.position else None,
            "line": problem.position.line or None if problem.position else None,
            "column": problem.position.column or None if problem.position else None,
            "hint": problem.hint,
        }
        for problem in getattr(failure, "problems", ())
    ]
    return {"ok": False, "error": _message(failure), "problems": problems}


def _message(failure: Exception) -> str:
    if isinstance(failure, OSError):
        return f"{failure.filename}: {failure.strerror}" if failure.filename else str(failure.strerror or failure)
    return str(failure)


def internal_error(failure: BaseException, secrets: Iterable[str] = ()) -> int:
    """Tells of a mistake in this program in one line, and how to report it; the exit status."""
    sys.stderr.write(
        f"device-trust: internal error: {type(failure).__name__} at {_place(failure)}. "
        "Please report this line and the command; DEVICE_TRUST_DEBUG=1 shows more\n"
    )
    if os.environ.get("DEVICE_TRUST_DEBUG"):
        known = {*secrets, *(os.environ.get(name, "") for name in _SECRET_VARIABLES)}
        sys.stderr.write(_redacted("".join(traceback.format_exception(failure)), known))
    return ERROR


def _place(failure: BaseException) -> str:
    """Where in this program it happened."""
    frames = traceback.extract_tb(failure.__traceback__)
    ours = [frame for frame in frames if _OURS in frame.filename] or frames
    return f"{ours[-1].filename.rpartition(_OURS)[2]}:{ours[-1].lineno}"


def _redacted(text: str, secrets: set[str]) -> str:
    from ansible_collections.edgeops.device_trust.plugins.module_utils._engine import redact

    return redact(text, secrets)
