# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests made from the OpenAPI documents, right ones and wrong ones: no server error, no undocumented status,
no answer that breaks the schema.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from ansible_collections.edgeops.device_trust.plugins.module_utils._live.mt20w.codec import (
    LAST_CONNECTED,
    SiteKey,
    make_token,
    read_last_connected,
)
from tests.support.openapi import CALAMP, MT20W, UBLOX, strict
from tests.support.raw import CalAmp, Ublox
from tests.support.sandbox import Sandbox

EXAMPLES = 6
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
USB = "A0C1777700000017"

Headers = Callable[[], Mapping[str, str]]


def exercised(
    name: str, url: str, mode: GenerationMode, headers: Headers, answered: Callable[[str], None] = lambda _header: None
) -> set[int]:
    """Make requests of every operation and check the answers; the statuses that came. `answered` is told each
    X-Device-Last-Connected."""
    statuses: set[int] = set()
    for found in schemathesis.openapi.from_dict(strict(name)).get_all_operations():
        assert isinstance(found, Ok), found
        operation = found.ok()
        if mode is GenerationMode.NEGATIVE and not (operation.body or operation.query):
            continue

        @given(case=operation.as_strategy(generation_mode=mode))
        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def exercise(case: schemathesis.Case[Any]) -> None:
            response = case.call(base_url=url, headers=dict(headers()), timeout=30)
            statuses.add(response.status_code)
            answered(next(iter(response.headers.get(LAST_CONNECTED.lower(), [""]))))
            case.validate_response(response, checks=CHECKS)

        exercise()
    return statuses


@pytest.mark.parametrize("mode", GenerationMode)
def test_u_blox(ublox: Ublox, sandbox: Sandbox, mode: GenerationMode) -> None:
    authorization = {"Authorization": ublox.http.headers["Authorization"]}
    statuses = exercised(UBLOX, sandbox.ublox_url, mode, lambda: authorization)
    assert statuses <= {200, 400, 401, 404}
    assert 400 in statuses


@pytest.mark.parametrize("mode", GenerationMode)
def test_calamp(calamp: CalAmp, sandbox: Sandbox, mode: GenerationMode) -> None:
    headers = {name: calamp.http.headers[name] for name in ("x-app-key", "Authorization")}
    statuses = exercised(CALAMP, sandbox.calamp_url, mode, lambda: headers)
    assert statuses <= {200, 400, 401, 404}


@pytest.mark.parametrize("mode", GenerationMode)
def test_mt20w(sandbox: Sandbox, mode: GenerationMode) -> None:
    key = SiteKey.from_hex(sandbox.ready["mt20w"]["site_key"])
    numbers = ["20180919105017"]

    def told(header: str) -> None:
        numbers.append(read_last_connected(key, header))

    def headers() -> Mapping[str, str]:
        return {"Authorization": f"Driver {make_token(key, USB, numbers[-1])}"}

    statuses = exercised(MT20W, sandbox.mt20w_url, mode, headers, told)
    assert statuses <= {200, 400, 404, 412}
