# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files with device ids: text with one id a line, or CSV as the Device Whitelist guide has it or tools export it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.edgeops.device_trust.plugins.module_utils._config.id_files import find_files, read_ids
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.errors import Problem

ONE, TWO = "0002000089282256", "0002000089282257"


def read(folder: Path, content: str | bytes) -> tuple[list[str], list[str]]:
    """The ids in a file of this content, and what is said of it, without its folder."""
    file = folder / "ids.csv"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    problems: list[Problem] = []
    ids = read_ids(file, problems)
    return ids, [str(problem).removeprefix(f"{folder}/") for problem in problems]


GOOD = {
    "text": f"{ONE}\n{TWO}\n",
    "text with comments and blank lines": f"# line 4\n\n{ONE}  # truck 5; spare, old\n   {TWO}\n",
    "text without a last line feed, with Windows line ends": f"{ONE}\r\n{TWO}",
    "the guide's CSV": f"Id,Type,Action\r\n{ONE},ROTPublicUID,ADD\r\n{TWO},ROTPublicUID,ADD\r\n",
    "an export with semicolons and quotes": f'"Serial";"ROTPublicUID"\n"17; a";"{ONE}"\n"18";"{TWO}"\n',
    "an export with tabs": f"IMEI\trot_public_uid\n862618583984360\t{ONE}\n\n\t{TWO}\n",
    "one column": f"Id\n{ONE}\n{TWO}\n",
    "one quoted column": f'"id",\n"{ONE}",\n"{TWO}",\n',
    "a byte order mark": f"\ufeffId,Name\n{ONE},a\n{TWO},b\n",
    "a comment above the header and between": f"# exported\nid,name\n{ONE},a\n# gone,b\n{TWO},c\n",
    "an empty action": f"id,action\n{ONE},\n{TWO},add\n",
    "a cell of two lines": f'name,id\n"first\nsecond",{ONE}\nthird,{TWO}\n',
}


@pytest.mark.parametrize("content", GOOD.values(), ids=list(GOOD))
def test_ids_are_found_in(content: str, tmp_path: Path) -> None:
    assert read(tmp_path, content) == ([ONE, TWO], [])


@pytest.mark.parametrize("content", ["", "\n\n", "# only a comment\n", "Id,Type,Action\n"])
def test_a_file_without_ids_is_empty_and_not_wrong(content: str, tmp_path: Path) -> None:
    assert read(tmp_path, content) == ([], [])


WRONG = {
    "a line that is no id": (
        f"{ONE}\n\n00020000892822zz\n",
        ["ids.csv:3:1: '00020000892822zz' is not a device id (1 to 16 hexadecimal digits)"],
    ),
    "a cell that is no id": (
        f"name,Id\nx,{ONE}\ny,IMEI 5\n",
        ["ids.csv:3:1: 'IMEI 5' is not a device id (1 to 16 hexadecimal digits)"],
    ),
    "no column of ids": (
        "serial,imei\n17,862618583984360\n",
        ["ids.csv:1:1: has no column of ids (the first row must be a header with a column ROTPublicUID or Id)"],
    ),
    "no header": (
        f"{ONE},ROTPublicUID,ADD\n",
        ["ids.csv:1:1: has no column of ids (the first row must be a header with a column ROTPublicUID or Id)"],
    ),
    "a row that is too short": (f"name,id\nx,{ONE}\ny\n", ["ids.csv:3:1: the row has no id"]),
    "a row that deletes": (
        f"Id,Type,Action\n{ONE},ROTPublicUID,ADD\n{TWO},ROTPublicUID,DELETE\n",
        [
            "ids.csv:3:1: Action is 'DELETE'; this list says which devices are in the whitelist "
            "(leave the row out, or use state: absent for the whole list)"
        ],
    ),
    "a row with another type of id": (
        f"Id,Type,Action\n{ONE},ROTPublicUID,ADD\n862618583984360,IMEI,ADD\n",
        ["ids.csv:3:1: Type is 'IMEI'; only ROTPublicUIDs can be listed here (leave the row out)"],
    ),
    "the line behind a cell of two lines": (
        f'name,id\n"first\nsecond",{ONE}\nthird,zz\n',
        ["ids.csv:4:1: 'zz' is not a device id (1 to 16 hexadecimal digits)"],
    ),
}


@pytest.mark.parametrize(("content", "said"), WRONG.values(), ids=list(WRONG))
def test_what_is_wrong_is_said_with_its_line_and_the_rest_is_read(
    content: str, said: list[str], tmp_path: Path
) -> None:
    ids, found = read(tmp_path, content)

    assert found == said
    assert ids == ([ONE] if "no column" not in said[0] else [])


def test_files_that_are_no_text_are_refused(tmp_path: Path) -> None:
    assert read(tmp_path, f"Id\n{ONE}".encode("utf-16")) == ([], ["ids.csv: cannot be read: it is not UTF-8 text"])


def test_a_quotation_mark_that_is_never_closed_is_said_with_its_place(tmp_path: Path) -> None:
    rows = "".join(f"{ONE},a\n" for _unused in range(20_000))
    ids, said = read(tmp_path, f'id,name\n{ONE},"a\n{rows}')

    assert ids == []
    assert len(said) == 1
    assert "is not CSV: field larger than field limit" in said[0]


def test_of_many_wrong_lines_ten_are_shown_and_the_others_counted(tmp_path: Path) -> None:
    for content in ("not an id\n" * 100_000, "id,action\n" + f"{ONE},DELETE\n" * 100_000):
        ids, said = read(tmp_path, content)

        assert ids == []
        assert len(said) == 11
        assert said[10] == "ids.csv: 99,990 more lines are wrong"


@pytest.mark.parametrize("line", ["{:016x}\n", "{:016x},ROTPublicUID,ADD\n", "{:016x} # a comment\n"])
def test_a_hundred_thousand_lines_are_read_in_well_below_a_second(line: str, tmp_path: Path) -> None:
    header = "Id,Type,Action\n" if "," in line else ""
    content = header + "".join(line.format(number) for number in range(100_000))
    started = time.process_time()
    ids, said = read(tmp_path, content)

    assert (len(ids), said) == (100_000, [])
    assert time.process_time() - started < 2


@given(st.text('ab0,;\t"#\n\r \0\u2028id') | st.binary())
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_in_a_file_becomes_ids_and_problems_with_positions(tmp_path: Path, content: str | bytes) -> None:
    file = tmp_path / "any.csv"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    problems: list[Problem] = []
    read_ids(file, problems)

    assert all(problem.position and problem.position.file == str(file) for problem in problems)


class TestNames:
    """Which files a pattern names."""

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        base = tmp_path / "repo [prod]"
        (base / "line").mkdir(parents=True)
        for name in ("a.csv", "line/b.csv", "line/c[1].csv", "line/c1.csv"):
            (base / name).write_text(ONE)
        return base

    def test_globs_are_relative_to_the_document_whatever_its_folder_is_called(self, folder: Path) -> None:
        assert find_files("line/*.csv", folder) == [folder / f"line/{n}.csv" for n in ("b", "c1", "c[1]")]
        assert find_files("**/[ab].csv", folder) == [folder / "a.csv", folder / "line/b.csv"]

    def test_a_name_that_exists_is_that_file_and_no_glob(self, folder: Path) -> None:
        assert find_files("line/c[1].csv", folder) == [folder / "line/c[1].csv"]

    def test_absolute_paths_stay(self, folder: Path, tmp_path: Path) -> None:
        assert find_files(str(folder / "a.csv"), Path("/nowhere")) == [folder / "a.csv"]
        (tmp_path / "x1.csv").write_text(ONE)
        assert find_files(str(tmp_path / "x*.csv"), Path("/nowhere")) == [tmp_path / "x1.csv"]

    @pytest.mark.parametrize("pattern", ["none.csv", "line", "a.csv/b", "a\0b", "x" * 300, "[", ""])
    def test_what_names_no_file_finds_none(self, pattern: str, folder: Path) -> None:
        assert find_files(pattern, folder) == []
