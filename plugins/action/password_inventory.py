# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Device passwords as a vault-encrypted inventory. Runs on the controller; documented in the module of this name."""

from __future__ import annotations

import os
from typing import Any

from ansible import constants as C
from ansible.errors import AnsibleActionFail
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.plugins.action import ActionBase

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.errors import DeviceTrustError
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.inventory.sync import (
    Outcome,
    request_of,
    synchronise,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.inventory.vault import Vault
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.options import (
    CONNECTION_OPTIONS,
    connection_of,
    variable,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.source import open_source

_FIELDS = ["atCmdSms", "user", "guiEngr", "gui1", "wifi0", "ukey"]
_ARGUMENTS: dict[str, dict[str, Any]] = {
    "devices": {"type": "dict", "required": True},
    "key": {"type": "str", "choices": ["esn", "imei", "mac"], "default": "esn", "no_log": False},
    "fields": {"type": "list", "elements": "str", "choices": _FIELDS, "default": ["atCmdSms"]},
    "path": {"type": "path", "required": True},
    "layout": {"type": "str", "choices": ["host", "group"], "default": "host"},
    "group": {"type": "str"},
    "file_name": {"type": "str", "default": "device_passwords.yml"},
    "variable": {"type": "str", "default": "device_password"},
    "encrypt_vault_id": {"type": "str"},
    "missing": {"type": "str", "choices": ["error", "warn", "skip"], "default": "error"},
    "method": {"type": "str", "choices": ["post", "get"], "default": "post"},
    "prune": {"type": "bool", "default": False},
    "force": {"type": "bool", "default": False},
    "api_url": {"type": "str", "default": "https://connect.calamp.com"},
    "username": {"type": "str"},
    "password": {"type": "str", "no_log": True},
    "app_key": {"type": "str", "no_log": True},
    "timeout": {"type": "float", "default": 30.0},
    "deadline": {"type": "float", "default": 90.0},
    "ca_bundle": {"type": "path"},
    "proxy": {"type": "str"},
}


class ActionModule(ActionBase):
    TRANSFERS_FILES = False
    _requires_connection = False
    _supports_check_mode = True
    _supports_async = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(None, task_vars)
        options = self._options(task_vars or {})
        try:
            request = request_of(options)
            connection = connection_of({name: options[name] for name in CONNECTION_OPTIONS})
            vault_id = options["encrypt_vault_id"] or C.DEFAULT_VAULT_ENCRYPT_IDENTITY
            outcome = synchronise(
                request,
                Vault(self._loader._vault.secrets or [], vault_id),
                lambda: open_source(connection),
                self._display.warning,
                write=not self._task.check_mode,
            )
        except DeviceTrustError as problem:
            # The options hold secrets: the error must not point at them.
            raise AnsibleActionFail(str(problem)) from None
        result.update(_as_result(outcome))
        if self._task.diff:
            result["diff"] = _as_diff(outcome, request.path)
        return result

    def _options(self, task_vars: dict[str, Any]) -> dict[str, Any]:
        """The task's arguments, checked; connection options also from variables and the environment."""
        given = dict(self._task.args)
        for name, environment in CONNECTION_OPTIONS.items():
            if given.get(name) is None:
                given.pop(name, None)
                if variable(name) in task_vars:
                    given[name] = self._templar.template(task_vars[variable(name)])
                elif os.environ.get(environment):
                    given[name] = os.environ[environment]
        validator = ArgumentSpecValidator(_ARGUMENTS, required_if=[("layout", "group", ["group"])])
        checked = validator.validate(given)
        if checked.error_messages:
            raise AnsibleActionFail("; ".join(checked.error_messages))
        options: dict[str, Any] = checked.validated_parameters
        return options


def _as_result(outcome: Outcome) -> dict[str, Any]:
    """Nothing in it is secret."""
    return {
        "changed": bool(outcome.changed or outcome.removed),
        "changed_hosts": [change.host for change in outcome.changed],
        "reasons": {change.host: change.reason for change in [*outcome.changed, *outcome.removed]},
        "removed_hosts": [change.host for change in outcome.removed],
        "unchanged": outcome.unchanged,
        "missing": [
            {"host": gap.host, "key": gap.key.kind.value, "device": gap.key.text, "field": gap.field}
            for gap in outcome.missing
        ],
        "requests": outcome.requests,
    }


def _as_diff(outcome: Outcome, path: str) -> dict[str, str]:
    """What is said of each changed host in clear, before and after."""
    changes = [*outcome.changed, *outcome.removed]
    return {
        "before_header": f"{path} (device passwords)",
        "after_header": f"{path} (device passwords)",
        "before": "".join(f"{change.host}: {change.before}\n" for change in changes if change.before),
        "after": "".join(f"{change.host}: {change.after}\n" for change in changes if change.after),
    }
