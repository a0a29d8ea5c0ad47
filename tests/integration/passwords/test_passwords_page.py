# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/passwords.md: every command on the page works as it stands, from top to bottom."""

from __future__ import annotations

from pathlib import Path

from tests.integration.passwords.plays import Desk
from tests.support.pages import Page
from tests.support.sandbox import Sandbox


def test_the_commands_of_the_page_work_from_top_to_bottom(tmp_path: Path, sandbox: Sandbox) -> None:
    blocks = Page("passwords").blocks("sh")
    assert len(blocks) >= 5
    script = "set -eu\n" + "\n".join(blocks)
    address = "http://127.0.0.1:8080/calamp"
    assert address in script
    desk = Desk(tmp_path)
    (tmp_path / "page.sh").write_text(script.replace(address, sandbox.calamp_url))
    said = desk.run("/bin/sh", "page.sh").ok().said
    assert "2 written, 0 removed, 0 unchanged, 0 missing" in said
    assert 'AT$PW \\"<9 characters>\\"' in said
    assert "2 devices: 2 unchanged since manufacture." in said
    assert said.count("2 written") == 2
