#!/usr/bin/python
# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: login
short_description: A token that the tasks of a play share
version_added: 0.1.0
description:
  - Signs in with O(api_key) and O(api_secret) and returns a token. Without it each task signs in for itself.
  - Give the token to the other tasks as their O(api_token), best in C(module_defaults). Leave key and secret where they
    are, as in the environment, and the tasks sign in again should the token expire.
  - The result is not displayed and not logged, but the variable that it is registered in holds the token.
author:
  - The edgeops.device_trust authors (@edgeops)
options:
  api_token:
    description:
      - Not used here. It is accepted so that C(module_defaults) of the group may set it.
extends_documentation_fragment:
  - edgeops.device_trust.ublox.connection
  - edgeops.device_trust.ublox.info
attributes:
  idempotent:
    support: none
    description: Changes nothing in the account, but each run returns another token.
  action:
    support: full
    description: An action plugin of the same name keeps the result from being displayed.
notes:
  - A token lives about an hour. See RV(lifetime_seconds).
seealso:
  - module: edgeops.device_trust.api_version_info
"""

EXAMPLES = r"""
---
- name: Sign in once
  edgeops.device_trust.login:
  register: session

- name: Tasks that share the token
  module_defaults:
    group/edgeops.device_trust.device_trust:
      api_token: "{{ session.api_token }}"
  block:
    - name: The tags of the fleet exist
      edgeops.device_trust.tag:
        name:
          - cold-chain
          - downtown

    - name: All device profiles
      edgeops.device_trust.device_profile_info:
"""

RETURN = r"""
api_token:
  description: The token. A secret.
  returned: success
  type: str
lifetime_seconds:
  description: How long the token lives, V(null) if it does not tell.
  returned: success
  type: float
  sample: 3600.0
"""

from ansible_collections.edgeops.device_trust.plugins.module_utils._ansible_module import run_login


def main() -> None:
    run_login()


if __name__ == "__main__":
    main()
