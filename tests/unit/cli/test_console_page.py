# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The console's documentation names commands and options that there are, and the hook that users' repositories take."""

from __future__ import annotations

import re
import shlex
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.help import Commands
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.main import COMMANDS, status_of

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "console.md").read_text(encoding="utf-8")
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "roles").glob("*/README.md")])
COMMAND_LINE = re.compile(r"^(?:    |\$ )?(device-trust [a-z-].*)$", re.MULTILINE)
LINES = sorted({line for page in PAGES for line in COMMAND_LINE.findall(page.read_text(encoding="utf-8"))})
ENDS_A_COMMAND = {"|", ">", ">>", "&", "&&", "||", ";", "2>&1"}


def options_of(command: Any) -> set[str]:
    return {name for parameter in command.params for name in parameter.opts} | {"--help", "-h"}


@pytest.mark.parametrize("line", LINES)
def test_every_documented_command_line_can_be_typed(line: str) -> None:
    _program, *words = takewhile(lambda word: word not in ENDS_A_COMMAND, shlex.split(line, comments=True))
    options = options_of(Commands(COMMANDS)[words[0]]) if words[0] in COMMANDS else {"--install-completion"}

    assert {word.partition("=")[0] for word in words if word.startswith("-")} <= options
    assert words[0] in COMMANDS | dict.fromkeys(options)


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
