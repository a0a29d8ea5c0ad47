# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where passwords come from: a conversation with the Device Password Manager that callers do not have to
know.

Lookups and the inventory ask a ``Source``; whether it talks to the service itself or to a process that does
it for all forks of a run is decided here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Protocol

from ansible_collections.edgeops.device_trust.plugins.module_utils._live.calamp.client import (
    Connection,
    Method,
    PasswordManager,
)
from ansible_collections.edgeops.device_trust.plugins.module_utils._live.calamp.keys import Key
from ansible_collections.edgeops.device_trust.plugins.module_utils._live.calamp.shapes import DevicePassword


class Source(Protocol):
    """What brings the records of devices."""

    def retrieve(self, keys: Iterable[Key], method: Method = Method.POST) -> Mapping[Key, DevicePassword]:
        """The records of those ``keys`` that the service knows."""

    @property
    def requests(self) -> int:
        """How many requests the service got so far on behalf of this source."""


@contextmanager
def open_source(connection: Connection) -> Iterator[Source]:
    """A source for as long as the context lasts; it signs out at the end."""
    with PasswordManager(connection) as manager:
        yield manager
