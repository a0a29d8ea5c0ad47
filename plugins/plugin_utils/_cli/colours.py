# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Colours on a terminal."""

from __future__ import annotations

import re
import sys

from rich.console import Console
from rich.text import Text

_STYLES = (
    (re.compile(r"^\s*-/\+ "), "magenta"),
    (re.compile(r"^\s*\+ "), "green"),
    (re.compile(r"^\s*- "), "red"),
    (re.compile(r"^\s*~ "), "yellow"),
    (re.compile(r"^\s*! |^Warning:"), "bold yellow"),
    (re.compile(r"^\s*(failed|blocked|not started)\b"), "red"),
    (re.compile(r"^\s*done\b"), "green"),
    (re.compile(r"^(Plan|Drift|Applied|No |Apply|Saved)"), "bold"),
)


def coloured(line: str) -> Text:
    """``line`` in the colour of what it begins with."""
    style = next((style for pattern, style in _STYLES if pattern.search(line)), "")
    return Text(line, style=style)


def print_coloured(text: str) -> None:
    console = Console(highlight=False, emoji=False)
    for line in text.split("\n"):
        console.print(coloured(line), soft_wrap=True)
    sys.stdout.flush()


def print_error(text: str) -> None:
    """Places as they are, what is wrong in red."""
    console = Console(stderr=True, highlight=False, emoji=False)
    for line in text.split("\n"):
        console.print(Text(line, style="red"), soft_wrap=True)
