# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: device_rows
short_description: The devices of a production line's files, row by row
version_added: 0.1.0
description:
  - Reads files with device ids as M(edgeops.device_trust.whitelist) does with
    O(edgeops.device_trust.whitelist#module:files), and returns what else their rows say. Text has one id a line; CSV
    has a header row and a column C(ROTPublicUID) or C(Id).
  - Everything that is wrong in the files is reported at once, with file and line.
author:
  - The edgeops.device_trust authors (@edgeops)
options:
  _terms:
    description: Paths or globs. Relative ones start from O(base).
    required: true
    type: list
    elements: str
  base:
    description: What relative paths start from. The directory in which C(ansible-playbook) was called, if not given.
    type: path
seealso:
  - module: edgeops.device_trust.whitelist
  - module: edgeops.device_trust.tag_assignment
"""

EXAMPLES = r"""
- name: Each device has the tag that its row says
  edgeops.device_trust.tag_assignment:
    tag: "{{ item[0] }}"
    ids: "{{ item[1] | map(attribute='id') }}"
  loop: "{{ query('edgeops.device_trust.device_rows', 'line.csv') | groupby('columns.tag') | map('list') }}"
"""

RETURN = r"""
_raw:
  description: A dictionary for each row, in their order.
  type: list
  elements: dict
  contains:
    id:
      description: The device's ROTPublicUID, 16 digits in lower case, as the other plugins return it.
      type: str
      sample: "0002000089282245"
    columns:
      description: What the row says, by the names of the columns in lower case. Empty for a text file.
      type: dict
      sample: {rotpublicuid: "0002000089282245", serial: SN000001, tag: cold-chain}
"""

from pathlib import Path
from typing import Any

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase

from ansible_collections.edgeops.device_trust.plugins.module_utils._engine import DeviceTrustError, device_rows


class LookupModule(LookupBase):
    def run(self, terms: list[Any], variables: dict[str, Any] | None = None, **kwargs: Any) -> list[dict[str, Any]]:
        self.set_options(var_options=variables, direct=kwargs)
        base = Path(self.get_option("base") or ".").resolve()
        try:
            return device_rows([str(term) for term in self._flatten(terms)], base)
        except DeviceTrustError as problem:
            raise AnsibleLookupError(f"device_rows: {problem}") from None
