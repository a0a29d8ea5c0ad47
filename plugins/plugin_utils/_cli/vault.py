# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Passwords for ansible-vault, found as Ansible's own commands find them."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ansible_collections.edgeops.device_trust.plugins.module_utils._engine import DeviceTrustError

if TYPE_CHECKING:
    from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.options import VaultOptions

_CONFIGURED_BY = ("ANSIBLE_VAULT_PASSWORD_FILE", "ANSIBLE_VAULT_IDENTITY_LIST")


@dataclass(slots=True)
class Vault:
    """Decrypts ansible-vault's text. Ansible is loaded, and a password asked for, when there is something to decrypt.

    Beside the options, ANSIBLE_VAULT_PASSWORD_FILE, ANSIBLE_VAULT_IDENTITY_LIST and ansible.cfg count.
    """

    options: VaultOptions
    _library: Any = field(default=None, repr=False)

    @property
    def configured(self) -> bool:
        """Whether passwords were given by options or the environment."""
        return self.options.given or any(os.environ.get(name) for name in _CONFIGURED_BY)

    def __call__(self, ciphertext: str) -> str:
        """Raises DeviceTrustError, which tells nothing of what is inside."""
        from ansible.errors import AnsibleError

        try:
            library = self._library or self._opened()
            self._library = library
            if not library.secrets:
                raise DeviceTrustError(
                    "it is encrypted, and no vault password was given; "
                    "use --vault-password-file, --vault-id or --ask-vault-pass"
                )
            return str(library.decrypt(ciphertext.encode()).decode("utf-8"))
        except UnicodeDecodeError:
            raise DeviceTrustError("what is encrypted in it is not UTF-8 text") from None
        except (AnsibleError, EOFError) as failure:
            words = str(failure).strip().splitlines() or ["the vault password cannot be read"]
            raise DeviceTrustError(f"it cannot be decrypted: {words[0]}") from None

    def _opened(self) -> Any:
        """Raises AnsibleError when a password cannot be had."""
        try:
            from ansible.cli import CLI
        except SystemExit as refusal:  # how Ansible says that the locale or a standard stream is not to its liking
            raise DeviceTrustError(str(refusal.code)) from None
        from ansible.parsing.dataloader import DataLoader
        from ansible.parsing.vault import VaultLib

        secrets = CLI.setup_vault_secrets(
            DataLoader(),
            vault_ids=[*_configured_ids(), *self.options.vault_id],
            vault_password_files=[str(path) for path in self.options.vault_password_file],
            ask_vault_pass=self.options.ask_vault_pass,
            auto_prompt=False,
        )
        return VaultLib(secrets)


def _configured_ids() -> list[str]:
    from ansible import constants

    return list(constants.DEFAULT_VAULT_IDENTITY_LIST)
