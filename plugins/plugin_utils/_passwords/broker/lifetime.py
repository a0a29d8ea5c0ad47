# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How long a run lasts: as long as its controller, the process of ansible-playbook."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

_POLL_SECONDS = 0.5


def born(process: int) -> str | None:
    """What tells ``process`` from another one that gets its number later; None when it is not alive."""
    try:
        status = Path(f"/proc/{process}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return _signalled(process)
    # The name in parentheses may hold anything; of what follows, the first word is the state.
    words = status.rpartition(")")[2].split()
    return None if words[0] in {"Z", "X"} else words[19]


def _signalled(process: int) -> str | None:
    """Where there is no /proc: whether ``process`` is alive, and no more."""
    if os.path.isdir("/proc/self"):
        return None
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return None
    except PermissionError:
        pass
    return "alive"


async def end_of(process: int, birth: str) -> None:
    """Return when ``process`` has ended."""
    handle = _handle(process)
    if born(process) != birth:
        return
    if handle is None:
        while born(process) == birth:
            await asyncio.sleep(_POLL_SECONDS)
        return
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(handle, ended.set)
    await ended.wait()
    loop.remove_reader(handle)
    os.close(handle)


def _handle(process: int) -> int | None:
    """What becomes readable when ``process`` ends, where the system has that."""
    try:
        return os.pidfd_open(process)
    except (AttributeError, OSError):
        return None
