# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tags, on devices and on device profiles (u-blox Security Services REST API, Tag APIs)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.exchange import Access
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.listing import CountedList
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.store import Store
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.api import (
    SUCCESS,
    Call,
    Endpoint,
    aborted,
    bad_request,
    not_found,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.identifiers import (
    DEVICE_PROFILE_UIDS,
    PAGE_NUMBER,
    ROT_PUBLIC_UIDS,
    TAG_NAMES,
    WILDCARD,
    WILDCARDS,
    folded_tag,
    required,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.lookup import (
    all_devices,
    all_profiles,
    all_tags,
    known_devices,
    known_profiles,
    known_tags,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.paging import paged
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.validation import (
    AnyOf,
    Field,
)

FORBIDDEN = frozenset('^`~<>"{}|,')
MAX_LENGTH = 255


def create_tag(store: Store, name: str) -> None:
    """Add a tag; 400 for a name that breaks the rules of /tag/create or exists in any case."""
    if not name or len(name) > MAX_LENGTH or not name.isprintable() or FORBIDDEN.intersection(name):
        raise bad_request("Invalid TagName")
    if store.value("SELECT 1 FROM tag WHERE folded = ?", folded_tag(name)):
        raise bad_request("TagName already exists")
    store.execute("INSERT INTO tag (name, folded) VALUES (?, ?)", name, folded_tag(name))


def tag_devices(store: Store, tags: Sequence[int], devices: Sequence[int]) -> None:
    """Give every tag to every device."""
    _pair(store, "INSERT OR IGNORE INTO device_tag", tags, devices)


def tag_profiles(store: Store, tags: Sequence[int], profiles: Sequence[int]) -> None:
    """Give every tag to every device profile."""
    _pair(store, "INSERT OR IGNORE INTO profile_tag (tag_id, profile_id)", tags, profiles)


def _pair(store: Store, insert: str, tags: Sequence[int], others: Sequence[int]) -> None:
    store.execute(
        f"{insert} SELECT t.value, o.value FROM json_each(?) AS t, json_each(?) AS o",
        _json(tags),
        _json(others),
    )


def _json(numbers: Sequence[int]) -> str:
    return "[" + ",".join(map(str, numbers)) + "]"


def _members(store: Store, profiles: Sequence[int]) -> list[int]:
    """The devices of these profiles: what SyncRequired extends a change to."""
    rows = store.rows("SELECT id FROM device WHERE profile_id IN (SELECT value FROM json_each(?))", _json(profiles))
    return [row[0] for row in rows]


def create(call: Call) -> Any:
    """/tag/create"""
    create_tag(call.world.store, call.get("TagName"))
    return SUCCESS


def delete(call: Call) -> Any:
    """/tag/delete: not while the tag is assigned to a ROTPublicUID."""
    store = call.world.store
    found = known_tags(store, [call.get("TagName")])
    if not found:
        raise not_found("Unknown TagName")
    if store.value("SELECT 1 FROM device_tag WHERE tag_id = ? LIMIT 1", found[0]):
        raise aborted("This tag is currently assigned to ROTPublicUID(s)")
    store.execute("DELETE FROM tag WHERE id = ?", found[0])
    return SUCCESS


def get(call: Call) -> Any:
    """/tag/get"""
    every = CountedList("tag", "SELECT name FROM tag WHERE 1")
    return paged(call, "Tags", every, lambda row: {"TagName": row["name"]})


def assign(call: Call) -> Any:
    """/tag/assign: every given tag to every given device and device profile."""
    store = call.world.store
    tags = all_tags(store, call.get("TagNames"))
    devices = all_devices(store, call.get("ROTPublicUIDs") or ())
    profiles = all_profiles(store, call.get("DeviceProfileUIDs") or ())
    tag_profiles(store, tags, profiles)
    if call.get("SyncRequired"):
        devices = [*devices, *_members(store, profiles)]
    tag_devices(store, tags, devices)
    return SUCCESS


def _is_wildcard(values: Sequence[str] | None) -> bool:
    return any(value in WILDCARDS for value in values or ())


def remove(call: Call) -> Any:
    """/tag/remove: combinations that do not exist are ignored; {*} stands for all tags or for all holders."""
    store = call.world.store
    names, ids, uids = (call.get(name) for name in ("TagNames", "ROTPublicUIDs", "DeviceProfileUIDs"))
    every_tag = _is_wildcard(names)
    if every_tag and (_is_wildcard(ids) or _is_wildcard(uids)):
        raise bad_request("{*} cannot stand for both TagNames and what they are removed from")
    tags = None if every_tag else known_tags(store, names)
    profiles = None if _is_wildcard(uids) else known_profiles(store, uids or ())
    devices = None if _is_wildcard(ids) else known_devices(store, ids or ())
    if call.get("SyncRequired") and profiles and devices is not None:
        devices = [*devices, *_members(store, profiles)]
    _unpair(store, "device_tag", "device_id", tags, devices)
    _unpair(store, "profile_tag", "profile_id", tags, profiles)
    return SUCCESS


def _unpair(store: Store, table: str, column: str, tags: Sequence[int] | None, others: Sequence[int] | None) -> None:
    """Delete combinations; None stands for all."""
    conditions, values = ["1"], []
    for name, numbers in (("tag_id", tags), (column, others)):
        if numbers is not None:
            conditions.append(f"{name} IN (SELECT value FROM json_each(?))")
            values.append(_json(numbers))
    store.execute(f"DELETE FROM {table} WHERE {' AND '.join(conditions)}", *values)


def names_of(store: Store, table: str, column: str, numbers: Sequence[int]) -> dict[int, list[str]]:
    """The tag names of devices (`device_tag`, `device_id`) or of profiles, by row number."""
    names: dict[int, list[str]] = {number: [] for number in numbers}
    rows = store.rows(
        f"SELECT p.{column}, t.name FROM {table} AS p JOIN tag AS t ON t.id = p.tag_id "
        f"WHERE p.{column} IN (SELECT value FROM json_each(?)) ORDER BY t.id",
        _json(numbers),
    )
    for number, name in rows:
        names[number].append(name)
    return names


_SYNC = Field("SyncRequired", "boolean")
_TAG_NAME = Field("TagName", "string", required=True, refusal="Invalid TagName")
_TARGETS = AnyOf(("ROTPublicUIDs", "DeviceProfileUIDs"))

ENDPOINTS = (
    Endpoint("/tag/create", Access.WRITE, create, (_TAG_NAME,)),
    Endpoint("/tag/delete", Access.WRITE, delete, (_TAG_NAME,)),
    Endpoint("/tag/get", Access.READ, get, (PAGE_NUMBER,)),
    Endpoint(
        "/tag/assign",
        Access.WRITE,
        assign,
        (required(TAG_NAMES), ROT_PUBLIC_UIDS, DEVICE_PROFILE_UIDS, _SYNC),
        (_TARGETS,),
    ),
    Endpoint(
        "/tag/remove",
        Access.WRITE,
        remove,
        (required(TAG_NAMES), replace(ROT_PUBLIC_UIDS, pattern=WILDCARD), DEVICE_PROFILE_UIDS, _SYNC),
        (_TARGETS,),
    ),
)
