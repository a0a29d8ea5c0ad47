# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with the passwords of devices and of the inventory, without saying what they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ansible_collections.edgeops.device_trust.plugins.module_utils._live.calamp.keys import Key
from ansible_collections.edgeops.device_trust.plugins.module_utils._live.calamp.shapes import DevicePassword
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.errors import VaultProblem
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.inventory.record import (
    REPLACED,
    DeviceRecord,
    Held,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.inventory.sync import (
    Request,
    layout_of,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.inventory.vault import NoVault, Vault
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.source import Source


class Verdict(StrEnum):
    """What can be wrong with a password."""

    MISSING = "missing"
    FACTORY = "factory"
    DIFFERENT = "different"
    UNVAULTED = "unvaulted"
    UNREADABLE = "unreadable"


SENTENCES: Mapping[Verdict, str] = {
    Verdict.MISSING: "the service has no such password",
    Verdict.FACTORY: "unchanged since manufacture",
    Verdict.DIFFERENT: "the inventory has another one than the service",
    Verdict.UNVAULTED: "not in the inventory",
    Verdict.UNREADABLE: "in the inventory, but damaged or for another vault secret",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One password of which one thing is wrong; ``field`` is None when it is true of the whole device."""

    host: str
    key: Key
    field: str | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Report:
    """All findings, in the order of hosts and devices."""

    findings: Sequence[Finding]
    devices: int
    requests: int

    @property
    def counts(self) -> dict[str, int]:
        counts = dict.fromkeys((verdict.value for verdict in Verdict), 0)
        for finding in self.findings:
            counts[finding.verdict.value] += 1
        return counts


@dataclass(frozen=True, slots=True)
class _Vaulted:
    """What the inventory has for a host: what is said in clear, and the passwords by device if they were decrypted."""

    held: Held | None
    passwords: Mapping[tuple[str, str], Mapping[str, str]] | None = None
    unreadable: bool = False

    @property
    def damaged(self) -> bool:
        """Whether nothing can be said of the passwords. Those of a rekeyed file are known once they are decrypted."""
        problem = self.held.problem if self.held else ""
        is_rekeyed = problem == REPLACED and self.passwords is not None
        return self.unreadable or bool(problem and not is_rekeyed)

    def device(self, key: Key) -> DeviceRecord | None:
        record = self.held.record if self.held else None
        return next((item for item in record.devices if (item.kind, item.key) == _name(key)), None) if record else None


def audit(request: Request, vault: Vault, source: Source) -> Report:
    """Compare what the service has with what the inventory of ``request`` has. Writes nothing.

    With NoVault nothing is decrypted: then a password differs when the service's date does.
    """
    keys = [key for item in request.hosts for key in item.keys]
    vaulted = _vaulted(request, vault)
    records = source.retrieve(keys, request.method) if keys else {}
    findings = [
        finding
        for item in request.hosts
        for key in item.keys
        for finding in _findings(item.host, key, records.get(key), vaulted[item.host], request.fields)
    ]
    return Report(findings, len(keys), source.requests)


def _vaulted(request: Request, vault: Vault) -> Mapping[str, _Vaulted]:
    layout = layout_of(request, vault)
    hosts = [item.host for item in request.hosts]
    held = layout.held(hosts)
    if isinstance(vault, NoVault):
        return {host: _Vaulted(held.get(host)) for host in hosts}
    passwords = layout.passwords([host for host in hosts if host in held])
    return {host: _opened(held.get(host), passwords.get(host)) for host in hosts}


def _opened(held: Held | None, value: object) -> _Vaulted:
    if held is None:
        return _Vaulted(None)
    if held.record is None or value is None or isinstance(value, VaultProblem):
        return _Vaulted(held, unreadable=True)
    try:
        return _Vaulted(held, held.record.by_device(value))
    except ValueError:
        return _Vaulted(held, unreadable=True)


def _findings(
    host: str, key: Key, record: DevicePassword | None, vaulted: _Vaulted, fields: Sequence[str]
) -> Iterator[Finding]:
    if record is None:
        yield Finding(host, key, None, Verdict.MISSING)
        return
    for field in fields:
        if field not in record.fields:
            yield Finding(host, key, field, Verdict.MISSING)
    if record.created_on and record.created_on == record.modified_on:
        yield Finding(host, key, None, Verdict.FACTORY)
    known = [field for field in fields if field in record.fields]
    if vaulted.damaged:
        yield Finding(host, key, None, Verdict.UNREADABLE)
        return
    device = vaulted.device(key)
    for field in known:
        if device is None or field not in device.fields:
            yield Finding(host, key, field, Verdict.UNVAULTED)
        elif _differs(key, record, field, device, vaulted):
            yield Finding(host, key, field, Verdict.DIFFERENT)


def _differs(key: Key, record: DevicePassword, field: str, device: DeviceRecord, vaulted: _Vaulted) -> bool:
    if vaulted.passwords is None:
        return device.modified != record.modified_on
    return vaulted.passwords[_name(key)].get(field) != record.fields[field].reveal()


def _name(key: Key) -> tuple[str, str]:
    return key.kind.value, key.normal
