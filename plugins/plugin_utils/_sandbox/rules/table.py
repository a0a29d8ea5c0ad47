# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of every endpoint and every rule with its tests: docs/sandbox-rules.md.

Tests name the rules that they prove with the decorator `rule` of tests/support/rules.py; it is found in their text,
so that neither pytest nor the tests are needed to make the table.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.calamp.system import CalAmpSystem
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.exchange import Access
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.inferred import INFERRED
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.mt20w.scan import PATH as SCAN
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.rules import (
    calamp,
    mt20w,
    own,
    ublox_account,
    ublox_devices,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.rules.rule import Rule
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.store import Store
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.api import Endpoint
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.system import UbloxSystem
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.validation import Field
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.world import World

RULES: tuple[Rule, ...] = (
    *ublox_account.RULES,
    *ublox_devices.RULES,
    *calamp.RULES,
    *mt20w.RULES,
    *own.RULES,
)
FILE = "docs/sandbox-rules.md"
TESTS = "tests/sandbox"
_NOTICE = "<!-- Generated from plugins/plugin_utils/_sandbox/rules by `make generate`. -->"
_INTRODUCTION = f"""{_NOTICE}

# What the sandbox does, and the tests that prove it

Every endpoint of the u-blox API with its fields, every rule of behaviour with where it is written and which tests
prove it, and at the end everything that the specifications leave out with what the sandbox does there, and why.
A rule marked *inferred* is not written in its section.
"""


def endpoints() -> tuple[Endpoint, ...]:
    """Every endpoint of the u-blox API."""
    return tuple(UbloxSystem(World(Store())).endpoints.values())


def proofs(tests: Path) -> dict[str, list[str]]:
    """The tests of each rule id that a test below `tests` names, as `file::test`."""
    found: dict[str, list[str]] = {}
    for path in sorted(tests.glob("test_*.py")):
        for test, ids in _marked(path):
            for id in ids:
                found.setdefault(id, []).append(f"{path.name}::{test}")
    return found


def _marked(path: Path) -> Iterator[tuple[str, list[str]]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            yield node.name, [id for decorator in node.decorator_list for id in _ids(decorator)]


def _ids(decorator: ast.expr) -> list[str]:
    is_rule = isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Name) and decorator.func.id == "rule"
    if not is_rule or not isinstance(decorator, ast.Call):
        return []
    return [str(argument.value) for argument in decorator.args if isinstance(argument, ast.Constant)]


def document(root: Path) -> str:
    """The content of docs/sandbox-rules.md, from the code and the tests of the repository at `root`."""
    tests = proofs(root / TESTS)
    parts = [
        _INTRODUCTION,
        *_endpoint_table(endpoints()),
        *_other_endpoints(),
        *_rule_tables(RULES, tests),
        *_inferred_table(),
    ]
    return "\n".join(parts) + "\n"


def _endpoint_table(all_endpoints: Iterable[Endpoint]) -> Iterator[str]:
    yield "## Endpoints of the u-blox API"
    yield ""
    yield "All are POST below `/ublox/v1`. Required fields are **bold**."
    yield ""
    yield "| path | access | fields | between fields |"
    yield "|---|---|---|---|"
    for endpoint in all_endpoints:
        fields = "<br>".join(_field(field) for field in endpoint.fields) or "none"
        between = "<br>".join(rule.sentence() for rule in endpoint.rules)
        yield f"| `{endpoint.path}` | {endpoint.access} | {fields} | {between} |"
    yield ""


def _other_endpoints() -> Iterator[str]:
    yield "## Endpoints of the other two systems"
    yield ""
    yield "| method and path | access |"
    yield "|---|---|"
    for method, path, access in CalAmpSystem(World(Store())).calls():
        yield f"| `{method} /calamp{path}` | {access} |"
    yield f"| `POST /mt20w{SCAN}` | {Access.READ} |"
    yield ""


def _field(field: Field) -> str:
    name = f"**{field.name}**" if field.required else field.name
    limits = [field.type]
    if field.minimum is not None or field.maximum is not None:
        low, high = field.minimum, field.maximum
        limits.append(f"{low} or more" if high is None else f"{low}-{high}")
    if field.max_length is not None:
        limits.append(f"up to {field.max_length} characters")
    limits += [str(choice) for choice in (*field.choices, *field.values)]
    limits += [f"also spelled {alias}" for alias in field.aliases]
    return f"{name}: {', '.join(limits)}"


def _rule_tables(rules: Iterable[Rule], tests: Mapping[str, list[str]]) -> Iterator[str]:
    section = ""
    for rule in rules:
        heading = f"{rule.document}: {rule.section}"
        if heading != section:
            section = heading
            yield from ("", f"## {heading}", "", "| rule | what holds | tests |", "|---|---|---|")
        sentence = f"{rule.sentence} *(inferred)*" if rule.inferred else rule.sentence
        proven = "<br>".join(f"`{test}`" for test in tests.get(rule.id, ()))
        yield f"| `{rule.id}` | {_cell(sentence)} | {proven} |"


def _inferred_table() -> Iterator[str]:
    yield from ("", "## What the specifications leave out", "")
    yield from ("| system | path | what the sandbox does | because |", "|---|---|---|---|")
    for inference in INFERRED:
        cells = (inference.system, f"`{inference.path}`", _cell(inference.assumed), _cell(inference.because))
        yield f"| {' | '.join(cells)} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;").replace("*}", "\\*}")
