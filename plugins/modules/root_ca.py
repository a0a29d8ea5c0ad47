#!/usr/bin/python
# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: root_ca
short_description: Root CAs that sign device certificates
version_added: 0.1.0
description:
  - Makes sure that root CAs exist in an account of u-blox Security Services, with the renewal that is
    asked for, or that they do not exist.
  - The validities of a CA cannot change after it was made. A task that asks for others is refused
    unless O(replace=true).
  - A root CA cannot be deleted while the bootstrap provisioning of a profile names it or devices have
    certificates signed by it; the task says so before it sends anything.
author:
  - The edgeops.device_trust authors (@edgeops)
extends_documentation_fragment:
  - edgeops.device_trust.kind.root_ca
  - edgeops.device_trust.ublox
  - edgeops.device_trust.ublox.attributes
seealso:
  - module: edgeops.device_trust.bootstrap_provisioning
  - module: edgeops.device_trust.desired_state
"""

EXAMPLES = r"""
---
- name: The root CA of the fleet
  edgeops.device_trust.root_ca:
    name: fleet.example.com
    ca_validity_days: 3650
    device_validity_days: 365
    renew_before_days: 60

- name: Several at once
  edgeops.device_trust.root_ca:
    items:
      - name: fleet.example.com
        renew_before_days: 60
      - name: lab.example.com
        ca_validity_days: 1825
        device_validity_days: 90

- name: A root CA that nothing refers to any more is gone
  edgeops.device_trust.root_ca:
    name: lab.example.com
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
      sample: root_ca.fleet.example.com
    kind:
      description: The kind of the object.
      type: str
      sample: root_ca
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
  sample: [{address: root_ca.fleet.example.com, status: done, error: "", read_back: false}]
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
    run_kind("root_ca")


if __name__ == "__main__":
    main()
