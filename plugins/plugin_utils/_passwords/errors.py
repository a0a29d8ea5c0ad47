# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What can go wrong with passwords outside the conversation with the service."""

from __future__ import annotations

from collections.abc import Sequence

from ansible_collections.edgeops.device_trust.plugins.module_utils._live.calamp.errors import (
    DeviceTrustError,
    InvalidConnection,
    InvalidKey,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.listing import in_a_line

__all__ = [
    "BrokerProblem",
    "DeviceTrustError",
    "InvalidConnection",
    "InvalidKey",
    "InvalidOption",
    "InventoryConflict",
    "MissingNumbers",
    "MissingPasswords",
    "ServiceProblem",
    "Unquotable",
    "VaultProblem",
]


class InvalidOption(DeviceTrustError):
    """An option that does not exist or cannot have that value."""


class MissingPasswords(DeviceTrustError):
    """Passwords that the service does not have, all of them at once."""

    def __init__(self, missing: Sequence[str]) -> None:
        super().__init__(
            f"the password manager has no password for: {in_a_line(missing)}. "
            "Correct the keys, or set missing to warn or skip"
        )


class MissingNumbers(DeviceTrustError):
    """Hosts of which nobody knows which devices they are, all of them at once."""

    def __init__(self, variable: str, hosts: Sequence[str]) -> None:
        super().__init__(
            f"{len(hosts)} hosts do not have the variable {variable}: {in_a_line(hosts)}. "
            "Give it to them, or set missing to warn or skip"
        )


class BrokerProblem(DeviceTrustError):
    """The process that talks to the service for all processes of a run does not do its work."""


class ServiceProblem(DeviceTrustError):
    """What that process says went wrong, in its own words."""


class Unquotable(DeviceTrustError):
    """A password that cannot be put into a command without changing what the command says."""


class InventoryConflict(DeviceTrustError):
    """Something in the inventory directory stands in the way; nothing was changed."""


class VaultProblem(DeviceTrustError):
    """There is no vault secret to encrypt with, or what was encrypted cannot be decrypted."""
