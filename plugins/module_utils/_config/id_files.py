# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files with device ids: text with one id a line, or CSV with a header row."""

from __future__ import annotations

import csv
import glob
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from .._model.errors import Position, Problem
from .._model.ids import ID_PATTERN, ID_RULE

_ID_COLUMNS = frozenset({"id", "rotpublicuid", "rot_public_uid"})
_SEPARATORS = ",;\t"
_MOST_SHOWN = 10
_valid = re.compile(ID_PATTERN).match


def find_files(pattern: str, base: Path) -> list[Path]:
    """The files that ``pattern`` (a path or a glob, relative to ``base``) names, sorted."""
    return sorted(Path(found) for found in glob.glob(str(base / pattern), recursive=True) if Path(found).is_file())


def read_ids(path: Path, problems: list[Problem]) -> list[str]:
    """The ids in ``path`` as they are written; what is wrong goes to ``problems`` with its line."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as failure:
        reason = failure.strerror if isinstance(failure, OSError) else "it is not UTF-8 text"
        problems.append(Problem(f"cannot be read: {reason}", position=Position(str(path))))
        return []
    lines = text.splitlines()
    header = next((line for line in lines if line.strip() and not line.lstrip().startswith("#")), "")
    if any(separator in header for separator in _SEPARATORS) or header.strip().lower() in _ID_COLUMNS:
        return _csv_ids(path, lines, header, problems)
    return _line_ids(path, lines, problems)


def _line_ids(path: Path, lines: Sequence[str], problems: list[Problem]) -> list[str]:
    if all(map(_valid, lines)):
        return list(lines)
    numbered = ((number, line.split("#")[0].strip()) for number, line in enumerate(lines, 1))
    return list(_checked(path, ((number, text) for number, text in numbered if text), problems))


def _csv_ids(path: Path, lines: Sequence[str], header: str, problems: list[Problem]) -> list[str]:
    separator = max(_SEPARATORS, key=header.count)
    names = [name.strip().lower() for name in next(csv.reader([header], delimiter=separator))]
    column = next((index for index, name in enumerate(names) if name in _ID_COLUMNS), None)
    first = lines.index(header) + 1
    if column is None:
        problems.append(
            Problem(
                "has no column of ids",
                position=Position(str(path), first, 1),
                hint="the header row must name a column ROTPublicUID or Id",
            )
        )
        return []
    action = names.index("action") if "action" in names else None
    rows = csv.reader(lines[first:], delimiter=separator)
    return list(_checked(path, _cells(path, rows, first, column, action, problems), problems))


def _cells(
    path: Path,
    rows: Iterable[Sequence[str]],
    first: int,
    column: int,
    action: int | None,
    problems: list[Problem],
) -> Iterator[tuple[int, str]]:
    """(line, id) of each row that has one."""
    for number, row in enumerate(rows, first + 1):
        if not any(cell.strip() for cell in row) or row[0].lstrip().startswith("#"):
            continue
        if action is not None and len(row) > action and row[action].strip().upper() not in {"", "ADD"}:
            problems.append(
                Problem(
                    f"Action is {row[action].strip()!r}; this list says which devices are in the whitelist",
                    position=Position(str(path), number, 1),
                    hint="leave the row out, or use state: absent for the whole list",
                )
            )
        elif len(row) <= column:
            problems.append(Problem("the row has no id", position=Position(str(path), number, 1)))
        else:
            yield number, row[column].strip()


def _checked(path: Path, numbered: Iterable[tuple[int, str]], problems: list[Problem]) -> Iterator[str]:
    wrong = 0
    for number, text in numbered:
        if _valid(text):
            yield text
            continue
        wrong += 1
        if wrong <= _MOST_SHOWN:
            problems.append(
                Problem(f"{text[:40]!r} is not a device id", position=Position(str(path), number, 1), hint=ID_RULE)
            )
    if wrong > _MOST_SHOWN:
        problems.append(Problem(f"{wrong - _MOST_SHOWN} more lines are not device ids", position=Position(str(path))))
