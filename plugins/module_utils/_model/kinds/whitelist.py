# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whitelist: devices that are provisioned automatically when they bootstrap (Security Services REST API 1.1.29,
/device/whitelist; Device Whitelist guide).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..fleet import FILES, IDS
from ..ids import IdSet
from ..kind import PROTECTED, STATE, Kind, Listing, LiveObject, Transition
from ..request import Request
from ..values import ids_of

IDS_PER_REQUEST = 1000


def _read(items: Sequence[str]) -> Iterable[LiveObject]:
    yield LiveObject("", {"ids": IdSet.of(items)})


def _write(transition: Transition) -> Iterable[Request]:
    before, after = ids_of(transition.before), ids_of(transition.after)
    for action, ids in (("ADD", after - before), ("DELETE", before - after)):
        for batch in ids.batches(IDS_PER_REQUEST):
            yield Request("/device/whitelist/add", {"ROTPublicUIDs": batch, "Action": action})


WHITELIST = Kind(
    name="whitelist",
    section="whitelist",
    title="Devices that are provisioned automatically when they bootstrap",
    source="u-blox Security Services REST API 1.1.29, /device/whitelist; Device Whitelist guide",
    fields=(
        IDS,
        FILES,
        PROTECTED,
        STATE,
    ),
    read=Listing("/device/whitelist/get", "DeviceWhitelist", _read),
    create=_write,
    update=_write,
    singleton=True,
    losing="would no longer be provisioned automatically",
)
