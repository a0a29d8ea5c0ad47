# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the names in a request to the rows of the account."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.store import Row, Store, json_list
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.api import (
    bad_request,
    not_found,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.identifiers import (
    folded_tag,
    normal_id,
)


def known_tags(store: Store, names: Iterable[str]) -> list[int]:
    """The row numbers of these tags, those that exist."""
    folded = json_list({folded_tag(name) for name in names})
    return _numbers(store, "tag WHERE folded", folded)


def all_tags(store: Store, names: Sequence[str]) -> list[int]:
    """The row numbers of these tags; 400 if one does not exist."""
    found = known_tags(store, names)
    if len(found) != len({folded_tag(name) for name in names}):
        raise bad_request("Invalid TagNames")
    return found


def known_devices(store: Store, ids: Iterable[str]) -> list[int]:
    """The row numbers of these devices, those that are in the account."""
    normal = json_list({normal_id(text) for text in ids})
    return _numbers(store, "device WHERE rot", normal)


def all_devices(store: Store, ids: Sequence[str]) -> list[int]:
    """The row numbers of these devices; 400 if one is not in the account (documented for /tag/assign)."""
    found = known_devices(store, ids)
    if len(found) != len({normal_id(text) for text in ids}):
        raise bad_request("Invalid ROTPublicUIDs")
    return found


def known_profiles(store: Store, uids: Iterable[str]) -> list[int]:
    """The row numbers of these device profiles, those that exist."""
    wanted = json_list(set(uids))
    return _numbers(store, "profile WHERE uid", wanted)


def all_profiles(store: Store, uids: Sequence[str]) -> list[int]:
    """The row numbers of these device profiles; 400 if one does not exist."""
    found = known_profiles(store, uids)
    if len(found) != len(set(uids)):
        raise bad_request("Invalid DeviceProfileUIDs")
    return found


def one_profile(store: Store, uid: str) -> Row:
    """One device profile; 404 if it does not exist."""
    found = store.row("SELECT * FROM profile WHERE uid = ?", uid)
    if found is None:
        raise not_found("Unknown DeviceProfileUID")
    return found


def one_root_ca(store: Store, name: str) -> Row:
    """One root CA; 404 if it does not exist."""
    found = store.row("SELECT * FROM root_ca WHERE name = ?", name)
    if found is None:
        raise not_found("Unknown CAName")
    return found


def _numbers(store: Store, where: str, wanted: str) -> list[int]:
    sql = f"SELECT id FROM {where} IN (SELECT value FROM json_each(?)) ORDER BY id"
    return [row[0] for row in store.rows(sql, wanted)]
