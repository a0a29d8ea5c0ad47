# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""YAML text into YAML nodes, without ever exhausting the stack."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from .._model.errors import Position, Problem
from .tree import DEEPEST, TOO_DEEP

if TYPE_CHECKING:
    import yaml

_SURELY_COMPOSED = 1000


class TooLarge(Exception):
    """The document holds or expands to more than is read (aliases of aliases), or is nested too deep."""


def compose(text: str, path: Path, problems: list[Problem]) -> yaml.Node | None:
    """The root node of ``text``; None when there is none, or when it is no YAML, which goes to ``problems``."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        if _may_be_deep(text):
            _refuse_depth(yaml.parse(text, Loader=loader))
        root: yaml.Node | None = yaml.compose(text, Loader=loader)
    except TooLarge as reason:
        problems.append(Problem(str(reason), position=Position(str(path))))
        return None
    except yaml.MarkedYAMLError as failure:
        mark = failure.problem_mark or failure.context_mark
        position = Position(str(path), mark.line + 1, mark.column + 1) if mark else Position(str(path))
        what = " ".join(part for part in (failure.context, failure.problem) if part)
        problems.append(Problem(f"is not valid YAML: {what}", position=position))
        return None
    except (yaml.YAMLError, RecursionError) as failure:
        problems.append(
            Problem(f"is not valid YAML: {' '.join(str(failure).split())[:200]}", position=Position(str(path)))
        )
        return None
    if root is None:
        problems.append(Problem("is empty", position=Position(str(path)), hint="a document begins with 'version: 1'"))
    return root


def _may_be_deep(text: str) -> bool:
    """Whether ``text`` could be nested so deep that composing it exhausts the stack of the C library, which ends the
    process. Each level takes a bracket, or a column: block collections are nested by indentation.
    """
    return text.count("[") + text.count("{") + max(map(len, text.splitlines()), default=0) > _SURELY_COMPOSED


def _refuse_depth(events: Iterable[yaml.Event]) -> None:
    """Raises TooLarge; goes through the events one by one, without a stack."""
    import yaml

    depth = 0
    for event in events:
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEEPEST:
                raise TooLarge(TOO_DEEP)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
