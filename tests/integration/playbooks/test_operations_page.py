# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page docs/operations.md: its commands work as they are printed, and print what it says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.support.event_source import free_port
from tests.support.pages import Page

ROOT = Path(__file__).resolve().parents[3]
PAGE = Page("operations")
PLAYBOOKS = ("onboard_batch", "blacklist_report", "certificate_report", "rotate_root_ca", "quarantine_device")
CONSOLE = "ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.main"


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_every_command_works_and_prints_what_the_page_says(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "device-trust").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m {CONSOLE} "$@"\n')
    (tmp_path / "bin" / "device-trust").chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("UBLOX_", "CALAMP_"))}
    path = f"{tmp_path}/bin:{Path(sys.executable).parent}:{os.environ['PATH']}"
    script = "set -e\ntrap 'kill $SANDBOX 2>/dev/null || true' EXIT\n" + "".join(PAGE.blocks("sh"))

    ran = subprocess.run(
        ["bash", "-c", script.replace("8080", str(free_port())).replace("wait $SANDBOX", "wait $SANDBOX || true")],
        cwd=tmp_path,
        env={**kept, "HOME": str(tmp_path), "PATH": path, "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".dev")},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=840,
        check=False,
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr
    printed = [re.escape(line).replace("…", ".+") for block in PAGE.blocks("text") for line in block.splitlines()]
    assert [line for line in printed if not re.search(f'"{line}"', ran.stdout)] == [], ran.stdout


@pytest.mark.parametrize("playbook", PLAYBOOKS)
def test_every_variable_of_a_playbook_is_on_the_page_and_at_its_top(playbook: str) -> None:
    text = (ROOT / "playbooks" / f"{playbook}.yml").read_text()
    top = set(re.findall(r"^# {2,3}([a-z]+_[a-z_]+)", text, re.MULTILINE))
    (play,) = yaml.safe_load(text)
    settable = {name for name, value in play["vars"].items() if "{{" not in str(value)}

    assert settable <= top
    assert {name for name in top if f"`{name}`" not in PAGE.text} == set()
