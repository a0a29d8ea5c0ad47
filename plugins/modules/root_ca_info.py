#!/usr/bin/python
# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: root_ca_info
short_description: Root CAs of an account
version_added: 0.1.0
description:
  - Returns the root CAs, with their certificates and the days on which they expire.
author:
  - The edgeops.device_trust authors (@edgeops)
extends_documentation_fragment:
  - edgeops.device_trust.query.root_ca_info
  - edgeops.device_trust.ublox.connection
  - edgeops.device_trust.ublox.info
seealso:
  - module: edgeops.device_trust.root_ca
  - module: edgeops.device_trust.root_ca_proof
  - module: edgeops.device_trust.root_ca_device_info
  - module: edgeops.device_trust.crl_info
"""

EXAMPLES = r"""
---
- name: All root CAs
  edgeops.device_trust.root_ca_info:

- name: The certificate of one, to upload it to a platform
  edgeops.device_trust.root_ca_info:
    name: legacy.example.com
  register: found

- name: Write it
  ansible.builtin.copy:
    content: "{{ found.root_cas[0].certificate }}"
    dest: legacy.example.com.pem
    mode: "0644"
"""

RETURN = r"""
root_cas:
  description: The root CAs.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: The CA's name.
      type: str
      sample: fleet.example.com
    ca_validity_days:
      description: Validity of the CA certificate in days.
      type: int
    device_validity_days:
      description: Validity of device certificates in days.
      type: int
    renew_before_days:
      description: How many days before they expire device certificates are renewed.
      type: int
    certificate:
      description: The CA certificate, PEM.
      type: str
    created:
      description: When the CA was created.
      type: str
      sample: "2020-04-20T19:00:36Z"
    expires_on:
      description: The day on which the CA expires, by its creation and validity.
      type: str
      sample: "2030-04-18"
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
    run_query("root_ca_info")


if __name__ == "__main__":
    main()
