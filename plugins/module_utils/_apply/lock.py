# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One apply at a time for an account on this machine, and one writer of what this machine remembers of it.

Advisory: across machines the staleness check catches it.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from .._model.errors import DeviceTrustError

_LOOK_AGAIN_SECONDS = 0.1


class Locked(DeviceTrustError):
    """Another apply for the same account is running."""


@contextmanager
def account_lock(
    path: Path,
    timeout: float = 0.0,
    *,
    sleep: Callable[[float], None] = time.sleep,
    monotonic: Callable[[], float] = time.monotonic,
) -> Iterator[None]:
    """Holds the lock file ``path`` as long as the context lasts; the system releases it when the process dies.

    Waits at most ``timeout`` seconds. Raises Locked, which names the process that holds it.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    until = monotonic() + timeout
    try:
        while not _taken(handle):
            if monotonic() >= until:
                holder = os.pread(handle, 32, 0).decode(errors="replace").strip() or "unknown"
                raise Locked(
                    f"another apply to this account is running on this machine (process {holder}); "
                    "wait for it, or give it time with --lock-timeout SECONDS"
                )
            sleep(_LOOK_AGAIN_SECONDS)
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(handle)


@contextmanager
def sole_writer(path: Path) -> Iterator[None]:
    """Holds the lock file ``path`` for the moment that it takes to read a file, change it and write it again.

    Whoever else does so at the same time is waited for. Makes the directory if there is none. Raises OSError.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _taken(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
