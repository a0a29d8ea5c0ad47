# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``device-trust explain``."""

from __future__ import annotations

from typing import Annotated

import typer

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.options import (
    Json,
    complete_kind,
    grouped,
    mode_of,
)


@grouped
def command(
    subject: Annotated[
        str,
        typer.Argument(
            metavar="[KIND[.FIELD]]", show_default=False, help="What to tell of.", autocompletion=complete_kind
        ),
    ] = "",
    json: Json = False,
) -> None:
    """Tell what can be declared: kinds, their fields, types, limits, choices, and where the rules come from.

    Examples:
      device-trust explain
      device-trust explain root_ca
      device-trust explain webhook.events

    Exit codes:
      0  told
      1  there is no such kind or field
    """
    from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.jobs.explaining import explain
    from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.talk import conclude

    conclude(mode_of(json=json), lambda talk: explain(talk, subject))
