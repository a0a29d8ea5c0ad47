# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets that the service does not return, and so cannot be compared: sent again when another one is declared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from .._model.desired import Declared, Desired, Section
from .._model.kind import Kind
from .._model.secret import Secret

Differs = Callable[[str, str, Secret], bool]
WHEN_CHANGED = "when_changed"
ON_CREATE = "on_create"
NEVER = "never"


def with_resent(desired: Desired, differs: Differs) -> Desired:
    """The declaration, in which secrets that differ from what was sent last are to be sent.

    ``differs`` tells that of an address, a field and the declared value; it is asked where the object says
    ``when_changed`` only.
    """
    sections = {name: _section(section, differs) for name, section in desired.sections.items()}
    return replace(desired, sections=sections)


def never_resent(desired: Desired) -> Desired:
    """The declaration, in which no secret is to be sent that cannot be compared: sending it is no difference."""
    return replace(desired, sections={name: _kept(section) for name, section in desired.sections.items()})


def _kept(section: Section) -> Section:
    directives = {field.resent_by: ON_CREATE for field in section.kind.fields if field.resent_by}
    if "resend" in section.kind.by_name:
        directives["resend"] = NEVER
    if not directives:
        return section
    objects = {i: replace(d, directives={**d.directives, **directives}) for i, d in section.objects.items()}
    return replace(section, objects=objects)


def _section(section: Section, differs: Differs) -> Section:
    if not any(field.resent_by for field in section.kind.fields):
        return section
    objects = {identity: _object(section.kind, d, differs) for identity, d in section.objects.items()}
    return replace(section, objects=objects)


def _object(kind: Kind, declared: Declared, differs: Differs) -> Declared:
    for field in kind.fields:
        value = declared.attributes.get(field.name)
        if not field.resent_by or not isinstance(value, Secret) or declared.absent:
            continue
        asked = declared.directives.get(field.resent_by) == WHEN_CHANGED
        if asked and differs(kind.address(declared.name), field.name, value):
            return replace(declared, directives={**declared.directives, field.resent_by: "always"})
    return declared
