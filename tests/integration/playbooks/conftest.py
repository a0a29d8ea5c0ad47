# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fixtures of the playbooks for operations."""

from __future__ import annotations

import pytest

from tests.integration.playbooks.operator_desk import Desk
from tests.support.sandbox import Sandbox


@pytest.fixture(scope="module")
def desk(sandbox_process: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A desk, at a sandbox with its default seed."""
    sandbox_process.reset()
    folder = tmp_path_factory.mktemp("desk") / "work"
    folder.mkdir()
    return Desk(sandbox_process, folder)
