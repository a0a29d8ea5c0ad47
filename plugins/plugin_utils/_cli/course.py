# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The course of an apply, as it goes on: a line for each change, a bar on a terminal, events for machines."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from ansible_collections.edgeops.device_trust.plugins.module_utils._engine import Outcome, Plan, Recorder, printable
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.talk import (
    Mode,
    Talk,
    is_coloured,
    is_interactive,
)

_STATUS_COLUMN = 11


@dataclass(slots=True)
class Course(Recorder):
    """Hears of requests, from several threads, and of outcomes, from one.

    That nobody listens any more does not stop an apply.
    """

    talk: Talk
    say: Callable[[str], None]
    advance: Callable[[], None]

    def intent(self, address: str, number: int, path: str) -> None:
        with suppress(BrokenPipeError):
            self.talk.event("request", address=address, request=number, path=path)

    def outcome(self, address: str, number: int, result: str, error: str = "") -> None:
        with suppress(BrokenPipeError):
            self.talk.event("answer", address=address, request=number, result=result, error=error)
            self.advance()

    def ended(self, outcome: Outcome) -> None:
        change = outcome.change
        with suppress(BrokenPipeError):
            self.talk.event("change", address=change.address, status=outcome.status.value, error=outcome.error)
            self.say(outcome_line(outcome))


def outcome_line(outcome: Outcome) -> str:
    change = outcome.change
    why = printable(f": {outcome.error}") if outcome.error else ""
    return f"  {outcome.status.value:<{_STATUS_COLUMN}}  {change.action.value} {printable(change.address)}{why}"


@contextmanager
def course_of(plan: Plan, talk: Talk) -> Iterator[Course]:
    """Follows an apply of ``plan``, with a bar of its requests if standard output is a terminal."""
    if talk.mode is not Mode.TEXT or not is_interactive(sys.stdout):
        yield Course(talk, talk.say, lambda: None)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.colours import coloured

    console = Console(highlight=False, emoji=False, no_color=not is_coloured(sys.stdout))
    columns = (TextColumn("Applying"), BarColumn(), MofNCompleteColumn(), TextColumn("requests"), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=plan.summary().requests)
        yield Course(
            talk,
            lambda line: progress.console.print(coloured(line), soft_wrap=True),
            lambda: progress.advance(task),
        )
