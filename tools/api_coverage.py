# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which calls of the u-blox API are made by which module or plugin: found in their sources, written as a table."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from ansible_collections.edgeops.device_trust.plugins.module_utils._engine import KINDS, QUERIES
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.openapi.documents import documents

ROOT = Path(__file__).resolve().parent.parent
PLUGINS = ROOT / "plugins"
DOORS = {"modules": "module", "lookup": "lookup", "inventory": "inventory"}
SIGNING_IN = ("/authenticate", "/refreshauthtoken")
_INTRODUCTION = """<!-- Generated from the sources by `make generate`. -->

# Which call is made by what

Every call of the u-blox Security Services REST API 1.1.29, and the modules and plugins that make it. `desired_state`
and the console make the calls of all kinds: those of the modules that declare something."""


def table() -> str:
    """The document, as Markdown."""
    return "\n".join([_INTRODUCTION, *_sections()]) + "\n"


def _sections() -> Iterator[str]:
    made_by = callers()
    section = ""
    for path, operation in endpoints().items():
        if operation["tag"] != section:
            section = operation["tag"]
            yield from ("", f"## {section} APIs", "", "| call | what it does | made by |", "|---|---|---|")
        names = ", ".join(made_by.get(path, [])) or "(nothing)"
        yield f"| `{path}` | {operation['summary']} | {names} |"


def endpoints() -> Mapping[str, Mapping[str, str]]:
    """Every call that the sandbox answers: its section and what it does, by path."""
    paths = documents()["ublox-security-services.openapi.json"]["paths"]
    return {path: {"tag": call["post"]["tags"][0], "summary": call["post"]["summary"]} for path, call in paths.items()}


def callers() -> Mapping[str, list[str]]:
    """The modules and plugins that make each call, by its path."""
    made: dict[str, set[str]] = defaultdict(set)
    for path in SIGNING_IN:
        made[path].add("every module and plugin")
    for kind in KINDS:
        for path in _words(PLUGINS / "module_utils" / "_model" / "kinds" / f"{kind}.py") & set(endpoints()):
            made[path].add(f"module `{kind}`")
    for folder, door in DOORS.items():
        for source in (PLUGINS / folder).glob("*.py"):
            for query in _words_of_plugin(source) & set(QUERIES):
                made[QUERIES[query].path].add(f"{door} `{source.stem}`")
    return {path: sorted(names) for path, names in made.items()}


def _words_of_plugin(source: Path) -> frozenset[str]:
    """The words of a plugin, with those of the room that lookups and the inventory share, as far as it imports them."""
    words = _words(source)
    for node in ast.walk(ast.parse(source.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and ".plugin_utils._ublox." in node.module:
            words |= _words(PLUGINS / "plugin_utils" / "_ublox" / f"{node.module.rpartition('.')[2]}.py")
    return words


@cache
def _words(source: Path) -> frozenset[str]:
    """The texts in a source that are one word."""
    nodes = ast.walk(ast.parse(source.read_text()))
    return frozenset(node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))
