# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Has passwords fetched that lookups of the run will ask for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ansible_collections.edgeops.device_trust.plugins.module_utils._live.calamp.client import Method
from ansible_collections.edgeops.device_trust.plugins.module_utils._live.calamp.keys import KeyKind
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.inventory.wanted import (
    Missing,
    host_devices,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.source import BrokerSource


@dataclass(frozen=True, slots=True)
class Prefetched:
    """How many devices the broker knows now, which the service does not know, and how many requests that took."""

    devices: int
    missing: Sequence[Missing]
    requests: int


def prefetch(devices: Mapping[object, object], key: str, method: str, source: BrokerSource) -> Prefetched:
    """Fetch the passwords of ``devices`` (by host, named by their ``key``).

    Raises InvalidKey, ServiceProblem or BrokerProblem.
    """
    hosts = host_devices(devices, KeyKind(key))
    wanted = list(dict.fromkeys(item for host in hosts for item in host.keys))
    unknown = source.prefetch(wanted, Method(method)) if wanted else set()
    missing = [Missing(host.host, item) for host in hosts for item in host.keys if item in unknown]
    return Prefetched(len(wanted) - len(unknown), missing, source.requests)
