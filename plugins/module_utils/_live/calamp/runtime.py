# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The directory for what all processes of one user on one machine share.

Each fork of Ansible imports this anew, without a byte code cache: it needs nothing but the standard library.
"""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path

_NAME = "edgeops-device-trust"
# Where pam_systemd makes them.
_SESSIONS = "/run/user"


def runtime_directory(environment: Mapping[str, str] | None = None) -> Path:
    """A directory that only this user can enter, made if needed: in XDG_RUNTIME_DIR, else in what that would be in a
    session of the user (cron has none), else in the temporary directory.

    Raises UnsafeRuntimeDirectory when something else than such a directory stands in its place.
    """
    given = (os.environ if environment is None else environment).get("XDG_RUNTIME_DIR", "")
    for place in (given, f"{_SESSIONS}/{os.getuid()}"):
        if os.path.isabs(place) and _is_private(Path(place)):
            return private_directory(Path(place) / _NAME)
    return private_directory(Path(tempfile.gettempdir()) / f"{_NAME}-{os.getuid()}")


def private_directory(path: Path) -> Path:
    """``path`` as a directory of this user with mode 0700, made if needed. A symbolic link is refused."""
    try:
        path.mkdir(mode=0o700)
    except FileExistsError:
        pass
    except OSError as failure:
        raise _unsafe(f"{path} cannot be made: {failure.strerror}") from None
    if not _is_private(path):
        raise _unsafe(
            f"{path} must be a directory (no symbolic link) of the user {os.getuid()} with mode 0700; "
            "somebody else may have put it there. Remove it, or set XDG_RUNTIME_DIR to a directory of yours"
        )
    return path


def _unsafe(words: str) -> Exception:
    from .errors import UnsafeRuntimeDirectory

    return UnsafeRuntimeDirectory(words)


def _is_private(path: Path) -> bool:
    try:
        status = path.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid() and not stat.S_IMODE(status.st_mode) & 0o077
