# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: inventory_password
short_description: Passwords out of a vault file that password_inventory has written for a group
version_added: 0.1.0
description:
  - Reads the passwords of hosts from the file that M(edgeops.device_trust.password_inventory) writes with
    O(edgeops.device_trust.password_inventory#module:layout=group).
  - You seldom call it. The module also writes the variable of the group, which does, so that plays use the same
    variable in both layouts.
  - The file is decrypted once in a run, by the first task that needs a password of it, whatever the number of hosts and
    forks. It stays in the memory of a process on the controller until the run ends.
  - A file that is replaced while a play runs is read anew.
author:
  - The edgeops.device_trust authors (@edgeops)
options:
  _terms:
    description: The names of the hosts.
    required: true
    type: list
    elements: str
  file:
    description:
      - The vault file.
      - A relative name is looked for in the directory that the host's inventory is in, then in those of the other
        inventories, then beside the playbook.
    type: path
    required: true
notes:
  - Ansible does not template the results again, and it does not hide them. Set C(no_log=true) on tasks
    that use them.
seealso:
  - module: edgeops.device_trust.password_inventory
  - plugin: edgeops.device_trust.device_password
    plugin_type: lookup
"""

EXAMPLES = r"""
- name: The password of another host
  ansible.builtin.set_fact:
    gateway_password: "{{ lookup('edgeops.device_trust.inventory_password', 'gateway-1', file=vault) }}"
  vars:
    vault: group_vars/gateways/device_passwords.vault
  no_log: true
"""

RETURN = r"""
_raw:
  description:
    - For each host its password, or a dictionary of its passwords by field if there are several.
  type: list
  elements: raw
"""

import os
from collections.abc import Iterator
from typing import Any

from ansible.errors import AnsibleError, AnsibleLookupError
from ansible.plugins.lookup import LookupBase

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.broker.client import ask

# As in the lookup device_password: for ansible-doc only.
del DOCUMENTATION


class LookupModule(LookupBase):
    def run(
        self, terms: list[Any], variables: dict[str, Any] | None = None, *, file: str = "", **kwargs: Any
    ) -> list[object]:
        if kwargs or not file:
            raise AnsibleLookupError("inventory_password: the option is file, the vault file, and it is required")
        path, status = self._located(str(file), variables or {})
        # What a file is known by: a replaced one has another number.
        identity = [path, status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns]
        found: list[object] = []
        for host in self._flatten(terms):
            request = {"do": "vault", "file": identity, "host": str(host)}
            answer = ask(request, lambda _unused: self._decrypted(path))
            if "error" in answer:
                raise AnsibleLookupError(f"inventory_password: {answer['error']}")
            if not answer["found"]:
                raise AnsibleLookupError(
                    f"inventory_password: there is no password of {host} in {path}; fetch the passwords again"
                )
            found += answer["found"]
        return found

    @staticmethod
    def _located(file: str, variables: dict[str, Any]) -> tuple[str, os.stat_result]:
        for directory in _directories(variables):
            path = os.path.join(directory, os.path.expanduser(file))
            try:
                return path, os.stat(path)
            except OSError:
                continue
        raise AnsibleLookupError(f"inventory_password: there is no file {file} beside the inventory or the playbook")

    def _decrypted(self, path: str) -> str:
        try:
            with open(path, "rb") as file:
                text: bytes = self._loader._vault.decrypt(file.read())
        except (AnsibleError, OSError) as failure:
            raise AnsibleLookupError(f"inventory_password: {path} cannot be decrypted: {failure}") from None
        return text.decode()


def _directories(variables: dict[str, Any]) -> Iterator[str]:
    """Where the variables of groups may lie."""
    if variables.get("inventory_dir"):
        yield str(variables["inventory_dir"])
    for source in variables.get("ansible_inventory_sources") or ():
        yield str(source) if os.path.isdir(source) else os.path.dirname(source)
    if variables.get("playbook_dir"):
        yield str(variables["playbook_dir"])
