# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whitelist: u-blox Security Services REST API 1.1.29, /device/whitelist, and the Device Whitelist guide."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.raw import Ublox
from tests.support.rules import rule
from tests.support.sandbox import Sandbox

ADD = "/device/whitelist/add"
SUCCESS = {"Message": "Success"}
NEW = "0002000089289999"


def _listed(ublox: Ublox) -> list[Any]:
    return ublox.every("/device/whitelist/get", "DeviceWhitelist")


@pytest.mark.parametrize("spelling", ["ROTPublicUIDs", "RoTPublicUIDs"])
@rule("whitelist.json", "whitelist.spelling")
def test_devices_are_added_and_deleted_under_both_spellings(ublox: Ublox, spelling: str) -> None:
    assert ublox.ok(ADD, {spelling: [NEW], "Action": "ADD"}) == SUCCESS
    assert _listed(ublox)[-1] == NEW
    assert ublox.ok(ADD, {spelling: [NEW], "Action": "DELETE"}) == SUCCESS
    assert NEW not in _listed(ublox)


@rule("whitelist.default")
def test_the_action_is_add_when_not_given(ublox: Ublox) -> None:
    ublox.ok(ADD, {"ROTPublicUIDs": [NEW]})
    assert NEW in _listed(ublox)


@rule("request.ids")
def test_an_id_is_kept_as_first_written_and_compared_as_a_number(ublox: Ublox) -> None:
    ublox.ok(ADD, {"ROTPublicUIDs": ["00020001003FFFF"], "Action": "ADD"})
    ublox.ok(ADD, {"ROTPublicUIDs": ["20001003ffff"], "Action": "ADD"})
    assert _listed(ublox)[24:] == ["00020001003FFFF"]
    ublox.ok(ADD, {"ROTPublicUIDs": ["000020001003ffff"], "Action": "DELETE"})
    assert len(_listed(ublox)) == 24


@rule("whitelist.idempotent")
def test_adding_what_is_there_and_deleting_what_is_not_changes_nothing(ublox: Ublox, sandbox: Sandbox) -> None:
    before = sandbox.state()
    ublox.ok(ADD, {"ROTPublicUIDs": ["0002000089280001"], "Action": "ADD"})
    ublox.ok(ADD, {"ROTPublicUIDs": [NEW], "Action": "DELETE"})
    assert sandbox.state() == before


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"Action": "ADD"},
        {"ROTPublicUIDs": [], "Action": "ADD"},
        {"ROTPublicUIDs": NEW, "Action": "ADD"},
        {"ROTPublicUIDs": [2000089289999], "Action": "ADD"},
        {"ROTPublicUIDs": [NEW, "xyz"], "Action": "ADD"},
        {"ROTPublicUIDs": [NEW, "0" * 17], "Action": "ADD"},
        {"ROTPublicUIDs": [NEW], "Action": "REMOVE"},
        {"ROTPublicUIDs": [NEW], "Action": "add"},
        {"ROTPublicUIDs": [NEW], "IMEIs": ["12"]},
    ],
)
@rule("whitelist.message")
def test_a_wrong_request_adds_nothing_and_says_message_with_a_capital(
    ublox: Ublox, sandbox: Sandbox, body: dict[str, Any]
) -> None:
    before = sandbox.state()
    assert ublox.refused(ADD, body, key="Message").startswith("Bad Request. ")
    assert sandbox.state() == before


@rule("whitelist.imeis")
def test_an_imei_of_a_known_device_is_listed_as_that_device(ublox: Ublox) -> None:
    ublox.ok(ADD, {"IMEIs": ["862618583900025"], "Action": "ADD"})
    assert _listed(ublox)[-1] == "0002000089280025"
    ublox.ok(ADD, {"IMEIs": ["862618583900025"], "Action": "DELETE"})
    assert "0002000089280025" not in _listed(ublox)


@rule("whitelist.imeis", "whitelist.imei-shown")
def test_an_imei_of_no_known_device_is_listed_as_imei_until_the_device_appears(ublox: Ublox, sandbox: Sandbox) -> None:
    imei = "862618583984360"
    ublox.ok(ADD, {"IMEIs": [imei], "ROTPublicUIDs": ["1"], "Action": "ADD"})
    assert _listed(ublox)[24:] == ["1", {"IMEI": imei}]
    sandbox.control("POST", "/portal/device", {"id": NEW, "profile": "trackers-eu", "imei": imei})
    assert _listed(ublox)[24:] == ["1", NEW]
    assert NEW in ublox.every("/device/list/get", "ROTPublicUIDs", {"Filter": "WHITELISTED"})


@rule("whitelist.csv")
def test_a_csv_file_adds_and_deletes_in_its_order(ublox: Ublox) -> None:
    rows = f"{NEW},ROTPublicUID,ADD\r\n0002000089280001,ROTPublicUID,DELETE\r\nab,ROTPublicUID,ADD\r\n"
    answer = ublox.upload(f"Id,Type,Action\r\n{rows}ab,ROTPublicUID,DELETE\r\n{NEW},ROTPublicUID,ADD\r\n")
    assert (answer.status_code, answer.json()) == (200, SUCCESS)
    assert _listed(ublox)[0] == "0002000089280002"
    assert _listed(ublox)[23:] == [NEW]


@pytest.mark.parametrize("end", ["\r\n", "\n", "\\r\\n", "\\n"])
@rule("whitelist.csv", "whitelist.curl")
def test_lines_of_a_csv_file_may_end_in_each_of_these_ways(ublox: Ublox, end: str) -> None:
    lines = ["Id,Type,Action", "00020001003ffff,ROTPublicUID,ADD", "", "2,ROTPublicUID,ADD", "", ""]
    assert ublox.upload(end.join(lines)).status_code == 200
    assert _listed(ublox)[24:] == ["00020001003ffff", "2"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "The first row must be Id,Type,Action"),
        ("Id,Type,Action\n", "The file has no data rows"),
        (f"{NEW},ROTPublicUID,ADD\n", "The first row must be Id,Type,Action"),
        (f"Type,Id,Action\n{NEW},ROTPublicUID,ADD\n", "The first row must be Id,Type,Action"),
        (f"Id,Type,Action\n{NEW},ROTPublicUID,ADD\nxyz,ROTPublicUID,ADD\n", "Row 3: Invalid ROTPublicUID"),
        (f"Id,Type,Action\n{NEW},IMEI,ADD\n", "Row 2: Type must be ROTPublicUID"),
        (f"Id,Type,Action\n{NEW},ROTPublicUID,PUT\n", "Row 2: Action must be ADD or DELETE"),
        (f"Id,Type,Action\n{NEW},ROTPublicUID\n", "Row 2 must have the three columns Id,Type,Action"),
        (f"Id,Type,Action\n{NEW},ROTPublicUID,ADD\n\u00e4\n", "The file is not ASCII text"),
    ],
)
@rule("whitelist.csv-whole")
def test_a_wrong_csv_file_is_refused_as_a_whole(ublox: Ublox, sandbox: Sandbox, text: str, reason: str) -> None:
    before = sandbox.state()
    answer = ublox.upload(text)
    assert (answer.status_code, answer.json()) == (400, {"Message": f"Bad Request. {reason}"})
    assert sandbox.state() == before


@rule("whitelist.csv")
def test_a_csv_file_under_another_content_type_is_refused(ublox: Ublox) -> None:
    text = f"Id,Type,Action\n{NEW},ROTPublicUID,ADD\n"
    answer = ublox.http.post(ADD, content=text, headers={"Content-Type": "text/csv"})
    assert answer.status_code == 400
    assert NEW not in _listed(ublox)


@rule("whitelist.list")
def test_a_long_list_is_written_and_read_at_any_depth(ublox: Ublox) -> None:
    ids = [f"00030000{number:08x}" for number in range(20_000)]
    ublox.ok(ADD, {"ROTPublicUIDs": ids, "Action": "ADD"})
    ublox.ok(ADD, {"ROTPublicUIDs": ids[5000:15_000], "Action": "DELETE"})
    left = ids[:5000] + ids[15_000:]
    assert ublox.ok("/device/whitelist/get")["TotalRecords"] == 24 + len(left)
    for page in (2, 51, 52, 100):
        start = (page - 1) * 100 - 24
        answer = ublox.ok("/device/whitelist/get", {"PageNumber": page})
        assert answer["DeviceWhitelist"] == left[start : start + 100]
