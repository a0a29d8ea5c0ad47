# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An account whose trackers have certificates, for tests."""

from __future__ import annotations

from typing import Any

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.seed import DEFAULT

ROOT_CA = "legacy.example.com"
_CERTIFICATES = {"Authorizations": [{"Name": "ZTPV1", "State": "ENABLED"}], "Zerotouch": {"CAName": ROOT_CA}}
_TRACKERS, *_OTHERS = DEFAULT["profiles"]
SEED: dict[str, Any] = {**DEFAULT, "profiles": [{**_TRACKERS, "provisioning": _CERTIFICATES}, *_OTHERS]}
"""The default seed, in which the devices 1 to 8 have certificates of a year; 1 to 3 have the tag cold-chain."""


def device_id(number: int) -> str:
    return f"00020000892800{number:02d}"
