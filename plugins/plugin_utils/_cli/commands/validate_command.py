# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``device-trust validate``."""

from __future__ import annotations

from typing import Annotated

import typer

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.options import (
    Documents,
    Json,
    VaultOptions,
    grouped,
    mode_of,
)


@grouped
def command(
    paths: Documents,
    vault: VaultOptions,
    strict: Annotated[
        bool, typer.Option("--strict", help="Every variable must be set, and every encrypted value readable.")
    ] = False,
    json: Json = False,
) -> None:
    """Check documents by every rule that needs no account. Nothing is sent.

    All problems are told at once, each with its file, line and column. A variable that is not set, or a value that is
    encrypted and for which no vault password was given, is warned of and not checked, so that it runs anywhere.

    Examples:
      device-trust validate fleet/
      device-trust validate fleet.yml extra.yml --json
      device-trust validate fleet/ --strict --vault-password-file pass.txt

    Exit codes:
      0  the documents are valid
      1  they are not, or cannot be read
    """
    from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.jobs.validating import validate
    from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.talk import conclude

    conclude(mode_of(json=json), lambda talk: validate(talk, paths, vault, strict=strict))
