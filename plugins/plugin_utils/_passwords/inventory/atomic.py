# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Replacing a file so that at every moment there is the whole old one or the whole new one."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.errors import InventoryConflict


def replace(path: Path, text: str) -> None:
    """Make ``path`` hold ``text`` with mode 0600; a missing directory is made with mode 0700.

    What a killed writer leaves is a hidden file beside it, which Ansible does not read and the next writer
    takes over. Raises InventoryConflict that names the path.
    """
    with told(path):
        path.parent.mkdir(mode=0o700, exist_ok=True)
        beside = path.with_name(f".{path.name}.new")
        with _locked(beside) as handle:
            os.ftruncate(handle, 0)
            _write(handle, text.encode())
            os.fchmod(handle, 0o600)
            # Without it a power cut could leave a renamed file without its contents.
            os.fsync(handle)
            beside.rename(path)


@contextmanager
def told(path: Path) -> Iterator[None]:
    """What the operating system refuses, as an error that names ``path``."""
    try:
        yield
    except OSError as failure:
        raise InventoryConflict(f"{path}: {failure.strerror or type(failure).__name__}") from None


@contextmanager
def alone_in(directory: Path) -> Iterator[None]:
    """No other process of this machine is in here for ``directory`` meanwhile. A killed one is out by itself."""
    with told(directory):
        handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        with told(directory):
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@contextmanager
def _locked(path: Path) -> Iterator[int]:
    """``path`` open for this writer alone. Another writer renames the file away when it is done; then anew."""
    while True:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            if _is_still(path, handle):
                yield handle
                return
        finally:
            os.close(handle)


def _is_still(path: Path, handle: int) -> bool:
    try:
        return os.path.samestat(path.lstat(), os.fstat(handle))
    except FileNotFoundError:
        return False


def _write(handle: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(handle, rest) :]
