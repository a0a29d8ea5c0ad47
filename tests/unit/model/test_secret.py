# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A Secret shows where it is from, and nothing but ``reveal`` shows what it is."""

from __future__ import annotations

import json
import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.edgeops.device_trust.plugins.module_utils._model.desired import Declared
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.request import Request
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.secret import MASK, Secret, redact
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.values import as_data

VALUE = "obviously-fake-canary"
SECRETS = [Secret(VALUE), Secret(VALUE, "env:HOOK_TOKEN"), Secret(VALUE, "file:token.txt")]


@pytest.mark.parametrize("secret", SECRETS)
def test_no_text_of_it_or_of_what_holds_it_has_the_value(secret: Secret) -> None:
    request = Request("/notification/webhook/create", {"AuthorizationToken": secret})
    declared = Declared("https://hooks.example.com", {"authorization_token": secret})

    for holder in (secret, [secret], {"token": secret}, request, declared):
        for text in (repr(holder), str(holder), f"{holder}", f"{holder!r}", f"{holder!s}", "%s %r" % (holder, holder)):  # noqa: UP031
            assert VALUE not in text
    assert VALUE not in json.dumps(as_data(secret))


def test_it_is_not_text_so_it_cannot_slip_into_json_or_be_joined_with_text() -> None:
    with pytest.raises(TypeError) as refused:
        json.dumps({"token": SECRETS[0]})
    assert VALUE not in str(refused.value)

    with pytest.raises(TypeError) as refused:
        "Bearer " + SECRETS[0]  # type: ignore[operator]
    assert VALUE not in "".join(traceback.format_exception(refused.value))


def test_the_mask_names_the_reference() -> None:
    assert [str(secret) for secret in SECRETS] == [MASK, "(secret env:HOOK_TOKEN)", "(secret file:token.txt)"]
    assert SECRETS[1].reveal() == VALUE


def test_redaction_leaves_no_part_of_a_longer_secret_standing() -> None:
    text = redact("sent Bearer abcd.efgh to the hook", {"abcd", "Bearer abcd.efgh", "abcd.efgh"})

    assert text == f"sent {MASK} to the hook"


@given(st.sets(st.text("abc", min_size=4, max_size=8), min_size=1, max_size=4), st.text("abc "))
def test_redaction_removes_every_secret_wherever_it_stands(secrets: set[str], rest: str) -> None:
    text = redact(rest.join(sorted(secrets)) + rest, secrets)

    # What is left between masks can only be a piece that is shorter than the secret it came from.
    assert all(secret not in part for secret in secrets for part in text.split(MASK))
