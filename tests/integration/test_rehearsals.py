# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No kind of object without a rehearsal of its module."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.edgeops.device_trust.plugins.module_utils._engine import KINDS
from tests.integration.rehearsal import PLAYS

HERE = Path(__file__).parent


@pytest.mark.parametrize("module", [*KINDS, "desired_state"])
def test_every_module_that_changes_the_account_has_a_play(module: str) -> None:
    assert (PLAYS / f"{module}.yml").exists()


@pytest.mark.parametrize("play", sorted(path.stem for path in PLAYS.glob("*.yml")))
def test_every_play_is_rehearsed(play: str) -> None:
    test = HERE / f"test_{play}.py"

    assert "(Rehearsal)" in test.read_text()
