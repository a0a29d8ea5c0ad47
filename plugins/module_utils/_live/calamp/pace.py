# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One pace for all processes of one machine that talk to the same service as the same user.

"The API will reject requests arriving at more than 1 per 100ms" ("CalAmp Password Manager", APIs). What
counts is when requests *arrive*, and only their sending is in our hands. So a request takes a lease on the
service: the time before which nobody else may send. It is a long one, because on a busy machine a request may arrive
any time until it is answered. When it is answered it has arrived, and its lease shrinks to one interval from then; less
the way back of the answer where that is long, which it takes at least half of the shortest round trip.
A lease ends by itself, so a killed process blocks nobody.
"""

from __future__ import annotations

import fcntl
import hashlib
import math
import os
import stat
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from .errors import UnsafeRuntimeDirectory
from .runtime import runtime_directory
from .shapes import PACE_SECONDS

_LATEST_ARRIVAL = 1.0
# A way back this short is not counted: a service next door may note the arrival late.
_SHORT_WAY = 0.01
_LONGEST_LEASE = 10.0
_LONGEST_SLEEP = 0.02
_LONGEST_INTERVAL = _LONGEST_LEASE - _LATEST_ARRIVAL
SMALLEST_SHARE = PACE_SECONDS / _LONGEST_INTERVAL
_NUMBER_BYTES = 64


class Pace:
    """Waits before each request until the service may be asked again.

    ``before_attempt`` goes before each attempt, retries too; ``answered`` after the last one, whatever came
    of it. The time is CLOCK_MONOTONIC, which all processes of a machine share. A machine that may use only a
    share of the service's rate has a longer ``interval`` (seconds).
    """

    def __init__(
        self,
        file: Path,
        *,
        interval: float = PACE_SECONDS,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._file = file
        self._interval = min(interval, _LONGEST_INTERVAL)
        self._sleep = sleep
        self._monotonic = monotonic
        self._thread = threading.local()
        self._shortest_trip = math.inf

    def before_attempt(self) -> None:
        """Return when a request may be sent now, having taken the lease for it."""
        if getattr(self._thread, "lease", None) is not None:
            self.answered(connected=False)
        while (wait := self._take(_LATEST_ARRIVAL + self._interval)) > 0:
            self._sleep(min(wait, _LONGEST_SLEEP))
        self._thread.sent = self._monotonic()

    def answered(self, *, connected: bool) -> None:
        """The request has come to its end; ``connected`` when its connection can carry the next one."""
        lease, now = getattr(self._thread, "lease", None), self._monotonic()
        if lease is not None:
            with self._locked() as handle:
                if _read(handle) == lease:
                    _write(handle, min(lease, now + self._interval - self._way_back(now)))
        self._thread.lease = None
        self._thread.connected = connected

    def _way_back(self, now: float) -> float:
        """The seconds that the answer which has come ``now`` was on its way at least."""
        if getattr(self._thread, "connected", False):
            self._shortest_trip = min(self._shortest_trip, now - self._thread.sent)
        return max(0.0, self._shortest_trip / 2 - _SHORT_WAY) if math.isfinite(self._shortest_trip) else 0.0

    def _take(self, length: float) -> float:
        """Seconds still to wait, or 0 with a lease of ``length`` seconds taken."""
        with self._locked() as handle:
            now = self._monotonic()
            free_at = _read(handle)
            # A time further ahead than any lease is not from this boot, or not ours.
            if now < free_at <= now + _LONGEST_LEASE:
                return free_at - now
            self._thread.lease = _write(handle, now + length)
            return 0.0

    @contextmanager
    def _locked(self) -> Iterator[int]:
        try:
            handle = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        except OSError as failure:
            raise UnsafeRuntimeDirectory(f"{self._file} cannot be opened: {failure.strerror}; remove it") from None
        try:
            status = os.fstat(handle)
            if not stat.S_ISREG(status.st_mode) or status.st_uid != os.getuid():
                raise UnsafeRuntimeDirectory(f"{self._file} is not a plain file of the user {os.getuid()}; remove it")
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield handle
        finally:
            os.close(handle)


def shared_pace(url: str, username: str, share: float = 1.0) -> Pace:
    """The pace of everybody on this machine who talks to ``url`` as ``username``.

    ``share`` is this machine's part of the service's rate, when several machines divide it among them.
    """
    name = hashlib.sha256(f"{url.rstrip('/').lower()}\n{username}".encode()).hexdigest()[:20]
    return Pace(runtime_directory() / f"calamp-{name}.pace", interval=PACE_SECONDS / share)


def _read(handle: int) -> float:
    """The time the file holds; whatever else it may hold is a time long past."""
    try:
        number = float(os.pread(handle, _NUMBER_BYTES, 0).decode("ascii"))
    except ValueError:
        return 0.0
    return number if math.isfinite(number) else 0.0


def _write(handle: int, number: float) -> float:
    """``number`` as the file holds it from now on: equal to what ``_read`` returns."""
    text = f"{number:.6f}\n"
    os.ftruncate(handle, 0)
    os.pwrite(handle, text.encode(), 0)
    return float(text)
