#!/usr/bin/python
# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: password_prefetch
short_description: Fetches device passwords before lookups of the run ask for them
version_added: 0.1.0
description:
  - Has the passwords of all hosts fetched that later tasks of the run look up with
    P(edgeops.device_trust.device_password#lookup). They stay in the memory of a process on the controller until the
    run ends; no host is given a variable, and nothing is written.
  - It is never needed, because lookups fetch what they lack. For a large fleet it is of use. What is wrong with the
    account, or with a number, is one error at the beginning instead of one for each host. And each lookup takes a
    fraction of the time, because the forks of Ansible no longer have to load it; that is true of
    P(edgeops.device_trust.inventory_password#lookup), too.
  - Runs on the controller and needs no connection, so it has to run once, not once for each host. Use it in a
    play for C(localhost), or with C(run_once=true).
author:
  - The edgeops.device_trust authors (@edgeops)
options:
  devices:
    description:
      - The device of each host, by O(key); a list if a host has several devices.
      - Either this or O(hosts) must be given.
    type: dict
  hosts:
    description:
      - A group of the inventory, or another pattern of hosts, each of which has O(key_variable).
      - The run's C(--limit) does not restrict it.
    type: str
  key_variable:
    description:
      - The variable in which each of O(hosts) has its number, or a list of them.
      - Named as O(key) by default.
    type: str
  key:
    description: Which number of the devices the values of O(devices) or O(key_variable) are.
    type: str
    choices: [esn, imei, mac]
    default: esn
  method:
    description: Which of the two equivalent requests of the service to use.
    type: str
    choices:
      post: The keys are in the request's body.
      get: The keys are in the URL, and so in the logs of proxies and servers.
    default: post
  missing:
    description: What to do about a device that the service does not know, and about a host without a number.
    type: str
    choices:
      error: Fail, naming them.
      warn: Display a warning for each.
      skip: Say nothing; RV(missing) and RV(unnumbered) have them.
    default: error
extends_documentation_fragment:
  - edgeops.device_trust.calamp
  - edgeops.device_trust.calamp.action
attributes:
  check_mode:
    support: full
    description: Can run in check mode; it changes nothing anyway.
  diff_mode:
    support: none
    description: Changes nothing.
  idempotent:
    support: full
    description: Changes nothing. What the run has fetched already is not fetched again.
  action:
    support: full
    description: Runs as an action plugin on the controller.
  action_group:
    support: full
    membership: [edgeops.device_trust.device_passwords]
    description: Takes its connection from C(module_defaults) of this group.
notes:
  - Lookups find what was fetched when they use the same connection. Give it by variables or by the environment, which
    both read; C(module_defaults) are for modules only.
seealso:
  - plugin: edgeops.device_trust.device_password
    plugin_type: lookup
  - module: edgeops.device_trust.password_inventory
"""

EXAMPLES = r"""
---
- name: Fetch the passwords of all trackers at once
  hosts: localhost
  gather_facts: false
  tasks:
    - name: Fetch them
      edgeops.device_trust.password_prefetch:
        hosts: trackers

- name: Use them
  hosts: trackers
  gather_facts: false
  tasks:
    - name: The command that unlocks a device
      ansible.builtin.set_fact:
        unlock: "{{ lookup('edgeops.device_trust.device_password', esn) | edgeops.device_trust.at_command }}"
      no_log: true
"""

RETURN = r"""
devices:
  description: How many devices' passwords are there for lookups.
  returned: success
  type: int
  sample: 500
missing:
  description: The devices that the service does not know.
  returned: success
  type: list
  elements: dict
  contains:
    host:
      description: The host.
      type: str
      sample: tracker-7
    key:
      description: Which number of the device RV(missing[].device) is.
      type: str
      sample: esn
    device:
      description: The device.
      type: str
      sample: "1110110007"
unnumbered:
  description: The hosts of O(hosts) that do not have the variable.
  returned: success
  type: list
  elements: str
  sample: []
requests:
  description: How many requests the service got, with the login if this task was the first of the run to need one, and
    with repetitions.
  returned: success
  type: int
  sample: 2
"""

# The action plugin of the same name does the work, on the controller.
