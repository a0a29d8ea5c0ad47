# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files with device ids: text with one id a line, or CSV with a header row."""

from __future__ import annotations

import csv
import glob
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from .._model.errors import Position, Problem
from .._model.ids import ID_PATTERN, ID_RULE, normal_id
from .reading import Sources, Unreadable

_ID_COLUMNS = frozenset({"id", "rotpublicuid", "rot_public_uid"})
_SEPARATORS = ",;\t"
_MOST_SHOWN = 10
_LONGEST_WORD = 8  # of hexadecimal digits; what is longer is an id and no name of a column
_valid = re.compile(ID_PATTERN).fullmatch
_Found = TypeVar("_Found")


def find_files(pattern: str, base: Path) -> list[Path]:
    """The files that ``pattern`` (a path or a glob, relative to ``base``) names, sorted. A name that a file has is that
    file, also when it could be read as a glob.
    """
    if os.path.isfile(base / pattern):
        return [base / pattern]
    found = (base / name for name in glob.glob(pattern, root_dir=base, recursive=True))
    return sorted(path for path in found if os.path.isfile(path))


def read_ids(path: Path, problems: list[Problem], sources: Sources | None = None) -> list[str]:
    """The ids in ``path`` as they are written; what is wrong goes to ``problems`` with its line."""
    lines, header = _lines(path, problems, sources)
    read = _csv_ids if _is_csv(header) else _line_ids
    return list(_right(path, read(lines, header), problems))


@dataclass(frozen=True, slots=True)
class Row:
    """A device of a file: its id in normal form, and all that its row says, by column; those in lower case."""

    id: str
    columns: Mapping[str, str] = field(default_factory=dict)


def read_rows(path: Path, problems: list[Problem], sources: Sources | None = None) -> list[Row]:
    """As ``read_ids``, with all columns of a CSV file."""
    lines, header = _lines(path, problems, sources)
    read = _csv_rows if _is_csv(header) else _line_rows
    return list(_right(path, read(lines, header), problems))


def _lines(path: Path, problems: list[Problem], sources: Sources | None) -> tuple[list[str], str]:
    """The lines of a file, and the first that says something."""
    sources = sources or Sources()
    try:
        text = sources.read(path, "utf-8-sig").text
    except Unreadable as reason:
        if not sources.skipped(path):
            problems.append(Problem(f"cannot be read: {reason}", position=Position(str(path))))
        return [], ""
    lines = text.splitlines()
    return lines, next((line for line in lines if line.strip() and not line.lstrip().startswith("#")), "")


def _is_csv(header: str) -> bool:
    """Whether the first line that says something names columns; an id may be followed by a comment with commas."""
    if _valid(_without_comment(header)):
        return False
    return any(separator in header for separator in _SEPARATORS) or header.strip(' "').lower() in _ID_COLUMNS


def _without_comment(line: str) -> str:
    return line.split("#")[0].strip()


@dataclass(frozen=True, slots=True)
class _Wrong:
    """What is wrong in one line."""

    line: int
    message: str
    hint: str = ""


def _line_ids(lines: Sequence[str], _unused: str) -> Iterable[str | _Wrong]:
    if all(map(_valid, lines)):
        return lines
    numbered = ((number, _without_comment(line)) for number, line in enumerate(lines, 1))
    return (_id(number, text) for number, text in numbered if text)


def _id(number: int, text: str) -> str | _Wrong:
    return text if _valid(text) else _Wrong(number, f"{text[:40]!r} is not a device id", ID_RULE)


def _line_rows(lines: Sequence[str], header: str) -> Iterator[Row | _Wrong]:
    return (Row(normal_id(found)) if isinstance(found, str) else found for found in _line_ids(lines, header))


def _csv_ids(lines: Sequence[str], header: str) -> Iterator[str | _Wrong]:
    return (found for found, _unused in _csv(lines, header))


def _csv_rows(lines: Sequence[str], header: str) -> Iterator[Row | _Wrong]:
    _unused, names = _columns(header)
    for found, row in _csv(lines, header):
        if isinstance(found, str):
            yield Row(normal_id(found), dict(zip(names, map(str.strip, row), strict=False)))
        else:
            yield found


def _columns(header: str) -> tuple[str, list[str]]:
    """What separates the columns, and their names in lower case."""
    separator = max(_SEPARATORS, key=header.count)
    return separator, [name.strip().lower() for name in next(csv.reader([header], delimiter=separator), [])]


def _csv(lines: Sequence[str], header: str) -> Iterator[tuple[str | _Wrong, Sequence[str]]]:
    """Each row with its id."""
    separator, names = _columns(header)
    column = next((index for index, name in enumerate(names) if name in _ID_COLUMNS), None)
    first = lines.index(header) + 1
    if column is None or any(len(name) > _LONGEST_WORD and _valid(name) for name in names):
        hint = "the first row must be a header with a column ROTPublicUID or Id"
        yield _Wrong(first, "has no column of ids", hint), ()
        return
    # The form of /device/whitelist/add has them; here they can only say what the file says anyway.
    only = [(names.index(name), *rule) for name, rule in _ONLY.items() if name in names]
    rows = csv.reader(lines[first:], delimiter=separator)
    try:
        for row in rows:
            if any(cell.strip() for cell in row) and not row[0].lstrip().startswith("#"):
                yield _row_id(first + rows.line_num, row, column, only), row
    except csv.Error as failure:
        hint = "a quotation mark that is not closed, perhaps"
        yield _Wrong(first + rows.line_num, f"is not CSV: {failure}", hint), ()


_ONLY = {
    "action": (
        ("", "ADD"),
        "Action is {!r}; this list says which devices are in the whitelist",
        "leave the row out, or use state: absent for the whole list",
    ),
    "type": (
        ("", "ROTPUBLICUID"),
        "Type is {!r}; only ROTPublicUIDs can be listed here",
        "leave the row out",
    ),
}


def _row_id(
    number: int, row: Sequence[str], column: int, only: Sequence[tuple[int, tuple[str, ...], str, str]]
) -> str | _Wrong:
    for index, allowed, message, hint in only:
        cell = row[index].strip() if index < len(row) else ""
        if cell.upper() not in allowed:
            return _Wrong(number, message.format(cell[:40]), hint)
    if len(row) <= column:
        return _Wrong(number, "the row has no id")
    return _id(number, row[column].strip())


def _right(path: Path, found: Iterable[_Found | _Wrong], problems: list[Problem]) -> Iterator[_Found]:
    """What is right among ``found``; the first few of what is wrong become problems, and the number of the others."""
    wrong = 0
    for each in found:
        if not isinstance(each, _Wrong):
            yield each
            continue
        wrong += 1
        if wrong <= _MOST_SHOWN:
            problems.append(Problem(each.message, position=Position(str(path), each.line, 1), hint=each.hint))
    if wrong > _MOST_SHOWN:
        problems.append(Problem(f"{wrong - _MOST_SHOWN:,} more lines are wrong", position=Position(str(path))))
