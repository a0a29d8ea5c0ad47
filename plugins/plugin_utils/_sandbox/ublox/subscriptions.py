# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which service each call belongs to, and whether the account has it.

Device Certificate Management and its quota are documented (u-blox Security Services REST API, notes of
/ztp/rootca/create and /ztp/devicecertificate); that the other services are asked for likewise is inferred.
"""

from __future__ import annotations

from collections.abc import Iterable

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.settings import (
    CERTIFICATE_MANAGEMENT,
    CHIP_TO_CHIP,
    DATA_PROTECTION,
    ZERO_TOUCH,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.store import Row
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.api import bad_request
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.provisioning import Properties
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.world import World

SERVICE_OF = {
    "LocalDPR": DATA_PROTECTION,
    "LocalC2C": CHIP_TO_CHIP,
    "LocalC2CKeyPairing": CHIP_TO_CHIP,
    "ZTPV1": ZERO_TOUCH,
}


def need_subscription(world: World, name: str) -> None:
    """400 unless the subscription is active."""
    if not world.settings.subscriptions[name]:
        raise bad_request(f"{name} subscription is not active")


def need_subscriptions_for(world: World, properties: Properties) -> None:
    """400 unless all authorizations that are enabled here have their subscription."""
    for name, state in properties.get("Authorizations", {}).items():
        if state == "ENABLED":
            need_subscription(world, SERVICE_OF[name])


def spend_quota(world: World, devices: Iterable[Row]) -> None:
    """Count one certificate management call for each device; 400 if one has used its quota up."""
    need_subscription(world, CERTIFICATE_MANAGEMENT)
    quota = world.settings.certificate_quota
    for device in devices:
        used = world.store.value("SELECT used FROM quota_use WHERE device_id = ?", device["id"]) or 0
        if quota is not None and used >= quota:
            raise bad_request("Quota for given ROTPublicUIDs is exceeded")
        world.store.execute("INSERT OR REPLACE INTO quota_use VALUES (?, ?)", device["id"], used + 1)
