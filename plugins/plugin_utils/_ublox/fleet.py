# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The devices of an account with all that groups them: what the inventory is made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

from ansible_collections.edgeops.device_trust.plugins.module_utils._engine import (
    QUERIES,
    Account,
    DeviceTrustError,
    ask,
    ask_all,
    did_you_mean,
)

Device: TypeAlias = dict[str, Any]
"""As the module device_info returns it, with ``tags``, ``profile`` (its name) and ``is_whitelisted``."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which devices, and what of them. No ``tags`` and no ``profiles`` mean all; both together mean what is in both."""

    filter: str = "ALL"
    tags: Sequence[str] = ()
    profiles: Sequence[str] = ()
    details: Sequence[str] = ("CORE",)

    def as_data(self) -> dict[str, Any]:
        return {name: value if isinstance(value, str) else list(value) for name, value in asdict(self).items()}


def read_fleet(account: Account, wanted: Wanted) -> list[Device]:
    """The devices, by id. Raises DeviceTrustError, also for a tag or a profile that there is not."""
    listed, whitelisted, blacklisted, tags, profiles = ask_all(
        account,
        [
            (QUERIES["device_list_info"], {"filter": wanted.filter}),
            (QUERIES["device_list_info"], {"filter": "WHITELISTED"}),
            (QUERIES["device_list_info"], {"filter": "BLACKLISTED"}),
            (QUERIES["tag_info"], {}),
            (QUERIES["device_profile_info"], {}),
        ],
    )
    names = {profile["device_profile_uid"]: profile["name"] for profile in profiles["device_profiles"]}
    _refuse_unknown("profiles", wanted.profiles, names.values())
    _refuse_unknown("tags", _folded(wanted.tags), _folded(tags["tags"]))
    tags_of = _tags_of_devices(account, tags["tags"])
    chosen = {device for device in listed["ids"] if _has_one_of(tags_of.get(device, ()), wanted.tags)}
    options = {"ids": sorted(chosen), "options": sorted({"CORE", *wanted.details})}
    on_whitelist, on_blacklist = set(whitelisted["ids"]), set(blacklisted["ids"])
    fleet = [
        {
            **device,
            "tags": tags_of.get(device["id"], []),
            "profile": names.get(device["device_profile_uid"]),
            "is_whitelisted": device["id"] in on_whitelist,
            "is_blacklisted": device["id"] in on_blacklist,
        }
        for device in ask(account, QUERIES["device_info"], options)["devices"]
    ]
    return [device for device in fleet if not wanted.profiles or device["profile"] in wanted.profiles]


def _tags_of_devices(account: Account, tags: Sequence[str]) -> dict[str, list[str]]:
    """The tags of each device that has one. The service lists devices by tag, not tags by device."""
    answers = ask_all(account, [(QUERIES["linked_device_info"], {"tags": [tag]}) for tag in sorted(tags)])
    tags_of: dict[str, list[str]] = {}
    for tag, answer in zip(sorted(tags), answers, strict=True):
        for device in answer["ids"]:
            tags_of.setdefault(device, []).append(tag)
    return tags_of


def _has_one_of(tags: Sequence[str], wanted: Sequence[str]) -> bool:
    return not wanted or not set(_folded(wanted)).isdisjoint(_folded(tags))


def _folded(tags: Iterable[str]) -> list[str]:
    """Letter case does not distinguish tags."""
    return [tag.casefold() for tag in tags]


def _refuse_unknown(option: str, names: Sequence[str], known: Iterable[str]) -> None:
    there = set(known)
    for name in names:
        if name not in there:
            raise DeviceTrustError(f"{option}: the account has no {option[:-1]} {name!r} ({did_you_mean(name, there)})")


def host_names(fleet: Sequence[Device], members: Sequence[str]) -> list[str]:
    """The name of each device: the first of ``members`` that it has and that no other device has; its id at last."""
    taken = {member: Counter(device.get(member) for device in fleet) for member in members}

    def name_of(device: Device) -> str:
        own = (device.get(member) for member in members if taken[member][device.get(member)] == 1)
        return str(next((name for name in own if name), device["id"]))

    return [name_of(device) for device in fleet]


def group_names(device: Mapping[str, Any]) -> Iterator[str]:
    """The groups of a device, by what there is to say of it."""
    yield from (f"tag_{tag}" for tag in device["tags"])
    if device["profile"]:
        yield f"profile_{device['profile']}"
    if device["state"]:
        yield f"state_{device['state'].lower()}"
    if device["is_whitelisted"]:
        yield "whitelisted"
    if device["is_blacklisted"]:
        yield "blacklisted"
