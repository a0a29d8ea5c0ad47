# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tags: names that group devices and profiles (Security Services REST API 1.1.29, Tag APIs)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..kind import PROTECTED, STATE, Call, Field, Kind, Listing, LiveObject, Obstacle
from ..values import Type


def _read(items: Sequence[Mapping[str, Any]]) -> Iterable[LiveObject]:
    return (LiveObject(item["TagName"], {}) for item in items)


def _blocks(answer: Mapping[str, Any]) -> str:
    devices = answer["TotalRecords"]
    return (
        f"it is assigned to {devices} device{'s' if devices != 1 else ''}; remove it from them first" if devices else ""
    )


TAG = Kind(
    name="tag",
    section="tags",
    title="Tags that group devices and profiles",
    source="u-blox Security Services REST API 1.1.29, Tag APIs",
    fields=(
        Field(
            "name",
            Type.TEXT,
            "The tag's name. Letter case does not distinguish tags.",
            wire="TagName",
            key=True,
            max_length=255,
            pattern=r'^[^\^`~<>"{}|,\x00-\x1f\x7f]+$',
            rule='must not be empty or hold any of ^ ` ~ < > " { } | , or control characters',
        ),
        PROTECTED,
        STATE,
    ),
    read=Listing("/tag/get", "Tags", _read),
    create=Call("/tag/create", ("name",)),
    delete=Call("/tag/delete", ("name",)),
    identity=str.casefold,
    obstacle=Obstacle("/device/rotpublicuid/get", lambda tag: {"TagNames": [tag.name]}, _blocks, "tag_assignment"),
)
