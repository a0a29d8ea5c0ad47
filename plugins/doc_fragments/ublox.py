# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options and attributes that modules and plugins for u-blox Security Services share."""

from __future__ import annotations

_CONNECTION = r"""
options:
  api_url:
    description:
      - Base URL of the Security Services API.
      - Plain V(http) is accepted for this machine only (a sandbox).
      - Taken from the environment variable E(UBLOX_API_URL) if not given.
    type: str
    default: https://ssapi.services.u-blox.com/v1
  api_key:
    description:
      - The APIKey that u-blox support gave you.
      - Taken from the environment variable E(UBLOX_API_KEY) if not given.
    type: str
  api_secret:
    description:
      - The APISecret that belongs to O(api_key).
      - Taken from the environment variable E(UBLOX_API_SECRET) if not given.
    type: str
  api_token:
    description:
      - A ready AuthToken, used until the service refuses it; then O(api_key) and O(api_secret) are used if given.
      - Taken from the environment variable E(UBLOX_API_TOKEN) if not given.
    type: str
  timeout:
    description: Seconds that one request may take, from connecting to the last byte.
    type: float
    default: 30
  ca_bundle:
    description: A file with the CA certificates to trust (PEM), instead of the system's.
    type: path
  proxy:
    description:
      - URL of an HTTP proxy.
      - Without it the environment decides (E(HTTPS_PROXY), E(NO_PROXY)); requests to this machine never use a proxy.
    type: str
"""
_GUARDS = r"""
  allow_delete:
    description:
      - "Raises the budget of deletions, by kind, for example C(whitelist: 500)."
      - Without it, a plan that deletes more than 10 objects (or ids) and more than 30 % of a kind is refused.
    type: dict
    default: {}
  allow_empty:
    description: Kinds whose exclusive section may be empty, which deletes everything of that kind.
    type: list
    elements: str
    default: []
"""
_NOTES = r"""
notes:
  - Runs where the API can be reached, usually on the controller with C(connection=local) or C(delegate_to=localhost).
"""


_PLUGIN_OPTIONS = ("api_url", "api_key", "api_secret", "api_token", "timeout", "ca_bundle", "proxy")


class ModuleDocFragment:
    WAITING = r"""
options:
  wait:
    description:
      - Wait until every device has done what is declared of it, at its next security heartbeat. A device that
        was told before is waited for, too.
      - Without it, RV(ignore:pending) counts the devices that have not.
    type: bool
    default: false
  wait_timeout:
    description: Seconds to wait at most; then the task fails and names some of the devices.
    type: int
    default: 600
"""

    ATTRIBUTES = r"""
options: {}
attributes:
  check_mode:
    support: full
    description: Can run in check mode and return the changes without making them; no write request is sent.
  diff_mode:
    support: full
    description: Returns the plan, in the manner of Terraform, as the diff.
  idempotent:
    support: full
    description: A second run with the same options sends no write request and reports no change.
  action_group:
    support: full
    description: C(group/edgeops.device_trust.device_trust) in C(module_defaults) sets the connection options once.
    membership:
      - edgeops.device_trust.device_trust
"""

    INFO = r"""
options: {}
attributes:
  check_mode:
    support: full
    description: Changes nothing, so that it does the same in check mode.
  diff_mode:
    support: N/A
    description: There is nothing to show a difference of.
  facts:
    support: none
    description: Returns what it found as its result. It does not set facts.
  idempotent:
    support: full
    description: Changes nothing, however often it runs.
  action_group:
    support: full
    description: C(group/edgeops.device_trust.device_trust) in C(module_defaults) sets the connection options once.
    membership:
      - edgeops.device_trust.device_trust
"""


# What is put together from parts is set here: ansible-test reads the body of the class without running it, and takes
# nothing but plain texts there.
for _name, _text in {
    # What declares: the connection, and the guards of a plan.
    "DOCUMENTATION": f"""{_CONNECTION.rstrip()}{_GUARDS.rstrip()}
requirements:
  - httpx >= 0.27
  - PyYAML >= 6
  - jsonschema >= 4.18
{_NOTES}""",
    # What asks or acts: the connection alone.
    "CONNECTION": f"""{_CONNECTION.rstrip()}
requirements:
  - httpx >= 0.27
{_NOTES}""",
    # For plugins, together with CONNECTION: where Ansible itself takes the options from.
    "PLUGINS": "options:"
    + "".join(
        f"""
  {option}:
    env:
      - name: UBLOX_{option.upper()}
    vars:
      - name: ublox_{option}"""
        for option in _PLUGIN_OPTIONS
    ),
}.items():
    setattr(ModuleDocFragment, _name, _text)
