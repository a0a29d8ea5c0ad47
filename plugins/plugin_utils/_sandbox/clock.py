# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sandbox's clock: real time plus an offset that the control API moves."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime


class Clock:
    """Wall-clock time that can be moved forward or back, so that tokens and certificates expire on demand."""

    def __init__(self, offset_seconds: float = 0.0) -> None:
        self.offset_seconds = offset_seconds
        self._standing: float | None = None

    @contextmanager
    def at(self, timestamp: float) -> Iterator[None]:
        """Inside, the clock stands still at `timestamp`: what became due is carried out as of that moment."""
        before, self._standing = self._standing, timestamp
        try:
            yield
        finally:
            self._standing = before

    def advance(self, seconds: float) -> None:
        """Move the clock by `seconds`; a negative number moves it back."""
        self.offset_seconds += seconds

    def timestamp(self) -> float:
        """Seconds since the epoch."""
        return time.time() + self.offset_seconds if self._standing is None else self._standing

    def now(self) -> datetime:
        """The current moment, in UTC."""
        return moment(self.timestamp())


def moment(timestamp: float) -> datetime:
    """Seconds since the epoch as a moment in UTC."""
    return datetime.fromtimestamp(timestamp, UTC)


def iso_seconds(moment: datetime) -> str:
    """`2020-04-20T19:00:36Z`, the form of CreatedDate (u-blox REST API, /ztp/rootca/create)."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def iso_offset(moment: datetime) -> str:
    """`2020-04-25T06:22:12+00:00`, the form of ModifiedDate and SyncDate (same API, webhook payloads)."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+00:00")


def iso_bare(moment: datetime) -> str:
    """`2020-05-07T11:23:32`, the Timestamp of bootstrap and property events (same API, webhook payloads)."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")


def iso_minutes(moment: datetime) -> str:
    """`2020-05-10T19:39Z`, the Timestamp of error and certificate events (same API, webhook payloads)."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")
