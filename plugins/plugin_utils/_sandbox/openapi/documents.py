# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The OpenAPI documents of the three systems, by file name."""

from __future__ import annotations

from typing import Any

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.openapi import calamp, mt20w, ublox


def documents() -> dict[str, dict[str, Any]]:
    """All documents, made anew from the sandbox's declarations."""
    return {
        "ublox-security-services.openapi.json": ublox.document(),
        "calamp-password-manager.openapi.json": calamp.document(),
        "mt20w-host.openapi.json": mt20w.document(),
    }
