# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Replacing files: whole at every moment, private, and without leftovers that matter."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.errors import InventoryConflict
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.inventory.atomic import replace

WRITER = """
import sys
from pathlib import Path
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.inventory.atomic import replace

path = Path(sys.argv[1])
print("ready", flush=True)
while True:
    for letter in "ab":
        replace(path, letter * 200_000)
"""


def test_a_new_file_and_its_directory_are_private(tmp_path: Path) -> None:
    replace(tmp_path / "host" / "file.yml", "text\n")
    assert (tmp_path / "host" / "file.yml").read_text() == "text\n"
    assert (tmp_path / "host" / "file.yml").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "host").stat().st_mode & 0o777 == 0o700
    assert os.listdir(tmp_path / "host") == ["file.yml"]


def test_a_file_that_others_could_read_is_private_once_it_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "file.yml"
    path.write_text("old")
    path.chmod(0o644)
    replace(path, "new")
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_directory_that_was_there_keeps_its_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    replace(tmp_path / "file.yml", "text")
    assert tmp_path.stat().st_mode & 0o777 == 0o755


def test_what_a_killed_writer_left_is_taken_over(tmp_path: Path) -> None:
    (tmp_path / ".file.yml.new").write_text("half written and longer than what comes now")
    replace(tmp_path / "file.yml", "text")
    assert (tmp_path / "file.yml").read_text() == "text"
    assert os.listdir(tmp_path) == ["file.yml"]


def test_a_symbolic_link_in_the_place_of_the_new_file_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("precious")
    (tmp_path / ".file.yml.new").symlink_to(tmp_path / "precious")
    with pytest.raises(InventoryConflict, match=r"file\.yml"):
        replace(tmp_path / "file.yml", "text")
    assert (tmp_path / "precious").read_text() == "precious"


def test_what_the_system_refuses_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "host").write_text("a file where the directory should be")
    with pytest.raises(InventoryConflict, match=r"host/file\.yml: "):
        replace(tmp_path / "host" / "file.yml", "text")


def test_writers_at_the_same_time_leave_one_whole_text(tmp_path: Path) -> None:
    path = tmp_path / "file.yml"
    texts = [letter * 50_000 for letter in "abcd"]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda text: replace(path, text), texts * 5))
    assert path.read_text() in texts
    assert os.listdir(tmp_path) == ["file.yml"]


def test_a_writer_killed_at_any_moment_leaves_the_old_or_the_new_text_whole(tmp_path: Path) -> None:
    path = tmp_path / "file.yml"
    chosen = random.Random(20)
    for _unused in range(12):
        writer = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True)
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(chosen.uniform(0.002, 0.03))
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        if path.exists():
            assert path.read_text() in {"a" * 200_000, "b" * 200_000}
        assert set(os.listdir(tmp_path)) <= {"file.yml", ".file.yml.new"}
    replace(path, "whole")
    assert os.listdir(tmp_path) == ["file.yml"]
