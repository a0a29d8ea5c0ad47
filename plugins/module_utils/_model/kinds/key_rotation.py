# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How the keys of end-to-end data protection are rotated (Security Services REST API 1.1.29, /e2e/key/rotate).

There is no call that tells how the keys of a device are rotated. What was set last from this machine is remembered;
what others set is seen in one case only: a security heartbeat that is slower than the days asked for, because setting
the rotation would have adjusted it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..fleet import ADJUSTED_HEARTBEAT, DEVICES, Step, ask_info, batched, chosen, devices_of, found
from ..kind import DaysUntil, DeviceItem, Field, Inquiry, Kind, PerDevice, Transition
from ..request import Request
from ..values import Attributes, Type

CONTINUOUS, AUTOMATIC = "CONTINUOUS", "AUTOMATIC"
DEFAULT_DAYS = 7
_DAY = 86_400


def _inquire(item: DeviceItem, _days_until: DaysUntil) -> Inquiry:
    devices = yield from ask_info(item, "PROVISIONING")
    step, resend = Step("rotate", mark=_mark(item.attributes)), item.directives.get("resend")
    steps = {
        device: step
        for device, info in devices.items()
        if resend == "always" or (resend != "never" and item.marks.get(device) != step.mark) or _unset(item, info)
    }
    return found(item, devices, steps)


def _mark(attributes: Attributes) -> str:
    rotation = str(attributes["type"])
    return f"{rotation} {_days(attributes)}" if rotation == AUTOMATIC else rotation


def _days(attributes: Attributes) -> int:
    days = attributes.get("days")
    return days if isinstance(days, int) else DEFAULT_DAYS


def _unset(item: DeviceItem, info: Mapping[str, Any]) -> bool:
    """Whether the heartbeat shows that this rotation is not in force."""
    slowest = slowest_heartbeat(item.attributes)
    seconds = [(info[part] or {}).get("security_heartbeat_seconds") for part in ("desired", "current")]
    heartbeat = next((value for value in seconds if value), None)
    return slowest is not None and heartbeat is not None and heartbeat > slowest


def slowest_heartbeat(attributes: Attributes) -> int | None:
    """The seconds to which the service adjusts a slower security heartbeat; None where it does not."""
    return _days(attributes) * _DAY if attributes.get("type") == AUTOMATIC else None


def _demands(attributes: Attributes, _directives: Mapping[str, Any]) -> dict[str, object]:
    slowest = slowest_heartbeat(attributes)
    return {"type": _mark(attributes), **({ADJUSTED_HEARTBEAT: slowest} if slowest else {})}


def _write(transition: Transition) -> Iterable[Request]:
    after = transition.after
    days = {"Days": _days(after)} if after["type"] == AUTOMATIC else {}
    for _unused, devices in devices_of(transition, "rotate"):
        yield from batched("/e2e/key/rotate", devices, Type=after["type"], **days)


def _check(declared: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield from chosen(declared)
    if "type" not in declared:
        yield "type", f"is missing: {CONTINUOUS} or {AUTOMATIC}"
    elif "days" in declared and declared["type"] != AUTOMATIC:
        yield "days", f"only {AUTOMATIC} rotation has days"


KEY_ROTATION = Kind(
    name="key_rotation",
    section="key_rotation",
    title="How the keys of end-to-end data protection are rotated",
    source="u-blox Security Services REST API 1.1.29, /e2e/key/rotate",
    fields=(
        *DEVICES,
        Field(
            "type",
            Type.TEXT,
            "V(CONTINUOUS): another key each time one is asked for. V(AUTOMATIC): another key after O(days). Required.",
            wire="Type",
            choices=(CONTINUOUS, AUTOMATIC),
        ),
        Field(
            "days",
            Type.INTEGER,
            f"After how many days keys change, {DEFAULT_DAYS} if left out. A slower security heartbeat is adjusted by "
            "the service.",
            wire="Days",
            minimum=1,
            maximum=30,
        ),
        Field(
            "resend",
            Type.TEXT,
            "The service does not tell how keys are rotated. V(when_changed) sends it to devices of which this machine "
            "does not remember that it was sent, V(always) each time.",
            directive=True,
            choices=("when_changed", "always"),
            default="when_changed",
        ),
    ),
    read=PerDevice("/device/info/get", _inquire, _demands, awaitable=False, shows_effect=False),
    update=_write,
    check=_check,
)
