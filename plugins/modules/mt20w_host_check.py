#!/usr/bin/python
# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: mt20w_host_check
short_description: Proof that an MT20W host authenticates its readers
version_added: 0.1.0
description:
  - Sends requests to a host as a reader in USB mode would, and as an attacker would, and reports what the host accepts.
  - A correct host accepts C(Driver) tokens, answers each with an encrypted number that is another each time, accepts
    each number once, and refuses everything else with 401.
  - The requests scan a credential that no host knows, so nothing is written to any card.
  - Afterwards the reader of O(serial) is out of step with the host, as after every request that is not its own. It goes
    on with the number that the host tells it with the next refusal.
author:
  - The edgeops.device_trust authors (@edgeops)
options:
  url:
    description:
      - Base URL of the host, without O(path).
      - Plain V(http) is accepted for this machine only (a sandbox).
      - Taken from the environment variable E(MT20W_HOST_URL) if not given.
      - Must be set in one of the two ways.
    type: str
  path:
    description: The path of a request that needs a token.
    type: str
    default: /api/credentials/scan
  site_key:
    description:
      - The site key, 64 hexadecimal digits. Keep it in a vault; it is never shown.
      - Taken from the environment variable E(MT20W_SITE_KEY) if not given.
      - Must be set in one of the two ways.
    type: str
  serial:
    description:
      - The serial number of a reader that the host has commissioned in USB mode, up to 32 hexadecimal digits.
      - Best one that is commissioned for this check only.
    type: str
    required: true
  refused_site_keys:
    description: Site keys that were valid once and must be refused now, as after a key was rolled.
    type: list
    elements: str
    default: []
  wifi_device_token:
    description:
      - A token of a reader in WiFi mode, what follows C(Device) in its header, to see that it is still accepted.
    type: str
  replays:
    description: How many requests present the same token at once.
    type: int
    default: 16
  timeout:
    description: Seconds that one request may take.
    type: float
    default: 10
  ca_bundle:
    description: A file with the CA certificates to trust (PEM), instead of the system's.
    type: path
  proxy:
    description:
      - URL of an HTTP proxy.
      - Without it the environment decides (E(HTTPS_PROXY), E(NO_PROXY)); requests to this machine never use a proxy.
    type: str
requirements:
  - httpx >= 0.27
  - cryptography >= 42
notes:
  - The checks are also made in check mode, since they change nothing but the number that the reader has to use next.
attributes:
  check_mode:
    support: full
    description: Can run in check mode and do the same.
  diff_mode:
    support: none
    description: There is nothing that could differ.
  idempotent:
    support: full
    description: A second run makes the same checks and reports no change.
  action_group:
    support: full
    description: C(group/edgeops.device_trust.mt20w) in C(module_defaults) sets the options of the host once.
    membership:
      - edgeops.device_trust.mt20w
seealso:
  - plugin: edgeops.device_trust.driver_token
    plugin_type: filter
  - plugin: edgeops.device_trust.driver_token_verify
    plugin_type: filter
"""

EXAMPLES = r"""
---
- name: The host does what its readers need and lets nobody else in
  edgeops.device_trust.mt20w_host_check:
    url: https://access.example.com
    site_key: "{{ vault_site_key }}"
    serial: A0C1777700000017
  delegate_to: localhost
  register: host

- name: The report as a table
  ansible.builtin.debug:
    var: host.table

- name: After a roll, the new site key is accepted and the old one is not
  edgeops.device_trust.mt20w_host_check:
    url: https://access.example.com
    site_key: "{{ vault_site_key_new }}"
    refused_site_keys:
      - "{{ vault_site_key_old }}"
    serial: A0C1777700000017
  delegate_to: localhost
"""

RETURN = r"""
passed:
  description: Whether the host passed all checks. The task fails if it did not.
  returned: when the host could be asked
  type: bool
checks:
  description: The checks in the order in which they were made.
  returned: when the host could be asked
  type: list
  elements: dict
  contains:
    name:
      description: A name for programs.
      type: str
      sample: replay_refused
    title:
      description: What the host must do.
      type: str
      sample: The same token again is refused
    status:
      description: One of V(passed), V(failed) and V(skipped).
      type: str
      sample: failed
    detail:
      description: What was found. Neither a key nor a token is in it.
      type: str
      sample: answered 200, not 401
failed_checks:
  description:
    - The names of the checks that the host did not pass, those among them that could not be made because of the host.
  returned: when the host could be asked
  type: list
  elements: str
  sample: [replay_refused]
table:
  description: The report for people, line by line.
  returned: when the host could be asked
  type: list
  elements: str
  sample:
    - passed   Driver is accepted                answered 404
    - failed   The same token again is refused   answered 200, not 401
"""

import importlib.util
from typing import Any

from ansible.module_utils.basic import AnsibleModule, env_fallback, missing_required_lib

from ansible_collections.edgeops.device_trust.plugins.module_utils._live.mt20w.site_check import (
    ARGUMENTS,
    CheckRefused,
    checked,
)

_LIBRARIES = ("httpx", "cryptography")


def _specification() -> dict[str, dict[str, Any]]:
    fallbacks = {
        name: {"fallback": (env_fallback, [variable])}
        for name, variable in (("url", "MT20W_HOST_URL"), ("site_key", "MT20W_SITE_KEY"))
    }
    return {name: {**option, **fallbacks.get(name, {})} for name, option in ARGUMENTS.items()}


def main() -> None:
    module = AnsibleModule(argument_spec=_specification(), supports_check_mode=True)
    for library in _LIBRARIES:
        if importlib.util.find_spec(library) is None:
            module.fail_json(msg=missing_required_lib(library))
    try:
        report = checked(module.params)
    except CheckRefused as refused:
        module.fail_json(msg=str(refused))
    failed = [outcome.name for outcome in report.not_passed]
    result = {
        "changed": False,
        "passed": not failed,
        "checks": [outcome.as_data() for outcome in report.outcomes],
        "failed_checks": failed,
        "table": report.table(),
    }
    if failed:
        told = "; ".join(f"{outcome.title}: {outcome.status}, {outcome.detail}" for outcome in report.not_passed)
        module.fail_json(msg=f"The host did not pass {len(failed)} of {len(report.outcomes)} checks. {told}", **result)
    module.exit_json(**result)


if __name__ == "__main__":
    main()
