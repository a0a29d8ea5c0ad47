# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One file for all hosts: ``group_vars/<group>/device_passwords.yml``, encrypted as a whole.

Ansible decrypts it once when it reads the inventory. It is JSON, which Ansible reads a thousand times faster
than YAML of the same size. A vault file has no room for anything in clear, so its record is a hidden file
beside it, which Ansible does not read. The order of writing keeps it honest at every moment: first it says
that it fits no file, then the passwords are replaced, then it is completed.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.errors import (
    InventoryConflict,
    VaultProblem,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.inventory.atomic import (
    replace,
    told,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.inventory.layout import (
    foreign_problem,
    hiding_problem,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.inventory.record import (
    FORMAT,
    MARKER,
    Held,
    HostRecord,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.inventory.vault import (
    Vault,
    envelope,
    size_of,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.inventory.wanted import (
    HostValue,
)

_TEMPLATE_MARKS = ("{{", "{%", "{#")
_BRACE = "{{ '{' }}"


@dataclass(frozen=True, slots=True)
class GroupLayout:
    """``variable`` is a mapping by host name."""

    directory: Path
    group: str
    file_name: str
    variable: str
    vault: Vault

    def held(self, hosts: Collection[str]) -> Mapping[str, Held]:
        problem = hiding_problem(self._path.parent)
        if problem:
            raise InventoryConflict(problem)
        with told(self._path):
            there = self._path.exists() or self._path.is_symlink()
            noted = self._record_path.is_file() and not self._record_path.is_symlink()
            if there and (not noted or self._path.is_symlink() or not self._path.is_file()):
                raise InventoryConflict(foreign_problem(self._path))
        return self._recorded() if there else {}

    def write(self, values: Sequence[HostValue], changed: Collection[str], removed: Collection[str]) -> None:
        """The whole file is written. Hosts that are neither in ``values`` nor removed stay as they are in it."""
        held = self.held([value.host for value in values])
        written = {value.host for value in values}
        kept = {
            host: record.record
            for host, record in held.items()
            if host not in written and host not in removed and record.record is not None
        }
        old = self._decrypted() if kept else {}
        kept = {host: record for host, record in kept.items() if host in old}
        passwords = {value.host: literal(value.value) for value in values} | {host: old[host] for host in kept}
        encrypted = self.vault.encrypt(_json({self.variable: passwords}))
        records = {value.host: value.record for value in values} | kept
        with told(self._path):
            for folder in (self._path.parent.parent, self._path.parent):
                folder.mkdir(mode=0o700, exist_ok=True)
        before = {host: record.record for host, record in held.items() if record.record is not None}
        replace(self._record_path, self._record_text(before, None))
        replace(self._path, encrypted)
        replace(self._record_path, self._record_text(records, encrypted))

    @property
    def _path(self) -> Path:
        return self.directory / "group_vars" / self.group / self.file_name

    @property
    def _record_path(self) -> Path:
        return self._path.with_name(f".{self.file_name}.record.json")

    def _recorded(self) -> Mapping[str, Held]:
        """What the record says of each host; not ``whole`` when it does not belong to the file as it is."""
        with told(self._path):
            read = envelope(self._path.read_text(encoding="utf-8", errors="replace"))
            text = self._record_path.read_text(encoding="utf-8", errors="replace")
        try:
            data = json.loads(text)
            whole = read is not None and data["size"] == read.size and data["format"] == FORMAT
            hosts, variable = dict(data["hosts"]), str(data["variable"])
        except (ValueError, KeyError, TypeError):
            return {}
        vault_id = read.vault_id if read else ""
        return {host: Held(HostRecord.from_data(item), variable, vault_id, whole) for host, item in hosts.items()}

    def _record_text(self, records: Mapping[str, HostRecord], encrypted: str | None) -> str:
        """One line a host, in a stable order: readable as a difference between two commits.

        Without ``encrypted`` it fits no file: what it says is not known to be true.
        """
        size = size_of(encrypted) if encrypted else 0
        head = {"marker": MARKER, "format": FORMAT, "variable": self.variable, "size": size}
        hosts = [
            f"  {json.dumps(host)}: {json.dumps(records[host].as_data(), sort_keys=True)}" for host in sorted(records)
        ]
        opening = json.dumps(head, indent=1).removesuffix("\n}")
        return opening + ',\n "hosts": {\n' + ",\n".join(hosts) + "\n }\n}\n"

    def _decrypted(self) -> Mapping[str, object]:
        """The passwords by host as they stand in the file, under whatever variable that was."""
        with told(self._path):
            text = self._path.read_text(encoding="utf-8", errors="replace")
        try:
            (passwords,) = json.loads(self.vault.decrypt(text, self._path)).values()
            return dict(passwords)
        except (ValueError, TypeError, AttributeError):
            raise VaultProblem(f"{self._path} does not hold what this product wrote into it") from None


def literal(value: object) -> object:
    """``value`` so that Ansible, which takes a variable's text for a template, reads exactly that text.

    Inline vault texts are exempt from templating; the contents of a vault file are not.
    """
    if isinstance(value, Mapping):
        return {name: literal(item) for name, item in value.items()}
    if isinstance(value, str) and any(mark in value for mark in _TEMPLATE_MARKS):
        return value.replace("{", _BRACE)
    return value


def _json(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, sort_keys=True)
