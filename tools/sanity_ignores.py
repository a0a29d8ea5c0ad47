# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write tests/sanity/ignore-*.txt: what `ansible-test sanity` cannot know, each with its reason.

Its import test has nothing installed but what ansible-core's templates and YAML need, and it imports every file below
plugins/. The console and the sandbox are programs of their own, which no plugin imports and which need what the wheel
asks for. Their files whose subject such a package is - a command for typer, an application for starlette - are listed
here, and no others can be: everything else of them can be imported without.
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
FOREIGN = {"cryptography", "httpx", "jsonschema", "pytest", "rich", "starlette", "typer", "uvicorn"}
IMPORT = "needs {packages}: a part of a program that the wheel installs, imported by no plugin"
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


def needing_packages() -> dict[str, set[str]]:
    """The files of the programs that cannot be imported without packages, and which these are."""
    imports: dict[str, set[str]] = {}
    for program in PROGRAMS:
        for file in (ROOT / program).rglob("*.py"):
            name = file.relative_to(ROOT).as_posix()
            imports[name] = set(imported(ast.parse(file.read_text()).body))
    names = {PACKAGE + name.removesuffix(".py").replace("/", "."): name for name in imports}
    needed = {name: {module.split(".")[0] for module in found} & FOREIGN for name, found in imports.items()}
    grown = True
    while grown:
        grown = False
        for name, found in imports.items():
            more = set().union(*(needed[names[module]] for module in found & names.keys())) - needed[name]
            needed[name] |= more
            grown = grown or bool(more)
    return {name: packages for name, packages in sorted(needed.items()) if packages}


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
    lines = [
        f"{name} import-{python}!skip  # {IMPORT.format(packages=', '.join(sorted(packages)))}"
        for name, packages in needing_packages().items()
        for python in pythons
    ]
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
