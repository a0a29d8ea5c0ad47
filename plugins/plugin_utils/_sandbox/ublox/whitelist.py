# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The device whitelist (u-blox Security Services REST API, /device/whitelist; Device Whitelist guide)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.exchange import Access
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.listing import CountedList
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.store import Row, Store
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.api import (
    SUCCESS,
    Call,
    Endpoint,
    Upload,
    bad_request,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.identifiers import (
    HEX_ID,
    IMEI,
    PAGE_NUMBER,
    ROT_PUBLIC_UIDS,
    normal_id,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.paging import paged
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.validation import (
    AnyOf,
    Field,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.world import World

ADD, DELETE = "ADD", "DELETE"
ROT, BY_IMEI = "ROTPublicUID", "IMEI"
HEADER = "Id,Type,Action"


@dataclass(frozen=True, slots=True)
class Entry:
    """One device on the list; `value` is what is compared, `shown` what was written first."""

    kind: str
    value: str
    shown: str


def rot_entries(ids: Iterable[str]) -> list[Entry]:
    """Entries for ROTPublicUIDs."""
    return [Entry(ROT, normal_id(text), text) for text in ids]


def imei_entries(store: Store, imeis: Iterable[str]) -> list[Entry]:
    """Entries for IMEIs: a device that the account knows stands on the list with its ROTPublicUID."""
    entries = []
    for imei in imeis:
        device = store.row("SELECT rot, shown FROM device WHERE imei = ?", imei)
        entries.append(Entry(ROT, device["rot"], device["shown"]) if device else Entry(BY_IMEI, imei, imei))
    return entries


def change(store: Store, action: str, entries: Iterable[Entry]) -> None:
    """Add or delete entries; what is there already, or is not there, stays as it is."""
    if action == ADD:
        store.execute_many(
            "INSERT OR IGNORE INTO whitelist (kind, value, shown) VALUES (?, ?, ?)",
            ((entry.kind, entry.value, entry.shown) for entry in entries),
        )
    else:
        store.execute_many(
            "DELETE FROM whitelist WHERE kind = ? AND value = ?",
            ((entry.kind, entry.value) for entry in entries),
        )


def add(call: Call) -> Any:
    """/device/whitelist/add with JSON."""
    store = call.world.store
    entries = rot_entries(call.get("ROTPublicUIDs") or ()) + imei_entries(store, call.get("IMEIs") or ())
    change(store, call.values.get("Action", ADD), entries)
    return SUCCESS


def upload(world: World, body: bytes) -> Any:
    """/device/whitelist/add with a CSV file: all rows, in their order, or none."""
    entries: list[Entry] = []
    pending = ADD
    for action, text in parse_csv(body):
        if action != pending:
            change(world.store, pending, entries)
            entries, pending = [], action
        entries.append(Entry(ROT, normal_id(text), text))
    change(world.store, pending, entries)
    return SUCCESS


def parse_csv(body: bytes) -> list[tuple[str, str]]:
    """(action, id) of each data row; 400 that names the first wrong row.

    A shell sends the guide's sample with backslash, r, backslash, n instead of line ends, so these four
    characters end a line too. Empty lines are passed over.
    """
    try:
        text = body.decode("ascii")
    except UnicodeDecodeError as error:
        raise bad_request("The file is not ASCII text") from error
    lines = text.replace("\\r\\n", "\n").replace("\\n", "\n").replace("\r\n", "\n").split("\n")
    numbered = [(number, line.strip()) for number, line in enumerate(lines, start=1) if line.strip()]
    if not numbered or _cells(numbered[0][1]) != HEADER.split(","):
        raise bad_request(f"The first row must be {HEADER}")
    if len(numbered) == 1:
        raise bad_request("The file has no data rows")
    return [_data_row(number, line) for number, line in numbered[1:]]


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.split(",")]


def _data_row(number: int, line: str) -> tuple[str, str]:
    cells = _cells(line)
    if len(cells) != 3:
        raise bad_request(f"Row {number} must have the three columns {HEADER}")
    text, kind, action = cells
    if not HEX_ID.fullmatch(text):
        raise bad_request(f"Row {number}: Invalid ROTPublicUID")
    if kind != ROT:
        raise bad_request(f"Row {number}: Type must be {ROT}")
    if action not in (ADD, DELETE):
        raise bad_request(f"Row {number}: Action must be {ADD} or {DELETE}")
    return action, text


def show_entry(row: Row) -> Any:
    """An entry as /device/whitelist/get lists it."""
    return row["shown"] if row["kind"] == ROT else {"IMEI": row["shown"]}


def get(call: Call) -> Any:
    """/device/whitelist/get"""
    return paged(
        call,
        "DeviceWhitelist",
        CountedList("whitelist", "SELECT kind, shown FROM whitelist WHERE 1"),
        show_entry,
    )


ENDPOINTS = (
    Endpoint(
        "/device/whitelist/add",
        Access.WRITE,
        add,
        (
            Field(
                "ROTPublicUIDs",
                "strings",
                aliases=("RoTPublicUIDs",),
                pattern=HEX_ID,
                refusal=ROT_PUBLIC_UIDS.refusal,
            ),
            Field("IMEIs", "strings", pattern=IMEI, refusal="Invalid IMEIs"),
            Field("Action", "string", choices=(ADD, DELETE)),
        ),
        (AnyOf(("ROTPublicUIDs", "IMEIs")),),
        message_key="Message",
        upload=Upload("application/octet-stream", upload),
    ),
    Endpoint("/device/whitelist/get", Access.READ, get, (PAGE_NUMBER,)),
)
