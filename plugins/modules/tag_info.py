#!/usr/bin/python
# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: tag_info
short_description: Tags of an account
version_added: 0.1.0
description:
  - Returns the names of all tags.
author:
  - The edgeops.device_trust authors (@edgeops)
extends_documentation_fragment:
  - edgeops.device_trust.ublox.connection
  - edgeops.device_trust.ublox.info
seealso:
  - module: edgeops.device_trust.tag
  - module: edgeops.device_trust.linked_device_info
"""

EXAMPLES = r"""
---
- name: All tags
  edgeops.device_trust.tag_info:
  register: found

- name: Their names
  ansible.builtin.debug:
    var: found.tags
"""

RETURN = r"""
tags:
  description: The names of the tags.
  returned: success
  type: list
  elements: str
  sample: [cold-chain, downtown]
requests:
  description: How many requests were sent, retries included.
  returned: when the service was asked
  type: dict
  sample: {reads: 2, writes: 0}
problems:
  description: Everything that is wrong in the options.
  returned: when the task is refused
  type: list
  elements: str
"""

from ansible_collections.edgeops.device_trust.plugins.module_utils._ansible_module import run_query


def main() -> None:
    run_query("tag_info")


if __name__ == "__main__":
    main()
