# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading the service's answers: what the specification prints, and what it leaves open."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.edgeops.device_trust.plugins.module_utils._live.calamp import shapes
from ansible_collections.edgeops.device_trust.plugins.module_utils._live.calamp.client import batches
from ansible_collections.edgeops.device_trust.plugins.module_utils._live.calamp.keys import (
    Key,
    KeyKind,
    key,
    keys,
)

# The specification's sample, with the commas that it lost.
SAMPLE: dict[str, Any] = {
    "response": {
        "results": [
            {
                "devicePassword": {
                    "esn": "1110110001",
                    "imei": None,
                    "mac": None,
                    "user": "Ehqmug44*",
                    "atCmdSms": "Nyfuwk83{",
                    "guiEngr": "Sgnlen50^",
                    "gui1": "Qjastg25^",
                    "wifi0": "Esn-1110110001",
                    "createdOn": "2021-05-13T19:19:16.414+00:00",
                    "modifiedOn": "2021-05-13T19:19:16.414+00:00",
                    "ukey": "Rnwkup89=",
                }
            },
        ],
        "errors": [],
    }
}


def read(data: object) -> shapes.Envelope:
    envelope = shapes.envelope(data)
    assert envelope is not None
    return envelope


def refusal(*errors: object) -> shapes.Envelope:
    return read({"response": {"results": [], "errors": list(errors)}})


def test_the_sample_of_the_specification_is_read() -> None:
    (record,) = shapes.passwords(read(SAMPLE))
    assert record.key(KeyKind.ESN) == key(KeyKind.ESN, "1110110001")
    assert record.key(KeyKind.IMEI) is None
    assert record.modified_on == "2021-05-13T19:19:16.414+00:00"
    assert {name: secret.reveal() for name, secret in record.fields.items()} == {
        "user": "Ehqmug44*",
        "atCmdSms": "Nyfuwk83{",
        "guiEngr": "Sgnlen50^",
        "gui1": "Qjastg25^",
        "wifi0": "Esn-1110110001",
        "ukey": "Rnwkup89=",
    }


def test_a_record_never_shows_its_passwords() -> None:
    (record,) = shapes.passwords(read(SAMPLE))
    shown = f"{record!r} {record}"
    assert "1110110001" in shown
    for secret in record.fields.values():
        assert secret.reveal() not in shown.replace("esn='1110110001'", "")


def test_the_token_is_taken_with_the_word_bearer_in_it() -> None:
    answer = read({"response": {"errors": [], "results": [{"authToken": "Bearer fake.jwt.token"}]}})
    assert shapes.auth_token(answer) == "Bearer fake.jwt.token"


@pytest.mark.parametrize("results", [[], [{}], [{"authToken": ""}], [{"authToken": None}], ["Bearer x"]])
def test_an_answer_without_token_is_noticed(results: list[object]) -> None:
    assert shapes.auth_token(read({"response": {"results": results}})) is None


@pytest.mark.parametrize("data", [None, [], "text", {}, {"message": "Not Found"}, {"response": []}, {"response": {}}])
def test_what_is_no_envelope_is_not_taken_for_one(data: object) -> None:
    assert shapes.envelope(data) is None


@pytest.mark.parametrize(
    "record",
    [
        {"esn": 1110110001, "atCmdSms": "Nyfuwk83{"},
        {"devicePassword": {"esn": "1110110001", "atCmdSms": "Nyfuwk83{", "gui1": None, "wifi0": ""}},
    ],
)
def test_undocumented_forms_of_a_record_are_read_too(record: object) -> None:
    (found,) = shapes.passwords(read({"results": record}))
    assert found.key(KeyKind.ESN) == key(KeyKind.ESN, "1110110001")
    assert found.fields.keys() == {"atCmdSms"}


def test_a_password_of_a_kind_that_is_not_documented_is_kept() -> None:
    (record,) = shapes.passwords(read({"results": [{"esn": "1", "wifi1": "fake-new"}]}))
    assert record.fields["wifi1"].reveal() == "fake-new"


def test_a_key_that_is_impossible_in_an_answer_names_no_device() -> None:
    (record,) = shapes.passwords(read({"results": [{"esn": "1", "mac": "not known"}]}))
    assert record.key(KeyKind.MAC) is None


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (404, refusal({"code": 404, "message": "nothing here"})),
        (400, refusal("None of the requested keys are available")),
        (400, refusal({"message": "No device found for given ESN"})),
        (200, refusal({"code": 7, "description": "Devices do not exist"})),
        (200, refusal()),
    ],
)
def test_that_no_key_is_known_is_told_from_other_refusals(status: int, answer: shapes.Envelope) -> None:
    assert shapes.none_available(status, answer)


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (400, refusal("More than 500 keys were requested")),
        (403, refusal("None of your business")),
        (200, read(SAMPLE)),
    ],
)
def test_other_refusals_are_not_taken_for_unknown_keys(status: int, answer: shapes.Envelope) -> None:
    assert not shapes.none_available(status, answer)


def test_requests_are_written_as_the_specification_writes_them() -> None:
    batch = keys(KeyKind.ESN, ["1110110001", "1110110002"])
    assert shapes.retrieve_body(KeyKind.ESN, batch) == {"esn": "1110110001,1110110002"}
    path = shapes.retrieve_path(KeyKind.ESN, batch)
    assert path == "/api/devices/passwords/esn?values=1110110001,1110110002"
    assert shapes.login_body("user", "fake") == {"username": "user", "password": "fake"}


def test_a_mac_is_sent_in_one_notation_and_an_esn_as_it_was_given() -> None:
    assert shapes.sent(key(KeyKind.MAC, "0011.22aa.bbcc")) == "00:11:22:AA:BB:CC"
    assert shapes.sent(key(KeyKind.ESN, "00a1")) == "00a1"


def test_a_thousand_and_one_keys_are_three_batches_without_repetitions() -> None:
    wanted = keys(KeyKind.ESN, range(1, 1002))
    sizes = [len(batch) for _unused, batch in batches([*wanted, *reversed(wanted)])]
    assert sizes == [500, 500, 1]


def test_mixed_keys_are_batched_by_kind() -> None:
    mixed: list[Key] = [key(KeyKind.IMEI, "359698070000003"), key(KeyKind.ESN, "1"), key(KeyKind.ESN, "2")]
    assert [(kind, len(batch)) for kind, batch in batches(mixed)] == [(KeyKind.ESN, 2), (KeyKind.IMEI, 1)]
