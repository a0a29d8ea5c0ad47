# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documents through the console: checked anywhere, with secrets out of ansible-vault, by reference in saved plans."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.console.conftest import TOKENS
from tests.integration.console.terminal import Console
from tests.support.sandbox import Sandbox

CANARY = "fake-canary-vaulted-token"
DIGEST = hashlib.sha256(CANARY.encode()).hexdigest()
PASSWORDS = {"dev": "obviously-fake-password-1", "prod": "obviously-fake-password-2"}
HOOK = """\
version: 1
webhooks:
  - url: https://vaulted.example.com/hook
    events: [DEVICE_BOOTSTRAP_EVENT]
    authorization_token: {token}
"""


@pytest.fixture
def vaults(home: Path) -> Path:
    """Password files, one for each vault id."""
    for vault_id, password in PASSWORDS.items():
        (home / f"{vault_id}.pass").write_text(password + "\n")
    return home


def encrypted(home: Path, text: str, vault_id: str) -> str:
    """``text`` as ansible-vault itself encrypts it."""
    program = str(Path(sys.executable).with_name("ansible-vault"))
    command = [program, "encrypt", "--vault-id", f"{vault_id}@{vault_id}.pass", "--output", "-"]
    return subprocess.run(command, cwd=home, input=text, capture_output=True, text=True, check=True).stdout


def test_validate_says_everything_that_is_wrong_at_once_with_its_place(home: Path, sandbox: Sandbox) -> None:
    (home / "more.yml").write_text("version: 1\ntgas: [a]\nroot_cas:\n  - name: x\n    renew_before_days: 1000\n")
    (home / "ids.txt").write_text("ff\nxyz\n")
    (home / "line" / "third.yml").write_text("version: 1\nwhitelist: {mode: exclusive, files: [../ids.txt, none.*]}\n")
    stranger = Console(home)
    text = stranger.process("validate", "fleet.yml", "more.yml", "line", status=1)
    data = stranger("validate", "more.yml", "line", "--json", status=1).json

    assert text.err.splitlines() == [
        "line/../ids.txt:2:1: 'xyz' is not a device id (1 to 16 hexadecimal digits)",
        "line/third.yml:2:50: whitelist.files[1]: no file matches 'none.*'",
        "more.yml:2:1: unknown section 'tgas' (did you mean 'tags'?)",
        "more.yml:5:24: root_cas[0].renew_before_days: 1000 is out of range (allowed: 1 to 365)",
        "device-trust: 4 problems; nothing was changed",
    ]
    assert data["ok"] is False
    assert data["problems"][2] == {
        "message": "unknown section 'tgas'",
        "path": "",
        "file": "more.yml",
        "line": 2,
        "column": 1,
        "hint": "did you mean 'tags'?",
    }


def test_validate_needs_neither_account_nor_secrets_unless_it_is_strict(home: Path) -> None:
    stranger = Console(home)
    lenient = stranger("validate", "fleet.yml")
    strict = stranger("validate", "fleet.yml", "--strict", status=1)

    assert lenient.out == (
        "Valid: tag 2, root_ca 1, device_profile 1, bootstrap_provisioning 1, whitelist 1, webhook 1.\n"
    )
    assert "Warning: fleet.yml:22:28: the environment variable HOOK_TOKEN is not set" in lenient.err
    assert "fleet.yml:22:28: the environment variable HOOK_TOKEN is not set" in strict.err
    assert stranger.with_variables(**TOKENS)("validate", "fleet.yml", "--strict").err == ""


def test_without_credentials_the_way_to_get_some_is_told(home: Path) -> None:
    stranger = Console(home, TOKENS)

    for command in (["plan", "fleet.yml"], ["apply", "fleet.yml"], ["drift", "fleet.yml"], ["import"]):
        assert "set UBLOX_API_KEY and UBLOX_API_SECRET, or UBLOX_API_TOKEN" in stranger(*command, status=1).err


def test_an_encrypted_value_is_planned_saved_and_sent(console: Console, vaults: Path, sandbox: Sandbox) -> None:
    value = "".join(f"      {line}\n" for line in encrypted(vaults, CANARY, "prod").splitlines())
    (vaults / "hook.yml").write_text(HOOK.format(token=f"!vault |\n{value}"))
    options = ["--vault-id", "prod@prod.pass"]
    planned = console.process("plan", "hook.yml", "--out", "plan.json", *options)
    nothing = console.process("apply", "plan.json", status=1)
    console.process("apply", "plan.json", *options)

    assert "authorization_token: (secret vault:prod)" in planned.out
    assert "the secret vault:prod cannot be read: it is encrypted, and no vault password was given" in nothing.err
    assert CANARY not in (vaults / "plan.json").read_text() + planned.output
    (made,) = [hook for hook in sandbox.state()["webhooks"] if "vaulted" in hook["url"]]
    assert made["token_sha256"] == DIGEST


def test_whole_files_may_be_encrypted_each_with_its_own_id(console: Console, vaults: Path, sandbox: Sandbox) -> None:
    (vaults / "secret.yml").write_text(encrypted(vaults, HOOK.format(token=CANARY), "prod"))
    (vaults / "ids.txt").write_text(encrypted(vaults, "0002000089280030\n", "dev"))
    (vaults / "ids.yml").write_text("version: 1\nwhitelist: {files: [ids.txt]}\n")
    both = console.with_variables(ANSIBLE_VAULT_IDENTITY_LIST="dev@dev.pass,prod@prod.pass")
    console("validate", "secret.yml", "ids.yml")
    wrong = console.process("plan", "secret.yml", "--vault-password-file", "dev.pass", status=1)
    both.process("plan", "secret.yml", "ids.yml", "--out", "plan.json")
    both.process("apply", "plan.json")

    assert wrong.err.startswith("secret.yml: cannot be read: it cannot be decrypted: ")
    assert CANARY not in (vaults / "plan.json").read_text()
    state = sandbox.state()
    assert DIGEST in {hook["token_sha256"] for hook in state["webhooks"]}
    assert "0002000089280030" in str(state["whitelist"])


def test_a_vault_password_is_asked_for_on_a_terminal(console: Console, vaults: Path) -> None:
    (vaults / "secret.yml").write_text(encrypted(vaults, HOOK.format(token=CANARY), "dev"))
    asked = console.on_terminal(
        "plan", "secret.yml", "--ask-vault-pass", typed=f"{PASSWORDS['dev']}\n", after="Vault password:"
    )

    assert asked.status == 0
    assert "(secret vault:secret.yml:5:26)" in asked.out
    assert PASSWORDS["dev"] not in asked.out


def test_a_secret_in_clear_is_warned_of_and_cannot_be_saved(console: Console, home: Path) -> None:
    (home / "hook.yml").write_text(HOOK.format(token=CANARY))
    planned = console("plan", "hook.yml")
    refused = console("plan", "hook.yml", "--out", "plan.json", status=1)

    assert "hook.yml:5:26: webhooks[0].authorization_token: a secret in clear; refer to it with !env" in planned.out
    assert "refer to it with !env, !file or !vault" in refused.err
    assert CANARY not in planned.output + refused.output
    assert not (home / "plan.json").exists()
