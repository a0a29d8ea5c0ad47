#!/usr/bin/python
# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: webhook_info
short_description: Webhooks of an account
version_added: 0.1.0
description:
  - Returns the https endpoints that are told of events, by URL. The authorization tokens are never returned.
author:
  - The edgeops.device_trust authors (@edgeops)
extends_documentation_fragment:
  - edgeops.device_trust.ublox.connection
  - edgeops.device_trust.ublox.info
seealso:
  - module: edgeops.device_trust.webhook
"""

EXAMPLES = r"""
---
- name: All webhooks
  edgeops.device_trust.webhook_info:
  register: found

- name: Who is told when a root CA expires
  ansible.builtin.debug:
    msg: "{{ found.webhooks | selectattr('events', 'contains', 'ROOTCA_EXPIRATION_EVENT') | map(attribute='url') }}"
"""

RETURN = r"""
webhooks:
  description: The webhooks.
  returned: success
  type: list
  elements: dict
  contains:
    url:
      description: The endpoint that is called.
      type: str
      sample: https://hooks.example.com/ublox
    events:
      description: The events that it is told of.
      type: list
      elements: str
      sample: [DEVICE_BOOTSTRAP_EVENT]
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
    run_query("webhook_info")


if __name__ == "__main__":
    main()
