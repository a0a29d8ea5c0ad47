# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Dates in requests: moments in ISO 8601, and days as yyyy-mm-dd."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.fleet.notices import DAY
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.api import Call, bad_request
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.validation import Field

FROM_DATE = Field("FromDate", "string", required=True)
TO_DATE = Field("ToDate", "string")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def period(call: Call, oldest_days: int | None = None) -> tuple[float, float]:
    """FromDate and ToDate in seconds since the epoch; without ToDate, to the end of time. 400 if one is no ISO 8601
    date, if they are the wrong way round, or if FromDate is more than `oldest_days` days ago."""
    start = _moment("FromDate", call.get("FromDate"))
    if oldest_days is not None:
        _refuse_older(call, start.date(), oldest_days)
    if call.get("ToDate") is None:
        return start.timestamp(), float("inf")
    end = _moment("ToDate", call.get("ToDate"))
    if end < start:
        raise bad_request("ToDate is before FromDate")
    return start.timestamp(), end.timestamp()


def days(call: Call, oldest_days: int) -> tuple[float, float]:
    """FromDate and ToDate of whole days, as the seconds from the first to behind the last; ToDate is today if not
    given. 400 as for `period`."""
    first = _day("FromDate", call.get("FromDate"))
    _refuse_older(call, first, oldest_days)
    text = call.get("ToDate")
    last = call.world.clock.now().date() if text is None else _day("ToDate", text)
    if last < first:
        raise bad_request("ToDate is before FromDate")
    return _midnight(first), _midnight(last) + DAY


def _moment(name: str, text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise bad_request(f"{name} must be a date in ISO 8601 standard") from error
    return moment


def _day(name: str, text: str) -> date:
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise bad_request(f"{name} must be a date of the format yyyy-mm-dd")


def _refuse_older(call: Call, day: date, oldest_days: int) -> None:
    if day < call.world.clock.now().date() - timedelta(days=oldest_days):
        raise bad_request(f"FromDate can only be as old as {oldest_days} days ago")


def _midnight(day: date) -> float:
    return datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()
