# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``docs/gitops.md`` works as it stands, from top to bottom; the rest of the example repository is what it says."""

from __future__ import annotations

import json
import re
import shlex
import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.integration.gitops.runner import EXAMPLE, Forge
from tests.support.pages import Page

ROOT = EXAMPLE.parents[2]
PAGE = Page("gitops")


@pytest.fixture
def forge(tmp_path: Path) -> Forge:
    return Forge(tmp_path, {})


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def test_every_command_of_the_page_works(forge: Forge) -> None:
    script = "\n".join(["set -e", "trap 'kill \"$SANDBOX\" 2>/dev/null || true' EXIT", *PAGE.blocks("sh")])
    script = script.replace("8090", str(free_port()))

    done = subprocess.run(
        ["bash", "-c", script],
        cwd=forge.repository,
        env=forge.environ,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "### Plan for account `production`" in done.stdout
    assert "root_ca.fleet.example.com has changed since the plan was made: it exists now" in done.stderr
    drift = (forge.repository / "drift.md").read_text()
    assert "-     renew_before_days: 90\n+     renew_before_days: 60" in drift
    schema = forge.repository / "schemas" / "desired-state.schema.json"
    assert schema.read_text() == (ROOT / "schemas" / "desired-state.schema.json").read_text()
    for document in (forge.repository / "fleet").glob("*/*.yml"):
        (line,) = re.findall(r"yaml-language-server: \$schema=(.+)", document.read_text())
        assert (document.parent / line).resolve() == schema.resolve()


def test_every_link_of_the_page_leads_somewhere() -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)[^)]*\)", PAGE.text)

    assert links
    assert not [link for link in links if not (PAGE.path.parent / link).exists()]


def test_the_hooks_of_the_example_run(forge: Forge) -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    (repository,) = yaml.safe_load((EXAMPLE / ".pre-commit-config.yaml").read_text())["repos"]

    for used in repository["hooks"]:
        assert used["id"] == hook["id"]
        command = [*shlex.split(hook["entry"]), *used["args"]]
        done = subprocess.run(
            command, cwd=forge.repository, env=forge.environ, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
    forge.edit("fleet/staging/fleet.yml", "ca_validity_days: 1825", "ca_validity_days: 18250")
    command = [*shlex.split(hook["entry"]), "fleet/staging"]
    done = subprocess.run(command, cwd=forge.repository, env=forge.environ, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "fleet/staging/fleet.yml:11:" in done.stdout + done.stderr


def test_the_release_that_the_example_uses_is_this_one() -> None:
    (version,) = re.findall(r"(?m)^version: (\S+)$", (ROOT / "galaxy.yml").read_text())
    files = ("requirements.txt", ".pre-commit-config.yaml", "awx/execution-environment.yml")

    assert all(f"v{version}" in (EXAMPLE / file).read_text() for file in files)


def test_the_editor_knows_every_tag_that_documents_may_have() -> None:
    tags: list[str] = json.loads((EXAMPLE / ".vscode" / "settings.json").read_text())["yaml.customTags"]

    assert tags == [f"!{name} scalar" for name in ("env", "file", "include", "vault")]


def test_the_credential_type_gives_what_the_documents_and_the_plays_need() -> None:
    kind: dict[str, Any] = yaml.safe_load((EXAMPLE / "awx" / "credential-type.yml").read_text())
    fields = {field["id"] for field in kind["inputs"]["fields"]}

    assert set(kind["injectors"]["env"]) == {"UBLOX_API_KEY", "UBLOX_API_SECRET", "HOOK_TOKEN"}
    assert {value.strip("{ }") for value in kind["injectors"]["env"].values()} == fields


@pytest.mark.parametrize("name", ["plan", "apply", "drift"])
def test_the_playbooks_of_the_example_name_those_of_the_collection(name: str) -> None:
    (play,) = yaml.safe_load((EXAMPLE / "awx" / f"{name}.yml").read_text())

    assert play["ansible.builtin.import_playbook"] == f"edgeops.device_trust.{name}"
    assert (ROOT / "playbooks" / f"{name}.yml").is_file()
