# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Everything the simulated systems share."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.clock import Clock
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.delivery import Deliveries
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.faults import Faults
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ledger import Ledger
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.settings import (
    Settings,
    load_settings,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.store import Store


@dataclass(slots=True)
class World:
    """State, clock and settings, which survive a restart; faults and counts, which do not."""

    store: Store
    clock: Clock = field(default_factory=Clock)
    settings: Settings = field(default_factory=Settings)
    faults: Faults = field(default_factory=Faults)
    ledger: Ledger = field(default_factory=lambda: Ledger(("ublox", "calamp", "mt20w")))
    deliveries: Deliveries = field(default_factory=Deliveries)
    writes_allowed: bool = True
    lived_until: float = 0.0
    """The moment up to which the fleet has lived, in the sandbox's time; see fleet/passage.py."""
    calamp_last_request: float | None = None
    """Monotonic seconds at which the rate limit let a request pass."""

    def load(self) -> None:
        """Take clock and settings from the state file."""
        self.clock.offset_seconds = float(self.store.meta("clock_offset_seconds") or 0)
        self.settings = load_settings(self.store.meta("settings"))
        self.lived_until = self.clock.timestamp()

    def save(self) -> None:
        """Keep clock and settings in the state file."""
        self.store.set_meta("clock_offset_seconds", repr(self.clock.offset_seconds))
        self.store.set_meta("settings", json.dumps(self.settings.to_json()))
