#!/usr/bin/python
# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: tag_assignment
short_description: Which devices and device profiles a tag is assigned to
version_added: 0.1.0
description:
  - Assigns tags of an account of u-blox Security Services to devices and device profiles, and takes them
    away. Both are compared as sets.
  - Ids come from O(ids), from O(files), or from both. Files are read where the module runs.
  - The tags must exist; M(edgeops.device_trust.tag) creates them.
  - What is asked for of all devices (O(everywhere)) or all tags (V(*) as O(tag)) is looked up and taken
    away one by one, so that the plan shows it and the budget of deletions counts it.
author:
  - The edgeops.device_trust authors (@edgeops)
extends_documentation_fragment:
  - edgeops.device_trust.kind.tag_assignment
  - edgeops.device_trust.ublox
  - edgeops.device_trust.ublox.attributes
seealso:
  - module: edgeops.device_trust.tag
  - module: edgeops.device_trust.device_profile
  - module: edgeops.device_trust.desired_state
"""

EXAMPLES = r"""
---
- name: The trackers of the cold chain have its tag
  edgeops.device_trust.tag_assignment:
    tag: cold-chain
    ids:
      - "0002000089280001"
      - "0002000089280002"
    profiles:
      - trackers-eu

- name: The tag downtown is on these devices and on no others
  edgeops.device_trust.tag_assignment:
    tag: downtown
    ids: ["0002000089280003"]
    exclusive: tag

- name: These devices have the tag cold-chain and no other
  edgeops.device_trust.tag_assignment:
    tag: cold-chain
    ids: ["0002000089280001", "0002000089280003"]
    exclusive: devices

- name: A device that is sold loses all of its tags
  edgeops.device_trust.tag_assignment:
    tag: "*"
    ids: ["0002000089280002"]
    state: absent

- name: The tag downtown is taken from whatever has it
  edgeops.device_trust.tag_assignment:
    tag: downtown
    state: absent
    everywhere: true
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
      sample: tag_assignment.cold-chain
    kind:
      description: The kind of the object.
      type: str
      sample: tag_assignment
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
  sample: {add: 0, change: 1, delete: 0, requests: 1, text: "Plan: 0 to add, 1 to change, 0 to delete. 1 request."}
report:
  description: What became of each change.
  returned: when changes were made
  type: list
  elements: dict
  sample: [{address: tag_assignment.cold-chain, status: done, error: "", read_back: false}]
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
    run_kind("tag_assignment")


if __name__ == "__main__":
    main()
