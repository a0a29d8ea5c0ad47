# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What holds for the body and the path of every u-blox call."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sandbox.test_authentication import PROTECTED
from tests.support.raw import Ublox
from tests.support.rules import rule

PAGED: dict[str, dict[str, Any]] = {
    "/tag/get": {},
    "/deviceprofile/get": {},
    "/device/list/get": {},
    "/device/whitelist/get": {},
    "/device/rotpublicuid/get": {"TagNames": ["legacy"]},
    "/ztp/rootca/get": {},
    "/ztp/rootca/device/get": {"CAName": "legacy.example.com"},
    "/device/clone/get": {"FromDate": "2020-02-01T00:00:00+00:00", "ROTPublicUIDs": ["0002000089280001"]},
    "/device/suspicious/get": {"ROTPublicUIDs": ["0002000089280001"]},
    "/device/activity/get": {"FromDate": "2020-02-01T00:00:00+00:00", "ROTPublicUID": "0002000089280001"},
}
REQUIRED = {
    "/tag/create": ["TagName"],
    "/tag/delete": ["TagName"],
    "/tag/assign": ["TagNames"],
    "/tag/remove": ["TagNames"],
    "/deviceprofile/bootstrapprovisioning/set": ["DeviceProfileUID", "Provisioning"],
    "/deviceprofile/bootstrapprovisioning/get": ["DeviceProfileUID"],
    "/deviceprofile/bootstrapprovisioning/delete": ["DeviceProfileUID"],
    "/ztp/rootca/create": ["CAName", "CACertificateValidity", "DeviceCertificateValidity"],
    "/ztp/rootca/update": ["CAName", "RenewBeforeExpiration"],
    "/ztp/rootca/delete": ["CAName"],
    "/ztp/rootca/device/get": ["CAName"],
    "/ztp/rootca/popcertificate/generate": ["CAName", "RegistrationCode"],
    "/e2e/uplink/symmetrickey/get": ["KeyID"],
    "/e2e/uplink/protectionparameters/get": ["EncryptedHeader"],
    "/e2e/uplink/integrityparameters/get": ["EncryptedHeader"],
    "/e2e/downlink/protectionparameters/get": ["ROTPublicUID"],
    "/e2e/downlink/integrityparameters/get": ["ROTPublicUID"],
    "/notification/get": ["FromDate"],
    "/device/clone/get": ["FromDate"],
    "/device/activity/get": ["FromDate"],
    "/device/usage/get": ["FromDate"],
    "/ztp/devicecertificate/renew": ["CAName", "DeviceCertificateValidity"],
    "/ztp/devicecertificate/update": ["CAName"],
    "/ztp/devicecertificate/delete": ["ROTPublicUIDs"],
    "/ztp/devicecertificate/revoke": ["CAName"],
    "/ztp/devicecertificate/rootca/transfer": ["FromCA", "ToCA", "ROTPublicUIDs"],
    "/notification/webhook/create": ["NotificationURL", "AuthorizationToken", "NotificationType"],
    "/notification/webhook/update": ["NotificationURL", "AuthorizationToken"],
    "/notification/webhook/delete": ["NotificationURL"],
}
WRONG_TYPES: list[tuple[str, dict[str, Any]]] = [
    ("/tag/create", {"TagName": 7}),
    ("/tag/create", {"TagName": None}),
    ("/tag/assign", {"TagNames": "legacy", "ROTPublicUIDs": ["0002000089280001"]}),
    ("/tag/assign", {"TagNames": ["legacy"], "ROTPublicUIDs": [2000089280001]}),
    ("/tag/assign", {"TagNames": ["legacy"], "ROTPublicUIDs": []}),
    ("/tag/assign", {"TagNames": ["legacy"], "ROTPublicUIDs": ["0002000089280001"], "SyncRequired": "yes"}),
    ("/deviceprofile/get", {"ProfileName": ["trackers-eu"]}),
    ("/deviceprofile/get", {"TagNames": []}),
    ("/deviceprofile/bootstrapprovisioning/get", {"DeviceProfileUID": 1}),
    ("/device/list/get", {"Filter": "SOME"}),
    ("/device/list/get", {"Filter": "all"}),
    ("/device/info/get", {"ROTPublicUIDs": "0002000089280001"}),
    ("/device/info/get", {"ROTPublicUIDs": ["0002000089280001"], "Options": ["ALL"]}),
    ("/ztp/rootca/create", {"CAName": "a", "CACertificateValidity": "3650", "DeviceCertificateValidity": 30}),
    ("/ztp/rootca/create", {"CAName": "a", "CACertificateValidity": True, "DeviceCertificateValidity": 30}),
    ("/ztp/rootca/crl/get", {"CANames": "legacy.example.com"}),
    ("/notification/webhook/delete", {"NotificationURL": ["https://old.example.com/hook"]}),
    ("/tag/create", {"TagName": "\ud800"}),
]


@pytest.mark.parametrize(("path", "fields"), REQUIRED.items())
@rule("request.required")
def test_required_fields_are_required(ublox: Ublox, path: str, fields: list[str]) -> None:
    assert any(field in ublox.refused(path, {}) for field in fields)


@pytest.mark.parametrize(("path", "body"), WRONG_TYPES)
@rule("request.types")
def test_a_wrong_type_or_value_is_a_bad_request(ublox: Ublox, path: str, body: dict[str, Any]) -> None:
    answer = ublox.http.post(path, content=_json(body), headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["message"].startswith("Bad Request. ")


def _json(body: dict[str, Any]) -> bytes:
    """With ASCII escapes, so that a lone surrogate can be sent."""
    return json.dumps(body).encode()


@pytest.mark.parametrize(
    "content",
    [b"{", b"[]", b'"text"', b"null", b"\xff\xfe", b'{"PageNumber": NaN}', b"[" * 100_000, b"9" * 5000],
    ids=["cut", "array", "text", "null", "not UTF-8", "NaN", "too deep", "huge number"],
)
@rule("request.json")
def test_a_body_that_is_no_json_object_is_a_bad_request(ublox: Ublox, content: bytes) -> None:
    answer = ublox.http.post("/tag/get", content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["message"].startswith("Bad Request. ")


@rule("request.content-type")
def test_another_content_type_than_json_is_a_bad_request(ublox: Ublox) -> None:
    answer = ublox.http.post("/tag/get", content=b"{}", headers={"Content-Type": "text/plain"})
    assert answer.status_code == 400


@rule("request.content-type")
def test_a_content_type_may_name_a_character_set(ublox: Ublox) -> None:
    headers = {"Content-Type": "application/json; charset=UTF-8"}
    assert ublox.http.post("/tag/get", content=b"{}", headers=headers).status_code == 200


@rule("request.unknown-fields")
def test_fields_that_a_call_does_not_know_are_ignored(ublox: Ublox) -> None:
    assert ublox.ok("/tag/get", {"Whatever": 1})["PageNumber"] == 1


@rule("request.no-body")
def test_where_all_fields_are_optional_the_body_may_be_missing(ublox: Ublox) -> None:
    assert ublox.post("/tag/get").status_code == 200
    assert ublox.post("/notification/webhook/get").status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/no/such/api"), ("GET", "/tag/get"), ("PUT", "/tag/create"), ("POST", "/tag/get/"), ("POST", "/")],
)
@rule("request.unknown-path")
def test_what_is_not_documented_is_not_found(ublox: Ublox, method: str, path: str) -> None:
    answer = ublox.http.request(method, path)
    assert answer.status_code == 404
    assert answer.json()["message"].startswith("Not Found. ")


def test_the_protected_calls_listed_here_are_all_there_are(ublox: Ublox) -> None:
    for path in PROTECTED:
        assert ublox.post(path, {}).status_code in (200, 400), path


@pytest.mark.parametrize(("path", "body"), PAGED.items())
@rule("request.paging")
def test_a_paged_list_says_page_size_and_total(ublox: Ublox, path: str, body: dict[str, Any]) -> None:
    answer = ublox.ok(path, body)
    assert (answer["PageNumber"], answer["PageSize"]) == (1, 100)
    [items] = [value for value in answer.values() if isinstance(value, list)]
    assert answer["TotalRecords"] == len(items)


@pytest.mark.parametrize("path", PAGED)
@rule("request.page-number")
def test_a_page_number_is_a_whole_number_from_1(ublox: Ublox, path: str) -> None:
    for number in (0, -1, 1.5, "1", True, None):
        assert "PageNumber" in ublox.refused(path, {**PAGED[path], "PageNumber": number})


@pytest.mark.parametrize("path", PAGED)
@rule("request.page-number")
def test_a_page_behind_the_last_one_is_empty(ublox: Ublox, path: str) -> None:
    for number in (99, 10**30):
        answer = ublox.ok(path, {**PAGED[path], "PageNumber": number})
        assert answer["PageNumber"] == number
        assert [] in answer.values()


@rule("request.paging", "tag.list")
def test_pages_follow_one_another_without_gap_or_overlap(ublox: Ublox) -> None:
    names = [f"tag-{number:03}" for number in range(205)]
    for name in names:
        ublox.ok("/tag/create", {"TagName": name})
    pages = [ublox.ok("/tag/get", {"PageNumber": number}) for number in (1, 2, 3)]
    assert [len(page["Tags"]) for page in pages] == [100, 100, 7]
    assert {page["TotalRecords"] for page in pages} == {207}
    listed = [tag["TagName"] for page in pages for tag in page["Tags"]]
    assert listed == ["cold-chain", "legacy", *names]
