# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The properties that can be provisioned: authorizations, network parameters, zero touch.

The form is that of the webhook examples (u-blox Security Services REST API, /notification/webhook/create):
`{"Authorizations": [{"Name": "LocalDPR", "State": "ENABLED"}]}`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.store import Store
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.api import bad_request

PARTS = ("Authorizations", "NetworkParameters", "Zerotouch")
AUTHORIZATIONS = ("LocalDPR", "LocalC2C", "LocalC2CKeyPairing", "ZTPV1")
"""What a request can set."""
EVALUATION = "Evaluation"
"""One more that changes without the API (/notification/webhook/create, DEVICE_PROPERTIES_CHANGE_EVENT)."""
STATES = ("ENABLED", "DISABLED")
MOST_SECONDS = 2**31 - 1

Properties = dict[str, Any]
"""`{"Authorizations": {name: state}, "NetworkParameters": {...}, "Zerotouch": {...}}`, each part optional."""


def parse_provisioning(store: Store, document: Any) -> Properties:
    """The properties named in a request; 400 if one is wrong or none is named."""
    if not isinstance(document, dict):
        raise bad_request("Provisioning must be an object")
    parts = {
        "Authorizations": _authorizations(document.get("Authorizations", [])),
        "NetworkParameters": _network_parameters(document.get("NetworkParameters", {})),
        "Zerotouch": _zerotouch(store, document.get("Zerotouch", {})),
    }
    named = {name: part for name, part in parts.items() if part}
    if not named:
        raise bad_request("Provisioning names no property")
    return named


def _authorizations(entries: Any) -> dict[str, str]:
    if not isinstance(entries, list):
        raise bad_request("Authorizations must be an array")
    states: dict[str, str] = {}
    for entry in entries:
        if not isinstance(entry, dict):
            raise bad_request("Authorizations must hold objects")
        name, state = entry.get("Name"), entry.get("State")
        if name not in AUTHORIZATIONS:
            raise bad_request(f"Authorization Name must be one of {', '.join(AUTHORIZATIONS)}")
        if state not in STATES:
            raise bad_request(f"Authorization State must be one of {', '.join(STATES)}")
        if name in states:
            raise bad_request(f"Authorization {name} is given twice")
        states[name] = state
    return states


def _network_parameters(document: Any) -> dict[str, int]:
    if not isinstance(document, dict):
        raise bad_request("NetworkParameters must be an object")
    if "SecurityHeartbeatInSec" not in document:
        return {}
    seconds = document["SecurityHeartbeatInSec"]
    if not isinstance(seconds, int) or isinstance(seconds, bool) or not 1 <= seconds <= MOST_SECONDS:
        raise bad_request("SecurityHeartbeatInSec must be a positive integer of 32 bits")
    return {"SecurityHeartbeatInSec": seconds}


def _zerotouch(store: Store, document: Any) -> dict[str, str]:
    if not isinstance(document, dict):
        raise bad_request("Zerotouch must be an object")
    if "CAName" not in document:
        return {}
    name = document["CAName"]
    known = isinstance(name, str) and name.isascii()
    if not known or not store.value("SELECT 1 FROM root_ca WHERE name = ?", name):
        raise bad_request("Unknown CAName")
    return {"CAName": name}


def merged(present: Properties, changes: Properties) -> Properties:
    """Set the parts and names given, keep the others."""
    return {
        name: {**present.get(name, {}), **changes.get(name, {})} for name in PARTS if name in present or name in changes
    }


def root_ca_of(properties: Properties) -> str | None:
    """The root CA that the properties name, if any."""
    name: str | None = properties.get("Zerotouch", {}).get("CAName")
    return name


def shown(properties: Properties) -> dict[str, Any]:
    """The properties as answers show them."""
    return _listed(properties, lambda _name: {})


def shown_with_dates(properties: Properties, key: str, dates: Mapping[str, str], usual: str) -> dict[str, Any]:
    """The same, with the date of each authorization under `key`; `usual` is that of all that are not in `dates`."""
    return _listed(properties, lambda name: {key: dates.get(name, usual)})


def _listed(properties: Properties, more: Callable[[str], dict[str, str]]) -> dict[str, Any]:
    answer = dict(properties)
    states = properties.get("Authorizations")
    if states is not None:
        answer["Authorizations"] = [
            {"Name": name, "State": states[name], **more(name)}
            for name in (*AUTHORIZATIONS, EVALUATION)
            if name in states
        ]
    return answer
