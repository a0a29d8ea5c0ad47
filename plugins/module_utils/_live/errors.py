# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What can go wrong between this product and a live system. Every message names the request's method and path."""

from __future__ import annotations

from .._model.errors import DeviceTrustError


class LiveError(DeviceTrustError):
    """A request that did not bring what was asked for."""

    def __init__(self, request: str, message: str) -> None:
        self.request = request
        super().__init__(f"{request}: {message}")


class InvalidConnection(DeviceTrustError):
    """Connection settings that cannot be used: raised before any request."""


class Unreachable(LiveError):
    """No connection came about; the request was certainly not carried out."""


class TlsFailure(Unreachable):
    """The server's certificate was not accepted."""


class Timeout(LiveError):
    """The answer did not come within the time allowed."""


class RateLimited(LiveError):
    """The service went on refusing for too many requests until the deadline passed."""


class Unavailable(LiveError):
    """The service went on answering 502, 503 or 504, or dropped connections, until the deadline passed."""


class Unauthorized(LiveError):
    """The service does not accept the credentials."""


class Rejected(LiveError):
    """The service understood the request and refused it (4xx, or an error inside a 200)."""

    def __init__(self, request: str, message: str, status: int) -> None:
        self.status = status
        super().__init__(request, message)


class BadAnswer(LiveError):
    """An answer that is not what the specification promises: no JSON, too large, pages that do not add up."""


class OutcomeUnknown(LiveError):
    """A write that may or may not have taken effect. The caller reads back before it does anything else."""
