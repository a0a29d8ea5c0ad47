# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tokens: u-blox Security Services REST API 1.1.29, Authentication APIs."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import pytest

from tests.sandbox.test_rules import DOCUMENTED
from tests.support.raw import Ublox
from tests.support.rules import rule
from tests.support.sandbox import Sandbox

NOT_AUTHORIZED = {"message": "Not Authorized."}
DAY = 24 * 3600
PROTECTED = tuple(path for path in DOCUMENTED if path not in ("/authenticate", "/refreshauthtoken"))


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _part(token: str, number: int) -> Any:
    return json.loads(_decoded(token.split(".")[number]))


def _refresh(ublox: Ublox, token: str | None = None) -> Any:
    body = {"APIKey": ublox.env["UBLOX_API_KEY"], "RefreshToken": token or ublox.tokens["RefreshToken"]}
    return ublox.post("/refreshauthtoken", body)


@rule("auth.token", "auth.lifetime")
def test_an_auth_token_is_a_jwt_signed_with_rs256_that_expires_after_an_hour(ublox: Ublox) -> None:
    token = ublox.tokens["AuthToken"]
    claims = _part(token, 1)
    assert _part(token, 0)["alg"] == "RS256"
    assert len(_decoded(token.split(".")[2])) == 256
    assert claims["exp"] - claims["iat"] == 3600
    assert abs(claims["iat"] - time.time()) < 5


@pytest.mark.parametrize("change", [{"APIKey": "wrong"}, {"APISecret": "wrong"}])
@rule("auth.credentials")
def test_wrong_credentials_are_not_authorized(ublox: Ublox, change: dict[str, str]) -> None:
    answer = ublox.post("/authenticate", {**ublox.credentials(), **change})
    assert (answer.status_code, answer.json()) == (401, NOT_AUTHORIZED)


@pytest.mark.parametrize("missing", ["APIKey", "APISecret"])
@rule("auth.required")
def test_both_parts_of_the_credentials_are_required(ublox: Ublox, missing: str) -> None:
    body = ublox.credentials()
    del body[missing]
    assert missing in ublox.refused("/authenticate", body)


@pytest.mark.parametrize("header", [None, "Bearer", "Bearer wrong.to.ken", "nonsense"])
@rule("auth.every-call")
def test_every_other_call_needs_a_valid_token(sandbox: Sandbox, header: str | None) -> None:
    client = Ublox(sandbox)
    with client.http:
        for path in PROTECTED:
            answer = client.post(path, {}, headers={"Authorization": header} if header else {})
            assert (answer.status_code, answer.json()) == (401, NOT_AUTHORIZED), path


@pytest.mark.parametrize("form", ["Bearer {}", "bearer {}", "{}"])
@rule("auth.bearer")
def test_the_word_bearer_is_optional(ublox: Ublox, form: str) -> None:
    header = form.format(ublox.tokens["AuthToken"])
    assert ublox.post("/tag/get", {}, headers={"Authorization": header}).status_code == 200


@rule("auth.every-call")
def test_a_token_with_a_changed_claim_is_not_authorized(ublox: Ublox) -> None:
    header, _claims, signature = ublox.tokens["AuthToken"].split(".")
    forged = base64.urlsafe_b64encode(json.dumps({"exp": 9999999999, "generation": 0}).encode()).decode()
    answer = ublox.post("/tag/get", {}, headers={"Authorization": f"{header}.{forged.rstrip('=')}.{signature}"})
    assert answer.json() == NOT_AUTHORIZED


@rule("auth.lifetime")
def test_an_auth_token_expires_by_the_sandbox_clock(ublox: Ublox, sandbox: Sandbox) -> None:
    sandbox.control("POST", "/clock", {"advance_seconds": 3590})
    assert ublox.post("/tag/get").status_code == 200
    sandbox.control("POST", "/clock", {"advance_seconds": 20})
    assert ublox.post("/tag/get").status_code == 401


@rule("auth.lifetime")
def test_the_lifetime_of_auth_tokens_is_a_setting(ublox: Ublox, sandbox: Sandbox) -> None:
    sandbox.settings(auth_token_seconds=5)
    ublox.login()
    claims = _part(ublox.tokens["AuthToken"], 1)
    assert claims["exp"] - claims["iat"] == 5


@rule("refresh.new-token")
def test_a_refresh_token_makes_a_new_auth_token_also_when_the_old_one_has_expired(
    ublox: Ublox, sandbox: Sandbox
) -> None:
    sandbox.control("POST", "/clock", {"advance_seconds": 2 * DAY})
    answer = _refresh(ublox)
    assert (answer.status_code, set(answer.json())) == (200, {"AuthToken"})
    ublox.http.headers["Authorization"] = answer.json()["AuthToken"]
    assert ublox.post("/tag/get").status_code == 200


@rule("refresh.three-days")
def test_a_refresh_token_is_good_for_three_days(ublox: Ublox, sandbox: Sandbox) -> None:
    sandbox.control("POST", "/clock", {"advance_seconds": 3 * DAY - 10})
    assert _refresh(ublox).status_code == 200
    sandbox.control("POST", "/clock", {"advance_seconds": 20})
    assert _refresh(ublox).status_code == 401


@rule("refresh.new-token")
def test_an_unknown_refresh_token_is_not_authorized(ublox: Ublox) -> None:
    answer = _refresh(ublox, "fake-refresh-token")
    assert (answer.status_code, answer.json()) == (401, NOT_AUTHORIZED)


@pytest.mark.parametrize(
    ("needs", "with_none", "with_expired"), [("genuine", 401, 200), ("valid", 401, 401), ("none", 200, 200)]
)
@rule("refresh.authorization")
def test_which_token_refreshing_needs_is_a_setting(
    ublox: Ublox, sandbox: Sandbox, needs: str, with_none: int, with_expired: int
) -> None:
    sandbox.settings(refresh_needs=needs)
    sandbox.control("POST", "/clock", {"advance_seconds": 3700})
    assert _refresh(ublox).status_code == with_expired
    del ublox.http.headers["Authorization"]
    assert _refresh(ublox).status_code == with_none


@rule("apiversion")
def test_the_api_version_is_the_one_of_the_specification(ublox: Ublox) -> None:
    assert ublox.ok("/apiversion") == {"Version": "1.1.29"}
