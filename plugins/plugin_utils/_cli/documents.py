# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documents into a declaration, with what they refer to."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ansible_collections.edgeops.device_trust.plugins.module_utils._engine import (
    Desired,
    Guards,
    SavedPlan,
    Selection,
    guards,
    load_files,
    read_plan,
    resolve_reference,
    secret_values,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.connection import check_account
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.talk import Talk
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.vault import Vault

if TYPE_CHECKING:
    from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.options import (
        GuardOptions,
        KindOptions,
        VaultOptions,
    )


def declaration(paths: Sequence[Path], vault: VaultOptions, talk: Talk) -> Desired:
    """Everything that ``paths`` declare together. Raises InvalidDeclaration."""
    desired = load_files(paths, os.environ, Vault(vault))
    talk.secrets |= secret_values(desired)
    check_account(desired.account)
    return desired


def saved_plan(path: Path, vault: VaultOptions, talk: Talk) -> SavedPlan:
    """A saved plan with its secrets at hand. Raises BadPlanFile."""
    decrypt = Vault(vault)

    def resolve(reference: str) -> str:
        value = resolve_reference(reference, os.environ, decrypt)
        talk.secrets.add(value)
        return value

    saved = read_plan(path, resolve)
    check_account(saved.account)
    return saved


def selection_of(options: KindOptions) -> Selection:
    """Raises DeviceTrustError for a kind that there is not."""
    from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.options import SelectionOptions

    targets = options.target if isinstance(options, SelectionOptions) else ()
    return Selection.of(targets, options.only, options.excluded)


def guards_of(options: GuardOptions) -> Guards:
    """Raises DeviceTrustError for a kind that there is not, or what is no number."""
    allowed = dict(_allowance(text) for text in options.allow_delete)
    return guards(allowed, options.allow_empty)


def _allowance(text: str) -> tuple[str, str]:
    kind, _unused, number = text.partition("=")
    return kind, number
