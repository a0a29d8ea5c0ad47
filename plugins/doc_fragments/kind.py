# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of the options that each kind's module takes, made from the Kind itself.

``extends_documentation_fragment: edgeops.device_trust.kind.root_ca`` brings the options of the module root_ca.
"""

from __future__ import annotations

import json

from ansible_collections.edgeops.device_trust.plugins.module_utils._engine import KINDS, documented_options


class ModuleDocFragment:
    """One attribute for each kind, in capitals, as Ansible looks fragments up. JSON is YAML."""


for _kind in KINDS.values():
    setattr(ModuleDocFragment, _kind.name.upper(), json.dumps({"options": documented_options(_kind)}))
