# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An account, and a declaration that takes sixty changes of it: every kind, every action, and what waits for what."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

CHANGES = 60
REQUESTS = 75
WRITING_CALLS = (
    "/tag/create",
    "/tag/delete",
    "/tag/assign",
    "/tag/remove",
    "/ztp/rootca/create",
    "/ztp/rootca/update",
    "/ztp/rootca/delete",
    "/deviceprofile/bootstrapprovisioning/set",
    "/deviceprofile/bootstrapprovisioning/delete",
    "/device/whitelist/add",
    "/notification/webhook/create",
    "/notification/webhook/update",
    "/notification/webhook/delete",
)
DEVICE_CALLS = (
    "/device/provisioning/set",
    "/device/provisioning/delete",
    "/ztp/devicecertificate/renew",
    "/ztp/devicecertificate/revoke",
    "/ztp/devicecertificate/rootca/transfer",
    "/e2e/key/rotate",
)
"""Those that tell devices something, which the declaration here does not take."""
TOKENS = {"HOOK_TOKEN": "Bearer fake-canary-hook", "NEW_TOKEN": "Bearer fake-canary-new"}
_BOOTSTRAP, _ERRORS = "DEVICE_BOOTSTRAP_EVENT", "DEVICE_ERRORS_EVENT"


def _names(stem: str, count: int) -> list[str]:
    return [f"{stem}-{number:02d}" for number in range(1, count + 1)]


def _url(name: str) -> str:
    return f"https://{name}.example.com/hook"


def _ca(name: str, renew: int, days: int = 3650) -> dict[str, Any]:
    return {"name": name, "ca_validity_days": days, "device_validity_days": 365, "renew_before_days": renew}


def _live_hook(name: str, event: str = _BOOTSTRAP) -> dict[str, str]:
    return {"url": _url(name), "type": event, "token": TOKENS["HOOK_TOKEN"]}


def _provisioning(root_ca: str = "", heartbeat: int = 0) -> dict[str, Any]:
    return {
        "Authorizations": [{"Name": "LocalDPR", "State": "ENABLED"}],
        **({"NetworkParameters": {"SecurityHeartbeatInSec": heartbeat}} if heartbeat else {}),
        **({"Zerotouch": {"CAName": root_ca}} if root_ca else {}),
    }


SEED: dict[str, Any] = {
    "settings": {"webhook_tokens": "returned"},
    "tags": [*_names("old", 5), *_names("kept", 3)],
    "root_cas": [_ca("up-01", 30), _ca("up-02", 30), _ca("gone-01", 30), _ca("gone-02", 30), _ca("remade", 30, 1825)],
    "profiles": [
        *({"name": name, "tags": ["kept-01", f"old-{n % 5 + 1:02d}"]} for n, name in enumerate(_names("profile", 5))),
        {"name": "profile-06", "tags": ["old-01"], "provisioning": _provisioning(root_ca="gone-01")},
        {"name": "profile-07", "tags": ["old-02"], "provisioning": _provisioning(root_ca="gone-02")},
        {"name": "profile-08", "tags": ["old-03"], "provisioning": _provisioning(heartbeat=3600)},
        {"name": "profile-09", "provisioning": _provisioning(heartbeat=3600)},
        {"name": "profile-10", "provisioning": _provisioning(root_ca="up-02")},
    ],
    "whitelist": {"first_id": "0002000100000000", "count": 500},
    "webhooks": [
        _live_hook("up-01"),
        _live_hook("up-02"),
        _live_hook("up-02", _ERRORS),
        _live_hook("up-03"),
        *(_live_hook(name) for name in _names("gone", 4)),
        _live_hook("stays"),
    ],
    "calamp": {"test_devices": False},
}


def _env(name: str) -> str:
    return f"<env {name}>"


def _hook(name: str, token: str, *events: str) -> dict[str, Any]:
    return {"url": _url(name), "events": list(events), "authorization_token": _env(token)}


def _profile(number: int, provisioning: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": f"profile-{number:02d}",
        "tags": ["kept-02", f"new-{number:02d}"],
        "bootstrap_provisioning": provisioning,
    }


def declaration() -> dict[str, Any]:
    """The declaration as data; the values of environment variables as ``<env NAME>``."""
    absent = {"state": "absent"}
    return {
        "version": 1,
        "account": "rehearsal",
        "tags": [*_names("new", 14), *({"name": name, **absent} for name in _names("old", 5))],
        "root_cas": [
            *(_ca(name, 60) for name in _names("fresh", 6)),
            _ca("up-01", 60),
            _ca("up-02", 60),
            {**_ca("remade", 30), "replace": True},
            *({"name": name, **absent} for name in _names("gone", 2)),
        ],
        "device_profiles": [
            *(_profile(n, {"root_ca": f"fresh-{n:02d}", "authorizations": {"ZTPV1": "enabled"}}) for n in range(1, 6)),
            _profile(6, {"root_ca": "fresh-06"}),
            _profile(7, {"root_ca": "up-01"}),
            _profile(8, {"security_heartbeat_seconds": 86400}),
            {"name": "profile-09", "bootstrap_provisioning": absent},
        ],
        "whitelist": {"mode": "exclusive", "ids": [f"{0x0002000100000000 + n:016x}" for n in range(3, 2553)]},
        "webhooks": [
            *(_hook(name, "HOOK_TOKEN", _BOOTSTRAP) for name in _names("fresh", 3)),
            *(_hook(name, "NEW_TOKEN", _BOOTSTRAP, _ERRORS) for name in ("fresh-04", "fresh-05")),
            _hook("up-01", "HOOK_TOKEN", _BOOTSTRAP, _ERRORS),
            _hook("up-02", "HOOK_TOKEN", _ERRORS),
            _hook("up-03", "NEW_TOKEN", _BOOTSTRAP),
            *({"url": _url(name), **absent} for name in _names("gone", 4)),
        ],
    }


def write_document(path: Path, declared: Mapping[str, Any] | None = None) -> Path:
    """The declaration as a document, secrets by ``!env``."""
    text = json.dumps(declared or declaration(), indent=1, ensure_ascii=False)
    path.write_text(re.sub(r'"<env (\w+)>"', r"!env \1", text))
    return path


def comparable(state: Any) -> Any:
    """An account's state without what two runs cannot have in common: the keys of certificates, and times."""
    if isinstance(state, dict):
        unlike = {"certificate_sha256", "created", "uid", "serial", "expires"}
        return {name: comparable(value) for name, value in state.items() if name not in unlike}
    return [comparable(item) for item in state] if isinstance(state, list) else state


def writes(ledger: Any) -> Counter[str]:
    """How often each writing call was made, by path."""
    counted = {*WRITING_CALLS, *DEVICE_CALLS}
    return Counter({path: n for path, n in ledger["ublox"]["by_path"].items() if path in counted})
