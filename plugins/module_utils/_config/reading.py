# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Text files, plain and encrypted with ansible-vault, and why one cannot be read."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from .._model.errors import DeviceTrustError

Decrypt: TypeAlias = Callable[[str], str]

_VAULT_HEADER = "$ANSIBLE_VAULT;"
VAULT_NEEDS_CONSOLE = (
    "ansible-vault values are read by the console, given --vault-password-file or --vault-id; "
    "in a playbook give the declaration as vaulted variables instead of files"
)


class Unreadable(Exception):
    """A file whose text cannot be had; the message says why in a few words."""


def read_text(path: Path, encoding: str = "utf-8") -> str:
    """The text of ``path``. Raises Unreadable."""
    try:
        return path.read_text(encoding=encoding)
    except OSError as failure:
        raise Unreadable(failure.strerror or type(failure).__name__) from None
    except UnicodeDecodeError:
        raise Unreadable("it is not UTF-8 text") from None
    except ValueError:
        raise Unreadable("no file can have this name") from None


def is_vaulted(text: str) -> bool:
    return text.startswith(_VAULT_HEADER)


@dataclass(frozen=True, slots=True)
class FileText:
    """The text of a file. ``ciphertext`` is what the file holds if that is encrypted, else empty."""

    text: str
    ciphertext: str = ""


@dataclass(frozen=True, slots=True)
class Sources:
    """Where documents take what they do not hold themselves.

    ``decrypt`` turns ansible-vault's text into plain text, and raises DeviceTrustError. With ``lenient``, a variable
    that is not set or a vault without a password is no problem: its value is unknown, and ``unknown`` tells of it.
    """

    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    decrypt: Decrypt | None = None
    lenient: bool = False
    unknown: list[str] = field(default_factory=list)

    def read(self, path: Path, encoding: str = "utf-8") -> FileText:
        """The text of ``path``, decrypted if it is encrypted. Raises Unreadable."""
        text = read_text(path, encoding)
        return FileText(self.decrypted(text), text) if is_vaulted(text) else FileText(text)

    def decrypted(self, ciphertext: str) -> str:
        """Raises Unreadable."""
        if self.decrypt is None:
            raise Unreadable(VAULT_NEEDS_CONSOLE)
        try:
            return self.decrypt(ciphertext)
        except DeviceTrustError as failure:
            raise Unreadable(str(failure)) from None

    def may_skip(self, text: str) -> bool:
        """Whether ``text`` is encrypted, and that it cannot be decrypted is no problem."""
        return self.lenient and self.decrypt is None and is_vaulted(text)

    def skipped(self, path: Path) -> bool:
        """Whether the file is encrypted and need not be read, of which ``unknown`` then tells."""
        try:
            skipped = self.lenient and self.may_skip(read_text(path))
        except Unreadable:
            return False
        if skipped:
            self.unknown.append(f"{path}: is encrypted, and was not checked")
        return skipped
