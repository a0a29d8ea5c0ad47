# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``device-trust schema``."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import typer

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.options import grouped


class Subject(Enum):
    """What there are schemas of."""

    DOCUMENT = "document"
    PLAN = "plan"


@grouped
def command(
    subject: Annotated[Subject, typer.Argument(help="What to describe.")] = Subject.DOCUMENT,
    _json: Annotated[bool, typer.Option("--json", help="The schema is JSON anyway.")] = False,
) -> None:
    """Print the JSON Schema of desired-state documents or of saved plans, for editors and other tools.

    Examples:
      device-trust schema > desired-state.schema.json
      device-trust schema plan

    Exit codes:
      0  printed
    """
    import json

    from ansible_collections.edgeops.device_trust.plugins.module_utils._engine import document_schema, plan_schema

    schema = document_schema() if subject is Subject.DOCUMENT else plan_schema()
    typer.echo(json.dumps(schema, indent=2, ensure_ascii=False))
