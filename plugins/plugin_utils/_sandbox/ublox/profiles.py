# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Device profiles and their bootstrap provisioning (u-blox Security Services REST API, Device Profile APIs).

The API cannot create a profile: that is done in the portal, which the seed and the control API play.
"""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.exchange import Access
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.listing import (
    CountedList,
    Listing,
    QueriedList,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.store import Row
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.api import (
    SUCCESS,
    Call,
    Endpoint,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.identifiers import (
    DEVICE_PROFILE_UID,
    PAGE_NUMBER,
    TAG_NAMES,
    required,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.lookup import (
    all_tags,
    one_profile,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.paging import paged
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.provisioning import (
    Properties,
    merged,
    parse_provisioning,
    root_ca_of,
    shown,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.subscriptions import (
    need_subscriptions_for,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.tags import names_of
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.validation import (
    Field,
    NotBoth,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.world import World


def set_provisioning(world: World, profile: Row, properties: Properties) -> None:
    """Replace the bootstrap provisioning of a profile."""
    world.store.execute(
        "UPDATE profile SET provisioning = ?, root_ca = ? WHERE id = ?",
        json.dumps(properties),
        root_ca_of(properties),
        profile["id"],
    )


def get(call: Call) -> Any:
    """/deviceprofile/get: all profiles, those with any of the tags, or the one of that very name."""
    store = call.world.store
    listing = _selected(call)

    def show(row: Row) -> Any:
        tags = names_of(store, "profile_tag", "profile_id", [row["id"]])[row["id"]]
        return {"DeviceProfileUID": row["uid"], "ProfileName": row["name"], "TagNames": tags}

    return paged(call, "DeviceProfiles", listing, show)


def _selected(call: Call) -> Listing:
    if call.get("ProfileName") is not None:
        return QueriedList("SELECT id, uid, name FROM profile WHERE name = ?", (call.get("ProfileName"),))
    if call.get("TagNames") is not None:
        tags = all_tags(call.world.store, call.get("TagNames"))
        return QueriedList(
            "SELECT id, uid, name FROM profile WHERE id IN "
            f"(SELECT profile_id FROM profile_tag WHERE tag_id IN ({','.join('?' * len(tags))})) ORDER BY id",
            tuple(tags),
        )
    return CountedList("profile", "SELECT id, uid, name FROM profile WHERE 1")


def provisioning_set(call: Call) -> Any:
    """/deviceprofile/bootstrapprovisioning/set"""
    profile = one_profile(call.world.store, call.get("DeviceProfileUID"))
    changes = parse_provisioning(call.world.store, call.get("Provisioning"))
    need_subscriptions_for(call.world, changes)
    set_provisioning(call.world, profile, merged(json.loads(profile["provisioning"]), changes))
    return SUCCESS


def provisioning_get(call: Call) -> Any:
    """/deviceprofile/bootstrapprovisioning/get"""
    profile = one_profile(call.world.store, call.get("DeviceProfileUID"))
    return {
        "DeviceProfileUID": profile["uid"],
        "DesiredProperties": shown(json.loads(profile["provisioning"])),
    }


def provisioning_delete(call: Call) -> Any:
    """/deviceprofile/bootstrapprovisioning/delete: as if never set; devices that bootstrapped keep theirs."""
    set_provisioning(call.world, one_profile(call.world.store, call.get("DeviceProfileUID")), {})
    return SUCCESS


_UID = (required(DEVICE_PROFILE_UID),)

ENDPOINTS = (
    Endpoint(
        "/deviceprofile/get",
        Access.READ,
        get,
        (TAG_NAMES, Field("ProfileName", "string"), PAGE_NUMBER),
        (NotBoth(("TagNames", "ProfileName")),),
    ),
    Endpoint(
        "/deviceprofile/bootstrapprovisioning/set",
        Access.WRITE,
        provisioning_set,
        (*_UID, Field("Provisioning", "object", required=True)),
    ),
    Endpoint("/deviceprofile/bootstrapprovisioning/get", Access.READ, provisioning_get, _UID),
    Endpoint("/deviceprofile/bootstrapprovisioning/delete", Access.WRITE, provisioning_delete, _UID),
)
