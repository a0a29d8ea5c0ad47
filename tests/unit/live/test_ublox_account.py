# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading a whole account at once: what is asked, how often, and how it ends when something goes wrong."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

from ansible_collections.edgeops.device_trust.plugins.module_utils._live import errors
from ansible_collections.edgeops.device_trust.plugins.module_utils._live.endpoint import Endpoint
from ansible_collections.edgeops.device_trust.plugins.module_utils._live.ublox.account import Account
from ansible_collections.edgeops.device_trust.plugins.module_utils._live.ublox.token import Credentials
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.desired import Declared
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.ids import IdSet
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.kind import DeviceItem, LiveObject
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.live import Reading
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.registry import KINDS
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.secret import Secret
from tests.unit.live.server import Received, Reply, Server, serving

IDS = [f"{number:016x}" for number in range(250)]
PROFILES = [{"DeviceProfileUID": f"UID-{n}", "ProfileName": f"p{n}", "TagNames": ["cold"]} for n in range(3)]
LISTS: dict[str, tuple[str, list[Any]]] = {
    "/tag/get": ("Tags", [{"TagName": "Cold"}, {"TagName": "north"}]),
    "/ztp/rootca/get": ("CAs", [{"CAName": "ca-1", "CACertificateValidity": 3650}]),
    "/deviceprofile/get": ("DeviceProfiles", PROFILES),
    "/device/whitelist/get": ("DeviceWhitelist", IDS),
    "/device/rotpublicuid/get": ("ROTPublicUIDs", IDS[:2]),
    "/ztp/rootca/device/get": ("Devices", []),
}
DEVICES = IdSet.of(IDS[:1])
EVERYTHING = Reading(
    tuple(KINDS.values()),
    items={
        "device_provisioning": {"a": DeviceItem("a", {"authorizations": {"ZTPV1": "enabled"}}, {}, DEVICES)},
        "device_certificate": {"b": DeviceItem("b", {"root_ca": "ca-1"}, {"state": "present"}, DEVICES)},
        "key_rotation": {"c": DeviceItem("c", {"type": "CONTINUOUS"}, {}, DEVICES, marks={})},
    },
)
Special = Mapping[str, Callable[[Received], Reply]]


def answer(request: Received) -> Reply:
    """As the service does, a hundred records a page."""
    if request.path in LISTS:
        key, items = LISTS[request.path]
        number = request.body.get("PageNumber", 1)
        page = items[(number - 1) * 100 : number * 100]
        return Reply(200, {key: page, "PageNumber": number, "PageSize": 100, "TotalRecords": len(items)})
    if request.path == "/notification/webhook/get":
        return Reply(200, [{"NotificationURL": "https://h.example.com", "NotificationType": "DEVICE_ERRORS_EVENT"}])
    if request.path == "/device/info/get":
        certificate = {"CAName": "ca-1", "SerialNumber": "0A", "ExpirationDate": "2020-01-01"}
        return Reply(200, {"DeviceInfo": [{"ROTPublicUID": IDS[0], "DeviceCertificates": [certificate]}]})
    if request.path == "/device/provisioning/get":
        return Reply(200, [{"ROTPublicUID": uid, "DesiredProperties": {}} for uid in request.body["ROTPublicUIDs"]])
    if request.path == "/ztp/rootca/crl/get":
        return Reply(200, {"CRLs": []})
    if request.path == "/deviceprofile/bootstrapprovisioning/get":
        ca = {"Zerotouch": {"CAName": "ca-1"}} if request.body["DeviceProfileUID"] == "UID-1" else {}
        return Reply(200, {"DesiredProperties": ca})
    return Reply(404, {"message": "Not Found"})


@contextmanager
def account(special: Special | None = None, **endpoint: Any) -> Iterator[tuple[Account, Server]]:
    def script(request: Received) -> Reply:
        return (special or {}).get(request.path, answer)(request)

    with serving(script) as server:
        credentials = Credentials(token=Secret("obviously-fake"))
        with Account(Endpoint(server.url, **endpoint), credentials) as connected:
            yield connected, server


ASKED = {
    "/tag/get": 1,
    "/ztp/rootca/get": 1,
    "/deviceprofile/get": 1 + 2,
    "/deviceprofile/bootstrapprovisioning/get": 3,
    "/device/whitelist/get": 3,
    "/device/rotpublicuid/get": 2,
    "/notification/webhook/get": 1,
    "/device/info/get": 3,
    "/device/provisioning/get": 1,
    "/ztp/rootca/crl/get": 1,
}
"""How often each call is made to read everything."""


def test_every_list_is_read_once_and_no_call_is_made_twice() -> None:
    with account() as (connected, server):
        live = connected.read(EVERYTHING)

    assert Counter(server.paths) == ASKED
    assert connected.traffic.reads == len(server.paths)
    assert connected.traffic.writes == 0
    assert set(live.of("tag")) == {"cold", "north"}
    assert live.of("device_profile")["p1"] == LiveObject("p1", {"tags": frozenset({"cold"})}, "UID-1")
    assert live.of("bootstrap_provisioning") == {"p1": LiveObject("p1", {"root_ca": "ca-1"}, "UID-1")}
    assert live.of("whitelist")[""].attributes["ids"] == IdSet.of(IDS)
    assert live.of("webhook")["https://h.example.com"].attributes == {"events": frozenset({"DEVICE_ERRORS_EVENT"})}


def test_provisioning_is_read_of_the_parents_that_are_asked_for() -> None:
    kinds = (KINDS["device_profile"], KINDS["bootstrap_provisioning"])
    with account() as (connected, server):
        connected.read(Reading(kinds, {"bootstrap_provisioning": frozenset({"p1", "gone"})}))

    asked = [request.body for request in server.received if request.path.endswith("bootstrapprovisioning/get")]
    assert asked == [{"DeviceProfileUID": "UID-1"}]


def test_where_profiles_come_without_their_tags_each_tag_is_asked_for_its_profiles() -> None:
    def profiles(request: Received) -> Reply:
        found = [{"DeviceProfileUID": p["DeviceProfileUID"], "ProfileName": p["ProfileName"]} for p in PROFILES]
        tags = request.body.get("TagNames")
        chosen = found if tags is None else found[:2] if tags == ["Cold"] else found[1:]
        return Reply(200, {"DeviceProfiles": chosen, "PageNumber": 1, "PageSize": 100, "TotalRecords": len(chosen)})

    with account({"/deviceprofile/get": profiles}) as (connected, server):
        live = connected.read(Reading((KINDS["device_profile"],)))

    assert {name: found.attributes["tags"] for name, found in live.of("device_profile").items()} == {
        "p0": {"Cold"},
        "p1": {"Cold", "north"},
        "p2": {"north"},
    }
    assert len(server.paths) == 4


def test_obstacles_are_asked_for_and_named() -> None:
    targets = [(KINDS["tag"], LiveObject("Cold", {})), (KINDS["root_ca"], LiveObject("ca-1", {}))]
    with account() as (connected, server):
        why = connected.obstacles([*targets, (KINDS["webhook"], LiveObject("https://h.example.com", {}))])

    assert why == {"tag.Cold": "it is assigned to 2 devices; remove it from them first"}
    assert {request.path: request.body for request in server.received} == {
        "/device/rotpublicuid/get": {"TagNames": ["Cold"]},
        "/ztp/rootca/device/get": {"CAName": "ca-1"},
    }


def asked_about(server: Server, path: str) -> list[dict[str, Any]]:
    return [dict(request.body) for request in server.received if request.path == path]


class TestDevices:
    ROTATION = (KINDS["tag"], KINDS["tag_assignment"], KINDS["key_rotation"])

    def test_those_of_a_tag_are_looked_up_and_asked_about_with_those_that_are_named(self) -> None:
        item = DeviceItem("a", {"type": "CONTINUOUS"}, {}, IdSet.of(["FF"]), frozenset({"cold"}))
        only = {"tag_assignment": frozenset({"cold"})}
        with account() as (connected, server):
            live = connected.read(Reading(self.ROTATION, only, {"key_rotation": {"a": item}}))

        assert asked_about(server, "/device/rotpublicuid/get") == [{"TagNames": ["Cold"], "PageNumber": 1}]
        (asked,) = asked_about(server, "/device/info/get")
        assert asked == {"ROTPublicUIDs": [*IDS[:2], "FF"], "Options": ["CORE", "PROVISIONING"]}
        assert live.of("key_rotation")["a"].attributes == {"rotate": IdSet.of(IDS[:1])}

    def test_a_tag_that_is_declared_has_the_devices_that_it_will_have(self) -> None:
        item = DeviceItem("a", {"type": "CONTINUOUS"}, {}, IdSet(), frozenset({"cold"}))
        declared = Declared("Cold", {"ids": IdSet.of(IDS[2:3])}, directives={"exclusive": "tag"})
        reading = Reading(
            self.ROTATION, {"tag_assignment": frozenset({"cold"})}, {"key_rotation": {"a": item}}, {"cold": declared}
        )
        with account() as (connected, server):
            connected.read(reading)

        (asked,) = asked_about(server, "/device/info/get")
        assert asked["ROTPublicUIDs"] == IDS[2:3]

    def test_many_are_asked_about_in_several_requests(self) -> None:
        item = DeviceItem("a", {"type": "CONTINUOUS"}, {}, IdSet.of(f"{n:x}" for n in range(1_001)))
        with account() as (connected, server):
            connected.read(Reading((KINDS["key_rotation"],), items={"key_rotation": {"a": item}}))

        asked = asked_about(server, "/device/info/get")
        assert sorted(len(body["ROTPublicUIDs"]) for body in asked) == [1, 500, 500]

    def test_none_are_asked_about_where_there_are_none(self) -> None:
        items = {kind: {"a": DeviceItem("a", {"type": "CONTINUOUS"}, {}, IdSet())} for kind in EVERYTHING.items}
        with account() as (connected, server):
            live = connected.read(Reading(EVERYTHING.kinds[-4:], items=items))

        assert set(server.paths) == {"/notification/webhook/get"}
        assert all(live.of(kind)["a"].attributes == {} for kind in items)

    def test_those_that_are_not_known_are_what_the_service_leaves_out(self) -> None:
        with account() as (connected, server):
            assert connected.unknown_devices(IdSet.of([IDS[0], "dead"])) == IdSet.of(["dead"])
            assert not connected.unknown_devices(IdSet())

        assert asked_about(server, "/device/info/get") == [{"ROTPublicUIDs": [IDS[0], "dead"], "Options": ["CORE"]}]

    def test_a_date_that_is_none_is_an_answer_that_is_not_understood(self) -> None:
        def soon(request: Received) -> Reply:
            certificate = {"CAName": "ca-1", "SerialNumber": "0A", "ExpirationDate": "soon"}
            return Reply(200, {"DeviceInfo": [{"ROTPublicUID": IDS[0], "DeviceCertificates": [certificate]}]})

        item = DeviceItem("b", {"renew_within_days": 30}, {"state": "present"}, DEVICES)
        with (
            account({"/device/info/get": soon}) as (connected, _unused),
            pytest.raises(errors.BadAnswer, match="POST /device/info/get: unexpected answer: 'soon' is not a date"),
        ):
            connected.read(Reading((KINDS["device_certificate"],), items={"device_certificate": {"b": item}}))


WRONG: list[tuple[Reply, type[errors.LiveError]]] = [
    (Reply(400, {"message": "Bad Request"}), errors.Rejected),
    (Reply(401), errors.Unauthorized),
    (Reply(500), errors.Unavailable),
    (Reply(200, b"<html>"), errors.BadAnswer),
    (Reply(200, 5), errors.BadAnswer),
]


@pytest.mark.parametrize("path", sorted(ASKED))
@pytest.mark.parametrize(("reply", "kind"), WRONG, ids=["400", "401", "500", "no JSON", "no object"])
def test_an_error_of_any_list_is_the_error_of_the_whole(path: str, reply: Reply, kind: type[errors.LiveError]) -> None:
    with account({path: lambda _unused: reply}) as (connected, _unused), pytest.raises(kind, match=f"^POST {path}: "):
        connected.read(EVERYTHING)


def test_after_an_error_what_was_not_begun_is_not_begun_any_more() -> None:
    """Ten thousand pages of a whitelist are not read because a list beside it cannot be read."""
    paging = threading.Event()

    def long_list(request: Received) -> Reply:
        paging.set()
        number = request.body["PageNumber"]
        ids = [f"{number:08x}{n:08x}" for n in range(100)]
        body = {"DeviceWhitelist": ids, "PageNumber": number, "PageSize": 100, "TotalRecords": 1_000_000}
        return Reply(200, body)

    def refused(_unused: Received) -> Reply:
        paging.wait(5)
        return Reply(403, {"message": "Not Authorized."})

    with account({"/device/whitelist/get": long_list, "/tag/get": refused}) as (connected, server):
        with pytest.raises(errors.Rejected, match="POST /tag/get: 403: Not Authorized"):
            connected.read(Reading((KINDS["tag"], KINDS["whitelist"])))
        connected.close()
        begun = len(server.paths)
        assert begun < 2_000


def test_after_an_error_nobody_waits_for_retries() -> None:
    started = time.monotonic()
    busy = Reply(503, headers={"Retry-After": "60"})
    with (
        pytest.raises(errors.Rejected),
        account({"/device/whitelist/get": lambda _unused: busy, "/tag/get": lambda _unused: Reply(403)}) as (
            connected,
            _unused,
        ),
    ):
        connected.read(Reading((KINDS["tag"], KINDS["whitelist"])))

    assert time.monotonic() - started < 30


def test_a_service_that_is_not_there_is_said_once_and_soon() -> None:
    credentials = Credentials("key", Secret("obviously-fake"))
    with Account(Endpoint("http://127.0.0.1:1", deadline=1), credentials) as connected:
        with pytest.raises(errors.Unreachable, match="POST /authenticate: cannot reach 127"):
            connected.read(EVERYTHING)
        assert connected.traffic.reads <= 6, "by one thread, not by each in turn"
