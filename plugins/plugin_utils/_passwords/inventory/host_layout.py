# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One file a host: ``host_vars/<host>/device_passwords.yml`` with one inline vault text.

Ansible decrypts an inline text only where it is used, so an inventory costs nothing until then.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.errors import InventoryConflict
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

_INDENT = "  "
_SHOWN = 10


@dataclass(frozen=True, slots=True)
class HostLayout:
    """``variable`` holds the password itself, or JSON when there is more than one of them in it."""

    directory: Path
    file_name: str
    variable: str
    vault: Vault

    def held(self, hosts: Collection[str]) -> Mapping[str, Held]:
        wanted = set(hosts)
        problems = [problem for host in hosts if (problem := hiding_problem(self._folder(host)))]
        found: dict[str, Held] = {}
        for host in dict.fromkeys([*hosts, *self._hosts_on_disk()]):
            path = self._path(host)
            text = _read(path)
            if text is None:
                continue
            held = parse(text)
            if held is not None:
                found[host] = held
            elif host in wanted:
                problems.append(foreign_problem(path))
        if problems:
            more = [f"and {len(problems) - _SHOWN} more"] if len(problems) > _SHOWN else []
            raise InventoryConflict("\n".join([*problems[:_SHOWN], *more]))
        return found

    def write(self, values: Sequence[HostValue], changed: Collection[str], removed: Collection[str]) -> None:
        """Every file is written whole; one that could not be written leaves those before it new, the rest old."""
        work = [value for value in values if value.host in changed]
        if work:
            with told(self.directory / "host_vars"):
                (self.directory / "host_vars").mkdir(mode=0o700, exist_ok=True)
        # The time goes into deriving one key per text, which runs outside of Python's lock.
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for value, text in zip(work, pool.map(self._render, work), strict=True):
                replace(self._path(value.host), text)
        for host in removed:
            self._remove(host)

    def _render(self, value: HostValue) -> str:
        plain = value.value if isinstance(value.value, str) else json.dumps(value.value, ensure_ascii=False)
        return render(value.record, self.variable, self.vault.encrypt(plain))

    def _remove(self, host: str) -> None:
        with told(self._path(host)):
            self._path(host).unlink(missing_ok=True)
            folder = self._folder(host)
            if not any(folder.iterdir()):
                folder.rmdir()

    def _hosts_on_disk(self) -> Iterator[str]:
        folder = self.directory / "host_vars"
        if folder.is_dir():
            with told(folder):
                yield from sorted(path.name for path in folder.iterdir() if path.is_dir())

    def _folder(self, host: str) -> Path:
        return self.directory / "host_vars" / host

    def _path(self, host: str) -> Path:
        return self._folder(host) / self.file_name


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


def parse(text: str) -> Held | None:
    """What the text of a host's file holds; None when this product did not write it."""
    first, *lines = text.split("\n")
    if first != f"# {MARKER}":
        return None
    try:
        clear, start, assignment, *body = lines
        data = json.loads(clear.removeprefix("# "))
        variable = assignment.removesuffix(": !vault |")
        read = envelope("\n".join(line.removeprefix(_INDENT) for line in body))
        whole = start == "---" and read is not None and data["size"] == read.size and data["format"] == FORMAT
    except (ValueError, KeyError, TypeError):
        return Held(None, whole=False)
    if not whole or read is None:
        return Held(None, whole=False)
    return Held(HostRecord.from_data(data), variable, read.vault_id)


def _read(path: Path) -> str | None:
    """The text of ``path``, None when there is nothing. What is no plain text file reads as somebody else's."""
    with told(path):
        if not os.path.lexists(path):
            return None
        if path.is_symlink() or not path.is_file():
            return ""
        return path.read_text(encoding="utf-8", errors="replace")
