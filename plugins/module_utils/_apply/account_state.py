# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where this machine keeps what belongs to an account: journals, the lock, the memory of sent secrets.

The live account is the state; nothing here is needed to plan or to apply.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .._model.digest import digest_of

_PRODUCT = "device-trust"


def account_fingerprint(url: str, identity: str) -> str:
    """Tells accounts apart: where the API is, and the APIKey (which is a name, not a secret) that opens it."""
    return digest_of({"url": url.rstrip("/").lower(), "identity": identity})


@dataclass(frozen=True, slots=True)
class AccountState:
    """The directory of one account."""

    directory: Path

    @classmethod
    def of(cls, fingerprint: str, environ: Mapping[str, str] | None = None) -> AccountState:
        """Below DEVICE_TRUST_STATE, or where the XDG base directory specification says."""
        environ = os.environ if environ is None else environ
        root = environ.get("DEVICE_TRUST_STATE")
        if not root:
            state_home = environ.get("XDG_STATE_HOME")
            root = str((Path(state_home) if state_home else Path.home() / ".local" / "state") / _PRODUCT)
        return cls(Path(root) / fingerprint.removeprefix("sha256:")[:16])

    @property
    def journals(self) -> Path:
        return self.directory / "journals"

    @property
    def lock(self) -> Path:
        return self.directory / "apply.lock"
