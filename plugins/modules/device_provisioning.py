#!/usr/bin/python
# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: device_provisioning
short_description: What devices are given at their next security heartbeat
version_added: 0.1.0
description:
  - Declares authorizations, root CA and security heartbeat of devices that have bootstrapped in an
    account of u-blox Security Services. Devices are named by id, by file and by tag.
  - What was asked for before counts, not only what a device has already applied; a device is told once.
    Parts that are not declared keep what they have.
  - With O(state=absent) nothing that was asked for is applied any more; what devices have applied stays,
    but for the security heartbeat, which goes back to its default.
  - New devices get what M(edgeops.device_trust.bootstrap_provisioning) declares for their profile.
author:
  - The edgeops.device_trust authors (@edgeops)
extends_documentation_fragment:
  - edgeops.device_trust.kind.device_provisioning
  - edgeops.device_trust.ublox
  - edgeops.device_trust.ublox.waiting
  - edgeops.device_trust.ublox.attributes
seealso:
  - module: edgeops.device_trust.bootstrap_provisioning
  - module: edgeops.device_trust.device_certificate
  - module: edgeops.device_trust.device_info
  - module: edgeops.device_trust.desired_state
"""

EXAMPLES = r"""
---
- name: The cold chain uses chip-to-chip security and reports once a day
  edgeops.device_trust.device_provisioning:
    name: cold chain
    tags: [cold-chain]
    authorizations:
      LocalC2C: enabled
    security_heartbeat_seconds: 86400

- name: Two devices get certificates of the fleet's root CA
  edgeops.device_trust.device_provisioning:
    name: pilots
    ids:
      - "0002000089280001"
      - "0002000089280002"
    authorizations:
      ZTPV1: enabled
    root_ca: fleet.example.com

- name: What was asked of a device is not applied any more
  edgeops.device_trust.device_provisioning:
    name: returned device
    ids: ["0002000089280003"]
    state: absent
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
      sample: device_provisioning.pilots
    kind:
      description: The kind of the object.
      type: str
      sample: device_provisioning
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
  sample: [{address: device_provisioning.pilots, status: done, error: "", read_back: false}]
requests:
  description: How many requests were sent, retries included.
  returned: when the service was asked
  type: dict
  sample: {reads: 2, writes: 1}
pending:
  description: Count, digest and sample of the devices that do what is declared at a later security heartbeat.
  returned: when the account could be read
  type: dict
  sample: {count: 2, digest: "sha256:0f3a", sample: ["0002000089280001", "0002000089280002"]}
problems:
  description: Everything that is wrong in the declaration or stands against the plan.
  returned: when the task is refused
  type: list
  elements: str
"""

from ansible_collections.edgeops.device_trust.plugins.module_utils._ansible_module import run_kind


def main() -> None:
    run_kind("device_provisioning")


if __name__ == "__main__":
    main()
