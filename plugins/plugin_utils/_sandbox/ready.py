# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the sandbox says when it is ready: where it is, and every fake credential that a client needs."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import Any

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox import credentials
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.mt20w.site import Site
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.store import Store

PREFIXES = {"ublox": "/ublox/v1", "calamp": "/calamp", "mt20w": "/mt20w", "control": "/_sandbox"}


@dataclass(frozen=True, slots=True)
class Address:
    """Where the sandbox listens; `ca_bundle` is the CA that its clients must trust, None for plain HTTP."""

    host: str
    port: int
    ca_bundle: str | None = None

    def urls(self) -> dict[str, str]:
        """The base URL of each system. A wildcard address is written so that one can connect to it."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)
        scheme = "https" if self.ca_bundle else "http"
        base = f"{scheme}://{f'[{host}]' if ':' in host else host}:{self.port}"
        return {name: base + prefix for name, prefix in PREFIXES.items()}


def text_line(address: Address, store: Store) -> str:
    """For people."""
    urls = address.urls()
    mt20w = f"MT20W {urls['mt20w']} (site key {_site_key(store)})"
    trust = f"  trust {address.ca_bundle}" if address.ca_bundle else ""
    systems = f"u-blox {urls['ublox']}  CalAmp {urls['calamp']}  {mt20w}  control {urls['control']}"
    return f"device-trust sandbox ready: {systems}{trust}"


def json_line(address: Address, store: Store) -> str:
    """For programs."""
    urls, ctc, puls = address.urls(), credentials.CTC, credentials.PULS
    site = Site(store).to_json()
    document: dict[str, Any] = {
        "ublox": {"url": urls["ublox"], "api_key": credentials.API_KEY, "api_secret": credentials.API_SECRET},
        "calamp": {
            "url": urls["calamp"],
            "username": ctc.username,
            "password": ctc.password,
            "app_key": ctc.app_key,
            "puls": {"username": puls.username, "password": puls.password, "app_key": puls.app_key},
        },
        "mt20w": {"url": urls["mt20w"], "site_key": _site_key(store), "readers": site["readers"]},
        "control": {"url": urls["control"]},
        "ca_bundle": address.ca_bundle,
        "pid": os.getpid(),
    }
    return json.dumps(document)


def _site_key(store: Store) -> str:
    return str(Site(store).to_json()["site_keys"][0])
