# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A declaration turned round: what it declares must not be."""

from __future__ import annotations

from dataclasses import replace

from .._model.desired import Declared, Desired, Section


def declared_absent(desired: Desired) -> Desired:
    """The declaration of which everything is absent that the API can delete, and nothing else is touched.

    Ids that it lists are taken out of their set. What is ``protected`` stays so, and refuses.
    """
    sections = {
        name: replace(section, objects={i: _absent(d) for i, d in section.objects.items()}, exclusive=False)
        for name, section in desired.sections.items()
        if _can_be_absent(section)
    }
    return replace(desired, sections=sections)


def _can_be_absent(section: Section) -> bool:
    """What is told to devices stays with them: they are not to be stripped of it because a declaration ends."""
    return section.kind.delete is not None or section.kind.set_field is not None


def _absent(declared: Declared) -> Declared:
    return replace(declared, absent=True, directives={**declared.directives, "state": "absent"})
