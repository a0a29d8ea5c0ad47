# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The errors of this system that are not a failed request, and the ancestor of all, for callers."""

from __future__ import annotations

from ..._model.errors import DeviceTrustError
from ..errors import InvalidConnection, RateLimited, Timeout, Unauthorized, Unavailable, Unreachable

__all__ = [
    "SILENCE",
    "DeviceTrustError",
    "InvalidConnection",
    "InvalidKey",
    "LoginRefused",
    "UnsafeRuntimeDirectory",
]

# A service that does not answer, for one reason or another.
SILENCE = (Unreachable, Timeout, RateLimited, Unavailable)


class LoginRefused(Unauthorized):
    """The service does not know the user, or not with this password or app key, or not its own token."""


class InvalidKey(DeviceTrustError):
    """A term that cannot be the key of any device."""


class UnsafeRuntimeDirectory(DeviceTrustError):
    """The directory for what the processes of one user share cannot be trusted."""
