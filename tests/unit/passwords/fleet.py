# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A source of passwords in memory, and an inventory synchronised from it: what the unit tests of this folder share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ansible.parsing.vault import VaultSecret

from ansible_collections.edgeops.device_trust.plugins.module_utils._live.calamp import shapes
from ansible_collections.edgeops.device_trust.plugins.module_utils._live.calamp.client import Method
from ansible_collections.edgeops.device_trust.plugins.module_utils._live.calamp.keys import Key, KeyKind, key
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.inventory.sync import (
    Outcome,
    request_of,
    synchronise,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.inventory.vault import Vault

OPTIONS: dict[str, Any] = {
    "key": "esn",
    "fields": ["atCmdSms"],
    "layout": "host",
    "group": None,
    "file_name": "device_passwords.yml",
    "variable": "device_password",
    "missing": "error",
    "method": "post",
    "prune": False,
    "force": False,
}


class Fleet:
    """Devices by ESN whose passwords a test can set."""

    def __init__(self) -> None:
        self.records: dict[str, dict[str, str]] = {}
        self.requests = 0
        self._changes = 0

    def set(self, esn: str, **fields: str) -> None:
        """Give the device ``esn`` these passwords, at a later date than anything before."""
        self._changes += 1
        self.records[esn] = {"esn": esn, "modifiedOn": f"2026-01-01T00:00:{self._changes:02d}.000+00:00", **fields}

    def retrieve(self, keys: Iterable[Key], method: Method = Method.POST) -> Mapping[Key, shapes.DevicePassword]:
        self.requests += 1
        wanted = [item.text for item in keys]
        answer = shapes.envelope({"results": [self.records[esn] for esn in wanted if esn in self.records]})
        assert answer is not None
        return {key(KeyKind.ESN, record.esn): record for record in shapes.passwords(answer)}


def vault(*secrets: str, vault_id: str | None = None) -> Vault:
    """A vault with the secrets ``id=password``; one without id is the default one."""
    pairs = [text.rpartition("=") for text in secrets or ("fake-vault-password",)]
    known = [(name or "default", VaultSecret(password.encode())) for name, _unused, password in pairs]
    return Vault(known, vault_id)


def bring(
    fleet: Fleet, path: Path, devices: Mapping[str, object], *, using: Vault | None = None, **options: Any
) -> Outcome:
    """Synchronise ``path`` with ``devices``; ``write=False`` for check mode. Warnings fail unless a list is given."""
    warnings: list[str] | None = options.pop("warnings", None)
    write = options.pop("write", True)
    staying: frozenset[str] = options.pop("staying", frozenset())
    request = request_of({**OPTIONS, "path": str(path), "devices": devices, **options}, staying)
    heard: list[str] = []
    outcome = synchronise(request, using or vault(), fleet, heard.append, write=write)
    if warnings is None:
        assert not heard
    else:
        warnings += heard
    return outcome


def contents(path: Path) -> dict[str, bytes]:
    """Every file below ``path`` by its relative name."""
    return {str(file.relative_to(path)): file.read_bytes() for file in sorted(path.rglob("*")) if file.is_file()}


def changed(outcome: Outcome) -> dict[str, str]:
    return {change.host: change.reason for change in outcome.changed}
