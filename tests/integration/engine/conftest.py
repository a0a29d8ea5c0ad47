# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fixtures of the engine's proofs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.engine import fleet
from tests.integration.engine.stage import Driver, Rehearsal, Undisturbed
from tests.support.sandbox import Sandbox


@pytest.fixture(scope="session")
def driver() -> Iterator[Driver]:
    running = Driver()
    yield running
    running.stop()


@pytest.fixture(autouse=True)
def settled(driver: Driver) -> Iterator[None]:
    yield
    driver.settle()


@pytest.fixture
def second_driver() -> Iterator[Driver]:
    running = Driver()
    yield running
    running.stop()


@pytest.fixture
def rehearsal(sandbox: Sandbox, driver: Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Rehearsal:
    for name, value in fleet.TOKENS.items():
        monkeypatch.setenv(name, value)
    return Rehearsal(sandbox, driver, tmp_path)


@pytest.fixture(scope="session")
def undisturbed(sandbox_process: Sandbox, driver: Driver, tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    calm = Rehearsal(sandbox_process, driver, tmp_path_factory.mktemp("undisturbed"))
    answer = calm.apply()
    assert (answer["planned"], answer["ok"]) == (fleet.CHANGES, True)
    writes = fleet.writes(sandbox_process.requests())
    assert writes.total() == fleet.REQUESTS
    return Undisturbed(calm.account(), writes)
