#!/usr/bin/python
# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: device_info
short_description: What is known of devices
version_added: 0.1.0
description:
  - Returns the sealed information of devices, their desired and current properties, and their device certificates.
  - Devices are named by ROTPublicUID, by tag or by the serial number that their maker gave them. Any number of them can
    be named; the ids are shared out over as many requests as it takes.
  - A device that the account does not have is not in the result.
author:
  - The edgeops.device_trust authors (@edgeops)
extends_documentation_fragment:
  - edgeops.device_trust.query.device_info
  - edgeops.device_trust.ublox.connection
  - edgeops.device_trust.ublox.info
seealso:
  - module: edgeops.device_trust.device_list_info
  - module: edgeops.device_trust.linked_device_info
  - plugin: edgeops.device_trust.ublox_devices
    plugin_type: inventory
"""

EXAMPLES = r"""
---
- name: Everything about two devices
  edgeops.device_trust.device_info:
    ids:
      - "0002000089280001"
      - "0002000089280002"

- name: What the devices of the cold chain are to become, and what they are
  edgeops.device_trust.device_info:
    tags:
      - cold-chain
    options:
      - PROVISIONING
  register: found

- name: What each of them is to become
  ansible.builtin.debug:
    msg: "{{ found.devices | items2dict(key_name='id', value_name='desired') }}"

- name: The certificates of a device, by the number on its label
  edgeops.device_trust.device_info:
    device_serial_numbers:
      - SN000007
    options:
      - ZTP
"""

RETURN = r"""
devices:
  description:
    - The devices. What was not asked for with O(options), or what the service does not say, is V(null).
    - Whatever else the service says is there under its own name in snake case.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The device's ROTPublicUID, 16 digits.
      type: str
      sample: "0002000089282245"
    device_serial_number:
      description: The serial number that the device's maker gave it.
      type: str
    imei:
      description: The device's IMEI.
      type: str
      sample: "862618583984360"
    type_number:
      description: The u-blox module in the device.
      type: str
      sample: SARA-R410M-03B-00
    device_profile_uid:
      description: The DeviceProfileUID of the device's profile.
      type: str
    state:
      description: The device's state, such as V(ACTIVATED) or V(ALLOCATED).
      type: str
      sample: ACTIVATED
    is_blacklisted:
      description: Whether the device is on the blacklist.
      type: bool
    desired:
      description: What is to be applied on the device at its next security heartbeat.
      type: dict
      contains:
        authorizations:
          description: The state of each security feature, V(enabled) or V(disabled).
          type: dict
          sample: {LocalDPR: enabled}
        root_ca:
          description: The root CA that signs the device's certificates.
          type: str
        security_heartbeat_seconds:
          description: How often the device reports to the service.
          type: int
        dates:
          description: When each security feature was asked for.
          type: dict
          sample: {LocalDPR: "2020-04-25T06:22:12+00:00"}
    current:
      description: What is applied on the device.
      type: dict
      contains:
        authorizations:
          description: The state of each security feature, V(enabled) or V(disabled).
          type: dict
          sample: {LocalDPR: enabled}
        root_ca:
          description: The root CA that signs the device's certificates.
          type: str
        security_heartbeat_seconds:
          description: How often the device reports to the service.
          type: int
        dates:
          description: When each security feature was applied.
          type: dict
          sample: {LocalDPR: "2020-04-25T06:22:12+00:00"}
    certificates:
      description: The device's certificates.
      type: list
      elements: dict
      contains:
        root_ca:
          description: The name of the root CA that signed it.
          type: str
        serial_number:
          description: Its serial number, hexadecimal.
          type: str
        expiration_date:
          description: When it expires.
          type: str
        is_revoked:
          description: Whether it was revoked.
          type: bool
        certificate:
          description: The certificate itself, PEM.
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
    run_query("device_info")


if __name__ == "__main__":
    main()
