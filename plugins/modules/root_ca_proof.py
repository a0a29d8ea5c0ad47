#!/usr/bin/python
# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: root_ca_proof
short_description: Proof of possession of a root CA
version_added: 0.1.0
description:
  - A platform to which a root CA was uploaded gives a registration code. This module turns it into a certificate
    that is
    signed by the root CA, and proves to the platform that the root CA is yours.
  - Changes nothing in the account. The service makes a new certificate for each call, and all of them prove the same.
author:
  - The edgeops.device_trust authors (@edgeops)
extends_documentation_fragment:
  - edgeops.device_trust.query.root_ca_proof
  - edgeops.device_trust.ublox.connection
  - edgeops.device_trust.ublox.info
seealso:
  - module: edgeops.device_trust.root_ca
  - module: edgeops.device_trust.root_ca_info
"""

EXAMPLES = r"""
---
- name: Prove possession with the registration code of the platform
  edgeops.device_trust.root_ca_proof:
    root_ca: legacy.example.com
    registration_code: "930783746273459058465786283467236543874968549"
  register: proof

- name: What to upload
  ansible.builtin.copy:
    content: "{{ proof.certificate }}"
    dest: proof.pem
    mode: "0644"
"""

RETURN = r"""
root_ca:
  description: The name of the root CA.
  returned: success
  type: str
  sample: fleet.example.com
certificate:
  description: The proof-of-possession certificate, PEM.
  returned: success
  type: str
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
    run_query("root_ca_proof")


if __name__ == "__main__":
    main()
