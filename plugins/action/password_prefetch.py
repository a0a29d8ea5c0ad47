# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fetches passwords before lookups ask for them. Runs on the controller; documented in the module of this name."""

from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.errors import DeviceTrustError
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.prefetch import prefetch
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.selection import MissingPolicy
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.source import open_source
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.task_options import (
    ARGUMENTS,
    checked_options,
    fleet_of,
    settings_of,
)

_OF_INVENTORIES = {"path", "layout", "group", "file_name"}
_ARGUMENTS: dict[str, dict[str, Any]] = {
    **{name: argument for name, argument in ARGUMENTS.items() if name not in _OF_INVENTORIES},
    "missing": {"type": "str", "choices": ["error", "warn", "skip"], "default": "error"},
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
        policy = MissingPolicy(options["missing"])
        try:
            with open_source(settings_of(options)) as source:
                fleet = fleet_of(options, variables, policy, self._display.warning)
                outcome = prefetch(fleet.devices, options["key"], options["method"], source)
            policy.report([str(gap) for gap in outcome.missing], self._display.warning)
        except DeviceTrustError as problem:
            # The options hold secrets: the error must not point at them.
            raise AnsibleActionFail(str(problem)) from None
        result.update(
            changed=False,
            devices=outcome.devices,
            missing=[{"host": gap.host, "key": gap.key.kind.value, "device": gap.key.text} for gap in outcome.missing],
            requests=outcome.requests,
            unnumbered=list(fleet.unnumbered),
        )
        return result
