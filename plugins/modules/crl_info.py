#!/usr/bin/python
# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: crl_info
short_description: Certificate revocation lists of root CAs
version_added: 0.1.0
description:
  - Returns the certificate revocation lists of root CAs, and the serial numbers in them.
  - Needs the subscription Device Certificate Management.
author:
  - The edgeops.device_trust authors (@edgeops)
extends_documentation_fragment:
  - edgeops.device_trust.query.crl_info
  - edgeops.device_trust.ublox.connection
  - edgeops.device_trust.ublox.info
seealso:
  - module: edgeops.device_trust.root_ca_info
  - module: edgeops.device_trust.root_ca_device_info
"""

EXAMPLES = r"""
---
- name: The revocation list of a root CA
  edgeops.device_trust.crl_info:
    root_cas:
      - legacy.example.com
  register: found

- name: Publish it
  ansible.builtin.copy:
    content: "{{ found.crls[0].crl }}"
    dest: legacy.example.com.crl.pem
    mode: "0644"
"""

RETURN = r"""
crls:
  description: The revocation lists.
  returned: success
  type: list
  elements: dict
  contains:
    root_ca:
      description: The name of the root CA.
      type: str
    crl:
      description: The revocation list, signed by the root CA, PEM.
      type: str
    serial_numbers:
      description: The serial numbers of the revoked device certificates, hexadecimal.
      type: list
      elements: str
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
    run_query("crl_info")


if __name__ == "__main__":
    main()
