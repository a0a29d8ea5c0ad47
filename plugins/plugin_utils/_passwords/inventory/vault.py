# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Encryption with the operator's vault secrets."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from ansible.errors import AnsibleError
from ansible.parsing.vault import VaultLib, match_encrypt_secret

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.errors import VaultProblem

_DEFAULT_ID = "default"
_SALT_BYTES = 32
_HEADER = re.compile(r"\$ANSIBLE_VAULT;1\.[12];AES256(?:;(?P<label>.+))?")
_HEXADECIMAL = re.compile(r"[0-9a-f]+")


@dataclass(frozen=True, slots=True)
class Envelope:
    """What a vault text says in clear: whose secret it needs, and how long it is (in hexadecimal digits).

    The length stays the same when a text is encrypted anew with another secret, and does not when it is
    damaged.
    """

    vault_id: str
    size: int


class Vault:
    """Encrypts with one of the secrets that ansible-playbook was given, decrypts with all of them."""

    def __init__(self, secrets: Sequence[tuple[str, Any]], vault_id: str | None = None) -> None:
        """``vault_id`` may be left out when there is only one. Raises VaultProblem when there is no such secret."""
        known = list(dict.fromkeys(name for name, _unused in secrets))
        if not known:
            raise VaultProblem(
                "there is no vault secret to encrypt the passwords with: run ansible-playbook "
                "with --vault-id, --vault-password-file or --ask-vault-pass"
            )
        if vault_id is None and len(known) > 1:
            raise VaultProblem(f"there are several vault ids ({', '.join(known)}); choose one with encrypt_vault_id")
        if vault_id is not None and vault_id not in known:
            raise VaultProblem(f"there is no vault id {vault_id!r}; the known ones are: {', '.join(known)}")
        self.vault_id: str = vault_id or known[0]
        self._secret = match_encrypt_secret(list(secrets), self.vault_id)[1]
        self._library = VaultLib(list(secrets))

    @classmethod
    def for_reading(cls, secrets: Sequence[tuple[str, Any]]) -> Self:
        """One of which nobody has to choose an id. Raises VaultProblem when there is no secret at all."""
        return cls(secrets, next((name for name, _unused in secrets), None))

    def encrypt(self, text: str) -> str:
        """``text`` under a salt of its own: a salt decides key and counter, and two texts under one leak
        both.

        The salt is given on purpose: a setting of ansible-core could otherwise make it the same for all.
        """
        salt = os.urandom(_SALT_BYTES)
        encrypted: bytes = self._library.encrypt(text, secret=self._secret, vault_id=self.vault_id, salt=salt)
        return encrypted.decode("ascii")

    def decrypt(self, text: str, where: object) -> str:
        try:
            decrypted: bytes = self._library.decrypt(text.encode("ascii"))
        except AnsibleError:
            raise VaultProblem(f"{where} cannot be decrypted with the vault secrets of this run") from None
        return decrypted.decode()


class NoVault(Vault):
    """For those who look at what is said in clear only."""

    def __init__(self) -> None:
        self.vault_id = ""

    def encrypt(self, text: str) -> str:
        raise VaultProblem("there is no vault secret to encrypt with")

    def decrypt(self, text: str, where: object) -> str:
        raise VaultProblem(f"there is no vault secret to decrypt {where} with")


def size_of(text: str) -> int:
    """The length by which ``text`` is known again; 0 when it is no vault text."""
    read = envelope(text)
    return read.size if read else 0


def envelope(text: str) -> Envelope | None:
    """What the vault text ``text`` says in clear; None when it is not one or has been damaged visibly."""
    first, *rest = text.split("\n")
    header = _HEADER.fullmatch(first)
    body = "".join(rest)
    if header is None or not _HEXADECIMAL.fullmatch(body):
        return None
    return Envelope(header["label"] or _DEFAULT_ID, len(body))
