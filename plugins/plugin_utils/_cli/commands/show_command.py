# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``device-trust show``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.formats import Format
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.options import Json, grouped


@grouped
def command(
    plan: Annotated[Path, typer.Argument(metavar="PLAN", show_default=False, help="A plan that 'plan --out' saved.")],
    form: Annotated[Format, typer.Option("--format", help="How to write the plan.")] = Format.TEXT,
    json: Json = False,
) -> None:
    """Show a saved plan. Neither credentials nor secrets are needed.

    Examples:
      device-trust show plan.json
      device-trust show plan.json --format html > plan.html

    Exit codes:
      0  shown
      1  the file is no plan, or has been changed since it was written
    """
    from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.jobs.showing import show
    from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.rendering import mode_for
    from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.talk import conclude

    conclude(mode_for(form, json=json), lambda talk: show(talk, plan, form=form))
