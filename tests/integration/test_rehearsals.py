# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No module without a rehearsal."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.rehearsal import PLAYS
from tests.support.playbooks import COLLECTIONS

HERE = Path(__file__).parent
MODULES = COLLECTIONS / "ansible_collections" / "edgeops" / "device_trust" / "plugins" / "modules"


def u_blox_modules() -> list[str]:
    return sorted(path.stem for path in MODULES.glob("*.py") if "edgeops.device_trust.ublox" in path.read_text())


@pytest.mark.parametrize("name", u_blox_modules())
def test_every_module_has_a_play(name: str) -> None:
    assert (PLAYS / f"{name}.yml").exists()


@pytest.mark.parametrize("play", sorted(path.stem for path in PLAYS.glob("*.yml")))
def test_every_play_is_rehearsed(play: str) -> None:
    test = HERE / f"test_{play}.py"

    assert "(Rehearsal)" in test.read_text()
