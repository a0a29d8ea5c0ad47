#!/usr/bin/python
# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: clone_info
short_description: Devices that are cloned
version_added: 0.1.0
description:
  - Tells for devices whether they were cloned in a time.
author:
  - The edgeops.device_trust authors (@edgeops)
extends_documentation_fragment:
  - edgeops.device_trust.query.clone_info
  - edgeops.device_trust.ublox.connection
  - edgeops.device_trust.ublox.info
seealso:
  - module: edgeops.device_trust.suspicious_device_info
"""

EXAMPLES = r"""
---
- name: Clones of the devices of a profile in 30 days
  edgeops.device_trust.clone_info:
    device_profile_uid: AyvylmHVdUiHQzUaCjOmC
    last_days: 30
  register: found

- name: There are none
  ansible.builtin.assert:
    that: found.cloned_events | length == 0
"""

RETURN = r"""
cloned_events:
  description:
    - What shows that a device was cloned; an empty list if nothing does.
    - Whatever else the service says is there under its own name in snake case.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The device's ROTPublicUID, 16 digits.
      type: str
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
    run_query("clone_info")


if __name__ == "__main__":
    main()
