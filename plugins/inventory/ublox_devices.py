# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: ublox_devices
short_description: Devices of u-blox Security Services as hosts
version_added: 0.1.0
description:
  - Makes a host of each device that has bootstrapped in the account, and groups them by tag, by profile, by state, by
    whitelist and by blacklist.
  - The file must be called C(ublox_devices.yml) or C(ublox_devices.yaml), or end so.
  - All groups are children of the group C(ublox_devices), after O(group_prefix). A device may be in
    C(tag_<tag>), C(profile_<name>), C(state_<state>), C(whitelisted) and C(blacklisted).
  - The host variables are what the module M(edgeops.device_trust.device_info) returns for the device, and C(tags),
    C(profile) and C(is_whitelisted), after O(hostvars_prefix).
author:
  - The edgeops.device_trust authors (@edgeops)
options:
  plugin:
    description: The name of this plugin, V(edgeops.device_trust.ublox_devices).
    type: str
    required: true
    choices: [edgeops.device_trust.ublox_devices]
  filter:
    description: Which devices become hosts.
    type: str
    choices:
      ALL: Those that have bootstrapped.
      WHITELISTED: Only those on the whitelist.
      BLACKLISTED: Only those on the blacklist.
    default: ALL
  tags:
    description: Only devices that have one of these tags become hosts.
    type: list
    elements: str
    default: []
  profiles:
    description: Only devices of these device profiles become hosts.
    type: list
    elements: str
    default: []
  details:
    description: What to ask of each device. What is not asked for is V(null).
    type: list
    elements: str
    choices:
      CORE: The sealed information; always asked for.
      PROVISIONING: The desired and the current properties.
      ZTP: The device certificates.
    default: [CORE]
  hostnames:
    description:
      - What a host is called. The first of these that the device has, and that no other device has too.
      - A device that has none of them is called by its id.
    type: list
    elements: str
    choices: [id, device_serial_number, imei]
    default: [id]
  hostvars_prefix:
    description: What the names of the host variables begin with.
    type: str
    default: ublox_
  group_prefix:
    description: What the names of the groups begin with, except C(ublox_devices).
    type: str
    default: ublox_
  local:
    description:
      - Let tasks for these hosts run on the controller, with the Python of Ansible. Ansible cannot log in to the
        devices.
    type: bool
    default: true
extends_documentation_fragment:
  - edgeops.device_trust.ublox.connection
  - edgeops.device_trust.ublox.plugins
  - ansible.builtin.constructed
  - ansible.builtin.inventory_cache
notes:
  - With O(cache=true) the service is not asked as long as the cache is valid for this file, these options and this
    account. No secret is cached.
  - Values of the service are never taken for templates.
  - The service is asked for the devices of each tag, in requests of their own, eight at the same time.
seealso:
  - module: edgeops.device_trust.device_info
"""

EXAMPLES = r"""
---
# ublox_devices.yml; the credentials are in the environment (UBLOX_API_KEY, UBLOX_API_SECRET).
plugin: edgeops.device_trust.ublox_devices

---
# The devices of the cold chain by the numbers on their labels, with their certificates, from the cache for an hour.
plugin: edgeops.device_trust.ublox_devices
tags:
  - cold-chain
hostnames:
  - device_serial_number
details:
  - CORE
  - ZTP
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: ~/.cache/edgeops-device-trust/inventory
cache_timeout: 3600

---
# Groups of one's own.
plugin: edgeops.device_trust.ublox_devices
strict: true
groups:
  without_certificate: ublox_certificates is none or ublox_certificates | length == 0
keyed_groups:
  - key: ublox_type_number
    prefix: type
compose:
  label: ublox_device_serial_number | default(inventory_hostname, true)
details:
  - ZTP
"""

from typing import Any

from ansible.errors import AnsibleParserError
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable
from ansible.template import trust_as_template

from ansible_collections.edgeops.device_trust.plugins.module_utils._engine import (
    Connection,
    DeviceTrustError,
    connect,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._ublox.fleet import (
    Device,
    Wanted,
    group_names,
    host_names,
    read_fleet,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._ublox.options import connection_of

_GROUP = "ublox_devices"


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):
    NAME = "edgeops.device_trust.ublox_devices"

    def verify_file(self, path: str) -> bool:
        return bool(super().verify_file(path)) and path.endswith((f"{_GROUP}.yml", f"{_GROUP}.yaml"))

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        super().parse(inventory, loader, path, cache)
        self._read_config_data(path)
        wanted = Wanted(**{name: self._plain(name) for name in ("filter", "tags", "profiles", "details")})
        try:
            connection = connection_of(self.get_option, self.templar.template)
            fleet = self._fleet(connection, wanted, self.get_cache_key(path), cache)
        except DeviceTrustError as problem:
            raise AnsibleParserError(f"{_GROUP}: {problem}") from None
        self._populate(fleet)

    def _fleet(self, connection: Connection, wanted: Wanted, key: str, cache: bool) -> list[Device]:
        """The devices, from the cache if they are there, were wanted in this way and are of this account."""
        asked = {"account": connection.fingerprint, **wanted.as_data()}
        caches = self.get_option("cache")
        if caches and cache:
            cached = self._cache.get(key)
            if isinstance(cached, dict) and cached.get("asked") == asked:
                return cached["devices"]  # type: ignore[no-any-return]  # what was put there below
        with connect(connection) as account:
            devices = read_fleet(account, wanted)
        if caches:
            self._cache[key] = {"asked": asked, "devices": devices}
        return devices

    def _populate(self, fleet: list[Device]) -> None:
        self.inventory.add_group(_GROUP)
        if self.get_option("local"):
            self.inventory.set_variable(_GROUP, "ansible_connection", "local")
            interpreter = trust_as_template("{{ ansible_playbook_python }}")
            self.inventory.set_variable(_GROUP, "ansible_python_interpreter", interpreter)
        for name, device in zip(host_names(fleet, self._plain("hostnames")), fleet, strict=True):
            self.inventory.add_host(name, group=_GROUP)
            for variable, value in device.items():
                self.inventory.set_variable(name, f"{self._plain('hostvars_prefix')}{variable}", value)
            for group in group_names(device):
                self._add_to_group(name, f"{self._plain('group_prefix')}{group}")
            self._construct(name)

    def _add_to_group(self, host: str, group: str) -> None:
        added = self.inventory.add_group(self._sanitize_group_name(group))
        self.inventory.add_child(_GROUP, added)
        self.inventory.add_child(added, host)

    def _construct(self, host: str) -> None:
        """What the user composes of the host's variables."""
        variables = self.inventory.get_host(host).get_vars()
        strict = self.get_option("strict")
        self._set_composite_vars(self.get_option("compose"), variables, host, strict=strict)
        self._add_host_to_composed_groups(self.get_option("groups"), variables, host, strict=strict)
        self._add_host_to_keyed_groups(self.get_option("keyed_groups"), variables, host, strict=strict)

    def _plain(self, name: str) -> Any:
        """An option as text, or as a list of texts, without the tags that Ansible gives to texts."""
        value = self.get_option(name)
        return [str(item) for item in value] if isinstance(value, list) else str(value)
