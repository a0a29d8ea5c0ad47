#!/usr/bin/python
# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: root_ca_device_info
short_description: Devices with a certificate of a root CA
version_added: 0.1.0
description:
  - Returns the devices that have been provisioned with a device certificate signed by a root CA.
  - As long as there are any, the root CA cannot be deleted.
author:
  - The edgeops.device_trust authors (@edgeops)
extends_documentation_fragment:
  - edgeops.device_trust.query.root_ca_device_info
  - edgeops.device_trust.ublox.connection
  - edgeops.device_trust.ublox.info
seealso:
  - module: edgeops.device_trust.root_ca_info
  - module: edgeops.device_trust.crl_info
"""

EXAMPLES = r"""
---
- name: Who has a certificate of the CA that is to be retired
  edgeops.device_trust.root_ca_device_info:
    root_ca: legacy.example.com
  register: found

- name: How many
  ansible.builtin.debug:
    msg: "{{ found.devices | length }} devices still use it"
"""

RETURN = r"""
devices:
  description: The devices.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The device's ROTPublicUID, 16 digits.
      type: str
    serial_number:
      description: The serial number of its certificate, hexadecimal.
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
    run_query("root_ca_device_info")


if __name__ == "__main__":
    main()
