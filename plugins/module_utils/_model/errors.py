# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The errors that reach a user, and the places in files that they point at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .printable import printable


class DeviceTrustError(Exception):
    """Anything this product tells a user went wrong. Its text is complete: it needs no traceback to be understood."""


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a file; line and column count from 1. Line 0 means the file (or origin) as a whole."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        if not self.line:
            return self.file
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in what was declared.

    ``path`` names the value as the user would (``root_cas[0].name``); ``hint`` says what to do about it.
    """

    message: str
    path: str = ""
    position: Position | None = None
    hint: str = ""

    def __str__(self) -> str:
        where = f"{self.position}: " if self.position else ""
        what = f"{self.path}: " if self.path else ""
        hint = f" ({self.hint})" if self.hint else ""
        return printable(f"{where}{what}{self.message}{hint}")


def _reading_order(problem: Problem) -> tuple[str, int, int, str]:
    at = problem.position
    return (at.file, at.line, at.column, problem.path) if at else ("", 0, 0, problem.path)


class InvalidDeclaration(DeviceTrustError):
    """Everything that is wrong in a declaration, at once, in reading order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: Sequence[Problem] = tuple(sorted(problems, key=_reading_order))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class PlanRefused(DeviceTrustError):
    """The declaration is well formed, but a rule or a guard forbids carrying it out. Nothing was sent."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: Sequence[Problem] = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))
