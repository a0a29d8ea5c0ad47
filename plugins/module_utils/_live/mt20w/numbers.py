# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where a reader keeps the number of its next token."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Protocol

from ..._model.errors import DeviceTrustError
from .codec import InvalidNumber, parse_number


class NumberNotKept(DeviceTrustError):
    """The file for the number cannot be read or written."""


class HeldNumber(Protocol):
    """One number that outlives the requests."""

    def load(self) -> str | None:
        """The number kept, or None if there is none yet."""

    def save(self, number: str) -> None:
        """Keep this number from now on."""


class MemoryNumber:
    """A number kept as long as the object lives."""

    def __init__(self, number: str | None = None) -> None:
        self._number = number

    def load(self) -> str | None:
        """See HeldNumber."""
        return self._number

    def save(self, number: str) -> None:
        """See HeldNumber."""
        self._number = number


class FileNumber:
    """A number kept in a file that only its owner can read, replaced as a whole on each change."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> str | None:
        """The number in the file. A file without one counts as none: the host then tells the right number.

        Raises NumberNotKept when there is a file that cannot be read.
        """
        try:
            return parse_number(self._path.read_text(encoding="ascii").strip())
        except (FileNotFoundError, UnicodeDecodeError, InvalidNumber):
            return None
        except OSError as failure:
            raise NumberNotKept(f"cannot read the next number from {self._path}: {failure.strerror}") from None

    def save(self, number: str) -> None:
        """Replace the file, which has mode 0600. Raises NumberNotKept."""
        try:
            descriptor, temporary = tempfile.mkstemp(prefix=f".{self._path.name}.", dir=self._path.parent)
            try:
                with os.fdopen(descriptor, "w", encoding="ascii") as file:
                    file.write(f"{number}\n")
                os.replace(temporary, self._path)
            except BaseException:
                os.unlink(temporary)
                raise
        except OSError as failure:
            raise NumberNotKept(f"cannot keep the next number in {self._path}: {failure.strerror}") from None
