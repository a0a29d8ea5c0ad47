# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The account to talk to: credentials from the environment, the rest from options."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ansible_collections.edgeops.device_trust.plugins.module_utils._engine import (
    DEFAULT_URL,
    Connection,
    DeviceTrustError,
)

if TYPE_CHECKING:
    from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.options import ConnectionOptions

_NO_CREDENTIALS = (
    "no credentials: set UBLOX_API_KEY and UBLOX_API_SECRET, or UBLOX_API_TOKEN, in the environment; "
    "for a rehearsal without an account: device-trust sandbox"
)


def connection_of(options: ConnectionOptions) -> Connection:
    """Raises DeviceTrustError when there are no credentials."""
    key, secret, token = (os.environ.get(f"UBLOX_API_{name}") for name in ("KEY", "SECRET", "TOKEN"))
    if not token and not (key and secret):
        raise DeviceTrustError(_NO_CREDENTIALS)
    return Connection.from_options(
        {
            "api_url": options.api_url or DEFAULT_URL,
            "api_key": key,
            "api_secret": secret,
            "api_token": token,
            "timeout": options.timeout,
            "ca_bundle": str(options.ca_bundle) if options.ca_bundle else None,
            "proxy": options.proxy,
        }
    )


def check_account(declared: str) -> None:
    """Where UBLOX_ACCOUNT says which account the credentials open, a declaration must be for that one.

    Raises DeviceTrustError.
    """
    wanted = os.environ.get("UBLOX_ACCOUNT")
    if wanted and declared != wanted:
        named = f"for account {declared!r}" if declared else "without an 'account:'"
        raise DeviceTrustError(
            f"the declaration is {named}, but the credentials are for {wanted!r} (UBLOX_ACCOUNT); nothing was sent"
        )
