# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All kinds, in the order in which they are shown: what is referred to before what refers to it."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from .kind import Kind, PerParent
from .kinds.bootstrap_provisioning import BOOTSTRAP_PROVISIONING
from .kinds.device_certificate import DEVICE_CERTIFICATE
from .kinds.device_profile import DEVICE_PROFILE
from .kinds.device_provisioning import DEVICE_PROVISIONING
from .kinds.key_rotation import KEY_ROTATION
from .kinds.root_ca import ROOT_CA
from .kinds.tag import TAG
from .kinds.tag_assignment import TAG_ASSIGNMENT
from .kinds.webhook import WEBHOOK
from .kinds.whitelist import WHITELIST

KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        TAG,
        ROOT_CA,
        DEVICE_PROFILE,
        BOOTSTRAP_PROVISIONING,
        WHITELIST,
        TAG_ASSIGNMENT,
        DEVICE_PROVISIONING,
        DEVICE_CERTIFICATE,
        KEY_ROTATION,
        WEBHOOK,
    )
}
SECTIONS: Mapping[str, Kind] = {kind.section: kind for kind in KINDS.values() if not kind.within}


def read_with(names: Collection[str]) -> tuple[Kind, ...]:
    """The kinds of these names, and those whose objects they are read by."""
    parents = {read.parent for name in names if isinstance(read := KINDS[name].read, PerParent)}
    return tuple(kind for kind in KINDS.values() if kind.name in parents.union(names))


def nested_in(parent: Kind) -> tuple[Kind, ...]:
    """The kinds that are written inside the items of ``parent``."""
    return tuple(kind for kind in KINDS.values() if kind.within == parent.name)
