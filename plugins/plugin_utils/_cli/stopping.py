# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Stopping an apply: the first signal lets requests in flight end, the second ends everything at once."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_FIRST = b"\ndevice-trust: stopping; requests in flight are finished. Once more stops at once.\n"
_SECOND = b"\ndevice-trust: stopped at once. 'device-trust apply --resume' reads back what was in flight.\n"
_SHOW_CURSOR = b"\x1b[?25h"


@dataclass(slots=True)
class Stopping:
    """Whether a signal asked to stop, and which."""

    event: threading.Event = field(default_factory=threading.Event)
    signal: int = 0

    @property
    def status(self) -> int:
        """The exit status in the manner of shells: 128 and the number of the signal."""
        return 128 + self.signal


@contextmanager
def stopped_gently(stopping: Stopping) -> Iterator[None]:
    """Signals set ``stopping`` instead of ending the process, as long as the context lasts."""

    def told(number: int, _unused: FrameType | None) -> None:
        if stopping.signal:
            os.write(2, (_SHOW_CURSOR if os.isatty(2) else b"") + _SECOND)
            os._exit(128 + number)
        stopping.signal = number
        stopping.event.set()
        os.write(2, _FIRST)

    before = {number: signal.signal(number, told) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
