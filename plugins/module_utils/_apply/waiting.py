# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Waiting for devices, which do what they are told at their next security heartbeat."""

from __future__ import annotations

import time
from collections.abc import Callable

from .._model.ids import IdSet

_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 30.0


def wait_until_empty(look: Callable[[], IdSet], seconds: float, tell: Callable[[int], None]) -> IdSet:
    """Looks, less and less often, until nothing is left or ``seconds`` are over. Returns what is left.

    ``tell`` hears how many are left, each time that their number has changed.
    """
    deadline, pause, told = time.monotonic() + seconds, _FIRST_PAUSE, 0
    while True:
        waiting = look()
        if len(waiting) != told:
            told = len(waiting)
            tell(told)
        left = deadline - time.monotonic()
        if not waiting or left <= 0:
            return waiting
        time.sleep(min(pause, left))
        pause = min(2 * pause, _LONGEST_PAUSE)
