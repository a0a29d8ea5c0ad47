# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Connection options that cannot be used: an error that names the option, and not one request."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.edgeops.device_trust.plugins.module_utils import _engine
from ansible_collections.edgeops.device_trust.plugins.module_utils._live.errors import InvalidConnection
from tests.support.sandbox import Sandbox

PASSWORD = "fake-proxy-password"
CLOSED = "https://127.0.0.1:1/v1"

UNUSABLE: dict[str, tuple[dict[str, Any], str]] = {
    "no URL": ({"api_url": "ssapi.example.com/v1"}, "api_url must be an https URL"),
    "an empty URL": ({"api_url": ""}, "api_url must be an https URL"),
    "another scheme": ({"api_url": "ftp://127.0.0.1/v1"}, "api_url must be an https URL"),
    "plain http to another machine": ({"api_url": "http://ssapi.example.com/v1"}, "plain http to 'ssapi.example.com'"),
    "plain http to a name that begins alike": ({"api_url": "http://127.0.0.1.example.com/v1"}, "plain http to"),
    "plain http to an address nearby": ({"api_url": "http://128.0.0.1/v1"}, "plain http to"),
    "a password in the URL": ({"api_url": f"https://user:{PASSWORD}@127.0.0.1/v1"}, "must not hold credentials"),
    "a port that is none": ({"api_url": "https://127.0.0.1:abc/v1"}, "api_url"),
    "a port beyond": ({"api_url": "https://127.0.0.1:99999/v1"}, "api_url"),
    "half an address": ({"api_url": "https://[::1/v1"}, "api_url"),
    "a control character": ({"api_url": "https://127.0.0.1\u0007/v1"}, "api_url"),
    "a host that is none": ({"api_url": "https://\u2603..example/v1"}, "api_url"),
    "a proxy that is no URL": ({"proxy": "nonsense"}, "proxy"),
    "a proxy of another kind": ({"proxy": f"ftp://user:{PASSWORD}@127.0.0.1:1"}, "proxy"),
    "no time at all": ({"timeout": 0.0}, "timeout"),
    "negative time": ({"timeout": -1.0}, "timeout"),
    "time that is no number": ({"timeout": float("nan")}, "timeout"),
    "a CA bundle that is not there": ({"api_url": CLOSED, "ca_bundle": "/nonexistent.pem"}, "No such file"),
    "a CA bundle that is a folder": ({"api_url": CLOSED, "ca_bundle": "/"}, "ca_bundle '/' cannot be read"),
    "a CA bundle without certificates": ({"api_url": CLOSED, "ca_bundle": __file__}, "cannot be read as PEM"),
    "a token that no header can hold": ({"api_token": "fake\ntoken"}, "api_token"),
    "a token that is not ASCII": ({"api_token": "fake-\u2603"}, "api_token"),
    "no credentials": ({"api_key": None, "api_secret": None}, "no credentials for u-blox Security Services"),
    "a key without its secret": ({"api_secret": None}, "no credentials for u-blox Security Services"),
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_it_is_refused_before_any_request(sandbox: Sandbox, name: str) -> None:
    wrong, words = UNUSABLE[name]
    env = sandbox.env()
    options = {
        **{option: env[f"UBLOX_{option.upper()}"] for option in ("api_url", "api_key", "api_secret")},
        "api_token": None,
        "timeout": 5.0,
        "ca_bundle": None,
        "proxy": None,
        **wrong,
    }

    with (
        pytest.raises(InvalidConnection) as failure,
        _engine.connect(_engine.Connection.from_options(options)) as account,
    ):
        _engine.plan(_engine.load_data({"tags": ["downtown"]}), account)

    assert words in str(failure.value)
    assert PASSWORD not in str(failure.value)
    assert sandbox.requests()["ublox"]["by_path"] == {}
