# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Help pages, and commands that are imported when they are needed."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator, Mapping
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

_PACKAGE = __name__.rpartition(".")[0]
_WIDTH = 100
SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": _WIDTH}


class Command(TyperCommand):
    """A command whose help keeps indented lines of its docstring, and lists options by their panels."""

    def format_help_text(self, ctx: Any, formatter: Any) -> None:
        for paragraph in inspect.cleandoc(self.help or "").split("\n\n"):
            formatter.write_paragraph()
            with formatter.indentation():
                if any(line.startswith(" ") for line in paragraph.splitlines()):
                    formatter.write("".join(f"  {line}\n" for line in paragraph.splitlines()))
                else:
                    formatter.write_text(paragraph)

    def format_options(self, ctx: Any, formatter: Any) -> None:
        panels: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record:
                default = "Arguments" if parameter.param_type_name == "argument" else "Options"
                panels.setdefault(getattr(parameter, "rich_help_panel", None) or default, []).append(record)
        for name in sorted(panels, key=lambda name: (name not in {"Arguments", "Options"}, name == "Options")):
            with formatter.section(name):
                formatter.write_dl(panels[name])


class Commands(Mapping[str, Any]):
    """Commands by name. Each is imported when it is asked for."""

    def __init__(self, lines: Mapping[str, str]) -> None:
        self.lines = lines

    def __getitem__(self, name: str) -> Any:
        if name not in self.lines:
            raise KeyError(name)
        module = importlib.import_module(f"{_PACKAGE}.commands.{name}_command")
        app = typer.Typer(add_completion=False, rich_markup_mode=None, context_settings=SETTINGS)
        app.command(name, cls=Command, short_help=self.lines[name])(module.command)
        return typer.main.get_command(app)

    def __iter__(self) -> Iterator[str]:
        return iter(self.lines)

    def __len__(self) -> int:
        return len(self.lines)


class LazyGroup(TyperGroup):
    """A group whose help needs none of its commands."""

    commands: Any

    def list_commands(self, ctx: Any) -> list[str]:
        return list(self.commands)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(self.commands.lines.items()))


def lazy_group(lines: Mapping[str, str]) -> type[LazyGroup]:
    """The class of a group of the commands that ``lines`` names, with a line about each."""

    class Group(LazyGroup):
        def __init__(self, **attributes: Any) -> None:
            super().__init__(**attributes)
            self.commands = Commands(lines)

    return Group
