# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Devices do what was declared of them at their next security heartbeat: waiting for them, and no longer than asked."""

from __future__ import annotations

import time
from typing import Any, cast

import pytest

from ansible_collections.edgeops.device_trust.plugins.module_utils import _engine
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.ids import IdSet
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.live import LiveAccount, Reading
from tests.unit.plan.account import Device, MemoryAccount

A, B = f"{10:016x}", f"{11:016x}"
DOCUMENT = {"device_provisioning": [{"name": "a", "ids": [A, B], "security_heartbeat_seconds": 60}]}


class Fleet:
    """An account whose devices have their heartbeat before one of its readings, and a clock that only sleep moves."""

    def __init__(self, beats_before: int, monkeypatch: pytest.MonkeyPatch) -> None:
        self.account = MemoryAccount(devices={A: Device(), B: Device()})
        self.readings = 0
        self.pauses: list[float] = []
        self.told: list[int] = []
        self._beats_before = beats_before
        monkeypatch.setattr(time, "monotonic", lambda: sum(self.pauses))
        monkeypatch.setattr(time, "sleep", self.pauses.append)

    def read(self, reading: Reading) -> LiveAccount:
        self.readings += 1
        if self.readings == self._beats_before:
            self.account.beat()
        return self.account.read(reading)

    def obstacles(self, _targets: object) -> dict[str, str]:
        return {}

    def unknown_devices(self, devices: IdSet) -> IdSet:
        return self.account.unknown_devices(devices)

    def seconds_per_request(self) -> float:
        return 0.0

    def wait(self, seconds: float) -> dict[str, Any]:
        account = cast("_engine.Account", self)
        return _engine.wait_for_devices(_engine.load_data(DOCUMENT), account, None, seconds, tell=self.told.append)


def told(fleet: Fleet) -> Fleet:
    for device in fleet.account.devices.values():
        device.desired = {"SecurityHeartbeatInSec": 60}
    return fleet


def test_it_ends_when_all_have_done_it(monkeypatch: pytest.MonkeyPatch) -> None:
    fleet = told(Fleet(4, monkeypatch))

    assert fleet.wait(600)["count"] == 0
    assert fleet.readings == 4
    assert fleet.pauses == [1, 2, 4]
    assert fleet.told == [2, 0], "how many are left is told when it changes"


def test_it_does_not_begin_where_nothing_is_awaited(monkeypatch: pytest.MonkeyPatch) -> None:
    fleet = told(Fleet(1, monkeypatch))

    assert fleet.wait(600)["count"] == 0
    assert fleet.pauses == []


def test_it_is_over_when_its_time_is_and_says_who_has_not(monkeypatch: pytest.MonkeyPatch) -> None:
    fleet = told(Fleet(0, monkeypatch))

    assert fleet.wait(100) == IdSet.of([A, B]).summary()
    assert sum(fleet.pauses) == 100
    assert max(fleet.pauses) == 30


def test_without_time_it_looks_once(monkeypatch: pytest.MonkeyPatch) -> None:
    fleet = told(Fleet(0, monkeypatch))

    assert fleet.wait(0)["count"] == 2
    assert (fleet.readings, fleet.pauses) == (1, [])


def test_who_has_not_even_been_told_is_awaited_too(monkeypatch: pytest.MonkeyPatch) -> None:
    fleet = Fleet(0, monkeypatch)
    fleet.account.devices[A].current = {"SecurityHeartbeatInSec": 60}

    assert fleet.wait(0) == IdSet.of([B]).summary()
