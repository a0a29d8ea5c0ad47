# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which calls of u-blox Security Services only read. All of them are POST, so the method does not tell."""

from __future__ import annotations

READS = frozenset(
    {
        "/authenticate",
        "/refreshauthtoken",
        "/apiversion",
        "/tag/get",
        "/deviceprofile/get",
        "/deviceprofile/bootstrapprovisioning/get",
        "/device/list/get",
        "/device/whitelist/get",
        "/device/rotpublicuid/get",
        "/device/provisioning/get",
        "/device/info/get",
        "/device/clone/get",
        "/device/suspicious/get",
        "/device/activity/get",
        "/device/usage/get",
        "/notification/get",
        "/notification/webhook/get",
        "/ztp/rootca/get",
        "/ztp/rootca/crl/get",
        "/ztp/rootca/device/get",
        "/ztp/rootca/popcertificate/generate",
        "/e2e/uplink/symmetrickey/get",
        "/e2e/uplink/protectionparameters/get",
        "/e2e/uplink/integrityparameters/get",
        "/e2e/downlink/protectionparameters/get",
        "/e2e/downlink/integrityparameters/get",
    }
)
"""Calls that may be repeated: they change nothing, or nothing that matters twice. Signing in and proving make another
token and certificate; E2E calls are logged as usage, and go on to the next key where rotation is CONTINUOUS.

What is not listed here is a write: forgetting an entry costs a retry, never a double write.
"""
