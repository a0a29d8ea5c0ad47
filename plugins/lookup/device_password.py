# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: device_password
short_description: Passwords of devices from the CalAmp Device Password Manager
version_added: 0.1.0
description:
  - Retrieves the passwords of any number of devices, which are named by ESN, IMEI or MAC.
  - All devices of one call are asked for together, in requests of up to 500. So give the lookup all devices
    at once instead of calling it in a loop.
  - All lookups of a run, in whatever fork, share one conversation with the service. It signs in when the first of them
    needs it, and signs out when the run ends. A device is asked for once in a run.
author:
  - The edgeops.device_trust authors (@edgeops)
options:
  _terms:
    description:
      - The devices, all by the same kind of number, see O(key).
      - A device that is named twice is asked for once and returned twice.
      - Write IMEIs and MACs in any usual notation, and quote them in YAML.
    required: true
    type: list
    elements: str
  key:
    description: Which number of the devices O(_terms) are.
    type: str
    choices: [esn, imei, mac]
    default: esn
  field:
    description:
      - Which password to return, by the service's name.
      - With V(all) the whole record is returned as a dictionary.
    type: str
    choices:
      atCmdSms: For AT commands and SMS.
      user: For the user.
      guiEngr: For the engineering pages of the web interface.
      gui1: For the web interface.
      wifi0: For the Wi-Fi access point.
      ukey: The user key.
      all: The whole record.
    default: atCmdSms
  method:
    description: Which of the two equivalent requests of the service to use.
    type: str
    choices:
      post: The keys are in the request's body.
      get: The keys are in the URL, and so in the logs of proxies and servers.
    default: post
  missing:
    description:
      - What to do about a device that the service does not know, or that has no such password.
      - With V(warn) and V(skip) there are fewer results than terms; use O(field=all) to see whose they are.
    type: str
    choices:
      error: Fail, naming all that are missing.
      warn: Leave it out and display a warning.
      skip: Leave it out silently.
    default: error
  prefetch:
    description:
      - When a device is asked for that is a variable of the host, have the same variable of the other hosts of the play
        asked for with it, in requests of up to 500.
      - Turn it off to ask for nothing but O(_terms).
    type: bool
    default: true
extends_documentation_fragment:
  - edgeops.device_trust.calamp
  - edgeops.device_trust.calamp.plugins
notes:
  - Ansible does not template the results again, and it does not hide them. Set C(no_log=true) on tasks
    that use them.
seealso:
  - module: edgeops.device_trust.password_inventory
  - plugin: edgeops.device_trust.at_command
    plugin_type: filter
"""

EXAMPLES = r"""
- name: The command that unlocks a device
  ansible.builtin.set_fact:
    unlock: "{{ lookup('edgeops.device_trust.device_password', esn) | edgeops.device_trust.at_command }}"
  no_log: true

- name: The Wi-Fi passwords of a list of devices, by IMEI, with one request
  ansible.builtin.set_fact:
    wifi_passwords: "{{ dict(imeis | zip(found)) }}"
  vars:
    found: "{{ query('edgeops.device_trust.device_password', *imeis, key='imei', field='wifi0') }}"
  no_log: true

- name: Whatever the service knows about the devices of a group, by ESN
  ansible.builtin.set_fact:
    records: "{{ dict(found | map(attribute='esn') | zip(found)) }}"
  vars:
    esns: "{{ groups['trackers'] | map('extract', hostvars, 'esn') }}"
    found: "{{ query('edgeops.device_trust.device_password', *esns, field='all', missing='warn') }}"
  no_log: true
"""

RETURN = r"""
_raw:
  description:
    - The passwords in the order of the terms, exactly as the service has them.
    - With O(field=all) dictionaries with the service's own names, C(esn), C(imei), C(mac), the passwords
      that the device has, C(createdOn) and C(modifiedOn).
  type: list
  elements: raw
"""

from typing import Any

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase
from ansible.utils.display import Display

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.broker.client import ask
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.settings import SETTINGS, collected

display = Display()

# ansible-doc reads it from the source. At run time Ansible would parse it in every fork, which takes five
# milliseconds; this lookup reads its few options itself.
del DOCUMENTATION


class LookupModule(LookupBase):
    def run(self, terms: list[Any], variables: dict[str, Any] | None = None, **kwargs: Any) -> list[object]:
        wanted = self._flatten(terms)
        if not wanted:
            return []
        known = variables or {}
        given = {name: kwargs.pop(name) for name in SETTINGS if name in kwargs}

        def supply(need: str) -> object:
            if need == "settings":
                return collected(given, known, self._template)
            from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.fleet import same_of_play

            return same_of_play(wanted, known)

        settings = collected(given, known, self._template, reveal=False)
        request = {"do": "passwords", "settings": settings, "terms": wanted, "options": kwargs}
        answer = ask(request, supply)
        if "error" in answer:
            raise AnsibleLookupError(f"device_password: {answer['error']}")
        if answer["missing"]:
            _report(answer["missing"], kwargs.get("missing", "error"))
        found: list[object] = answer["found"]
        return found

    def _template(self, value: Any) -> Any:
        return value if self._templar is None else self._templar.template(value)


def _report(missing: list[str], policy: str) -> None:
    from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.errors import MissingPasswords
    from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.selection import MissingPolicy

    try:
        MissingPolicy(policy).report(missing, display.warning)
    except MissingPasswords as problem:
        raise AnsibleLookupError(f"device_password: {problem}") from None
