# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The pages for people agree with the code and with one another."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "roles").glob("*/README.md")])
CODE = "\n".join(
    file.read_text()
    for folder in ("plugins", "extensions")
    for file in sorted((ROOT / folder).rglob("*.py"))
    if "_sandbox" not in file.parts
)
LITERAL_BREAK = re.compile(r'"\s+f?"')


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    prose = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    targets = re.findall(r"\]\(([^)#\s]+)[^)]*\)", prose)

    assert [target for target in targets if ":" not in target and not (page.parent / target).exists()] == []


def test_every_page_is_in_the_index() -> None:
    index = (ROOT / "docs" / "README.md").read_text()

    assert [page.name for page in (ROOT / "docs").glob("*.md") if f"({page.name})" not in index] == ["README.md"]


def messages() -> list[str]:
    """The words of messages that docs/troubleshooting.md explains, but for those that are not ours."""
    ours, _unused = (ROOT / "docs" / "troubleshooting.md").read_text().split("## No message of ours")
    cells = re.findall(r"^\| (`.+?) \|", ours, re.MULTILINE)
    return [words for cell in cells for words in re.findall(r"`([^`]+)`", cell)]


@pytest.mark.parametrize("words", messages())
def test_every_message_that_is_explained_is_one_that_the_code_says(words: str) -> None:
    joined = LITERAL_BREAK.sub("", CODE)
    pattern = re.escape(words)
    for number in ("10", "30", "502", "503", "504"):
        pattern = re.sub(rf"\b{number}\b", r"(?:\\{[^}]*\\}|" + number + ")", pattern)

    assert re.search(pattern, joined) or words in ("503", "504")
