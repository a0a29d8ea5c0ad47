# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One file a host: ``host_vars/<host>/device_passwords.yml`` with one inline vault text.

Ansible decrypts an inline text only where it is used, so an inventory costs nothing until then.
"""

from __future__ import annotations

import errno
import json
import os
import stat
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
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
    VARIABLE_EXTENSIONS,
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
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.listing import in_lines

_INDENT = "  "
_HEAD_LINES = 4


@dataclass(frozen=True, slots=True)
class HostLayout:
    """``variable`` holds the password itself, or JSON when there is more than one of them in it."""

    directory: Path
    file_name: str
    variable: str
    vault: Vault

    def held(self, hosts: Collection[str]) -> Mapping[str, Held]:
        wanted = set(hosts)
        entries = self._entries()
        problems = [problem for host in hosts if (problem := self._hiding_problem(host, entries))]
        found: dict[str, Held] = {}
        on_disk = (name for name in sorted(entries) if entries[name])
        for host in dict.fromkeys([*(host for host in hosts if entries.get(host)), *on_disk]):
            path = self._path(host)
            text = _read(path)
            if text is None:
                continue
            held = parse(text)
            if held is not None:
                found[host] = held
            elif host in wanted:
                problems.append(foreign_problem(Path(path)))
        if problems:
            raise InventoryConflict("\n".join(in_lines(problems)))
        return found

    def passwords(self, hosts: Collection[str]) -> Mapping[str, object]:
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            found = zip(hosts, pool.map(self._decrypted, hosts), strict=True)
            return {host: value for host, value in found if value is not None}

    def write(
        self, values: Sequence[HostValue], changed: Collection[str], removed: Collection[str], *, force: bool = False
    ) -> None:
        """Every file is written whole; when one cannot be written, some are new and the rest old."""
        work = [value for value in values if value.host in changed]
        if work:
            with told(self.directory / "host_vars"):
                (self.directory / "host_vars").mkdir(mode=0o700, exist_ok=True)
        # The time goes into deriving one key per text, and into the disk: both outside of Python's lock.
        with ThreadPoolExecutor(2 * (os.cpu_count() or 1)) as pool:
            try:
                for _unused in pool.map(self._write, work):
                    pass
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise
        for host in removed:
            self._remove(host)

    def _write(self, value: HostValue) -> None:
        replace(Path(self._path(value.host)), self._render(value))

    def _render(self, value: HostValue) -> str:
        plain = value.value if isinstance(value.value, str) else json.dumps(value.value, ensure_ascii=False)
        return render(value.record, self.variable, self.vault.encrypt(plain))

    def _decrypted(self, host: str) -> object:
        """None when there is nothing of ours."""
        path = self._path(host)
        text = _read(path)
        held = parse(text) if text else None
        if text is None or held is None:
            return None
        if held.record is None:
            return VaultProblem(f"{path} is damaged or was edited by hand")
        try:
            plain = self.vault.decrypt(encrypted_part(text), path)
            return plain if held.record.is_plain else json.loads(plain)
        except VaultProblem as problem:
            return problem
        except ValueError:
            return VaultProblem(f"{path} does not hold what this product wrote into it")

    def _remove(self, host: str) -> None:
        path = Path(self._path(host))
        with told(path):
            path.unlink(missing_ok=True)
            if not any(path.parent.iterdir()):
                path.parent.rmdir()

    def _entries(self) -> Mapping[str, bool]:
        """What is in host_vars by name, and whether it is a directory."""
        folder = self.directory / "host_vars"
        with told(folder):
            if not folder.is_dir():
                return {}
            with os.scandir(folder) as entries:
                return {entry.name: entry.is_dir() for entry in entries}

    def _hiding_problem(self, host: str, entries: Mapping[str, bool]) -> str | None:
        """What is wrong with making a directory for ``host``; seldom anything, so it is looked up only then."""
        if entries.get(host) or entries.keys().isdisjoint((host, *(host + end for end in VARIABLE_EXTENSIONS))):
            return None
        return hiding_problem(self.directory / "host_vars" / host)

    def _path(self, host: str) -> str:
        """As text: a large fleet has many of them."""
        return f"{self.directory}/host_vars/{host}/{self.file_name}"


def render(record: HostRecord, variable: str, encrypted: str) -> str:
    """The text of a host's file."""
    clear = {"format": FORMAT, "size": size_of(encrypted), **record.as_data()}
    lines = [
        f"# {MARKER}",
        f"# {json.dumps(clear, sort_keys=True)}",
        "---",
        f"{variable}: !vault |",
        *(f"{_INDENT}{line}" for line in encrypted.splitlines()),
    ]
    return "\n".join(lines) + "\n"


def encrypted_part(text: str) -> str:
    """The vault text in the text of a host's file."""
    return _unindented(text.split("\n")[_HEAD_LINES:])


def _unindented(lines: Sequence[str]) -> str:
    return "\n".join(line.removeprefix(_INDENT) for line in lines)


def parse(text: str) -> Held | None:
    """What the text of a host's file holds; None when this product did not write it."""
    first, *lines = text.split("\n")
    if first != f"# {MARKER}":
        return None
    try:
        clear, start, assignment, *body = lines
        data = json.loads(clear.removeprefix("# "))
        variable = assignment.removesuffix(": !vault |")
        read = envelope(_unindented(body))
        whole = start == "---" and read is not None and data["size"] == read.size and data["format"] == FORMAT
    except (ValueError, KeyError, TypeError):
        return Held(None)
    if not whole or read is None:
        return Held(None)
    return Held(HostRecord.from_data(data), variable, read.vault_id)


def _read(path: str) -> str | None:
    """The text of ``path``, None when there is nothing. What is no plain text file reads as somebody else's."""
    with told(Path(path)):
        try:
            handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        except OSError as failure:
            if failure.errno == errno.ELOOP:
                return ""
            raise
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            os.close(handle)
            return ""
        with os.fdopen(handle, encoding="utf-8", errors="replace") as file:
            return file.read()
