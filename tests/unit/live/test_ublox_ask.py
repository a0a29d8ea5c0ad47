# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Asking: whole answers to several queries at once, against a server that answers as a test says."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

from ansible_collections.edgeops.device_trust.plugins.module_utils import _engine
from ansible_collections.edgeops.device_trust.plugins.module_utils._live import errors
from tests.unit.live.server import Received, Reply, Script, Server, serving

ID = "0002000089282245"
QUERIES = _engine.QUERIES


@contextmanager
def account(script: Script) -> Iterator[tuple[_engine.Account, Server]]:
    options = {"api_key": None, "api_secret": None, "api_token": "obviously-fake", "timeout": 5.0}
    with serving(script) as server:
        connection = _engine.Connection.from_options(
            {**options, "api_url": server.url, "ca_bundle": None, "proxy": None}
        )
        with _engine.connect(connection) as connected:
            yield connected, server


def page(key: str, items: list[Any], **beside: Any) -> Reply:
    return Reply(200, {key: items, "PageNumber": 1, "PageSize": 100, "TotalRecords": len(items), **beside})


def answers(replies: Mapping[str, Reply]) -> Script:
    return lambda request: replies.get(request.path, Reply(404, {"message": "Not Found"}))


def test_several_queries_are_asked_at_the_same_time_and_answered_in_order() -> None:
    both = threading.Barrier(2, timeout=5)

    def script(request: Received) -> Reply:
        both.wait()
        return page("Tags", ["a"]) if request.path == "/tag/get" else page("ROTPublicUIDs", [2000089282245])

    with account(script) as (connected, _server):
        found = _engine.ask_all(connected, [(QUERIES["tag_info"], {}), (QUERIES["device_list_info"], {})])

    assert found == [{"tags": ["a"]}, {"ids": [ID]}]


def test_what_is_wrong_in_one_query_is_told_before_any_is_sent() -> None:
    with account(answers({})) as (connected, server), pytest.raises(_engine.InvalidDeclaration):
        _engine.ask_all(connected, [(QUERIES["tag_info"], {}), (QUERIES["device_info"], {})])

    assert server.received == []


def test_what_stands_beside_a_list_is_part_of_the_answer() -> None:
    reply = page("Activities", [{"Command": "Bootstrap"}], LastSeen="2020-03-02T07:40:19Z")
    with account(answers({"/device/activity/get": reply})) as (connected, server):
        found = _engine.ask(connected, QUERIES["activity_info"], {"id": ID, "from_date": "2020-02-01"})

    assert found == {"last_seen": "2020-03-02T07:40:19Z", "activities": [{"command": "Bootstrap"}]}
    assert server.received[0].body == {"ROTPublicUID": ID, "FromDate": "2020-02-01T00:00:00+00:00", "PageNumber": 1}


def test_one_root_ca_may_come_without_the_list_around_it() -> None:
    alone = Reply(200, {"CAName": "ca", "Certificate": "-----BEGIN"})
    with account(answers({"/ztp/rootca/get": alone})) as (connected, _server):
        (found,) = _engine.ask(connected, QUERIES["root_ca_info"], {"name": "ca"})["root_cas"]

    assert (found["name"], found["certificate"]) == ("ca", "-----BEGIN")


def test_tags_that_the_service_does_not_list_with_a_profile_are_found_by_tag() -> None:
    profile = {"DeviceProfileUID": "U", "ProfileName": "eu"}
    replies = {"/deviceprofile/get": page("DeviceProfiles", [profile]), "/tag/get": page("Tags", ["cold"])}
    with account(answers(replies)) as (connected, _server):
        found = _engine.ask(connected, QUERIES["device_profile_info"], {"name": "eu"})

    assert found == {"device_profiles": [{"name": "eu", "device_profile_uid": "U", "tags": ["cold"]}]}


def test_an_answer_of_no_known_form_is_told() -> None:
    replies = {"/device/info/get": Reply(200, {"DeviceInfo": [{"IMEI": "8626"}]})}
    with (
        account(answers(replies)) as (connected, _server),
        pytest.raises(errors.BadAnswer, match="unexpected answer: a device without ROTPublicUID"),
    ):
        _engine.ask(connected, QUERIES["device_info"], {"ids": [ID]})


def test_a_refusal_is_told_in_the_services_words() -> None:
    refusal = Reply(400, {"message": "Bad Request. Invalid TagNames"})
    with (
        account(answers({"/device/usage/get": refusal})) as (connected, _server),
        pytest.raises(errors.Rejected, match=r"POST /device/usage/get: 400: Bad Request. Invalid TagNames"),
    ):
        _engine.ask(connected, QUERIES["usage_info"], {"last_days": 1, "tags": ["nobody"]})


def test_signing_in_needs_key_and_secret_whatever_token_there_is() -> None:
    connection = _engine.Connection("http://127.0.0.1:1/", api_token=None)

    with pytest.raises(_engine.InvalidConnection, match="signing in needs api_key and api_secret"):
        _engine.sign_in(connection)
