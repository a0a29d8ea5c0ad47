#!/usr/bin/python
# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: password_audit
short_description: What is wrong with device passwords, without saying what they are
version_added: 0.1.0
description:
  - Compares the passwords of devices in the CalAmp Device Password Manager with those of a vaulted inventory that
    M(edgeops.device_trust.password_inventory) has written.
  - Finds devices without a password, passwords that are the same since manufacture, and those that the inventory does
    not have, cannot decrypt, or has others of.
  - Never prints a password, and changes nothing.
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
      - The task fails if none of them has a number. If some have none, RV(msg) says how many, and RV(unnumbered) which.
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
  fields:
    description: Which passwords of a device to look at, by the service's names.
    type: list
    elements: str
    choices: [atCmdSms, user, guiEngr, gui1, wifi0, ukey]
    default: [atCmdSms]
  path:
    description:
      - The inventory directory that M(edgeops.device_trust.password_inventory) has written into.
      - A relative path counts from the directory in which C(ansible-playbook) was started.
    type: path
    required: true
  layout:
    description: Where the passwords lie.
    type: str
    choices:
      host: In a file for each host.
      group: In a file for the group.
    default: host
  group:
    description: The group of O(layout=group).
    type: str
  file_name:
    description: Name of the files that were written.
    type: str
    default: device_passwords.yml
  compare:
    description: How to find out whether the inventory has the passwords of the service.
    type: str
    choices:
      passwords: Decrypt those of the inventory, on all cores. With O(layout=host) this takes as long as to write them.
      dates: Decrypt nothing, and compare the dates of the last modification, which stand in clear in the inventory. It
        needs no vault secret.
    default: passwords
  fail_on:
    description: Fail if there is any of these findings, with a message that names the first of them.
    type: list
    elements: str
    choices:
      missing: The service does not know the device, or it has no such password. Or a host of O(hosts) does not have
        the variable, so that nobody knows which device it is.
      factory: The service says that the device's passwords were never modified since they were made.
      different: The inventory has another password than the service.
      unvaulted: The inventory has no password for the device.
      unreadable: What the inventory has is damaged, or was encrypted with another secret.
    default: []
  method:
    description: Which of the two equivalent requests of the service to use.
    type: str
    choices:
      post: The keys are in the request's body.
      get: The keys are in the URL, and so in the logs of proxies and servers.
    default: post
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
    description: Changes nothing.
  action:
    support: full
    description: Runs as an action plugin on the controller.
  action_group:
    support: full
    membership: [edgeops.device_trust.device_passwords]
    description: Takes its connection from C(module_defaults) of this group.
notes:
  - The service dates the record of a device, not each password of it. After one of them has changed,
    O(compare=dates) finds all passwords of the device different until the inventory is written anew.
seealso:
  - module: edgeops.device_trust.password_inventory
"""

EXAMPLES = r"""
---
- name: Nightly check that the inventory is up to date, without a vault secret
  hosts: localhost
  gather_facts: false
  tasks:
    - name: Compare the dates
      edgeops.device_trust.password_audit:
        path: inventories/production
        hosts: trackers
        compare: dates
        fail_on: [missing, different, unvaulted]

- name: Which devices still have the passwords of the factory
  hosts: localhost
  gather_facts: false
  tasks:
    - name: Look at all of them
      edgeops.device_trust.password_audit:
        path: inventories/production
        hosts: trackers
      register: audit

    - name: Name them
      ansible.builtin.debug:
        msg: "{{ audit.findings | selectattr('finding', 'equalto', 'factory') | map(attribute='host') }}"
"""

RETURN = r"""
msg:
  description: How many of what was found, and how many hosts have no number, as a sentence.
  returned: always
  type: str
  sample: "500 devices: 2 the service has no such password; 498 unchanged since manufacture; 1 host without a number."
devices:
  description: How many devices were looked at.
  returned: always
  type: int
  sample: 500
counts:
  description: How many of each finding there are.
  returned: always
  type: dict
  sample: {missing: 2, factory: 498, different: 0, unvaulted: 0, unreadable: 0}
findings:
  description: What is wrong, in the order of hosts. A device without a finding is well.
  returned: always
  type: list
  elements: dict
  contains:
    host:
      description: The host.
      type: str
      sample: tracker-7
    key:
      description: Which number of the device RV(findings[].device) is.
      type: str
      sample: esn
    device:
      description: The device.
      type: str
      sample: "1110110007"
    field:
      description: The password, null when the finding is about the whole device.
      type: str
      sample: atCmdSms
    finding:
      description: What is wrong, as in O(fail_on).
      type: str
      sample: different
unnumbered:
  description: The hosts of O(hosts) that do not have the variable. They are not in RV(findings) nor in RV(counts).
  returned: always
  type: list
  elements: str
  sample: [tracker-8]
requests:
  description: How many requests the service got, with the login if this task was the first of the run to need one, and
    with repetitions.
  returned: always
  type: int
  sample: 2
"""

# The action plugin of the same name does the work, on the controller.
