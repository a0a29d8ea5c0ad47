# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of the options that each query takes, made from the Query itself.

``extends_documentation_fragment: edgeops.device_trust.query.device_info`` brings the options of the module device_info.
"""

from __future__ import annotations

import json

from ansible_collections.edgeops.device_trust.plugins.module_utils._engine import QUERIES, query_options


class ModuleDocFragment:
    """One attribute for each query, in capitals, as Ansible looks fragments up. JSON is YAML."""


for _query in QUERIES.values():
    setattr(ModuleDocFragment, _query.name.upper(), json.dumps({"options": query_options(_query)}))
