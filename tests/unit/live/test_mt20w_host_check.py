# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The check of a host finds what is wrong with it, and passes one that is right. Over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ansible_collections.edgeops.device_trust.plugins.module_utils._live.mt20w.codec import make_token
from ansible_collections.edgeops.device_trust.plugins.module_utils._live.mt20w.host_check import Report, Status
from ansible_collections.edgeops.device_trust.plugins.module_utils._live.mt20w.site_check import (
    ARGUMENTS,
    CheckRefused,
    checked,
)
from tests.support.mt20w_hosts import BROKEN, KEY, OLD_KEY, SERIAL, hosts

KEY_HEX, OLD_KEY_HEX = KEY.raw.hex(), OLD_KEY.raw.hex()


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with hosts() as url:
        yield url


def check(url: str, **more: Any) -> Report:
    options = {name: option.get("default") for name, option in ARGUMENTS.items()}
    return checked({**options, "url": url, "site_key": KEY_HEX, "serial": SERIAL, "replays": 8, **more})


def statuses(report: Report) -> dict[str, Status]:
    return {outcome.name: outcome.status for outcome in report.outcomes}


def failed(report: Report) -> set[str]:
    return {outcome.name for outcome in report.not_passed if outcome.status is Status.FAILED}


def test_a_right_host_passes_every_check(url: str) -> None:
    report = check(f"{url}right", refused_site_keys=[OLD_KEY_HEX])
    found = statuses(report)
    assert found.pop("wifi_device_accepted") is Status.SKIPPED
    assert set(found.values()) == {Status.PASSED}, report.table()


def test_a_right_host_passes_again_though_the_reader_is_out_of_step_by_then(url: str) -> None:
    for _unused in range(2):
        assert not check(f"{url}right").not_passed


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_wrong_with_a_host_is_found(url: str, name: str) -> None:
    report = check(url + name, refused_site_keys=[OLD_KEY_HEX])
    assert BROKEN[name][1] in failed(report), report.table()


def test_a_host_with_one_thing_wrong_fails_that_check_only(url: str) -> None:
    for name in ("takes-device", "takes-old-keys", "fails-on-malformed", "tells-the-reason", "has-a-race"):
        report = check(url + name, refused_site_keys=[OLD_KEY_HEX])
        alone = {BROKEN[name][1]} | ({"header_on_refusal"} if name == "fails-on-malformed" else set())
        assert failed(report) <= alone, report.table()


def test_checks_that_cannot_be_made_are_skipped_not_passed(url: str) -> None:
    report = check(f"{url}takes-no-driver")
    found = statuses(report)
    assert {"driver_accepted", "replay_refused"} <= {outcome.name for outcome in report.not_passed}
    assert found["replay_refused"] is found["one_winner"] is Status.SKIPPED
    assert found["device_refused"] is Status.PASSED


def test_a_device_token_of_a_reader_in_wifi_mode_must_be_accepted(url: str) -> None:
    token = make_token(KEY, "A0C1777700000020", "20180919105017")
    for name, status in (("takes-device", Status.PASSED), ("right", Status.FAILED)):
        assert statuses(check(url + name, wifi_device_token=token))["wifi_device_accepted"] is status


def test_the_report_shows_neither_keys_nor_tokens(url: str) -> None:
    reports = [check(url + name) for name in ("right", "takes-replays", "fails-on-malformed", "tells-in-clear")]
    text = "\n".join(line for report in reports for line in report.table()).upper()
    assert KEY_HEX.upper() not in text
    assert make_token(KEY, SERIAL, "20180919105017")[:40].upper() not in text


def test_the_table_has_a_line_for_each_check(url: str) -> None:
    report = check(f"{url}takes-replays")
    lines = report.table()
    assert len(lines) == len(report.outcomes) == 20
    assert any(
        line.startswith("failed   The same token again is refused") and line.endswith("answered 404, not 401")
        for line in lines
    )


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"url": None}, "url is not set: give it as the option url or in the environment as MT20W_HOST_URL"),
        ({"site_key": ""}, "site_key is not set: give it as the option site_key"),
        ({"site_key": KEY_HEX[:-2]}, "site_key: the site key must have 64 hexadecimal digits, this one has 62"),
        ({"refused_site_keys": ["x"]}, "refused_site_keys: the site key must be 64 hexadecimal digits"),
        ({"refused_site_keys": [KEY_HEX]}, "refused_site_keys holds the site key itself"),
        ({"serial": "label"}, "the serial number must be 1 to 32 hexadecimal digits"),
        ({"path": "api"}, "path must begin with a slash"),
        ({"replays": 1}, "replays must be from 2 to 200"),
        ({"url": "http://access.example.com"}, "url is plain http to 'access.example.com'"),
        ({"url": "http://127.0.0.1:1"}, "cannot reach 127.0.0.1:1"),
        ({"url": "https://127.0.0.1:1", "ca_bundle": "/no/such/ca.pem"}, "ca_bundle '/no/such/ca.pem' cannot be read"),
    ],
)
def test_a_check_that_cannot_begin_says_why(url: str, options: dict[str, Any], reason: str) -> None:
    with pytest.raises(CheckRefused) as refused:
        check(**{"url": f"{url}right", **options})
    assert reason in str(refused.value)
    assert KEY_HEX[:10] not in str(refused.value)
