# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: driver_number
short_description: Fresh 14-digit numbers for Driver tokens
version_added: 0.1.0
description:
  - Draws random numbers of 14 digits, as MT20W readers and their hosts exchange them.
  - They are drawn anew each time that the expression is evaluated. Keep one with M(ansible.builtin.set_fact) to use
    it twice.
author:
  - The edgeops.device_trust authors (@edgeops)
options:
  _terms:
    description: Numbers that must not be drawn, such as the one before.
    type: list
    elements: str
  count:
    description: How many numbers to draw. No two of them are the same.
    type: int
    default: 1
seealso:
  - plugin: edgeops.device_trust.driver_token
    plugin_type: filter
"""

EXAMPLES = r"""
- name: A number for the first request of a reader
  ansible.builtin.set_fact:
    number: "{{ lookup('edgeops.device_trust.driver_number') }}"

- name: Another one
  ansible.builtin.set_fact:
    next_number: "{{ lookup('edgeops.device_trust.driver_number', number) }}"
"""

RETURN = r"""
_raw:
  description: The numbers, without leading zeros.
  type: list
  elements: str
"""

from typing import Any

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase

from ansible_collections.edgeops.device_trust.plugins.module_utils._live.mt20w.codec import fresh_number

MOST = 10_000


class LookupModule(LookupBase):
    def run(self, terms: list[Any], variables: dict[str, Any] | None = None, **kwargs: Any) -> list[str]:
        self.set_options(var_options=variables, direct=kwargs)
        count = self.get_option("count")
        if not 0 <= count <= MOST:
            raise AnsibleLookupError(f"driver_number: count must be from 0 to {MOST}, not {count}")
        drawn = dict.fromkeys(str(term) for term in self._flatten(terms))
        unwanted = len(drawn)
        while len(drawn) < unwanted + count:
            drawn.setdefault(fresh_number())
        return list(drawn)[unwanted:]
