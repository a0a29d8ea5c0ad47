# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options that the actions have in common, and which devices they are about."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.errors import (
    InvalidOption,
    MissingNumbers,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.fleet import hosts_of, numbers_of
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.options import connection_of
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.preload import load_lookups
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.selection import MissingPolicy
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.settings import SETTINGS, collected

# All actions of passwords import this.
load_lookups()

DEFAULT_FILE = "device_passwords.yml"
FIELDS = ["atCmdSms", "user", "guiEngr", "gui1", "wifi0", "ukey"]
ARGUMENTS: dict[str, dict[str, Any]] = {
    "devices": {"type": "dict"},
    "hosts": {"type": "str"},
    "key_variable": {"type": "str", "no_log": False},
    "key": {"type": "str", "choices": ["esn", "imei", "mac"], "default": "esn", "no_log": False},
    "path": {"type": "path", "required": True},
    "layout": {"type": "str", "choices": ["host", "group"], "default": "host"},
    "group": {"type": "str"},
    "file_name": {"type": "str", "default": DEFAULT_FILE},
    "method": {"type": "str", "choices": ["post", "get"], "default": "post"},
    "api_url": {"type": "str", "default": "https://connect.calamp.com"},
    "username": {"type": "str"},
    "password": {"type": "str", "no_log": True},
    "app_key": {"type": "str", "no_log": True},
    "timeout": {"type": "float", "default": 30.0},
    "deadline": {"type": "float", "default": 90.0},
    "ca_bundle": {"type": "path"},
    "proxy": {"type": "str"},
    "rate_share": {"type": "float", "default": 1.0},
}


def checked_options(
    arguments: Mapping[str, Any],
    given: Mapping[str, Any],
    task_vars: Mapping[str, Any],
    template: Callable[[Any], Any],
) -> dict[str, Any]:
    """``given`` by the task, checked; the connection's options also from variables and the environment.

    Raises AnsibleActionFail.
    """
    made = {name: value for name, value in given.items() if value is not None}
    made |= collected(made, task_vars, template)
    validator = ArgumentSpecValidator(
        dict(arguments),
        mutually_exclusive=[("devices", "hosts")],
        required_one_of=[("devices", "hosts")],
        required_if=[("layout", "group", ["group"])],
    )
    checked = validator.validate(made)
    if checked.error_messages:
        raise AnsibleActionFail("; ".join(checked.error_messages))
    options: dict[str, Any] = checked.validated_parameters
    return options


def settings_of(options: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of the connection, checked. Raises InvalidConnection."""
    settings = {name: options[name] for name in SETTINGS}
    connection_of(settings)
    return settings


@dataclass(frozen=True, slots=True)
class Fleet:
    """The devices by host, the hosts whose devices nobody knows, and those whose passwords are not pruned."""

    devices: Mapping[Any, Any]
    unnumbered: Sequence[str] = ()
    staying: frozenset[str] = frozenset()


def number_variable(options: Mapping[str, Any]) -> str:
    """The variable that has the number of a host."""
    return str(options["key_variable"] or options["key"])


def fleet_of(
    options: Mapping[str, Any], task_vars: Mapping[str, Any], missing: MissingPolicy, warn: Callable[[str], object]
) -> Fleet:
    """The devices that the options name: one by one, or by the hosts that have their numbers.

    Raises InvalidOption, or MissingNumbers unless ``missing`` lets that pass.
    """
    if options["devices"] is not None:
        return Fleet(options["devices"])
    name = number_variable(options)
    hosts = hosts_of(options["hosts"], task_vars)
    if not hosts:
        raise InvalidOption(f"There is no host or group {options['hosts']} with hosts in the inventory")
    numbers = numbers_of(hosts, name, task_vars["hostvars"], options.get("file_name", DEFAULT_FILE))
    unnumbered = sorted(set(hosts) - numbers.keys())
    if unnumbered and missing is MissingPolicy.ERROR:
        raise MissingNumbers(name, unnumbered)
    if missing is MissingPolicy.WARN:
        for host in unnumbered:
            warn(f"Skipping {host}: it does not have the variable {name}")
    return Fleet(numbers, unnumbered, frozenset([*unnumbered, *_members(options, task_vars)]))


def _members(options: Mapping[str, Any], task_vars: Mapping[str, Any]) -> Sequence[str]:
    """The hosts that have their place in what is written, whether this task is about them or not."""
    group = options["group"] if options.get("layout") == "group" else "all"
    groups = task_vars.get("groups") or {}
    return [str(host) for host in groups.get(group, ())]
