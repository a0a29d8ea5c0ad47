#!/usr/bin/python
# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: password_inventory
short_description: Device passwords as a vault-encrypted inventory
version_added: 0.1.0
description:
  - Retrieves the passwords of devices from the CalAmp Device Password Manager, all in as few requests as
    possible, and writes them, encrypted with the operator's vault secret, into an inventory directory.
  - Whether a password has changed is seen from the date that the service gives with it, which stands in clear
    beside the encrypted text. So nothing is decrypted to find out, and what has not changed is not touched,
    byte for byte.
  - Files are replaced atomically, with mode 0600. A file that this module has not written is never replaced
    or removed.
  - Runs on the controller and needs no connection, so it has to run once, not once for each host. Use it in a
    play for C(localhost), or with C(run_once=true).
author:
  - The edgeops.device_trust authors (@edgeops)
options:
  devices:
    description:
      - The device of each host, by O(key).
      - A value may be a list if a host has several devices; the passwords are then a dictionary by what the
        list says.
      - Either this or O(hosts) must be given.
    type: dict
  hosts:
    description:
      - A group of the inventory, or another pattern of hosts, each of which has O(key_variable).
      - For large fleets it is much faster than a template that collects O(devices). The run's C(--limit) does not
        restrict it.
    type: str
  key_variable:
    description:
      - The variable in which each of O(hosts) has its number, or a list of them.
      - Named as O(key) by default.
    type: str
  key:
    description: Which number of the devices the values of O(devices) are.
    type: str
    choices: [esn, imei, mac]
    default: esn
  fields:
    description:
      - Which passwords of a device to write, by the service's names.
      - With one field, O(variable) is that password. With more, it is a dictionary by field.
    type: list
    elements: str
    choices: [atCmdSms, user, guiEngr, gui1, wifi0, ukey]
    default: [atCmdSms]
  path:
    description:
      - The inventory directory to write into. It must exist.
      - A relative path counts from the directory in which C(ansible-playbook) was started.
    type: path
    required: true
  layout:
    description: Where the passwords lie.
    type: str
    choices:
      host:
        - "One file C(host_vars/<host>/<file_name>) for each host with a single inline C(!vault) text, which
          is decrypted where it is used."
        - "O(variable) is the text of the password. If there are more than one it is JSON, to be read with the
          filter P(ansible.builtin.from_json#filter)."
      group:
        - "One file C(group_vars/<group>/device_passwords.vault) encrypted as a whole, which is decrypted once in a run
          when the first password is used; for large fleets."
        - "O(variable) is the same text for all hosts, in C(group_vars/<group>/<file_name>), which reads the file with
          P(edgeops.device_trust.inventory_password#lookup). It is the password, or a dictionary by field."
        - "What is known in clear is in a hidden file beside it, C(.device_passwords.vault.record.json); keep the three
          together."
    default: host
  group:
    description: The group whose variables O(layout=group) writes to.
    type: str
  file_name:
    description: Name of the files that are written. Give each task a name of its own if several write for the
      same hosts.
    type: str
    default: device_passwords.yml
  variable:
    description: The variable that holds the passwords.
    type: str
    default: device_password
  encrypt_vault_id:
    description:
      - The vault id to encrypt with.
      - By default the one of the setting C(vault_encrypt_identity), or the only one there is.
    type: str
  missing:
    description: What to do about a password that the service does not have.
    type: str
    choices:
      error: Fail before anything is written, naming all that are missing. So does a host without O(key_variable).
      warn: Display a warning, and leave what may have been written for the host before as it is. If something else of
        the host has changed too, or with O(force), it is written with what the service has.
      skip: As V(warn), without the warning; see RV(missing).
    default: error
  method:
    description: Which of the two equivalent requests of the service to use.
    type: str
    choices:
      post: The keys are in the request's body.
      get: The keys are in the URL, and so in the logs of proxies and servers.
    default: post
  prune:
    description:
      - Remove what this module has written under the same O(file_name) for hosts that have left.
      - With O(hosts) these are the hosts that are no longer in the inventory; with O(layout=group) those that are no
        longer in O(group), nor in O(hosts). A host that has lost its O(key_variable) has not left.
      - With O(devices) these are all hosts that are not in it.
    type: bool
    default: false
  force:
    description: Write everything anew, for example because the secret behind a vault id has changed. The old secret is
      not needed.
    type: bool
    default: false
extends_documentation_fragment:
  - edgeops.device_trust.calamp
  - edgeops.device_trust.calamp.action
attributes:
  check_mode:
    support: full
    description: Can run in check mode and return what would change; the passwords are retrieved, nothing is
      written.
  diff_mode:
    support: full
    description: Shows which hosts change, with the devices, fields and dates before and after, never a
      password.
  idempotent:
    support: full
    description: A second run changes nothing as long as the service has the same passwords.
  action:
    support: full
    description: Runs as an action plugin on the controller.
  action_group:
    support: full
    membership: [edgeops.device_trust.device_passwords]
    description: Takes its connection from C(module_defaults) of this group.
notes:
  - A text encrypted before with the same vault id and another secret looks the same from outside; use
    O(force) after the secret has changed.
  - With O(layout=group) the file is written only if the secrets of the run can decrypt the one that is there, or with
    O(force). A file that was rekeyed is written anew once.
  - Fails rather than make a directory C(host_vars/<host>) or C(group_vars/<group>) beside a file of that name
    with an extension, because Ansible would then no longer read that file.
seealso:
  - module: edgeops.device_trust.password_audit
  - plugin: edgeops.device_trust.device_password
    plugin_type: lookup
  - plugin: edgeops.device_trust.inventory_password
    plugin_type: lookup
  - plugin: edgeops.device_trust.at_command
    plugin_type: filter
"""

EXAMPLES = r"""
---
- name: Passwords of all trackers, one encrypted file for each
  hosts: localhost
  gather_facts: false
  tasks:
    - name: Fetch what has changed
      edgeops.device_trust.password_inventory:
        path: inventories/production
        hosts: trackers
        key_variable: esn

- name: AT and Wi-Fi passwords of two gateways, by IMEI, under the vault id production
  hosts: localhost
  gather_facts: false
  tasks:
    - name: Write them
      edgeops.device_trust.password_inventory:
        path: inventories/production
        key: imei
        devices:
          gateway-1: "359698070000003"
          gateway-2: "359698070000005"
        fields:
          - atCmdSms
          - wifi0
        encrypt_vault_id: production

- name: A large fleet in one file
  hosts: localhost
  gather_facts: false
  tasks:
    - name: Write it, without those that the service does not know
      edgeops.device_trust.password_inventory:
        path: inventories/production
        layout: group
        group: trackers
        hosts: trackers
        missing: warn
        prune: true
"""

RETURN = r"""
changed_hosts:
  description: The hosts whose passwords were written, or would be in check mode.
  returned: success
  type: list
  elements: str
  sample: [tracker-7]
removed_hosts:
  description: The hosts whose passwords were removed because of O(prune), or would be in check mode.
  returned: success
  type: list
  elements: str
  sample: []
reasons:
  description: Why each of RV(changed_hosts) and RV(removed_hosts) changes.
  returned: success
  type: dict
  sample: {tracker-7: password modified}
unchanged:
  description: For how many hosts nothing changed.
  returned: success
  type: int
  sample: 499
missing:
  description: The passwords that the service does not have.
  returned: success
  type: list
  elements: dict
  contains:
    host:
      description: The host.
      type: str
    key:
      description: Which number of the device RV(missing[].device) is.
      type: str
      sample: esn
    device:
      description: The device.
      type: str
      sample: "1110119999"
    field:
      description: The field that the device does not have, null when the device is not known at all.
      type: str
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
