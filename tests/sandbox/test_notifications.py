# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Notifications and dates: u-blox Security Services REST API 1.1.29, /notification/get."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.living import ENABLED, TRACKERS_EU, Living, authorizations, device
from tests.support.raw import Ublox
from tests.support.rules import rule
from tests.support.sandbox import Sandbox

NOTIFICATIONS, CLONES, ACTIVITY = "/notification/get", "/device/clone/get", "/device/activity/get"
D1, D2 = device(1), device(2)
LOCAL = {"Authorizations": authorizations(LocalDPR=ENABLED)}
DATED: tuple[tuple[str, dict[str, Any]], ...] = (
    (NOTIFICATIONS, {"ROTPublicUIDs": [D1]}),
    (CLONES, {"ROTPublicUIDs": [D1]}),
    (ACTIVITY, {"ROTPublicUID": D1}),
)


def _types(living: Living, rot: str) -> list[str]:
    return [found["NotificationType"] for found in living.notifications(rot)]


@rule("notification.bootstrap")
def test_a_bootstrap_notifies_of_information_state_and_properties(living: Living) -> None:
    living.profile_grants(TRACKERS_EU, LOCAL)
    living.bootstrap(device(16), "trackers-eu", imei="862618583984360", device_serial="123234354")
    info, state, properties = living.notifications(device(16))
    assert info["NotificationType"] == "DEVICE_INFO_CHANGE"
    assert info["Payload"]["DeviceSerialNumber"] == "123234354"
    assert (state["NotificationType"], state["Payload"]) == ("DEVICE_STATE_CHANGE", {"State": "ACTIVATED"})
    assert properties["NotificationType"] == "DEVICE_PROPERTIES_CHANGE"
    assert set(properties["Payload"]) == {"DesiredProperties", "CurrentProperties"}
    assert info["ROTPublicUID"] == device(16)


@rule("notification.properties")
def test_properties_notify_when_they_are_applied(living: Living) -> None:
    living.provision(D1, **LOCAL)
    assert "DEVICE_PROPERTIES_CHANGE" not in _types(living, D1)
    living.beat(D1)
    [found] = living.notifications(D1, "DEVICE_PROPERTIES_CHANGE")
    [current] = found["Payload"]["CurrentProperties"]["Authorizations"]
    assert (current["Name"], current["State"]) == ("LocalDPR", ENABLED)
    living.beat(D1)
    assert len(living.notifications(D1, "DEVICE_PROPERTIES_CHANGE")) == 1


@rule("notification.error")
def test_errors_and_activation_notify(living: Living, sandbox: Sandbox) -> None:
    sandbox.control("POST", "/fleet/error", {"id": D1, "error": "Invalid KeySetId for device"})
    assert _types(living, D1)[-1] == "DEVICE_ERROR"
    sandbox.control("POST", "/portal/activate", {"id": device(25)})
    states = [found["Payload"] for found in living.notifications(device(25), "DEVICE_STATE_CHANGE")]
    assert states == [{"State": "ALLOCATED"}, {"State": "ACTIVATED"}]


@rule("notification.filter")
def test_notifications_are_found_by_tag_and_by_time_oldest_first(living: Living, ublox: Ublox) -> None:
    before = living.date(1)
    living.advance(days=2)
    for rot in (D2, D1):
        living.provision(rot, **LOCAL)
        living.beat(rot)
        living.advance(seconds=1)
    answer = ublox.ok(NOTIFICATIONS, {"TagNames": ["cold-chain"], "FromDate": before})
    assert [found["ROTPublicUID"] for found in answer["Notifications"]] == [D2, D1]
    assert (answer["PageNumber"], answer["PageSize"], answer["TotalRecords"]) == (1, 100, 2)
    stamps = [found["Timestamp"] for found in answer["Notifications"]]
    assert stamps == sorted(stamps)
    assert all(stamp.endswith("Z") for stamp in stamps)
    answer = ublox.ok(NOTIFICATIONS, {"TagNames": ["cold-chain"], "FromDate": living.date(-3), "ToDate": before})
    assert {found["NotificationType"] for found in answer["Notifications"]} == {
        "DEVICE_INFO_CHANGE",
        "DEVICE_STATE_CHANGE",
    }


@rule("notification.filter", "request.paging")
def test_notifications_come_in_pages(living: Living, ublox: Ublox, sandbox: Sandbox) -> None:
    sandbox.settings(page_size=2)
    body = {"TagNames": ["cold-chain"], "FromDate": living.date(-1)}
    pages = [ublox.ok(NOTIFICATIONS, {**body, "PageNumber": number}) for number in (1, 2, 3, 4)]
    assert [len(page["Notifications"]) for page in pages] == [2, 2, 2, 0]
    assert {page["TotalRecords"] for page in pages} == {6}


@rule("notification.180-days")
def test_notifications_are_kept_for_180_days(living: Living, ublox: Ublox) -> None:
    body = {"ROTPublicUIDs": [D1]}
    ublox.ok(NOTIFICATIONS, {**body, "FromDate": living.date(-180)})
    assert "180 days" in ublox.refused(NOTIFICATIONS, {**body, "FromDate": living.date(-181)})


@pytest.mark.parametrize(
    "change", [{"ROTPublicUIDs": None}, {"NotificationType": "DEVICE_BOOTSTRAP_EVENT"}, {"FromDate": None}]
)
@rule("notification.filter")
def test_a_notification_request_needs_a_date_and_devices(living: Living, ublox: Ublox, change: dict[str, Any]) -> None:
    body = {"FromDate": living.date(-1), "ROTPublicUIDs": [D1], **change}
    ublox.refused(NOTIFICATIONS, {name: value for name, value in body.items() if value is not None})


@pytest.mark.parametrize(("path", "body"), DATED)
@pytest.mark.parametrize("form", ["%Y-%m-%dT%H:%M:%S+00:00", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M", "%Y-%m-%d"])
@rule("dates.iso")
def test_dates_are_iso_8601(living: Living, ublox: Ublox, path: str, body: dict[str, Any], form: str) -> None:
    date = living.now().strftime(form)
    ublox.ok(path, {**body, "FromDate": date})
    ublox.ok(path, {**body, "FromDate": date, "ToDate": date})


@pytest.mark.parametrize(("path", "body"), DATED)
@rule("dates.iso", "dates.order")
def test_dates_that_are_none_or_run_backwards_are_refused(
    living: Living, ublox: Ublox, path: str, body: dict[str, Any]
) -> None:
    for date in ("yesterday", "2026-13-01", "01.02.2026", "", 1, "0001-01-01T00:00:00+23:00"):
        assert "FromDate" in ublox.refused(path, {**body, "FromDate": date})
        assert "Date" in ublox.refused(path, {**body, "FromDate": living.date(-1), "ToDate": date})
    assert "ToDate" in ublox.refused(path, {**body, "FromDate": living.date(-1), "ToDate": living.date(-2)})
    assert "FromDate" in ublox.refused(path, body)


@pytest.mark.parametrize("path", [CLONES, ACTIVITY])
@rule("clone", "activity")
def test_clones_and_activities_may_be_asked_for_from_any_date(ublox: Ublox, path: str) -> None:
    body = {"ROTPublicUID": D1, "ROTPublicUIDs": [D1], "FromDate": "2020-02-01T00:00:00+00:00"}
    ublox.ok(path, {**body, "ToDate": "2020-03-01T23:59:00+00:00"})
