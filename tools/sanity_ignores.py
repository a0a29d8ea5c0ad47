# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write tests/sanity/ignore-*.txt: what `ansible-test sanity` cannot know, each with its reason.

Its import test has nothing installed but ansible-core. The console and the sandbox are programs of their own, which no
plugin imports and which need what the wheel asks for: their files that import such a package, directly or through one
another, are listed here, and no others can be.
"""

from __future__ import annotations

import argparse
import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = "ansible_collections.edgeops.device_trust."
PROGRAMS = ("plugins/plugin_utils/_cli", "plugins/plugin_utils/_sandbox")
FOREIGN = {"cryptography", "httpx", "jsonschema", "pytest", "rich", "starlette", "typer", "uvicorn", "yaml"}
IMPORT = "a program that is installed with its packages, imported by no plugin"
OWN_TAGS = "a document of desired state: YAML with the tags !env and !file"
DOCUMENTS = ("docs", "playbooks/sample", "tests/integration")
PYTHONS = {"2.19": ("3.11", "3.12", "3.13"), "2.20": ("3.12", "3.13"), "2.21": ("3.12", "3.13")}


def imported(body: list[ast.stmt]) -> Iterator[str]:
    """The modules that are imported as the file itself is."""
    for statement in body:
        if isinstance(statement, ast.Import):
            yield from (alias.name for alias in statement.names)
        elif isinstance(statement, ast.ImportFrom):
            yield statement.module or ""
            yield from (f"{statement.module}.{alias.name}" for alias in statement.names)
        elif _is_run(statement):
            yield from imported(getattr(statement, "body", []))


def _is_run(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.If):
        return "TYPE_CHECKING" not in ast.unparse(statement.test)
    return isinstance(statement, ast.Try | ast.With | ast.ClassDef)


def needing_packages() -> list[str]:
    """The files of the programs that cannot be imported without a package."""
    imports: dict[str, set[str]] = {}
    for program in PROGRAMS:
        for file in (ROOT / program).rglob("*.py"):
            name = file.relative_to(ROOT).as_posix()
            imports[name] = set(imported(ast.parse(file.read_text()).body))
    needing = {name for name, found in imports.items() if {module.split(".")[0] for module in found} & FOREIGN}
    while True:
        modules = {PACKAGE + name.removesuffix(".py").replace("/", ".") for name in needing}
        more = {name for name, found in imports.items() if found & modules} - needing
        if not more:
            return sorted(needing)
        needing |= more


def with_own_tags() -> list[str]:
    """The documents that ansible-core's YAML loader does not know the tags of."""
    files = (file for folder in DOCUMENTS for file in (ROOT / folder).rglob("*.yml"))
    return sorted(
        file.relative_to(ROOT).as_posix() for file in files if {": !env ", ": !file "} & set(_values(file.read_text()))
    )


def _values(text: str) -> Iterator[str]:
    for tag in (": !env ", ": !file "):
        if any(tag in line and not line.lstrip().startswith("#") for line in text.splitlines()):
            yield tag


def content(pythons: tuple[str, ...]) -> str:
    lines = [f"{name} import-{python}!skip  # {IMPORT}" for name in needing_packages() for python in pythons]
    lines += [f"{name} yamllint:unparsable-with-libyaml  # {OWN_TAGS}" for name in with_own_tags()]
    return "".join(f"{line}\n" for line in sorted(lines))


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="only tell whether they are up to date")
    check = parser.parse_args().check
    stale = []
    for core, pythons in PYTHONS.items():
        file = ROOT / "tests" / "sanity" / f"ignore-{core}.txt"
        wanted = content(pythons)
        if not file.exists() or file.read_text() != wanted:
            stale.append(file.relative_to(ROOT).as_posix())
            if not check:
                file.write_text(wanted)
    if stale and check:
        print(f"run `make generate`: {', '.join(stale)}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
