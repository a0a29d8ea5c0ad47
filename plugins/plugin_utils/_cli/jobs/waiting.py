# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Waiting until devices have done what they were told."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ansible_collections.edgeops.device_trust.plugins.module_utils import _engine
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.connection import connection_of
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.documents import declaration, selection_of
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.failures import CHANGES
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.talk import Result, Talk

if TYPE_CHECKING:
    from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.options import (
        ConnectionOptions,
        KindOptions,
        VaultOptions,
    )


def wait(
    talk: Talk,
    paths: Sequence[Path],
    connection: ConnectionOptions,
    vault: VaultOptions,
    kinds: KindOptions,
    *,
    seconds: float,
) -> Result:
    """Waits for the devices of ``paths``, at most so many seconds, and says meanwhile how many are left."""
    desired, selection = declaration(paths, vault, talk), selection_of(kinds)
    reached = connection_of(connection)
    state = _engine.AccountState.of(reached.fingerprint)

    def tell(left: int) -> None:
        if left:
            talk.note(_not_yet(left))

    with _engine.connect(reached) as account:
        pending = _engine.wait_for_devices(desired, account, state, seconds, selection=selection, tell=tell)
    if not pending["count"]:
        return Result({"pending": pending}, "All devices have done what is declared of them.")
    more = ", …" if pending["count"] > len(pending["sample"]) else ""
    text = f"{_not_yet(pending['count'])}: {', '.join(pending['sample'])}{more}"
    return Result({"pending": pending}, text, CHANGES)


def _not_yet(count: int) -> str:
    return f"{count:,} {'device has' if count == 1 else 'devices have'} not done yet what is declared"
