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
        "/ztp/rootca/get",
        "/ztp/rootca/device/get",
        "/notification/webhook/get",
    }
)
"""Calls that may be repeated: they change nothing, or (signing in) nothing that matters twice.

What is not listed here is a write: forgetting an entry costs a retry, never a double write.
"""
