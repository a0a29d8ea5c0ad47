#!/usr/bin/python
# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: desired_state
short_description: A whole declaration of what an account must have
version_added: 0.1.0
description:
  - Brings an account of u-blox Security Services to what a document declares. Tags, root CAs, device profiles with
    their bootstrap provisioning, the whitelist, webhooks, and what devices that have bootstrapped are told, in one
    task.
  - What a document does not name is not touched. A section that is left out is not managed; a section with
    C(mode=exclusive) removes what it does not name.
  - The order is found by the module. What is referred to comes first, deletions come in reverse.
  - Everything that is wrong in a document is reported at once, with file, line and column, and nothing is sent.
author:
  - The edgeops.device_trust authors (@edgeops)
options:
  document:
    description:
      - The document itself. Its format is described by the JSON Schema C(schemas/desired-state.schema.json).
      - Quote device ids, or YAML takes some of them for numbers.
    type: dict
  files:
    description:
      - Files with documents, and directories with such files (C(*.yml), C(*.yaml)); together they make one declaration.
      - C(!env NAME) and C(!file PATH) in them refer to secrets and other values, C(!include PATH) to what is in
        another file.
    type: list
    elements: path
extends_documentation_fragment:
  - edgeops.device_trust.ublox
  - edgeops.device_trust.ublox.waiting
  - edgeops.device_trust.ublox.attributes
seealso:
  - module: edgeops.device_trust.tag
  - module: edgeops.device_trust.root_ca
  - module: edgeops.device_trust.device_profile
  - module: edgeops.device_trust.bootstrap_provisioning
  - module: edgeops.device_trust.whitelist
  - module: edgeops.device_trust.webhook
  - module: edgeops.device_trust.tag_assignment
  - module: edgeops.device_trust.device_provisioning
  - module: edgeops.device_trust.device_certificate
  - module: edgeops.device_trust.key_rotation
"""

EXAMPLES = r"""
---
- name: What would change
  edgeops.device_trust.desired_state:
    files:
      - fleet.yml
  check_mode: true
  diff: true

- name: The account is as declared in a directory of documents
  edgeops.device_trust.desired_state:
    files:
      - desired/production

- name: Inline
  edgeops.device_trust.desired_state:
    document:
      version: 1
      account: production
      tags: [cold-chain]
      webhooks:
        mode: exclusive
        items:
          - url: https://hooks.example.com/ublox
            events: [DEVICE_BOOTSTRAP_EVENT]
            authorization_token: "{{ hook_token }}"
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
      sample: tag.cold-chain
    kind:
      description: The kind of the object.
      type: str
      sample: tag
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
  sample: [{address: tag.cold-chain, status: done, error: "", read_back: false}]
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

from ansible_collections.edgeops.device_trust.plugins.module_utils._ansible_module import run_document


def main() -> None:
    run_document()


if __name__ == "__main__":
    main()
