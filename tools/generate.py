# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes what is generated: from the Kinds the JSON Schema in ``schemas/`` and the reference in ``docs/``, from the
sandbox the OpenAPI documents in ``schemas/``, from the sources of modules and plugins which call of the API they make.

``python tools/generate.py`` writes; with ``--check`` it only tells what is out of date, and fails if anything is.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import api_coverage

from ansible_collections.edgeops.device_trust.plugins.module_utils._model.json_schema import (
    can_be_exclusive,
    document_schema,
    plain_text,
)
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.kind import Field, Kind
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.registry import KINDS, SECTIONS, nested_in
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.values import Type
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.saved_schema import plan_schema
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.openapi.documents import documents
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.rules import table as rules

ROOT = Path(__file__).resolve().parent.parent
_NOTICE = "<!-- Generated from plugins/module_utils/_model/kinds by `make generate`. -->"
_TYPES = {
    Type.TEXT: "text",
    Type.INTEGER: "whole number",
    Type.FLAG: "true or false",
    Type.SECRET: "secret text",
    Type.NAMES: "set of names",
    Type.STATES: "mapping of name to `enabled` or `disabled`",
    Type.IDS: "set of device ids",
    Type.FILES: "list of paths and globs",
}
_INTRODUCTION = f"""{_NOTICE}

# What can be declared

A document is a YAML mapping that begins with `version: 1`. `account` is a name for your own use; it is shown in plans.
Every section may be left out, and is then not managed. The JSON Schema of all this is
[`schemas/desired-state.schema.json`](../schemas/desired-state.schema.json); `device-trust schema` prints it.

A section is a list of objects, or a mapping with `mode` and `items`. `mode: additive` (the default) leaves alone what
is not named; `mode: exclusive` deletes it. An exclusive section that is empty is refused unless it is allowed by name
(`allow_empty`), and so is a plan that deletes more than 10 objects and more than 30 % of a kind (`allow_delete`).

`!env NAME` stands for the value of an environment variable, `!file PATH` for the content of a file beside the document,
`!include PATH` for the list or mapping in another file. The [console](console.md) also reads `!vault` values, and files
that ansible-vault encrypted.
Values follow YAML 1.2: `0002000001234567` is text, not a number.
"""


def reference() -> str:
    """The reference of everything that can be declared, as Markdown."""
    return "\n".join([_INTRODUCTION, *(line for kind in SECTIONS.values() for line in _kind(kind))]) + "\n"


def _kind(kind: Kind, inside: str = "") -> Iterator[str]:
    yield f"## `{inside}{kind.name if inside else kind.section}`"
    yield ""
    yield f"{kind.title}."
    yield ""
    if inside:
        yield f"Written inside the items of `{inside.rstrip('.[]')}`."
        yield ""
    elif not can_be_exclusive(kind):
        yield "The section is a list; the API cannot create or delete these objects, so there is no `mode`."
        yield ""
    yield "| field | type | meaning |"
    yield "|---|---|---|"
    for field in kind.fields:
        if not (kind.within and field.key):
            yield f"| `{field.name}` | {_TYPES[field.type]} | {_meaning(field)} |"
    if kind.singleton:
        yield "| `mode` | text | `additive` only adds what is missing, `exclusive` also removes what is not named. |"
    yield ""
    for nested in nested_in(kind):
        yield from _kind(nested, f"{kind.section}[].")


def _meaning(field: Field) -> str:
    parts = [plain_text(field.description)]
    if field.choices:
        parts.append(f"One of {', '.join(f'`{choice}`' for choice in field.choices)}.")
    if field.minimum is not None:
        parts.append(
            f"{field.minimum} to {field.maximum}." if field.maximum is not None else f"{field.minimum} or more."
        )
    if field.max_length:
        parts.append(f"At most {field.max_length} characters.")
    if field.rule:
        parts.append(f"It {field.rule}.")
    if field.refers_to:
        parts.append(f"Names a `{KINDS[field.refers_to].name}`.")
    if field.default is not None:
        parts.append(f"Default: `{str(field.default).lower()}`.")
    return " ".join(parts).replace("|", "\\|")


def generated() -> dict[Path, str]:
    """All generated files and their contents."""
    return {
        ROOT / "schemas" / "desired-state.schema.json": _as_json(document_schema()),
        ROOT / "schemas" / "plan.schema.json": _as_json(plan_schema()),
        ROOT / "docs" / "desired-state.md": reference(),
        ROOT / "docs" / "api-coverage.md": api_coverage.table(),
        ROOT / rules.FILE: rules.document(ROOT),
        **{ROOT / "schemas" / name: _as_json(document) for name, document in documents().items()},
    }


def _as_json(document: object) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def main(arguments: list[str]) -> int:
    """Exit status 1 when ``--check`` finds a file out of date."""
    stale = [path for path, text in generated().items() if not path.is_file() or path.read_text() != text]
    for path in stale:
        if "--check" in arguments:
            print(f"{path.relative_to(ROOT)} is out of date; run make generate", file=sys.stderr)
        else:
            path.parent.mkdir(exist_ok=True)
            path.write_text(generated()[path])
            print(f"wrote {path.relative_to(ROOT)}")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
