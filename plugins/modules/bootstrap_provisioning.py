#!/usr/bin/python
# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: bootstrap_provisioning
short_description: What new devices of a profile are given when they bootstrap
version_added: 0.1.0
description:
  - Manages the feature authorizations, the root CA and the security heartbeat that new devices of a device profile
    get when they bootstrap.
  - Devices that have bootstrapped already are not affected.
  - What is left out keeps what it has. Removing all of it is O(state=absent).
author:
  - The edgeops.device_trust authors (@edgeops)
extends_documentation_fragment:
  - edgeops.device_trust.kind.bootstrap_provisioning
  - edgeops.device_trust.ublox
  - edgeops.device_trust.ublox.attributes
seealso:
  - module: edgeops.device_trust.device_profile
  - module: edgeops.device_trust.root_ca
  - module: edgeops.device_trust.desired_state
"""

EXAMPLES = r"""
---
- name: New European trackers get zero-touch certificates
  edgeops.device_trust.bootstrap_provisioning:
    profile: trackers-eu
    authorizations:
      LocalDPR: enabled
      LocalC2C: enabled
      ZTPV1: enabled
    root_ca: fleet.example.com
    security_heartbeat_seconds: 86400

- name: Nothing is provisioned in the lab
  edgeops.device_trust.bootstrap_provisioning:
    profile: gateways-lab
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
      sample: bootstrap_provisioning.trackers-eu
    kind:
      description: The kind of the object.
      type: str
      sample: bootstrap_provisioning
    name:
      description: The name of the object.
      type: str
    action:
      description: One of V(create), V(update), V(replace) and V(delete).
      type: str
      sample: create
    fields:
      description: The changed fields with their values before and after. Secrets are masked.
      type: list
      elements: dict
    set:
      description: For a set of ids, counts, digests and samples of what is added and removed.
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
  sample: {add: 1, change: 0, delete: 0, requests: 1, text: "Plan: 1 to add, 0 to change, 0 to delete. 1 request."}
report:
  description: What became of each change.
  returned: when changes were made
  type: list
  elements: dict
  sample: [{address: bootstrap_provisioning.trackers-eu, status: done, error: "", read_back: false}]
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
    run_kind("bootstrap_provisioning")


if __name__ == "__main__":
    main()
