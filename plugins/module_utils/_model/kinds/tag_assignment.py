# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which devices and profiles a tag is assigned to (Security Services REST API 1.1.29, /tag/assign, /tag/remove).

The service's ``{*}``, which stands for all tags or for all devices, is never sent: it would also reach what nobody has
seen in the plan. What is asked for by name (``everywhere``, the tag ``*``) is looked up and taken away one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..desired import Declared
from ..fleet import FILES, IDS
from ..ids import IdSet
from ..kind import PROTECTED, STATE, Field, Kind, LiveObject, ParentCall, PerParent, Transition
from ..request import Request
from ..values import Type, ids_of, names_of

IDS_PER_REQUEST = 1000
ALL_TAGS = "*"
EXCLUSIVE = ("none", "tag", "devices")


def _read(tag: LiveObject, answers: Sequence[Any]) -> LiveObject | None:
    """Nothing for a tag that nothing has, as for one that does not exist (yet)."""
    devices, profiles = answers
    names = frozenset(profile["ProfileName"] for profile in profiles)
    return LiveObject(tag.name, {"ids": IdSet.of(devices), "profiles": names}) if devices or names else None


def _resolve(declared: Mapping[str, Declared], live: Mapping[str, LiveObject]) -> Mapping[str, Declared]:
    """What each tag is to be assigned to in the end, of those that change or are declared."""
    strips = [item for item in declared.values() if _reaches_other_tags(item)]
    resolved: dict[str, Declared] = {}
    for identity in dict.fromkeys((*declared, *(live if strips else ()))):
        if identity == ALL_TAGS:
            continue
        item, has = declared.get(identity), live.get(identity)
        before = has.attributes if has else {}
        ids, profiles = _after(item, ids_of(before), names_of(before, "profiles"))
        for strip in strips:
            if strip is not item:
                kept = ids_of(item.attributes) if item and not item.absent else IdSet()
                ids -= ids_of(strip.attributes) - kept
        reason = item or replace(strips[0], name=has.name if has else identity, directives={})
        resolved[identity] = replace(reason, attributes={"ids": ids, "profiles": profiles}, absent=False)
    return resolved


def _reaches_other_tags(item: Declared) -> bool:
    return item.name == ALL_TAGS or (item.directives.get("exclusive") == "devices" and not item.absent)


def _reaches_beyond(declared: Iterable[Declared]) -> bool:
    return any(map(_reaches_other_tags, declared))


def _after(item: Declared | None, ids: IdSet, profiles: frozenset[str]) -> tuple[IdSet, frozenset[str]]:
    """What one item makes of a tag, by itself."""
    if item is None:
        return ids, profiles
    named, named_profiles = ids_of(item.attributes), names_of(item.attributes, "profiles")
    if item.absent:
        if item.directives.get("everywhere"):
            return IdSet(), frozenset()
        return ids - named, profiles - named_profiles
    if item.directives.get("exclusive") == "tag":
        return (
            named if "ids" in item.attributes else ids,
            named_profiles if "profiles" in item.attributes else profiles,
        )
    return ids | named, profiles | named_profiles


def _write(transition: Transition) -> Iterable[Request]:
    before, after = transition.before, transition.after
    tag = {"TagNames": [transition.name]}
    for path, more, less in (("/tag/assign", after, before), ("/tag/remove", before, after)):
        for batch in (ids_of(more) - ids_of(less)).batches(IDS_PER_REQUEST):
            yield Request(path, {**tag, "ROTPublicUIDs": batch})
        if profiles := sorted(names_of(more, "profiles") - names_of(less, "profiles")):
            handles = [transition.handles.get(name, name) for name in profiles]
            yield Request(path, {**tag, "DeviceProfileUIDs": handles})


def _check(declared: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    absent, everywhere = declared.get("state") == "absent", declared.get("everywhere")
    named = "ids" in declared or "profiles" in declared
    if declared.get("tag") == ALL_TAGS:
        if not absent or "ids" not in declared:
            yield "tag", "* stands for all tags, which can only be taken from devices: state: absent, with ids or files"
        if "profiles" in declared:
            yield "profiles", "* takes tags from devices alone; name the tags that profiles lose"
    elif not named and not everywhere:
        yield "ids", "say what the tag is assigned to: give ids, files or profiles"
    if everywhere and (named or not absent):
        yield "everywhere", "takes the tag from all devices and profiles: use it with state: absent, without any named"
    if absent and declared.get("exclusive", "none") != "none":
        yield "exclusive", "has no meaning with state: absent"
    elif declared.get("exclusive") == "devices" and "ids" not in declared:
        yield "exclusive", "devices means that they have no other tags: give ids or files"


TAG_ASSIGNMENT = Kind(
    name="tag_assignment",
    section="tag_assignments",
    title="Which devices and profiles a tag is assigned to",
    source="u-blox Security Services REST API 1.1.29, /tag/assign and /tag/remove",
    fields=(
        Field(
            "tag",
            Type.TEXT,
            "The tag's name; letter case does not matter. V(*) with O(state=absent) takes all tags from the devices.",
            wire="TagName",
            key=True,
            refers_to="tag",
        ),
        IDS,
        FILES,
        Field(
            "profiles",
            Type.NAMES,
            "Names of device profiles; letter case counts.",
            wire="DeviceProfileUIDs",
            refers_to="device_profile",
        ),
        Field(
            "exclusive",
            Type.TEXT,
            "V(none) assigns the tag and takes nothing away. V(tag): the tag is assigned to what is named here and to "
            "nothing else. V(devices): the devices that are named here have no tags but those that this declaration "
            "gives them.",
            directive=True,
            choices=EXCLUSIVE,
            default="none",
        ),
        Field(
            "everywhere",
            Type.FLAG,
            "With O(state=absent), take the tag from all devices and profiles that have it.",
            directive=True,
            default=False,
        ),
        PROTECTED,
        STATE,
    ),
    read=PerParent(
        "tag",
        (
            ParentCall("/device/rotpublicuid/get", lambda tag: {"TagNames": [tag.name]}, "ROTPublicUIDs"),
            ParentCall("/deviceprofile/get", lambda tag: {"TagNames": [tag.name]}, "DeviceProfiles"),
        ),
        _read,
    ),
    update=_write,
    identity=str.casefold,
    check=_check,
    members_must_be_known=True,
    resolve=_resolve,
    reaches_beyond=_reaches_beyond,
)
