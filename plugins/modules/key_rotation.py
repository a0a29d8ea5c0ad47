#!/usr/bin/python
# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: key_rotation
short_description: How the keys of end-to-end data protection are rotated
version_added: 0.1.0
description:
  - Sets how the keys of devices are rotated in an account of u-blox Security Services. Devices are named
    by id, by file and by tag.
  - The service does not tell how keys are rotated. What was set last is remembered on the machine where
    the module runs, and set once more on a machine that does not know it. A change that somebody else
    made is seen in one case only, a security heartbeat that is slower than O(days); use O(resend=always)
    where that matters.
  - A rotation cannot be taken back, only replaced.
  - A device whose security heartbeat is slower than O(days) has it adjusted by the service. Do not
    declare a slower one in M(edgeops.device_trust.device_provisioning).
author:
  - The edgeops.device_trust authors (@edgeops)
extends_documentation_fragment:
  - edgeops.device_trust.kind.key_rotation
  - edgeops.device_trust.ublox
  - edgeops.device_trust.ublox.attributes
seealso:
  - module: edgeops.device_trust.device_provisioning
  - module: edgeops.device_trust.desired_state
"""

EXAMPLES = r"""
---
- name: The cold chain has new keys every week
  edgeops.device_trust.key_rotation:
    name: cold chain
    tags: [cold-chain]
    type: AUTOMATIC
    days: 7

- name: Two devices have a new key each time one is asked for
  edgeops.device_trust.key_rotation:
    name: pilots
    ids:
      - "0002000089280001"
      - "0002000089280002"
    type: CONTINUOUS
"""

RETURN = r"""
changes:
  description: The changes that were made, or that would be made in check mode, one for each object.
  returned: when the account could be read
  type: list
  elements: dict
  contains:
    address:
      description: Kind and name of the object.
      type: str
      sample: key_rotation.pilots
    kind:
      description: The kind of the object.
      type: str
      sample: key_rotation
    name:
      description: The name of the object.
      type: str
    action:
      description: One of V(create), V(update), V(replace) and V(delete).
      type: str
      sample: update
    fields:
      description: The changed fields with their values before and after. Secrets are masked.
      type: list
      elements: dict
    set:
      description: Counts, digests and samples of the devices, in all and for each step that is left to do.
      type: dict
    reason:
      description: Why an object is deleted or replaced.
      type: str
    notes:
      description: Consequences to know about.
      type: list
      elements: str
    depends_on:
      description: Addresses of the changes that come before this one.
      type: list
      elements: str
    requests:
      description: How many write requests the change takes.
      type: int
summary:
  description: Counts of objects to add, change and delete, and of write requests; C(text) is the summary line.
  returned: when the account could be read
  type: dict
  sample: {add: 0, change: 1, delete: 0, requests: 1, text: "Plan: 0 to add, 1 to change, 0 to delete. 1 request."}
report:
  description: What became of each change.
  returned: when changes were made
  type: list
  elements: dict
  sample: [{address: key_rotation.pilots, status: done, error: "", read_back: false}]
requests:
  description: How many requests were sent, retries included.
  returned: when the service was asked
  type: dict
  sample: {reads: 2, writes: 1}
problems:
  description: Everything that is wrong in the declaration or stands against the plan.
  returned: when the task is refused
  type: list
  elements: str
"""

from ansible_collections.edgeops.device_trust.plugins.module_utils._ansible_module import run_kind


def main() -> None:
    run_kind("key_rotation")


if __name__ == "__main__":
    main()
