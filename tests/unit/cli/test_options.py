# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Groups of options become the options of a command."""

from __future__ import annotations

import inspect
from pathlib import Path

from ansible_collections.edgeops.device_trust.plugins.module_utils._engine import PARALLEL_CHANGES, PARALLEL_REQUESTS
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.options import (
    READS,
    WRITES,
    ConnectionOptions,
    Json,
    ReadingOptions,
    VaultOptions,
    grouped,
)


def test_a_command_takes_the_options_of_its_groups_and_gets_them_as_values() -> None:
    got: list[object] = []

    @grouped
    def command(vault: VaultOptions, connection: ConnectionOptions, json: Json = False) -> None:
        """A command."""
        got.extend([vault, connection, json])

    names = list(inspect.signature(command).parameters)
    command(**{name: None for name in names if name not in {"timeout", "json"}}, timeout=5.0, json=True)

    assert names == [
        *("vault_password_file", "vault_id", "ask_vault_pass"),
        *("api_url", "timeout", "ca_bundle", "proxy"),
        "json",
    ]
    assert isinstance(got[0], VaultOptions)
    assert got[1] == ConnectionOptions(api_url=None, timeout=5.0)
    assert got[2] is True


def test_lists_that_are_not_given_are_empty_and_nobody_elses() -> None:
    @grouped
    def command(vault: VaultOptions) -> None:
        """A command."""

    default = inspect.signature(command).parameters["vault_id"].default
    assert default == []
    assert not VaultOptions().given
    assert VaultOptions([Path("pass.txt")]).given


def test_the_help_page_tells_the_parallelism_that_there_is() -> None:
    assert (READS, WRITES) == (PARALLEL_REQUESTS, PARALLEL_CHANGES)
    assert (ReadingOptions().reads, ReadingOptions(3).reads, ReadingOptions(3).writes) == (READS, 3, 3)
