# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The devices of the password manager and their fake passwords."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.store import Row, Store

FIRST_TEST_ESN, TEST_ESNS = 1110110001, 501
PASSWORD_FIELDS = ("user", "atCmdSms", "guiEngr", "gui1", "ukey")
FIELDS = (
    "esn",
    "imei",
    "mac",
    "user",
    "atCmdSms",
    "guiEngr",
    "gui1",
    "wifi0",
    "createdOn",
    "modifiedOn",
    "ukey",
)
SPECIALS = "{}^*?=%>\\'\"$"
_FIRST_CREATED = datetime(2021, 5, 13, 19, 19, 16, 414000, UTC)

SAMPLES: dict[str, tuple[str, dict[str, str]]] = {
    "1110110001": (
        "2021-05-13T19:19:16.414+00:00",
        {
            "user": "Ehqmug44*",
            "atCmdSms": "Nyfuwk83{",
            "guiEngr": "Sgnlen50^",
            "gui1": "Qjastg25^",
            "ukey": "Rnwkup89=",
        },
    ),
    "1110110002": (
        "2021-05-13T19:44:39.129+00:00",
        {
            "user": "Whikmx05{",
            "atCmdSms": "Iqvzhv38?",
            "guiEngr": "Ncmwng57=",
            "gui1": "Upojjt01%",
            "ukey": "Vmmdsf33>",
        },
    ),
}
"""The two test devices that the specification prints, with their fictitious passwords."""


class UnknownDevice(LookupError):
    """A device, or a field of it, that does not exist."""


def stamp(moment: datetime) -> str:
    """`2021-05-13T19:19:16.414+00:00`"""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def fake_password(esn: str, field: str, generation: str = "") -> str:
    """Six letters, two digits and a special character, the same for the same arguments."""
    digest = hashlib.sha256(f"{esn}/{field}/{generation}".encode()).digest()
    letters = "".join(chr(ord("a") + byte % 26) for byte in digest[:6]).capitalize()
    return f"{letters}{digest[6] % 10}{digest[7] % 10}{SPECIALS[digest[8] % len(SPECIALS)]}"


def add_test_devices(store: Store) -> None:
    """The 501 ESNs of the test account. Every second one, after the two printed, has IMEI and MAC too."""
    rows, passwords = [], []
    for number in range(TEST_ESNS):
        esn = str(FIRST_TEST_ESN + number)
        created, printed = SAMPLES.get(esn, (stamp(_FIRST_CREATED + timedelta(minutes=25, seconds=7) * number), {}))
        keyed = esn not in SAMPLES and number % 2 == 0
        imei = f"35969807{number:07d}" if keyed else None
        mac = f"02:CA:1A:00:{number >> 8:02X}:{number & 255:02X}" if keyed else None
        rows.append((esn, imei, mac, created, created))
        passwords += [(esn, field, value) for field, value in printed.items()]
    store.execute_many("INSERT INTO calamp_device VALUES (?, ?, ?, ?, ?)", rows)
    store.execute_many("INSERT INTO calamp_password VALUES (?, ?, ?)", passwords)


def add_device(store: Store, now: datetime, esn: str, imei: str | None = None, mac: str | None = None) -> None:
    """One more device."""
    created = stamp(now)
    store.execute("INSERT OR REPLACE INTO calamp_device VALUES (?, ?, ?, ?, ?)", esn, imei, mac, created, created)


def regenerate(store: Store, now: datetime, esn: str, fields: Sequence[str] = ()) -> dict[str, Any]:
    """Give a device new passwords, in all fields or in those named. Raises UnknownDevice."""
    row = store.row("SELECT * FROM calamp_device WHERE esn = ?", esn)
    if row is None:
        raise UnknownDevice(f"there is no CalAmp device with the ESN {esn!r}")
    unknown = [field for field in fields if field not in PASSWORD_FIELDS]
    if unknown:
        raise UnknownDevice(f"there is no password {unknown[0]!r}; there are {', '.join(PASSWORD_FIELDS)}")
    modified = _later(row["modified"], now)
    changed = list(fields) or list(PASSWORD_FIELDS)
    store.execute("UPDATE calamp_device SET modified = ? WHERE esn = ?", modified, esn)
    store.execute_many(
        "INSERT OR REPLACE INTO calamp_password VALUES (?, ?, ?)",
        [(esn, field, _different(store, esn, field, modified)) for field in changed],
    )
    return {"esn": esn, "fields": changed, "modifiedOn": modified}


def _later(previous: str, now: datetime) -> str:
    """A moment after the previous one, also when the clock was moved back."""
    return stamp(max(now, datetime.fromisoformat(previous) + timedelta(milliseconds=1)))


def _different(store: Store, esn: str, field: str, generation: str) -> str:
    kept = store.value("SELECT value FROM calamp_password WHERE esn = ? AND field = ?", esn, field)
    before = kept or fake_password(esn, field)
    value = fake_password(esn, field, generation)
    return value if value != before else fake_password(esn, field, generation + "+")


def entry(row: Row, kept: dict[str, str]) -> dict[str, Any]:
    """A device with all its passwords, in the order of the printed sample."""
    esn = row["esn"]
    values = {field: kept.get(field) or fake_password(esn, field) for field in PASSWORD_FIELDS}
    values |= {
        "esn": esn,
        "imei": row["imei"],
        "mac": row["mac"],
        "wifi0": f"Esn-{esn}",
        "createdOn": row["created"],
        "modifiedOn": row["modified"],
    }
    return {"devicePassword": {field: values[field] for field in FIELDS}}
