#!/usr/bin/python
# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: device_profile
short_description: Device profiles and their tags
version_added: 0.1.0
description:
  - Asserts that device profiles exist in an account of u-blox Security Services and manages their tags.
  - Device profiles are made in the Thingstream portal; the API cannot create or delete them. A profile that does not
    exist is an error.
author:
  - The edgeops.device_trust authors (@edgeops)
extends_documentation_fragment:
  - edgeops.device_trust.kind.device_profile
  - edgeops.device_trust.ublox
  - edgeops.device_trust.ublox.attributes
seealso:
  - module: edgeops.device_trust.bootstrap_provisioning
  - module: edgeops.device_trust.tag
  - module: edgeops.device_trust.desired_state
"""

EXAMPLES = r"""
---
- name: The European trackers have exactly these tags
  edgeops.device_trust.device_profile:
    name: trackers-eu
    tags:
      - cold-chain
      - downtown

- name: Several profiles at once, one of them without any tag
  edgeops.device_trust.device_profile:
    items:
      - name: trackers-eu
        tags: [cold-chain]
      - name: gateways-lab
        tags: []
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
      sample: device_profile.trackers-eu
    kind:
      description: The kind of the object.
      type: str
      sample: device_profile
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
  sample: [{address: device_profile.trackers-eu, status: done, error: "", read_back: false}]
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
    run_kind("device_profile")


if __name__ == "__main__":
    main()
