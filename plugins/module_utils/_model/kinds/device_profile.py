# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Device profiles (Security Services REST API 1.1.29, Device Profile APIs). They are made in the portal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..kind import Field, Kind, Listing, LiveObject, Transition
from ..request import Request
from ..values import Type


def _read(items: Sequence[Mapping[str, Any]]) -> Iterable[LiveObject]:
    for item in items:
        yield LiveObject(item["ProfileName"], {"tags": frozenset(item["TagNames"])}, handle=item["DeviceProfileUID"])


def _update(transition: Transition) -> Iterable[Request]:
    before, after = _tags(transition.before), _tags(transition.after)
    profile = {"DeviceProfileUIDs": [transition.handle]}
    if added := [tag for folded, tag in sorted(after.items()) if folded not in before]:
        yield Request("/tag/assign", {"TagNames": added, **profile})
    if removed := [tag for folded, tag in sorted(before.items()) if folded not in after]:
        yield Request("/tag/remove", {"TagNames": removed, **profile})


def _tags(attributes: Mapping[str, Any]) -> dict[str, str]:
    return {tag.casefold(): tag for tag in sorted(attributes.get("tags", ()))}


DEVICE_PROFILE = Kind(
    name="device_profile",
    section="device_profiles",
    title="Device profiles, which are made in the portal, and their tags",
    source="u-blox Security Services REST API 1.1.29, Device Profile APIs",
    fields=(
        Field(
            "name",
            Type.TEXT,
            "The profile's name, as in the portal; letter case counts.",
            wire="ProfileName",
            key=True,
        ),
        Field(
            "tags",
            Type.NAMES,
            "All tags of the profile; an empty list removes every tag. Left out, tags are not touched.",
            wire="TagNames",
            refers_to="tag",
        ),
    ),
    read=Listing("/deviceprofile/get", "DeviceProfiles", _read),
    update=_update,
    missing_hint=(
        "device profiles are made in the Thingstream portal, the API cannot create them; "
        "check the name, letter case counts"
    ),
)
