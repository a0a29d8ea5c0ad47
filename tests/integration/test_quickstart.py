# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What docs/quickstart.md tells people to paste works as it is printed, all of it in one shell."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.event_source import free_port
from tests.support.pages import Page

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
INSTALLING = "pip install ."


def test_every_block_of_the_quickstart_works_as_pasted(tmp_path: Path) -> None:
    """All but the installing, which the packaging tests do from scratch."""
    installing, *pasted = Page("quickstart").blocks("shell")
    assert INSTALLING in installing
    script = "set -e\n" + "".join(pasted).replace("8808", str(free_port()))
    console = tmp_path / "bin" / "device-trust"
    console.parent.mkdir()
    main = "ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.main"
    console.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m {main} "$@"\n')
    console.chmod(0o755)
    path = f"{console.parent}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("UBLOX_", "CALAMP_"))}
    environment = {**kept, "HOME": str(tmp_path), "PATH": path, "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".dev")}

    ran = subprocess.run(
        ["bash", "-m", "-c", script],
        cwd=tmp_path,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert '+ root_ca "fleet.example.com"' in ran.stdout
    assert "Makes sure that tags exist" in ran.stdout
