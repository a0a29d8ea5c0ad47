# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Paged answers: PageNumber from 1, PageSize 100, TotalRecords."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.faults import PAGE_KINDS, Rule
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.listing import Listing, Slice
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.store import Row
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.api import Call


def paged(call: Call, key: str, listing: Listing, show: Callable[[Row], Any]) -> dict[str, Any]:
    """One page of a list under `key`; a page behind the last one is empty."""
    page = call.values.get("PageNumber", 1)
    size = call.world.settings.page_size
    part = _read(call, listing, page, size)
    return {
        key: [show(row) for row in part.rows],
        "PageNumber": page,
        "PageSize": size,
        "TotalRecords": part.total,
    }


def _read(call: Call, listing: Listing, page: int, size: int) -> Slice:
    store, start = call.world.store, (page - 1) * size
    fault = call.world.faults.take("ublox", call.path, PAGE_KINDS) if page > 1 else None
    if fault is None:
        return listing.slice(store, start, size)
    if fault.kind == "repeat_page":
        return listing.slice(store, 0, size)
    return _shifted(fault, call, listing, start, size)


def _shifted(fault: Rule, call: Call, listing: Listing, start: int, size: int) -> Slice:
    """What a reader sees when, since the page before, an item was put in front of this page (so that one
    item comes twice) or was removed from in front of it (so that one item is missed)."""
    step = -1 if fault.params.get("change", "inserted") == "inserted" else 1
    part = listing.slice(call.world.store, max(start + step, 0), size)
    return Slice(part.rows, part.total - step)
