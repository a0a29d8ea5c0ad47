# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the inventory gets passwords from, without having to know who talks to the service."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Protocol

from ansible_collections.edgeops.device_trust.plugins.module_utils._live.calamp.client import Method
from ansible_collections.edgeops.device_trust.plugins.module_utils._live.calamp.keys import Key
from ansible_collections.edgeops.device_trust.plugins.module_utils._live.calamp.shapes import DevicePassword
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.broker.client import ask
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.errors import (
    DeviceTrustError,
    ServiceProblem,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.wire import from_data


class Source(Protocol):
    """What brings the records of devices."""

    def retrieve(self, keys: Iterable[Key], method: Method = Method.POST) -> Mapping[Key, DevicePassword]:
        """The records of those ``keys`` that the service knows."""

    @property
    def requests(self) -> int:
        """How many requests the service got so far on behalf of this source."""


class BrokerSource:
    """Asks the process that talks to the service for all processes of this run."""

    def __init__(self, settings: Mapping[str, object]) -> None:
        self._settings = settings
        self.requests = 0

    def retrieve(self, keys: Iterable[Key], method: Method = Method.POST) -> Mapping[Key, DevicePassword]:
        """What the service has now. Raises ServiceProblem or BrokerProblem."""
        asked = [(key.kind.value, key.text) for key in keys]
        answer = ask({"do": "records", "settings": self._settings, "keys": asked, "method": method.value})
        if "error" in answer:
            raise ServiceProblem(answer["error"])
        self.requests += answer["requests"]
        return dict(from_data(item) for item in answer["records"])

    def prefetch(self, keys: Iterable[Key], method: Method = Method.POST) -> set[Key]:
        """Have the records of ``keys`` fetched for lookups to come. Returns those that the service does not know.

        Raises ServiceProblem or BrokerProblem.
        """
        asked = list(dict.fromkeys(keys))
        answer = ask(
            {
                "do": "prefetch",
                "settings": self._settings,
                "keys": [(key.kind.value, key.text) for key in asked],
                "method": method.value,
            }
        )
        if "error" in answer:
            raise ServiceProblem(answer["error"])
        self.requests += answer["requests"]
        return {asked[at] for at in answer["missing"]}


@contextmanager
def open_source(settings: Mapping[str, object]) -> Iterator[BrokerSource]:
    """A source for as long as the context lasts. ``settings`` are the options of a connection.

    The broker comes up while the caller still prepares what it is going to ask.
    """
    waking = threading.Thread(target=_wake)
    waking.start()
    try:
        yield BrokerSource(settings)
    finally:
        # Who ends while it starts a broker leaves a lock that is nobody's.
        waking.join()


def _wake() -> None:
    """What goes wrong is told when the broker is needed."""
    with suppress(DeviceTrustError):
        ask({"do": "wake"})
