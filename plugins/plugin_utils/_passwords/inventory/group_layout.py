# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One file for all hosts: ``group_vars/<group>/device_passwords.vault``, encrypted as a whole.

Ansible does not read a file of that name: else it would decrypt it in every run, and give each host the passwords of
all. Beside it stands the variable, in clear, as a lookup that reads the file once in a run, when a password is needed.

A vault file has no room for anything in clear, so its record is a hidden file beside it. The order of writing keeps
it honest at every moment: first it says that it fits no file, then the passwords are replaced, then it is completed.
It knows the passwords by a digest of the vault file, so that a merge of two branches does not pair what is not a pair.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.errors import (
    InventoryConflict,
    VaultProblem,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.inventory.atomic import (
    alone_in,
    replace,
    told,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.inventory.layout import (
    foreign_problem,
    hiding_problem,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.inventory.record import (
    DAMAGED,
    FORMAT,
    MARKER,
    REPLACED,
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

_CONFLICT = "<<<<<<<"
_LOOKUP = "edgeops.device_trust.inventory_password"


@dataclass(frozen=True, slots=True)
class _Found:
    """The record as it was read, and how far the vault file beside it is the one that it was written for."""

    records: Mapping[str, HostRecord | None]
    variable: str
    vault_id: str
    has_variable: bool
    fits_size: bool
    fits_digest: bool
    half_written: bool

    @property
    def flaw(self) -> str:
        # Without the variable nobody finds the passwords: both are written anew.
        if not (self.has_variable and self.fits_size):
            return DAMAGED
        return "" if self.fits_digest else REPLACED

    @property
    def known(self) -> Mapping[str, HostRecord]:
        """What is true of the passwords in the file: their dates are those of another file if it was replaced."""
        dated = self.half_written or (self.fits_size and self.fits_digest)
        records = {host: record for host, record in self.records.items() if record is not None}
        return records if dated else {host: record.undated() for host, record in records.items()}


@dataclass(frozen=True, slots=True)
class GroupLayout:
    """``variable`` is the password of the host at hand, or its passwords by field."""

    directory: Path
    group: str
    file_name: str
    variable: str
    vault: Vault

    def held(self, hosts: Collection[str]) -> Mapping[str, Held]:
        found = self._found()
        if found is None:
            return {}
        return {host: Held(item, found.variable, found.vault_id, found.flaw) for host, item in found.records.items()}

    def passwords(self, hosts: Collection[str]) -> Mapping[str, object]:
        with told(self._path):
            if not self._path.exists():
                return {}
        try:
            found = self._decrypted()
        except VaultProblem as problem:
            return dict.fromkeys(hosts, problem)
        return {host: found[host] for host in hosts if host in found}

    def write(
        self, values: Sequence[HostValue], changed: Collection[str], removed: Collection[str], *, force: bool = False
    ) -> None:
        """The whole file is written. Hosts that are neither in ``values`` nor removed stay as they are in it.

        Raises VaultProblem when it cannot be read: whoever has another secret must not replace it, unless by ``force``.
        """
        with told(self._path):
            for folder in (self._path.parent.parent, self._path.parent):
                folder.mkdir(mode=0o700, exist_ok=True)
        with alone_in(self._path.parent):
            self._write(values, removed, force=force)

    def _write(self, values: Sequence[HostValue], removed: Collection[str], *, force: bool) -> None:
        # Looked at once more: another run may have written meanwhile.
        found = self._found()
        before = found.known if found else {}
        gone = {value.host for value in values}.union(removed)
        kept = {host: record for host, record in before.items() if host not in gone}
        old = self._old(kept) if kept or (found and found.fits_size and not force) else {}
        kept = {host: record for host, record in kept.items() if host in old}
        passwords = {value.host: value.value for value in values} | {host: old[host] for host in kept}
        encrypted = self.vault.encrypt(_json({self.variable: passwords}))
        replace(self._record_path, self._record_text(before, None))
        replace(self._path, encrypted)
        replace(self._variable_path, self._variable_text())
        replace(self._record_path, self._record_text({value.host: value.record for value in values} | kept, encrypted))

    def _old(self, kept: Collection[str]) -> Mapping[str, object]:
        try:
            return self._decrypted()
        except VaultProblem as problem:
            other = "move it away: it has passwords that this run does not fetch" if kept else "force to write all anew"
            raise VaultProblem(f"{problem}; give the secret that it is encrypted with, or {other}") from None

    @property
    def _path(self) -> Path:
        return self._variable_path.with_suffix(".vault")

    @property
    def _variable_path(self) -> Path:
        return self.directory / "group_vars" / self.group / self.file_name

    @property
    def _record_path(self) -> Path:
        return self._path.with_name(f".{self._path.name}.record.json")

    def _variable_text(self) -> str:
        """The variable of the group: the same text for all its hosts, a password where it is used."""
        file = self._path.relative_to(self.directory).as_posix()
        template = f"{{{{ lookup({_quoted(_LOOKUP)}, inventory_hostname, file={_quoted(file)}) }}}}"
        return f"# {MARKER}\n---\n{self.variable}: {json.dumps(template, ensure_ascii=False)}\n"

    @staticmethod
    def _is_ours(path: Path) -> bool:
        if path.is_symlink() or not path.is_file():
            return False
        return path.read_text(encoding="utf-8", errors="replace").startswith(f"# {MARKER}\n")

    def _found(self) -> _Found | None:
        """None when there is nothing, or when the record cannot be read.

        Raises InventoryConflict when a file of somebody else stands in the way, or a merge has left both sides in it.
        """
        problem = hiding_problem(self._path.parent)
        if problem:
            raise InventoryConflict(problem)
        with told(self._path):
            there = os.path.lexists(self._path)
            noted = self._record_path.is_file() and not self._record_path.is_symlink()
            if there and (not noted or self._path.is_symlink() or not self._path.is_file()):
                raise InventoryConflict(foreign_problem(self._path))
            if os.path.lexists(self._variable_path) and not self._is_ours(self._variable_path):
                raise InventoryConflict(foreign_problem(self._variable_path))
        return self._read() if there else None

    def _read(self) -> _Found | None:
        with told(self._path):
            has_variable = self._variable_path.exists() and self._variable_path.read_text() == self._variable_text()
            text = self._path.read_text(encoding="utf-8", errors="replace")
            record = self._record_path.read_text(encoding="utf-8", errors="replace")
        if any(line.startswith(_CONFLICT) for line in record.splitlines()):
            raise InventoryConflict(
                f"{self._record_path} has the conflict of a merge in it; take one side, whichever: what does not fit "
                f"{self._path.name} is fetched and written anew"
            )
        read = envelope(text)
        try:
            data = json.loads(record)
            return _Found(
                {host: HostRecord.from_data(item) for host, item in dict(data["hosts"]).items()},
                str(data["variable"]),
                read.vault_id if read else "",
                has_variable=has_variable,
                fits_size=read is not None and data["size"] == read.size and data["format"] == FORMAT,
                fits_digest=data.get("digest") == _digest(text),
                half_written=data["size"] == 0,
            )
        except (ValueError, KeyError, TypeError):
            return None

    def _record_text(self, records: Mapping[str, HostRecord], encrypted: str | None) -> str:
        """One line a host, in a stable order: readable as a difference between two commits.

        Without ``encrypted`` it fits no file: what it says is not known to be true.
        """
        size, digest = (size_of(encrypted), _digest(encrypted)) if encrypted else (0, "")
        head = {"marker": MARKER, "format": FORMAT, "variable": self.variable, "size": size, "digest": digest}
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


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _quoted(text: str) -> str:
    """``text`` as a constant of a template."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _json(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, sort_keys=True)
