# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values and files that are encrypted with ansible-vault, and references that a saved plan can hold."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from pathlib import Path

import pytest

from ansible_collections.edgeops.device_trust.plugins.module_utils._config.document import load_data, load_files
from ansible_collections.edgeops.device_trust.plugins.module_utils._config.references import resolve_reference
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.desired import Desired
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.errors import (
    DeviceTrustError,
    InvalidDeclaration,
)
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.ids import IdSet
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.secret import Secret

CANARY = "obviously-fake-canary"


def encrypted(text: str, vault_id: str = "") -> str:
    """Text as a vault that needs no password."""
    header = f"$ANSIBLE_VAULT;1.2;AES256;{vault_id}" if vault_id else "$ANSIBLE_VAULT;1.1;AES256"
    return f"{header}\n{base64.b16encode(text.encode()).decode()}\n"


def decrypt(ciphertext: str) -> str:
    try:
        return base64.b16decode(ciphertext.split("\n")[1].strip()).decode()
    except (ValueError, IndexError):
        raise DeviceTrustError("it cannot be decrypted") from None


def hook(token: str) -> str:
    return (
        "version: 1\nwebhooks:\n- url: https://a.example.com\n  events: [DEVICE_ERRORS_EVENT]\n"
        f"  authorization_token: {token}\n"
    )


def inline(ciphertext: str) -> str:
    return "!vault |\n" + "".join(f"    {line}\n" for line in ciphertext.splitlines())


def token_of(desired: Desired) -> Secret:
    (found,) = desired.sections["webhook"]
    value = found.attributes["authorization_token"]
    assert isinstance(value, Secret)
    return value


def check_reference(secret: Secret, shown: str, environ: Mapping[str, str] | None = None) -> None:
    """The reference leads to the value again, and shows nothing of it."""
    assert secret.reveal() == CANARY
    assert CANARY not in secret.reference
    assert str(secret) == f"(secret {shown})"
    assert resolve_reference(secret.reference, environ or {}, decrypt) == CANARY


@pytest.mark.parametrize(("vault_id", "shown"), [("", "vault:default"), ("prod", "vault:prod")])
def test_an_encrypted_value_is_its_own_reference(tmp_path: Path, vault_id: str, shown: str) -> None:
    document = tmp_path / "fleet.yml"
    document.write_text(hook(inline(encrypted(CANARY + "\n", vault_id))))

    check_reference(token_of(load_files([document], {}, decrypt)), shown)


def test_a_value_in_an_encrypted_document_is_referred_to_by_its_place(tmp_path: Path) -> None:
    document = tmp_path / "fleet.yml"
    document.write_text(encrypted(hook(CANARY)))
    secret = token_of(load_files([document], {}, decrypt))

    check_reference(secret, f"vault:{document}:5:24")
    document.write_text(encrypted(hook("another-fake-token")))
    with pytest.raises(DeviceTrustError, match="the file has changed since the plan was made; make the plan again"):
        resolve_reference(secret.reference, {}, decrypt)


def test_an_encrypted_part_is_included_and_refers_to_itself(tmp_path: Path) -> None:
    document = tmp_path / "fleet.yml"
    document.write_text("version: 1\nwebhooks: !include secret.yml\n")
    part = tmp_path / "secret.yml"
    part.write_text(encrypted(f"- url: https://a.example.com\n  authorization_token: '{CANARY}'\n"))

    check_reference(token_of(load_files([document], {}, decrypt)), f"vault:{part}:2:24")


def test_files_of_secrets_and_of_ids_may_be_encrypted(tmp_path: Path) -> None:
    document = tmp_path / "fleet.yml"
    document.write_text(hook("!file token") + "whitelist: {files: [ids.txt]}\n")
    (tmp_path / "token").write_text(encrypted(CANARY + "\n"))
    (tmp_path / "ids.txt").write_text(encrypted("ff\n0a\n"))
    desired = load_files([document], {}, decrypt)

    check_reference(token_of(desired), f"file:{tmp_path}/token")
    (ids,) = (found.attributes["ids"] for found in desired.sections["whitelist"])
    assert isinstance(ids, IdSet)
    assert list(ids) == ["0a", "ff"]


def test_a_variable_is_read_when_the_plan_is_applied(tmp_path: Path) -> None:
    document = tmp_path / "fleet.yml"
    document.write_text(hook("!env TOKEN"))
    secret = token_of(load_files([document], {"TOKEN": CANARY}))

    check_reference(secret, "env:TOKEN", {"TOKEN": CANARY})
    with pytest.raises(DeviceTrustError, match="the environment variable TOKEN, which a secret is taken from"):
        resolve_reference(secret.reference, {})


@pytest.mark.parametrize(
    "reference", ["", "inline", "env:", "file:/none", "vault:", "vault:x", "vault:/none:1:1\nsha256:0", "http://x"]
)
def test_a_reference_that_leads_nowhere_says_so(reference: str) -> None:
    with pytest.raises(DeviceTrustError):
        resolve_reference(reference, {}, decrypt)


def test_nothing_of_an_encrypted_file_is_told_when_it_is_wrong(tmp_path: Path) -> None:
    document = tmp_path / "fleet.yml"
    document.write_text(encrypted(f"version: 1\ntags: ['{CANARY},']\nroot_cas: [{{name: [{CANARY}]}}]\n"))
    with pytest.raises(InvalidDeclaration) as refused:
        load_files([document], {}, decrypt)

    assert CANARY not in str(refused.value)
    assert f"{document}:2:8: tags[0].name: the value of vault:{document}:2:8 must not be empty" in str(refused.value)


@pytest.mark.parametrize("how", ["value", "document", "secret", "ids"])
def test_without_a_way_to_decrypt_the_place_and_the_way_out_are_told(tmp_path: Path, how: str) -> None:
    document = tmp_path / "fleet.yml"
    (tmp_path / "encrypted").write_text(encrypted("ff"))
    document.write_text(
        {
            "value": hook(inline(encrypted(CANARY))),
            "document": encrypted(hook(CANARY)),
            "secret": hook("!file encrypted"),
            "ids": "version: 1\nwhitelist: {files: [encrypted]}\n",
        }[how]
    )
    with pytest.raises(InvalidDeclaration) as refused:
        load_files([document], {})
    (problem,) = refused.value.problems

    assert problem.position
    assert "--vault-password-file" in problem.message
    assert "in a playbook" in problem.message


@pytest.mark.parametrize("how", ["variable", "value", "secret", "ids", "document"])
def test_what_need_not_be_known_is_warned_of_and_the_rest_is_checked(tmp_path: Path, how: str) -> None:
    document = tmp_path / "fleet.yml"
    (tmp_path / "encrypted").write_text(encrypted("ff"))
    document.write_text(
        {
            "variable": hook("!env NOT_SET"),
            "value": hook(inline(encrypted(CANARY))),
            "secret": hook("!file encrypted"),
            "ids": "version: 1\nwhitelist: {files: [encrypted]}\n",
            "document": encrypted(hook(CANARY)),
        }[how]
    )
    (warning,) = load_files([document], {}, lenient=True).warnings
    (tmp_path / "wrong.yml").write_text("version: 1\ntags: ['a,b']\n")

    assert "not checked" in warning
    assert warning.startswith(str(tmp_path))
    with pytest.raises(InvalidDeclaration, match=r"wrong\.yml:2:8"):
        load_files([document, tmp_path / "wrong.yml"], {}, lenient=True)


def test_unknown_values_anywhere_raise_no_problem_of_their_own(tmp_path: Path) -> None:
    document = tmp_path / "fleet.yml"
    document.write_text(
        "version: !env V\naccount: !env A\ntags: [!env T, {name: !env T, state: !env S}]\n"
        "root_cas: {mode: !env M, items: [{name: !env N, ca_validity_days: !env D, device_validity_days: 365}]}\n"
        "device_profiles: [{name: p, tags: [!env T], bootstrap_provisioning: {authorizations: {ZTPV1: !env Z}}}]\n"
        "whitelist: {ids: [!env I], files: [!env F]}\nwebhooks: [{url: !env U, events: [!env E]}]\n"
    )

    assert len(load_files([document], {}, lenient=True).warnings) == 14


def test_data_of_a_task_has_no_tags_to_decrypt() -> None:
    desired = load_data({"webhooks": [{"url": "https://a.example.com", "authorization_token": CANARY}]})

    assert token_of(desired).reference == "inline"
