# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: e2e_symmetric_key
short_description: Symmetric keys that devices derive
version_added: 0.1.0
description:
  - Returns the symmetric key that belongs to a key identity which a device has sent.
  - All terms of one call are asked for at the same time. So give the lookup all of them instead of calling it in a
    loop.
author:
  - The edgeops.device_trust authors (@edgeops)
options:
  _terms:
    description: Key identities, 14 bytes each, as 28 hexadecimal digits.
    type: list
    elements: str
    required: true
  key_length:
    description: Length of the key in bits.
    type: int
    choices: [128, 256]
    default: 256
extends_documentation_fragment:
  - edgeops.device_trust.ublox.connection
  - edgeops.device_trust.ublox.plugins
notes:
  - The keys are nowhere kept. Ansible does not hide the result; set C(no_log=true) on tasks that use it.
  - Each term is logged as usage, and so may be charged.
seealso:
  - plugin: edgeops.device_trust.e2e_parameters
    plugin_type: lookup
"""

EXAMPLES = r"""
- name: The key that a device has derived
  ansible.builtin.set_fact:
    device_key: "{{ lookup('edgeops.device_trust.e2e_symmetric_key', key_id, key_length=128).key }}"
  no_log: true
"""

RETURN = r"""
_raw:
  description: A dictionary for each term, in their order.
  type: list
  elements: dict
  contains:
    id:
      description: The device's ROTPublicUID, 16 digits.
      type: str
    key:
      description: The key, in Base64.
      type: str
"""

from typing import Any

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase

from ansible_collections.edgeops.device_trust.plugins.module_utils._engine import DeviceTrustError
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._ublox.options import connection_of
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._ublox.secrets import ask_for_keys


class LookupModule(LookupBase):
    def run(self, terms: list[Any], variables: dict[str, Any] | None = None, **kwargs: Any) -> list[dict[str, Any]]:
        self.set_options(var_options=variables, direct=kwargs)
        key_length = self.get_option("key_length")
        questions = [{"key_id": str(term), "key_length": key_length} for term in self._flatten(terms)]
        try:
            connection = connection_of(self.get_option, self._templar.template)
            return ask_for_keys(connection, "e2e_symmetric_key", questions)
        except DeviceTrustError as problem:
            raise AnsibleLookupError(f"e2e_symmetric_key: {problem}") from None
