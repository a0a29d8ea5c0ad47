#!/usr/bin/python
# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: webhook
short_description: https endpoints that are told of events
version_added: 0.1.0
description:
  - Manages the notification hooks of an account of u-blox Security Services.
  - The API updates and deletes hooks by URL, so a webhook is a URL with a set of events and one token.
  - When an event is taken away, the API allows only to delete the URL and to create it again with the events that stay.
author:
  - The edgeops.device_trust authors (@edgeops)
extends_documentation_fragment:
  - edgeops.device_trust.kind.webhook
  - edgeops.device_trust.ublox
  - edgeops.device_trust.ublox.attributes
seealso:
  - module: edgeops.device_trust.desired_state
"""

EXAMPLES = r"""
---
- name: The operations centre is told of new devices
  edgeops.device_trust.webhook:
    url: https://hooks.example.com/ublox
    events:
      - DEVICE_BOOTSTRAP_EVENT
      - DEVICE_ERRORS_EVENT
    authorization_token: "{{ hook_token }}"

- name: The token has been rotated and must be sent
  edgeops.device_trust.webhook:
    url: https://hooks.example.com/ublox
    authorization_token: "{{ hook_token }}"
    update_token: always

- name: An old endpoint is told of nothing
  edgeops.device_trust.webhook:
    url: https://old.example.com/hook
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
      sample: webhook.https://hooks.example.com/ublox
    kind:
      description: The kind of the object.
      type: str
      sample: webhook
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
  sample: [{address: webhook.https://hooks.example.com/ublox, status: done, error: "", read_back: false}]
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
    run_kind("webhook")


if __name__ == "__main__":
    main()
