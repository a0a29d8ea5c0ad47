#!/usr/bin/python
# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: activity_info
short_description: What was done on a device
version_added: 0.1.0
description:
  - Returns the commands that were carried out on a device when it talked to the service, and when it was last seen.
author:
  - The edgeops.device_trust authors (@edgeops)
extends_documentation_fragment:
  - edgeops.device_trust.query.activity_info
  - edgeops.device_trust.ublox.connection
  - edgeops.device_trust.ublox.info
seealso:
  - module: edgeops.device_trust.notification_info
  - module: edgeops.device_trust.usage_info
"""

EXAMPLES = r"""
---
- name: When a device was last seen
  edgeops.device_trust.activity_info:
    id: "0002000089280001"
    last_days: 30
  register: found

- name: Say so
  ansible.builtin.debug:
    msg: "last seen {{ found.last_seen }}, {{ found.activities | length }} commands in 30 days"
"""

RETURN = r"""
last_seen:
  description: When the device was last seen.
  returned: success
  type: str
  sample: "2020-03-02T07:40:19Z"
activities:
  description: The commands, as the service has them, names in snake case.
  returned: success
  type: list
  elements: dict
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
    run_query("activity_info")


if __name__ == "__main__":
    main()
