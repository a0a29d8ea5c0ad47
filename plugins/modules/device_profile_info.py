#!/usr/bin/python
# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: device_profile_info
short_description: Device profiles of an account
version_added: 0.1.0
description:
  - Returns the device profiles that were made in the portal, with their DeviceProfileUIDs and tags.
  - All of them, one by its name, or those that have one of some tags.
author:
  - The edgeops.device_trust authors (@edgeops)
extends_documentation_fragment:
  - edgeops.device_trust.query.device_profile_info
  - edgeops.device_trust.ublox.connection
  - edgeops.device_trust.ublox.info
seealso:
  - module: edgeops.device_trust.device_profile
  - module: edgeops.device_trust.bootstrap_provisioning
  - module: edgeops.device_trust.linked_device_info
"""

EXAMPLES = r"""
---
- name: All device profiles
  edgeops.device_trust.device_profile_info:
  register: found

- name: What they are called
  ansible.builtin.debug:
    msg: "{{ found.device_profiles | map(attribute='name') }}"

- name: One of them
  edgeops.device_trust.device_profile_info:
    name: trackers-eu

- name: Those of the cold chain
  edgeops.device_trust.device_profile_info:
    tags:
      - cold-chain
"""

RETURN = r"""
device_profiles:
  description: The device profiles.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: The profile's name.
      type: str
      sample: trackers-eu
    device_profile_uid:
      description: The profile's DeviceProfileUID.
      type: str
      sample: AyvylmHVdUiHQzUaCjOmC
    tags:
      description: The profile's tags.
      type: list
      elements: str
      sample: [cold-chain]
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
    run_query("device_profile_info")


if __name__ == "__main__":
    main()
