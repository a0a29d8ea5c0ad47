#!/usr/bin/python
# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: whitelist_info
short_description: Devices on the whitelist and on the blacklist
version_added: 0.1.0
description:
  - Returns the entries of the whitelist, and the devices that were blacklisted because they bootstrapped without being
    on it. A blacklisted device is activated in the portal; the API cannot do that.
author:
  - The edgeops.device_trust authors (@edgeops)
extends_documentation_fragment:
  - edgeops.device_trust.ublox.connection
  - edgeops.device_trust.ublox.info
seealso:
  - module: edgeops.device_trust.whitelist
  - module: edgeops.device_trust.device_list_info
"""

EXAMPLES = r"""
---
- name: Whitelist and blacklist
  edgeops.device_trust.whitelist_info:
  register: found

- name: Report what waits to be activated
  ansible.builtin.debug:
    msg: "{{ found.blacklisted_ids | length }} devices are blacklisted: {{ found.blacklisted_ids | join(', ') }}"
"""

RETURN = r"""
ids:
  description: ROTPublicUIDs of the devices on the whitelist, 16 digits each.
  returned: success
  type: list
  elements: str
  sample: ["0002000089282245"]
imeis:
  description: IMEIs on the whitelist that belong to no device of the account yet.
  returned: success
  type: list
  elements: str
  sample: ["862618583984360"]
blacklisted_ids:
  description: ROTPublicUIDs of the devices on the blacklist, 16 digits each.
  returned: success
  type: list
  elements: str
  sample: ["0002000089280025"]
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
    run_query("whitelist", "blacklist")


if __name__ == "__main__":
    main()
