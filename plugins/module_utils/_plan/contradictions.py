# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Parts of a declaration that cannot both be: each apply would undo the other's."""

from __future__ import annotations

from collections.abc import Iterator

from .._model.desired import Declared, Desired
from .._model.errors import Problem
from .._model.registry import KINDS

_PROFILE, _ASSIGNMENT, _TAG = (KINDS[name] for name in ("device_profile", "tag_assignment", "tag"))


def contradictions(desired: Desired) -> Iterator[Problem]:
    """Profiles whose ``tags`` say another thing than the assignment of a tag."""
    profiles, assignments = desired.sections.get(_PROFILE.name), desired.sections.get(_ASSIGNMENT.name)
    for assignment in assignments or ():
        for profile in profiles or ():
            tags, says = profile.attributes.get("tags"), _says(assignment, profile.name)
            if says is None or not isinstance(tags, frozenset):
                continue
            has = _TAG.identity(assignment.name) in map(_TAG.identity, tags)
            if has != says:
                yield _contradiction(assignment, profile, has)


def _says(assignment: Declared, profile: str) -> bool | None:
    """Whether the assignment gives its tag to the profile (True), takes it away (False), or says nothing of it."""
    profiles = assignment.attributes.get("profiles")
    if assignment.absent and assignment.directives.get("everywhere"):
        return False
    if not isinstance(profiles, frozenset):
        return None
    if profile in profiles:
        return not assignment.absent
    return False if assignment.directives.get("exclusive") == "tag" and not assignment.absent else None


def _contradiction(assignment: Declared, profile: Declared, has: bool) -> Problem:
    mine, other = ("takes the tag from", "have it") if has else ("gives the tag to", "leave it out")
    address = _PROFILE.address(profile.name)
    where = f" (at {profile.position})" if profile.position else ""
    return Problem(
        f"{_ASSIGNMENT.address(assignment.name)} {mine} {address}, whose tags{where} {other}",
        f"{assignment.path}.profiles",
        assignment.position_of("profiles"),
        "declare the tags of a profile in one place",
    )
