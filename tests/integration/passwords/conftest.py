# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fixtures of the password tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.passwords.plays import Desk
from tests.support.sandbox import Sandbox


@pytest.fixture
def service(sandbox: Sandbox) -> dict[str, str]:
    """The environment that points a client at the sandbox's password manager."""
    calamp = sandbox.ready["calamp"]
    return {
        "CALAMP_API_URL": calamp["url"],
        "CALAMP_USERNAME": calamp["username"],
        "CALAMP_PASSWORD": calamp["password"],
        "CALAMP_APP_KEY": calamp["app_key"],
    }


@pytest.fixture
def desk(tmp_path: Path, service: dict[str, str]) -> Desk:
    """A place to run ansible-playbook at, with a group of three trackers that the sandbox knows."""
    made = Desk(tmp_path, service)
    made.hosts(tracker_1={"esn": "1110110001"}, tracker_2={"esn": "1110110002"}, tracker_3={"esn": "1110110003"})
    return made
