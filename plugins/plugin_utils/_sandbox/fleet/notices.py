# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When a certificate's expiry is announced: each number of days before it, once.

u-blox Security Services REST API, /notification/webhook/create.
"""

from __future__ import annotations

DAY = 24 * 3600
DEVICE_CERTIFICATE_NOTICES = (60, 30, 7)
ROOT_CA_NOTICES = (180, 90, 60, 30, 7, 0)


def next_notice(days_before: tuple[int, ...], expires: float, now: float) -> float | None:
    """The moment of the first notice that is still to come after `now`."""
    return min((at for days in days_before if (at := expires - days * DAY) > now), default=None)


def days_left(expires: float, notice: float) -> int:
    """Which notice the moment belongs to."""
    return round((expires - notice) / DAY)
