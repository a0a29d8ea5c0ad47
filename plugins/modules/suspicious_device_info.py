#!/usr/bin/python
# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: suspicious_device_info
short_description: Devices that are suspicious
version_added: 0.1.0
description:
  - Tells for devices whether they are suspicious, and why. A serial number that must be unique was found twice.
author:
  - The edgeops.device_trust authors (@edgeops)
extends_documentation_fragment:
  - edgeops.device_trust.query.suspicious_device_info
  - edgeops.device_trust.ublox.connection
  - edgeops.device_trust.ublox.info
seealso:
  - module: edgeops.device_trust.clone_info
"""

EXAMPLES = r"""
---
- name: Suspicious devices of the cold chain
  edgeops.device_trust.suspicious_device_info:
    tags:
      - cold-chain
  register: found

- name: There are none
  ansible.builtin.assert:
    that: found.suspicious_devices | length == 0
"""

RETURN = r"""
suspicious_devices:
  description:
    - The suspicious devices; an empty list if there are none.
    - Whatever else the service says is there under its own name in snake case.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The device's ROTPublicUID, 16 digits.
      type: str
    reasons:
      description:
        - Why it is suspicious.
        - "V(DUPLICATED_SCL_SERIAL_NUM_SEALED_INFO): several RoTs were sealed with the same SCL Context Serial Number."
        - "V(DUPLICATED_DEV_SERIAL_NUM_SEALING): several RoTs were sealed with the same Device Serial Number."
        - "V(DUPLICATED_SCL_SERIAL_NUM_PROD_LOG): the same SCL Context Serial Number in production logs."
        - "V(DUPLICATED_DEV_SERIAL_NUM_PROD_LOG): the same Device Serial Number in production logs."
      type: list
      elements: str
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
    run_query("suspicious_device_info")


if __name__ == "__main__":
    main()
