#!/usr/bin/python
# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: linked_device_info
short_description: Ids of the devices of a device profile, or of tags
version_added: 0.1.0
description:
  - Returns the ROTPublicUIDs of the devices that are linked to a device profile, or that have one of some tags.
author:
  - The edgeops.device_trust authors (@edgeops)
extends_documentation_fragment:
  - edgeops.device_trust.query.linked_device_info
  - edgeops.device_trust.ublox.connection
  - edgeops.device_trust.ublox.info
seealso:
  - module: edgeops.device_trust.device_profile_info
  - module: edgeops.device_trust.device_list_info
  - module: edgeops.device_trust.tag_info
"""

EXAMPLES = r"""
---
- name: The devices of a profile
  edgeops.device_trust.linked_device_info:
    device_profile_uid: AyvylmHVdUiHQzUaCjOmC

- name: The devices of the cold chain
  edgeops.device_trust.linked_device_info:
    tags:
      - cold-chain
"""

RETURN = r"""
ids:
  description: ROTPublicUIDs of the devices, 16 digits each.
  returned: success
  type: list
  elements: str
  sample: ["0002000089282245"]
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
    run_query("linked_device_info")


if __name__ == "__main__":
    main()
