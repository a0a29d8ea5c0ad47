# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Clients for the tests of the sandbox."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.living import Living
from tests.support.raw import CalAmp, Ublox
from tests.support.sandbox import Sandbox


@pytest.fixture
def ublox(sandbox: Sandbox) -> Iterator[Ublox]:
    """A logged-in client of the u-blox API."""
    client = Ublox(sandbox)
    with client.http:
        client.login()
        yield client


@pytest.fixture
def calamp(sandbox: Sandbox) -> Iterator[CalAmp]:
    """A logged-in client of the password manager, which is told not to limit the rate."""
    sandbox.settings(calamp_interval_ms=0)
    client = CalAmp(sandbox)
    with client.http:
        client.login()
        yield client


@pytest.fixture
def living(sandbox: Sandbox, ublox: Ublox) -> Living:
    """The fleet, with heartbeats as the clock goes on."""
    return Living(sandbox, ublox)


@pytest.fixture(autouse=True)
def no_defect(sandbox: Sandbox) -> Iterator[None]:
    """No test may find a defect of the sandbox itself."""
    yield
    assert not any(ledger["internal_errors"] for ledger in sandbox.requests().values()), sandbox.complaints()
