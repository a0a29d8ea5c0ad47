#!/usr/bin/python
# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: usage_info
short_description: Usage that is charged, by device
version_added: 0.1.0
description:
  - Returns the usage logs by device. The service updates them with a lead time of 5 minutes, and keeps them for 60
    days.
  - What is logged are the calls for keys and E2E parameters, LocalDPR, LocalC2C, LocalC2CKeyPairing and ZTPV1 when they
    are applied on a device, and device certificates that are renewed or updated.
author:
  - The edgeops.device_trust authors (@edgeops)
extends_documentation_fragment:
  - edgeops.device_trust.query.usage_info
  - edgeops.device_trust.ublox.connection
  - edgeops.device_trust.ublox.info
seealso:
  - module: edgeops.device_trust.activity_info
"""

EXAMPLES = r"""
---
- name: The usage of a month
  edgeops.device_trust.usage_info:
    last_days: 30

- name: The usage of the devices of the cold chain today
  edgeops.device_trust.usage_info:
    from_date: "{{ now(utc=true).date() }}"
    tags:
      - cold-chain
"""

RETURN = r"""
devices:
  description: The devices with usage.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The device's ROTPublicUID, 16 digits.
      type: str
    usage:
      description: What the service logged for it, in the service's own words.
      type: raw
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
    run_query("usage_info")


if __name__ == "__main__":
    main()
