# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The numbers of devices that hosts have as a variable: those of a whole play, and those of any hosts.

Ansible has no way to tell a lookup what the other hosts will ask for. But the number that one of them asks for is
nearly always a variable of it, and then the others have the same variable.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

# To compute all variables of a host takes about a millisecond; the first host must not wait for the last.
_SECONDS = 1.5


def same_of_play(terms: Sequence[object], variables: Mapping[str, Any]) -> list[object]:
    """What the other hosts of the play have where this host has one of ``terms``; empty when that cannot be told."""
    hostvars, host = variables.get("hostvars"), variables.get("inventory_hostname")
    inventory = getattr(hostvars, "_inventory", None)
    if inventory is None or not isinstance(hostvars, Mapping) or not isinstance(host, str):
        return []
    texts = {str(term) for term in terms}
    own = _plain(inventory, host)
    name = _holder(own, texts)
    if name is not None:
        return [number for other in _others(variables, host) for number in _numbers(_plain(inventory, other).get(name))]
    name = _holder(variables, texts)
    return [] if name is None else list(_computed(hostvars, name, _others(variables, host)))


def _plain(inventory: Any, host: str) -> Mapping[str, Any]:
    """The variables that the inventory itself gives ``host``, without those of files and groups."""
    found = inventory.get_host(host)
    return {} if found is None else found.vars


def _holder(variables: Mapping[str, Any], texts: set[str]) -> str | None:
    """The variable that has one of ``texts``."""
    for name, value in variables.items():
        if type(value).__name__ != "EncryptedString" and not texts.isdisjoint(map(str, _numbers(value))):
            return name
    return None


def _numbers(value: object) -> list[object]:
    """The numbers that ``value`` is, or has in it."""
    values = value if isinstance(value, list | tuple) else [value]
    return [item for item in values if isinstance(item, str | int) and not isinstance(item, bool)]


def _others(variables: Mapping[str, Any], host: str) -> Sequence[str]:
    """The hosts of the play, beginning with the one after ``host``."""
    hosts = [str(name) for name in variables.get("ansible_play_hosts_all") or ()]
    at = hosts.index(host) if host in hosts else 0
    return [*hosts[at:], *hosts[:at]]


def _computed(hostvars: Mapping[str, Any], name: str, hosts: Sequence[str]) -> Iterator[object]:
    """As many as can be told in a short time; the next host that lacks one tells more."""
    until = time.monotonic() + _SECONDS
    for host in hosts:
        if time.monotonic() > until:
            return
        found = hostvars[host]
        if isinstance(found, Mapping) and name in found:
            yield from _numbers(found[name])


def hosts_of(pattern: str, variables: Mapping[str, Any]) -> list[str]:
    """The hosts of the inventory that ``pattern`` names, whatever the play is limited to."""
    groups = variables.get("groups") or {}
    if pattern in groups:
        return [str(host) for host in groups[pattern]]
    inventory = getattr(variables.get("hostvars"), "_inventory", None)
    if inventory is None:
        return []
    return [host.name for host in inventory.get_hosts(pattern, ignore_limits=True, ignore_restrictions=True)]


def numbers_of(hosts: Iterable[str], name: str, hostvars: Mapping[str, Any], written: str) -> dict[str, Any]:
    """The variable ``name`` of those ``hosts`` that have it, as Ansible would compute it.

    To compute it reads every file of the host, which takes minutes for a large fleet whose passwords are in such
    files. So it is taken from the inventory where nothing else can give the host another value: no variable files
    but ours (called ``written``), no facts, no plugins.
    """
    plain = _Plain.of(hostvars, name, written)
    found = {}
    for host in hosts:
        value = plain.value(host) if plain else None
        if value is None:
            value = hostvars.get(host, {}).get(name)
        if value is not None:
            found[host] = value
    return found


@dataclass(frozen=True, slots=True)
class _Plain:
    """What the inventory itself gives hosts, where that is all they are given."""

    inventory: Any
    manager: Any
    name: str
    written: str
    folders: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, hostvars: Mapping[str, Any], name: str, written: str) -> Self | None:
        """None when something else may give hosts a value of their own, or this Ansible is unlike those we know."""
        from ansible.plugins.loader import vars_loader

        try:
            inventory, manager = hostvars._inventory, hostvars._variable_manager  # type: ignore[attr-defined]
            plugins = {plugin.rpartition(".")[2] for plugin in vars_loader._plugin_instance_cache}
            if plugins != {"host_group_vars"} or name in manager.extra_vars:
                return None
            roots = [path if os.path.isdir(path) else os.path.dirname(path) for path in inventory._sources if path]
            folders = [os.path.join(root, "host_vars") for root in [*roots, manager._loader.get_basedir()]]
            # Both are looked at for each host.
            _unused = manager._vars_cache, manager._nonpersistent_fact_cache, manager._fact_cache.get
            return cls(inventory, manager, name, written, {folder: _entries(folder) for folder in folders})
        except AttributeError:
            return None

    def value(self, host: str) -> Any:
        """None when it has to be computed."""
        value = _plain(self.inventory, host).get(self.name)
        if not _numbers(value) or "{{" in str(value) or self._is_overridden(host):
            return None
        return value

    def _is_overridden(self, host: str) -> bool:
        # Its files may be where they cannot be told from those of others.
        if "/" in host or host.startswith("."):
            return True
        if host in self.manager._vars_cache or host in self.manager._nonpersistent_fact_cache:
            return True
        try:
            if self.name in self.manager._fact_cache.get(host):
                return True
        except KeyError:
            pass
        return any(self._has_files(folder, entries, host) for folder, entries in self.folders.items())

    def _has_files(self, folder: str, entries: frozenset[str], host: str) -> bool:
        if not entries.isdisjoint((f"{host}.yml", f"{host}.yaml", f"{host}.json")):
            return True
        return host in entries and not _entries(os.path.join(folder, host)) <= {self.written}


def _entries(folder: str) -> frozenset[str]:
    """What is in ``folder``; for what is no folder, something that nobody expects."""
    try:
        return frozenset(name for name in os.listdir(folder) if not name.startswith("."))
    except FileNotFoundError:
        return frozenset()
    except NotADirectoryError:
        return frozenset({""})
