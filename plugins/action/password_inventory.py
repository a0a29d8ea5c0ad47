# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Device passwords as a vault-encrypted inventory. Runs on the controller; documented in the module of this name."""

from __future__ import annotations

from typing import Any

from ansible import constants as C
from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.errors import DeviceTrustError
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.inventory.sync import (
    Outcome,
    request_of,
    synchronise,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.inventory.vault import Vault
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.selection import MissingPolicy
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.source import open_source
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.task_options import (
    ARGUMENTS,
    FIELDS,
    checked_options,
    fleet_of,
    settings_of,
)

_ARGUMENTS: dict[str, dict[str, Any]] = {
    **ARGUMENTS,
    "fields": {"type": "list", "elements": "str", "choices": FIELDS, "default": ["atCmdSms"]},
    "variable": {"type": "str", "default": "device_password"},
    "encrypt_vault_id": {"type": "str"},
    "missing": {"type": "str", "choices": ["error", "warn", "skip"], "default": "error"},
    "prune": {"type": "bool", "default": False},
    "force": {"type": "bool", "default": False},
}


class ActionModule(ActionBase):
    TRANSFERS_FILES = False
    _requires_connection = False
    _supports_check_mode = True
    _supports_async = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(None, task_vars)
        variables = task_vars or {}
        options = checked_options(_ARGUMENTS, self._task.args, variables, self._templar.template)
        warn = self._display.warning
        try:
            with open_source(settings_of(options)) as source:
                fleet = fleet_of(options, variables, MissingPolicy(options["missing"]), warn)
                request = request_of({**options, "devices": fleet.devices}, fleet.staying)
                vault_id = options["encrypt_vault_id"] or C.DEFAULT_VAULT_ENCRYPT_IDENTITY
                vault = Vault(self._loader._vault.secrets or [], vault_id)
                outcome = synchronise(request, vault, source, warn, write=not self._task.check_mode)
        except DeviceTrustError as problem:
            # The options hold secrets: the error must not point at them.
            raise AnsibleActionFail(str(problem)) from None
        result.update(_as_result(outcome), unnumbered=list(fleet.unnumbered))
        if self._task.diff:
            result["diff"] = _as_diff(outcome, request.path)
        return result


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
