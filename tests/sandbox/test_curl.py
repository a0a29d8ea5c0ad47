# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The curl lines that the specifications print, byte for byte, sent by a real shell.

Only the placeholders are filled in: the services' addresses, and `[Bearer Token]`.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.raw import CalAmp, Ublox, devices
from tests.support.rules import rule
from tests.support.sandbox import Sandbox

ROOT = Path(__file__).parents[2]

WHITELIST_JSON = r"""curl --location --request POST 'https://ssapi.services.u-blox.com/v1/device/whitelist/add' \
--header 'Content-Type: application/json' \
--header 'Authorization: [Bearer Token]' \
--data-raw '{
"RoTPublicUIDs": ["fff0008003fa615"],
"Action": "ADD"
}'"""
WHITELIST_CSV = r"""curl --location --request POST 'https://ssapi.services.u-blox.com/v1/device/whitelist/add' \
--header 'Content-Type: application/octet-stream' \
--header 'Authorization: [Bearer Token]' \
--data-raw 'Id,Type,Action\r\n0002000089282256,ROTPublicUID,ADD\r\n\r\n'"""
BLACKLISTED = r"""curl --location --request POST 'https://ssapi.services.u-blox.com/v1/device/list/get' \
--header 'Content-Type: application/json' \
--header 'Authorization: [Bearer Token]' \
--data-raw '{"Filter": "BLACKLISTED"}'"""

LOGIN = r"""curl --location --request POST "https://connect.calamp.com/api/login" \
--header "Content-Type: application/json" \
--header "x-app-key: $APKY" \
--data-raw "{ \"username\": \"$USER\", \"password\": \"$PSWD\" }"
"""
RETRIEVE_GET = r"""KEY="esn"
VAL="1110110001,1110110002"
curl --location --request GET "https://connect.calamp.com/api/devices/passwords/$KEY?values=$VAL" \
--header "Content-Type: application/json" \
--header "x-app-key: $APKY" \
--header "Authorization: $AUTH"
"""
RETRIEVE_POST = r"""KEY="esn"
VAL="1110110001,1110110002"
curl --location --request POST "https://connect.calamp.com/api/devices/passwords/all" \
--header "Content-Type: application/json" \
--header "x-app-key: $APKY" \
--header "Authorization: $AUTH" \
--data-raw "{\"$KEY\":\"$VAL\"}"
"""
LOGOUT = r"""curl --location --request GET "https://connect.calamp.com/api/logout" \
--header "Authorization: $AUTH" \
--header "x-app-key: $APKY"
"""


def _shell(sample: str, sandbox: Sandbox, **variables: str) -> Any:
    """The JSON that a shell prints for a sample. Where there is no curl, a few lines of ours take its part."""
    command = "command curl" if shutil.which("curl") else f"'{sys.executable}' -m tests.support.curl"
    text = sample.replace("https://ssapi.services.u-blox.com/v1", sandbox.ublox_url)
    text = text.replace("https://connect.calamp.com", sandbox.calamp_url)
    done = subprocess.run(
        ["sh", "-c", f'curl() {{ {command} --silent "$@"; }}\n{text}'],
        cwd=ROOT,
        env={**os.environ, "no_proxy": "*", **variables},
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    return json.loads(done.stdout)


@pytest.fixture(params=["Bearer {}", "{}"])
def token(request: pytest.FixtureRequest, ublox: Ublox) -> str:
    """What stands for `[Bearer Token]`: with the word and without."""
    return str(request.param).format(ublox.tokens["AuthToken"])


@rule("whitelist.curl", "whitelist.spelling", "auth.bearer")
def test_the_guides_json_sample_whitelists_a_device(ublox: Ublox, sandbox: Sandbox, token: str) -> None:
    assert _shell(WHITELIST_JSON.replace("[Bearer Token]", token), sandbox) == {"Message": "Success"}
    assert ublox.ok("/device/whitelist/get")["DeviceWhitelist"][24:] == ["fff0008003fa615"]


@rule("whitelist.curl", "whitelist.csv")
def test_the_guides_csv_sample_whitelists_a_device_with_its_literal_backslashes(
    ublox: Ublox, sandbox: Sandbox, token: str
) -> None:
    assert _shell(WHITELIST_CSV.replace("[Bearer Token]", token), sandbox) == {"Message": "Success"}
    assert ublox.ok("/device/whitelist/get")["DeviceWhitelist"][24:] == ["0002000089282256"]


@rule("whitelist.curl", "devices.filter")
def test_the_guides_blacklist_sample_lists_the_blacklist(sandbox: Sandbox, token: str) -> None:
    assert _shell(BLACKLISTED.replace("[Bearer Token]", token), sandbox) == {
        "ROTPublicUIDs": ["0002000089280025"],
        "PageNumber": 1,
        "PageSize": 100,
        "TotalRecords": 1,
    }


@rule("calamp.curl")
def test_the_four_calamp_samples_work_one_after_the_other(calamp: CalAmp, sandbox: Sandbox) -> None:
    login = {"APKY": calamp.env["CALAMP_APP_KEY"], "USER": calamp.env["CALAMP_USERNAME"]}
    answer = _shell(LOGIN, sandbox, **login, PSWD=calamp.env["CALAMP_PASSWORD"])
    session = {**login, "AUTH": answer["response"]["results"][0]["authToken"]}
    expected = devices(calamp.get("1110110001,1110110002"))
    got = [result["devicePassword"] for result in _shell(RETRIEVE_GET, sandbox, **session)["response"]["results"]]
    assert got == expected
    got = [result["devicePassword"] for result in _shell(RETRIEVE_POST, sandbox, **session)["response"]["results"]]
    assert sorted(got, key=lambda device: str(device["esn"])) == expected
    assert _shell(LOGOUT, sandbox, **session)["response"]["errors"] == []
    assert _shell(RETRIEVE_GET, sandbox, **session)["response"]["errors"][0]["code"] == 401


def test_the_stand_in_for_curl_sends_the_same(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    client = Ublox(sandbox)
    with client.http:
        client.login()
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    sample = WHITELIST_CSV.replace("[Bearer Token]", client.tokens["AuthToken"])
    assert _shell(sample, sandbox) == {"Message": "Success"}
