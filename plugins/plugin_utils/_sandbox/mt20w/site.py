# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the simulated host knows: site keys, readers and credentials, in the sandbox's store."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from ansible_collections.edgeops.device_trust.plugins.module_utils._live.mt20w.codec import (
    CREDENTIAL_BYTES,
    Mt20wError,
    SiteKey,
    parse_serial,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._mt20w.stores import advance_row
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._mt20w.verifier import Mode
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.credentials import SITE_KEY
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.shape import Key, checked
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.store import Store

SECTOR_BYTES, MOST_SECTORS = 48, 13
"""How much a credential holds ("MT20W ENGAGE Services", POST /api/credentials/scan)."""

USB_READER, WIFI_READER = "A0C1777700000017", "A0C1777700000020"
UNCOMMISSIONED_READER = "A0C1777700000014"
"""The reader of the specification's second sample, whose token was made with another site key."""

DEFAULT: Mapping[str, Any] = {
    "site_keys": [SITE_KEY],
    "readers": [
        {"serial": USB_READER, "mode": "usb"},
        {"serial": WIFI_READER, "mode": "wifi"},
        {"serial": UNCOMMISSIONED_READER, "mode": "usb", "commissioned": False},
    ],
    "credentials": [
        {"credential": "2523a4626cf123ddc56ac3849b860f40", "badge_id": "65535"},
        {"credential": "fa4e0000000000000000000000000002", "badge_id": "22", "associated": False},
    ],
}
"""The first credential is the one of the specification's sample request."""

_SECTION = {"site_keys": Key(list, item=str), "readers": Key(list), "credentials": Key(list)}
READER = {"serial": Key(str, required=True), "mode": Key(str), "commissioned": Key(bool)}
CREDENTIAL = {
    "credential": Key(str, required=True),
    "badge_id": Key(str),
    "associated": Key(bool),
    "sectors": Key(int),
}


_Parsed = TypeVar("_Parsed")


class SiteError(ValueError):
    """Something that the host of a site cannot be given."""


@dataclass(frozen=True, slots=True)
class Credential:
    """A credential that the host knows."""

    associated: bool
    data: bytes
    """What the reader is to write to it: whole sectors."""


class StoredNumbers:
    """The numbers of the readers in the sandbox's store; the caller has a transaction open."""

    blocks = False

    def __init__(self, store: Store) -> None:
        self._store = store

    def advance(self, serial: str, presented: str, fresh: str) -> bool:
        """See NumberStore."""
        return advance_row(self._store.execute, serial, presented, fresh)

    def forget(self, serial: str) -> None:
        """See NumberStore."""
        self._store.execute("DELETE FROM mt20w_number WHERE serial = ?", serial)


class Site:
    """The site that one simulated host serves."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.numbers = StoredNumbers(store)

    def load(self, section: Any) -> None:
        """Take the section `mt20w` of a seed. Raises SiteError and ShapeError."""
        given = checked(section, _SECTION, "mt20w")
        self.set_keys(given.get("site_keys", [SITE_KEY]))
        for reader in given.get("readers", []):
            self.commission(**checked(reader, READER, "a reader"))
        for credential in given.get("credentials", []):
            self.add_credential(**checked(credential, CREDENTIAL, "a credential"))

    def keys(self) -> list[SiteKey]:
        """The site keys, the current one first."""
        rows = self._store.rows("SELECT key FROM mt20w_site_key ORDER BY position")
        return [SiteKey.from_hex(row["key"]) for row in rows]

    def set_keys(self, keys: Sequence[str]) -> None:
        """Accept these site keys from now on, the current one first. Raises SiteError."""
        if not keys:
            raise SiteError("a host needs at least one site key")
        checked_keys = [_valid(SiteKey.from_hex, key).raw.hex().upper() for key in keys]
        self._store.execute("DELETE FROM mt20w_site_key")
        self._store.execute_many("INSERT INTO mt20w_site_key VALUES (?, ?)", list(enumerate(checked_keys)))

    def mode(self, serial: str) -> Mode | None:
        """How the reader was commissioned; None if it is not."""
        mode = self._store.value("SELECT mode FROM mt20w_reader WHERE serial = ? AND commissioned", serial)
        return Mode(mode) if mode else None

    def commission(self, serial: str, mode: str = "usb", commissioned: bool = True) -> None:
        """Commission a reader, or take it out of service; its next request is its first. Raises SiteError."""
        if mode not in set(Mode):
            raise SiteError(f"mode must be one of {', '.join(Mode)}")
        number = _valid(parse_serial, serial)
        self._store.execute("INSERT OR REPLACE INTO mt20w_reader VALUES (?, ?, ?)", number, mode, commissioned)
        self.numbers.forget(number)

    def credential(self, credential: bytes) -> Credential | None:
        """What the host knows of a credential; None if nothing."""
        row = self._store.row("SELECT associated, data FROM mt20w_credential WHERE credential = ?", credential.hex())
        return Credential(bool(row["associated"]), bytes.fromhex(row["data"])) if row else None

    def add_credential(self, credential: str, badge_id: str = "0", associated: bool = True, sectors: int = 2) -> None:
        """Make the host know a credential, with fake data of so many sectors. Raises SiteError."""
        if not 0 <= sectors <= MOST_SECTORS:
            raise SiteError(f"sectors must be from 0 to {MOST_SECTORS}")
        try:
            raw = bytes.fromhex(credential)
        except ValueError:
            raw = b""
        if len(raw) != CREDENTIAL_BYTES:
            raise SiteError(f"credential must be {2 * CREDENTIAL_BYTES} hexadecimal digits")
        data = hashlib.shake_256(b"fake no-tour data " + raw).hexdigest(sectors * SECTOR_BYTES)
        self._store.execute(
            "INSERT OR REPLACE INTO mt20w_credential VALUES (?, ?, ?, ?)", raw.hex(), badge_id, associated, data
        )

    def put_out_of_step(self) -> None:
        """Make every number that a reader was told useless, as after a host lost its memory of them."""
        self._store.execute("UPDATE mt20w_number SET issued = 'lost', offered = 'lost'")

    def to_json(self) -> dict[str, Any]:
        """As the control API shows it. The keys are fake and no secrets."""
        return {
            "site_keys": [key.raw.hex().upper() for key in self.keys()],
            "readers": [
                {"serial": row["serial"], "mode": row["mode"], "commissioned": bool(row["commissioned"])}
                for row in self._store.rows("SELECT * FROM mt20w_reader ORDER BY serial")
            ],
            "credentials": [
                {
                    "credential": row["credential"],
                    "badge_id": row["badge_id"],
                    "associated": bool(row["associated"]),
                    "sectors": len(row["data"]) // 2 // SECTOR_BYTES,
                }
                for row in self._store.rows("SELECT * FROM mt20w_credential ORDER BY credential")
            ],
        }


def _valid(parse: Callable[[str], _Parsed], text: str) -> _Parsed:
    try:
        return parse(text)
    except Mt20wError as error:
        raise SiteError(str(error)) from error
