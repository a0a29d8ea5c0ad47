# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever happens is told in one line: no traceback, and no secret when one is asked for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ansible_collections.edgeops.device_trust.plugins.module_utils import _engine
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.main import status_of

DOCUMENT = (
    "version: 1\nwebhooks:\n- url: https://a.example.com\n  events: [DEVICE_ERRORS_EVENT]\n"
    "  authorization_token: fake-canary-1\n"
)


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """A command that fails with a mistake of the program after it has read a document with a secret."""

    def fail(*_unused: object, **__: object) -> None:
        raise KeyError("fake-canary-1 and fake-canary-2")

    (tmp_path / "fleet.yml").write_text(DOCUMENT)
    monkeypatch.setenv("UBLOX_API_KEY", "fake-key")
    monkeypatch.setenv("UBLOX_API_SECRET", "fake-canary-2")
    monkeypatch.setenv("DEVICE_TRUST_STATE", str(tmp_path / "state"))
    monkeypatch.delenv("UBLOX_ACCOUNT", raising=False)
    monkeypatch.setattr(_engine, "plan", fail)
    return ["plan", str(tmp_path / "fleet.yml"), "--api-url", "http://127.0.0.1:9"]


def test_a_mistake_of_the_program_is_one_line(broken: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert status_of(broken) == 1
    said = capsys.readouterr()

    assert said.out == ""
    assert len(said.err.splitlines()) == 1
    assert said.err.startswith("device-trust: internal error: KeyError at ")
    assert "plugin_utils/_cli/jobs/planning.py:" in said.err
    assert "DEVICE_TRUST_DEBUG=1" in said.err


def test_its_traceback_is_shown_on_demand_without_the_secrets(
    broken: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEVICE_TRUST_DEBUG", "1")
    assert status_of(broken) == 1
    said = capsys.readouterr().err

    assert "Traceback" in said
    assert "canary" not in said
    assert "(secret) and (secret)" in said


def test_an_error_is_a_json_document_where_that_is_wanted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert status_of(["validate", str(tmp_path / "none.yml"), "--json"]) == 1
    data = json.loads(capsys.readouterr().out)

    assert data["ok"] is False
    assert data["problems"] == [
        {
            "message": "cannot be read: No such file or directory",
            "path": "",
            "file": str(tmp_path / "none.yml"),
            "line": None,
            "column": None,
            "hint": "",
        }
    ]


def test_an_interrupt_is_no_error_of_the_program(
    broken: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_unused: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(_engine, "plan", interrupted)
    assert status_of(broken) == 130
    assert capsys.readouterr().err == "device-trust: interrupted\n"


def test_a_file_that_cannot_be_written_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], broken: list[str]
) -> None:
    (tmp_path / "state").write_text("a file where a directory should be")
    assert status_of(["apply", *broken[1:], "--yes"]) == 1

    said = capsys.readouterr().err
    assert len(said.splitlines()) == 1
    assert str(tmp_path / "state") in said
