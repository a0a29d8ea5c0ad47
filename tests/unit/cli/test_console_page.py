# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The console's documentation names commands and options that there are, and the hook that users' repositories take."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.help import Commands
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.main import COMMANDS, status_of

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "console.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```shell\n(.*?)```", PAGE, re.DOTALL)
LINES = [line for block in BLOCKS for line in block.splitlines()]


def options_of(command: Any) -> set[str]:
    return {name for parameter in command.params for name in parameter.opts} | {"--help", "-h"}


@pytest.mark.parametrize("line", LINES)
def test_every_documented_command_line_can_be_typed(line: str) -> None:
    program, name, *words = shlex.split(line)
    options = options_of(Commands(COMMANDS)[name])

    assert program == "device-trust"
    assert {word for word in words if word.startswith("-")} <= options


def test_every_documented_option_and_command_is_there() -> None:
    commands = Commands(COMMANDS)
    known = {"--install-completion"}.union(*(options_of(commands[name]) for name in COMMANDS))

    assert set(re.findall(r"`(?:[a-z]+ )?(--[a-z-]+)", PAGE)) <= known
    assert set(re.findall(r"^\| `([a-z]+)", PAGE, re.MULTILINE)) == set(COMMANDS)


def test_the_hook_runs_what_it_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    (tmp_path / "fleet.yml").write_text("version: 1\ntags: [a]\n")
    program, *arguments = shlex.split(hook["entry"])

    assert program == "device-trust"
    assert hook["id"] in PAGE
    assert hook["pass_filenames"] is False
    assert re.search(hook["files"], "fleet/fleet.yml")
    assert status_of([*arguments, str(tmp_path)]) == 0
    assert capsys.readouterr().out == "Valid: tag 1.\n"
