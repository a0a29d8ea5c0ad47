# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Help pages teach, and cost nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.main import COMMANDS, status_of

HEAVY = ("ansible", "cryptography", "httpx", "jsonschema", "rich", "yaml")
MODULE = "ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.main"
PAGES = [
    ["--help"],
    ["-h"],
    ["--version"],
    ["version"],
    ["version", "--json"],
    *([name, "--help"] for name in COMMANDS),
]
IMPORTED = f"""
import json, sys
from {MODULE} import status_of
statuses = [status_of(page) for page in json.loads(sys.argv[1])]
loaded = [name for name in {HEAVY!r} if name in sys.modules]
engine = [name for name in sys.modules if name.endswith("._engine")]
print(json.dumps([statuses, loaded, engine]), file=sys.stderr)
"""


def test_no_help_page_and_no_version_imports_a_library_that_it_does_not_need() -> None:
    done = subprocess.run(
        [sys.executable, "-c", IMPORTED, json.dumps(PAGES)], capture_output=True, text=True, check=True, timeout=60
    )
    statuses, loaded, engine = json.loads(done.stderr)

    assert statuses == [0] * len(PAGES)
    assert loaded == []
    assert engine == []


def page(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert status_of([*arguments, "--help"]) == 0
    return capsys.readouterr().out


def test_the_first_page_names_every_command_and_the_credentials(capsys: pytest.CaptureFixture[str]) -> None:
    text = page(capsys)

    for name, line in COMMANDS.items():
        assert f"  {name:<8}  {line}\n" in text
    assert "UBLOX_API_SECRET" in text


@pytest.mark.parametrize("name", COMMANDS)
def test_every_page_has_examples_and_says_what_the_exit_code_tells(
    capsys: pytest.CaptureFixture[str], name: str
) -> None:
    text = page(capsys, name)
    examples = text.split("  Examples:\n")[1].split("\n\n")[0].splitlines()
    codes = text.split("  Exit codes:\n")[1].split("\n\n")[0].splitlines()

    assert examples
    assert all(line.startswith(f"    device-trust {name}") for line in examples)
    assert next(line.split()[0] for line in codes) == "0"
    assert all(len(line) <= 120 for line in text.splitlines())


def test_what_is_typed_wrong_is_an_error_and_not_a_change(capsys: pytest.CaptureFixture[str]) -> None:
    """2 is for changes, which typer's own status for wrong usage would be."""
    for arguments in (
        ["pln"],
        ["plan"],
        ["plan", "x", "--nope"],
        ["plan", "x", "--format", "xml"],
        ["apply", "--events", "--json"],
    ):
        assert status_of(arguments) == 1, arguments
    said = capsys.readouterr().err
    assert "Did you mean 'plan'" in said
    assert "--json and --events exclude each other" in said


def test_shells_complete_commands_and_kinds() -> None:
    def completed(line: str) -> list[str]:
        words = line.split(" ")
        environment = {
            **os.environ,
            "_DEVICE_TRUST_COMPLETE": "complete_bash",
            "COMP_WORDS": line,
            "COMP_CWORD": str(len(words) - 1),
        }
        done = subprocess.run(
            [sys.executable, "-m", MODULE], env=environment, capture_output=True, text=True, timeout=60, check=False
        )
        return done.stdout.split()

    assert completed("device-trust pl") == ["plan"]
    assert completed("device-trust plan --only root") == ["root_ca"]
