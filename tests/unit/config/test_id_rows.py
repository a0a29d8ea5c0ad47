# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files with device ids, with all that their rows say."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.edgeops.device_trust.plugins.module_utils._engine import InvalidDeclaration, device_rows

ONE, TWO = "0002000089282256", "00020000892822ab"


def test_a_row_has_its_id_in_normal_form_and_its_columns_by_names_in_lower_case(tmp_path: Path) -> None:
    (tmp_path / "line.csv").write_text(
        f'"Serial";"ROTPublicUID";"Tag"\n"17; a";"{TWO[3:].upper()}"; pilot \n18;{ONE}\n'
    )

    assert device_rows(["line.csv"], tmp_path) == [
        {"id": TWO, "columns": {"serial": "17; a", "rotpublicuid": TWO[3:].upper(), "tag": "pilot"}},
        {"id": ONE, "columns": {"serial": "18", "rotpublicuid": ONE}},
    ]


def test_a_line_of_text_has_its_id_alone(tmp_path: Path) -> None:
    (tmp_path / "spares.txt").write_text(f"# spare\n{ONE}  # truck 5\n")

    assert device_rows(["*.txt"], tmp_path) == [{"id": ONE, "columns": {}}]


def test_everything_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(f"Id,Tag\n{ONE},x\nnone,y\n")
    (tmp_path / "b.csv").write_text("Serial,Tag\n17,x\n")

    with pytest.raises(InvalidDeclaration) as caught:
        device_rows(["*.csv", "c.csv"], tmp_path)

    assert [str(problem).replace(f"{tmp_path}", "DIR") for problem in caught.value.problems] == [
        "no file matches 'c.csv' (paths are relative to DIR)",
        "DIR/a.csv:3:1: 'none' is not a device id (1 to 16 hexadecimal digits)",
        "DIR/b.csv:1:1: has no column of ids (the first row must be a header with a column ROTPublicUID or Id)",
    ]
