# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with device passwords. Runs on the controller; documented in the module of this name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.errors import DeviceTrustError
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.inventory.audit import (
    SENTENCES,
    Finding,
    Report,
    Verdict,
    audit,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.inventory.sync import request_of
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.inventory.vault import NoVault, Vault
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.selection import MissingPolicy
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.source import open_source
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.task_options import (
    ARGUMENTS,
    FIELDS,
    checked_options,
    fleet_of,
    settings_of,
)

_VERDICTS = [verdict.value for verdict in Verdict]
_ARGUMENTS: dict[str, dict[str, Any]] = {
    **ARGUMENTS,
    "fields": {"type": "list", "elements": "str", "choices": FIELDS, "default": ["atCmdSms"]},
    "compare": {"type": "str", "choices": ["passwords", "dates"], "default": "passwords"},
    "fail_on": {"type": "list", "elements": "str", "choices": _VERDICTS, "default": []},
}
# What the request for an inventory has beside them, and an audit has no use for.
_UNUSED = {"variable": "device_password", "missing": "skip", "prune": False, "force": False}
_SHOWN = 10


class ActionModule(ActionBase):
    TRANSFERS_FILES = False
    _requires_connection = False
    _supports_check_mode = True
    _supports_async = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(None, task_vars)
        variables = task_vars or {}
        options = checked_options(_ARGUMENTS, self._task.args, variables, self._templar.template)
        try:
            settings = settings_of(options)
            fleet = fleet_of(options, variables, MissingPolicy.SKIP, self._display.warning)
            request = request_of({**_UNUSED, **options, "devices": fleet.devices})
            vault = NoVault() if options["compare"] == "dates" else Vault.for_reading(self._loader._vault.secrets or [])
            report = audit(request, vault, lambda: open_source(settings))
        except DeviceTrustError as problem:
            # The options hold secrets: the error must not point at them.
            raise AnsibleActionFail(str(problem)) from None
        result.update(_as_result(report), unnumbered=list(fleet.unnumbered), changed=False)
        wanted = [finding for finding in report.findings if finding.verdict.value in options["fail_on"]]
        if wanted:
            result.update(failed=True, msg=_listed(wanted))
        return result


def _as_result(report: Report) -> dict[str, Any]:
    """Nothing in it is secret."""
    counts = report.counts
    said = [f"{count} {SENTENCES[Verdict(name)]}" for name, count in counts.items() if count]
    return {
        "msg": f"{report.devices} devices: {'; '.join(said) or 'all is well'}.",
        "devices": report.devices,
        "counts": counts,
        "findings": [_as_data(finding) for finding in report.findings],
        "requests": report.requests,
    }


def _as_data(finding: Finding) -> dict[str, Any]:
    return {
        "host": finding.host,
        "key": finding.key.kind.value,
        "device": finding.key.text,
        "field": finding.field,
        "finding": finding.verdict.value,
    }


def _listed(findings: Iterable[Finding]) -> str:
    lines = [
        f"{item.key} of host {item.host}{f' (field {item.field})' if item.field else ''}: {SENTENCES[item.verdict]}"
        for item in findings
    ]
    more = f"\nand {len(lines) - _SHOWN} more" if len(lines) > _SHOWN else ""
    return "\n".join(lines[:_SHOWN]) + more
