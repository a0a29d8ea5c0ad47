# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with device passwords. Runs on the controller; documented in the module of this name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.errors import (
    DeviceTrustError,
    InvalidOption,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.inventory.audit import (
    SENTENCES,
    Finding,
    Report,
    Verdict,
    audit,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.inventory.sync import request_of
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.inventory.vault import NoVault, Vault
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.listing import (
    in_a_line,
    in_lines,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.selection import MissingPolicy
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.source import open_source
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.task_options import (
    ARGUMENTS,
    FIELDS,
    Fleet,
    checked_options,
    fleet_of,
    number_variable,
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
            with open_source(settings_of(options)) as source:
                fleet = fleet_of(options, variables, MissingPolicy.SKIP, self._display.warning)
                _check_numbered(options, fleet)
                request = request_of({**_UNUSED, **options, "devices": fleet.devices})
                report = audit(request, self._vault(options), source)
        except DeviceTrustError as problem:
            # The options hold secrets: the error must not point at them.
            raise AnsibleActionFail(str(problem)) from None
        result.update(_as_result(report, fleet.unnumbered), changed=False)
        wrong = _lacking(options, fleet.unnumbered) + _listed(
            finding for finding in report.findings if finding.verdict.value in options["fail_on"]
        )
        if wrong:
            result.update(failed=True, msg="\n".join(wrong))
        return result

    def _vault(self, options: Mapping[str, Any]) -> Vault | NoVault:
        return NoVault() if options["compare"] == "dates" else Vault.for_reading(self._loader._vault.secrets or [])


def _check_numbered(options: Mapping[str, Any], fleet: Fleet) -> None:
    """Raise InvalidOption when none of the hosts has a number: an audit of nothing would find nothing wrong."""
    if fleet.unnumbered and not fleet.devices:
        name = number_variable(options)
        raise InvalidOption(
            f"None of the {_hosts(len(fleet.unnumbered))} of {options['hosts']} has the variable {name}. "
            "Set key to the number that they have, or key_variable to the variable in which they have it"
        )


def _as_result(report: Report, unnumbered: Sequence[str]) -> dict[str, Any]:
    """Nothing in it is secret."""
    return {
        "msg": f"{report.devices} devices: {'; '.join(_said(report, unnumbered))}.",
        "devices": report.devices,
        "unnumbered": list(unnumbered),
        "counts": report.counts,
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


def _said(report: Report, unnumbered: Sequence[str]) -> list[str]:
    said = [f"{count} {SENTENCES[Verdict(name)]}" for name, count in report.counts.items() if count]
    if unnumbered:
        said.append(f"{_hosts(len(unnumbered))} without a number")
    return said or ["all is well" if report.devices else "there was nothing to look at"]


def _lacking(options: Mapping[str, Any], unnumbered: Sequence[str]) -> list[str]:
    if not unnumbered or Verdict.MISSING.value not in options["fail_on"]:
        return []
    said = f"{_hosts(len(unnumbered))} without a number (variable {number_variable(options)})"
    return [f"{said}: {in_a_line(unnumbered)}"]


def _listed(findings: Iterable[Finding]) -> list[str]:
    lines = [
        f"{item.key} of host {item.host}{f' (field {item.field})' if item.field else ''}: {SENTENCES[item.verdict]}"
        for item in findings
    ]
    return in_lines(lines)


def _hosts(count: int) -> str:
    return "1 host" if count == 1 else f"{count} hosts"
