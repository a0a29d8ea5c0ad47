# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fixtures of the rehearsals: each test module ``test_<name>.py`` has its play in ``plays/<name>.yml``."""

from __future__ import annotations

import pytest

from tests.integration.rehearsal import rehearse, replay
from tests.support.playbooks import Run
from tests.support.sandbox import Sandbox


def play_of(request: pytest.FixtureRequest) -> str:
    return request.path.stem.removeprefix("test_")


@pytest.fixture(scope="module")
def run(request: pytest.FixtureRequest, sandbox_process: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The module's play, for real."""
    return rehearse(play_of(request), sandbox_process, tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def in_check_mode(
    request: pytest.FixtureRequest, sandbox_process: Sandbox, tmp_path_factory: pytest.TempPathFactory
) -> Run:
    """The module's play in check mode, with writes forbidden."""
    return replay(play_of(request), sandbox_process, tmp_path_factory.mktemp("home"))
