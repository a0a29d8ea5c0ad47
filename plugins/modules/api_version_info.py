#!/usr/bin/python
# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: api_version_info
short_description: Version of the API
version_added: 0.1.0
description:
  - Returns the version of the API that the service runs. The least that shows that URL and credentials are right.
author:
  - The edgeops.device_trust authors (@edgeops)
extends_documentation_fragment:
  - edgeops.device_trust.ublox.connection
  - edgeops.device_trust.ublox.info
seealso:
  - module: edgeops.device_trust.login
"""

EXAMPLES = r"""
---
- name: The service can be reached, with these credentials
  edgeops.device_trust.api_version_info:
"""

RETURN = r"""
version:
  description: The version.
  returned: success
  type: str
  sample: 1.1.29
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
    run_query("api_version_info")


if __name__ == "__main__":
    main()
