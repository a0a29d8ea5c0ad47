# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What was last sent as a secret that the service does not return: a keyed digest, so that a change is noticed.

The key is made on this machine and stays here; the digests tell nothing without it, and not the secret with it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable
from pathlib import Path

from .._model.desired import Desired
from .._model.secret import Secret
from .._model.values import Attributes
from .._plan.plan import Change
from .lock import sole_writer
from .whole_file import write_whole

_FILE = "sent-secrets.json"
_KEY_FILE = "key"


class SecretMemory:
    """Remembers, for one account, which secrets were sent. Nothing is written until something is remembered."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._sent = _read_sent(directory / _FILE)
        self._key = _read_key(directory / _KEY_FILE)

    def differs(self, address: str, field: str, value: Secret) -> bool:
        """Whether another value than ``value`` was sent last; False where nothing is known."""
        known = self._sent.get(f"{address} {field}")
        return known is not None and not hmac.compare_digest(known, self._digest(value))

    def remember(self, sent: Iterable[Change], declared: Desired) -> None:
        """These changes were carried out: takes note of the secrets they sent, and forgets those of deleted objects.

        A secret of which nothing is known yet is taken to be the one that was sent: a later one is noticed then.
        """
        changed = [(change.address, change.declared) for change in sent]
        present = [
            (section.kind.address(item.name), item.attributes)
            for section in declared.sections.values()
            for item in section
            if not item.absent
        ]
        sendings = [*present, *((address, item.attributes) for address, item in changed if item)]
        if not self._sent and not any(map(_has_secret, (attributes for _unused, attributes in sendings))):
            return
        path = self._directory / _FILE
        with sole_writer(path.with_suffix(".lock")):
            self._sent, self._key = _read_sent(path), _read_key(self._directory / _KEY_FILE)
            before = dict(self._sent)
            for address, item in changed:
                if item is None or item.absent:
                    self._forget(address)
                else:
                    self._note(address, item.attributes)
            for address, attributes in present:
                self._note(address, attributes, new_only=True)
            if self._sent != before:
                write_whole(path, json.dumps(self._sent, indent=1, sort_keys=True).encode())

    def _forget(self, address: str) -> None:
        for name in [name for name in self._sent if name.startswith(f"{address} ")]:
            del self._sent[name]

    def _note(self, address: str, attributes: Attributes, *, new_only: bool = False) -> None:
        for field, value in attributes.items():
            name = f"{address} {field}"
            if isinstance(value, Secret) and not (new_only and name in self._sent):
                self._sent[name] = self._digest(value)

    def _digest(self, value: Secret) -> str:
        if self._key is None:
            self._key = secrets.token_bytes(32)
            write_whole(self._directory / _KEY_FILE, self._key)
        return hmac.new(self._key, value.reveal().encode(), hashlib.sha256).hexdigest()


def _has_secret(attributes: Attributes) -> bool:
    return any(isinstance(value, Secret) for value in attributes.values())


def _read_sent(path: Path) -> dict[str, str]:
    """What is remembered; a file that cannot be read is as good as none."""
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return {str(name): str(digest) for name, digest in found.items()} if isinstance(found, dict) else {}


def _read_key(path: Path) -> bytes | None:
    try:
        key = path.read_bytes()
    except OSError:
        return None
    return key if len(key) == 32 else None
