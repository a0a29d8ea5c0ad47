#!/usr/bin/python
# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: device_certificate
short_description: Certificates on devices, their issuer and their end
version_added: 0.1.0
description:
  - Declares the certificates on devices of an account of u-blox Security Services, by the issuing root CA
    and by when they are renewed; or that they are revoked, or removed. Devices are named by id, by file
    and by tag.
  - All but a revocation happens at a device's next security heartbeat. Until then the service shows the
    old certificate; what was asked for it is remembered on the machine where the module runs, so that it
    is not asked for again.
  - A device without a certificate gets one by M(edgeops.device_trust.device_provisioning); here it is
    only warned of.
  - The calls need the subscription Device Certificate Management, and count against its quota.
author:
  - The edgeops.device_trust authors (@edgeops)
extends_documentation_fragment:
  - edgeops.device_trust.kind.device_certificate
  - edgeops.device_trust.ublox
  - edgeops.device_trust.ublox.waiting
  - edgeops.device_trust.ublox.attributes
notes:
  - Revoking or removing more than 10 certificates in one task must be allowed by number, with O(allow_delete).
seealso:
  - module: edgeops.device_trust.root_ca
  - module: edgeops.device_trust.crl_info
  - module: edgeops.device_trust.root_ca_device_info
  - module: edgeops.device_trust.device_provisioning
  - module: edgeops.device_trust.desired_state
"""

EXAMPLES = r"""
---
- name: Certificates that expire within a month are renewed for a year
  edgeops.device_trust.device_certificate:
    name: cold chain
    tags: [cold-chain]
    renew_within_days: 30
    validity_days: 365

- name: Two devices have certificates of the production CA
  edgeops.device_trust.device_certificate:
    name: pilots
    ids:
      - "0002000089280001"
      - "0002000089280002"
    root_ca: fleet.example.com

- name: The certificate of a stolen device is revoked
  edgeops.device_trust.device_certificate:
    name: stolen
    ids: ["0002000089280003"]
    state: revoked
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
      sample: device_certificate.pilots
    kind:
      description: The kind of the object.
      type: str
      sample: device_certificate
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
      description: Counts, digests and samples of the devices, in all and for each step that is left to do.
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
  sample: [{address: device_certificate.pilots, status: done, error: "", read_back: false}]
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

from ansible_collections.edgeops.device_trust.plugins.module_utils._ansible_module import run_kind


def main() -> None:
    run_kind("device_certificate")


if __name__ == "__main__":
    main()
