#!/usr/bin/python
# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: notification_info
short_description: Notifications about devices
version_added: 0.1.0
description:
  - Returns the notifications that came when devices bootstrapped, or when properties were applied on them.
  - The service keeps them for 180 days.
author:
  - The edgeops.device_trust authors (@edgeops)
extends_documentation_fragment:
  - edgeops.device_trust.query.notification_info
  - edgeops.device_trust.ublox.connection
  - edgeops.device_trust.ublox.info
seealso:
  - module: edgeops.device_trust.webhook
  - module: edgeops.device_trust.activity_info
"""

EXAMPLES = r"""
---
- name: What happened to the devices of the cold chain in a week
  edgeops.device_trust.notification_info:
    tags:
      - cold-chain
    last_days: 7

- name: The errors of one device since a day
  edgeops.device_trust.notification_info:
    ids:
      - "0002000089280001"
    notification_type: DEVICE_ERROR
    from_date: "{{ '%Y-%m-%d' | strftime(now(utc=true).timestamp() - 90 * 86400) }}"
"""

RETURN = r"""
notifications:
  description:
    - The notifications.
    - Whatever else the service says is there under its own name in snake case.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The device's ROTPublicUID, 16 digits.
      type: str
    notification_type:
      description: The type of the notification.
      type: str
      sample: DEVICE_PROPERTIES_CHANGE
    timestamp:
      description: When it came.
      type: str
    payload:
      description: What it says, names in snake case.
      type: dict
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
    run_query("notification_info")


if __name__ == "__main__":
    main()
