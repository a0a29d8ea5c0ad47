# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ansible can read the documentation of every plugin."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

COLLECTION = "edgeops.device_trust"
PLUGINS = Path(__file__).resolve().parents[2] / "plugins"


def names(folder: str) -> list[str]:
    return sorted(path.stem for path in (PLUGINS / folder).glob("*.py") if not path.stem.startswith("_"))


@pytest.mark.parametrize(("kind", "folder"), [("module", "modules"), ("lookup", "lookup"), ("filter", "filter")])
def test_ansible_doc_reads_every_plugin(kind: str, folder: str) -> None:
    wanted = [f"{COLLECTION}.{name}" for name in names(folder)]

    ran = subprocess.run(
        [Path(sys.executable).with_name("ansible-doc"), "--type", kind, "--json", *wanted],
        capture_output=True,
        text=True,
        env={**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(PLUGINS.parent / ".dev")},
        timeout=120,
    )

    assert ran.returncode == 0, ran.stderr
    documented: dict[str, Any] = json.loads(ran.stdout)
    assert sorted(documented) == wanted
    assert all(entry["doc"]["description"] and entry["examples"] for entry in documented.values())
