# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bringing an inventory directory to what the Device Password Manager says, touching only what differs."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from ansible_collections.edgeops.device_trust.plugins.module_utils._live.calamp.client import Method
from ansible_collections.edgeops.device_trust.plugins.module_utils._live.calamp.keys import KeyKind
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.errors import InventoryConflict
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.inventory.group_layout import (
    GroupLayout,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.inventory.host_layout import (
    HostLayout,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.inventory.layout import (
    Layout,
    inventory_directory,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.inventory.record import (
    Gap,
    Held,
    summary,
    why_outdated,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.inventory.vault import Vault
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.inventory.wanted import (
    HostDevices,
    HostValue,
    Missing,
    check_name,
    host_devices,
    host_values,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.selection import MissingPolicy
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.source import Source

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
DEFAULT_FILE = "device_passwords.yml"
DEFAULT_VARIABLE = "device_password"


class LayoutKind(StrEnum):
    """One file a host, or one file for a group."""

    HOST = "host"
    GROUP = "group"


@dataclass(frozen=True, slots=True)
class Request:
    """What to write where; ``prune`` spares the ``staying`` hosts."""

    path: str
    hosts: Sequence[HostDevices]
    fields: Sequence[str] = ("atCmdSms",)
    layout: LayoutKind = LayoutKind.HOST
    group: str | None = None
    file_name: str = DEFAULT_FILE
    variable: str = DEFAULT_VARIABLE
    missing: MissingPolicy = MissingPolicy.ERROR
    prune: bool = False
    force: bool = False
    method: Method = Method.POST
    staying: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Change:
    """One host whose passwords are written or taken away, and why; ``before`` and ``after`` hold nothing secret."""

    host: str
    reason: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done, or would be."""

    changed: Sequence[Change] = ()
    removed: Sequence[Change] = ()
    unchanged: int = 0
    missing: Sequence[Missing] = field(default_factory=list)
    requests: int = 0


def request_of(options: Mapping[str, Any], staying: frozenset[str] = frozenset()) -> Request:
    """The request that the options of the action describe. Raises InvalidKey or InventoryConflict."""
    layout = LayoutKind(options["layout"])
    hosts = host_devices(options["devices"], KeyKind(options["key"]), are_directories=layout is LayoutKind.HOST)
    if not hosts and not staying and options["prune"]:
        raise InventoryConflict("devices is empty and prune is true: this would take every password away")
    if layout is LayoutKind.GROUP:
        check_name("group", str(options["group"] or ""))
    _check_names(str(options["file_name"]), str(options["variable"]))
    return Request(
        path=str(options["path"]),
        hosts=hosts,
        fields=tuple(dict.fromkeys(str(name) for name in options["fields"])),
        layout=layout,
        group=options["group"],
        file_name=str(options["file_name"]),
        variable=str(options["variable"]),
        missing=MissingPolicy(options["missing"]),
        prune=bool(options["prune"]),
        force=bool(options["force"]),
        method=Method(options["method"]),
        staying=staying,
    )


def synchronise(
    request: Request,
    vault: Vault,
    source: Source,
    warn: Callable[[str], object],
    *,
    write: bool = True,
) -> Outcome:
    """Fetch the passwords and write those that differ from what is held; nothing when ``write`` is false.

    What stands in the way in the inventory is found before the first request, and what the service does not
    have before the first file is written.
    """
    layout = layout_of(request, vault)
    names = [item.host for item in request.hosts]
    held = layout.held(names)
    wanted = [key for item in request.hosts for key in item.keys]
    records = source.retrieve(wanted, request.method) if wanted else {}
    values, missing = host_values(request.hosts, records, request.fields)
    request.missing.report([str(gap) for gap in missing], warn)
    changed = _changes(request, vault, held, values, missing)
    removed = _removals(held, {*names, *request.staying}) if request.prune else []
    if write and (changed or removed):
        to_write = {change.host for change in changed}
        # Beside those that changed only what is the same as in the inventory: gaps must not get into it.
        full = [value for value in values if value.host in to_write or held[value.host].record == value.record]
        layout.write(full, to_write, {change.host for change in removed}, force=request.force)
    return Outcome(changed, removed, len(values) - len(changed), missing, source.requests)


def _check_names(file_name: str, variable: str) -> None:
    check_name("file", file_name)
    if not file_name.endswith((".yml", ".yaml")):
        raise InventoryConflict(f"file_name {file_name!r} must end in .yml or .yaml, else Ansible does not read it")
    if not _VARIABLE.fullmatch(variable):
        raise InventoryConflict(f"variable {variable!r} is not a variable name: letters, digits and _, no digit first")


def layout_of(request: Request, vault: Vault) -> Layout:
    """How the inventory of ``request`` lies in its directory. Raises InventoryConflict."""
    directory = inventory_directory(request.path)
    if request.layout is LayoutKind.GROUP:
        return GroupLayout(directory, str(request.group), request.file_name, request.variable, vault)
    return HostLayout(directory, request.file_name, request.variable, vault)


def _changes(
    request: Request, vault: Vault, held: Mapping[str, Held], values: Sequence[HostValue], missing: Sequence[Missing]
) -> list[Change]:
    gaps: dict[str, set[Gap]] = {}
    for item in missing:
        gaps.setdefault(item.host, set()).add(item.gap)
    changes = []
    for value in values:
        old = held.get(value.host)
        compared = old.without(gaps[value.host]) if old and value.host in gaps else old
        reason = why_outdated(compared, value.record, request.variable, vault.vault_id)
        if reason is None and request.force:
            reason = "force"
        if reason is not None:
            after = summary(value.record, request.variable, vault.vault_id)
            changes.append(Change(value.host, reason, old.summary() if old else "", after))
    return changes


def _removals(held: Mapping[str, Held], staying: Collection[str]) -> list[Change]:
    return [Change(host, "not in devices", old.summary()) for host, old in sorted(held.items()) if host not in staying]
