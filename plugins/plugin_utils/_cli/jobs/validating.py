# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checking documents by every rule that needs no account."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ansible_collections.edgeops.device_trust.plugins.module_utils import _engine
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.talk import Result, Talk
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.vault import Vault

if TYPE_CHECKING:
    from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.options import VaultOptions


def validate(talk: Talk, paths: Sequence[Path], vault: VaultOptions, *, strict: bool) -> Result:
    """With ``strict`` every variable must be set, and every encrypted value readable."""
    passwords = Vault(vault)
    decrypt = passwords if strict or passwords.configured else None
    desired = _engine.load_files(paths, os.environ, decrypt, lenient=not strict)
    talk.secrets |= _engine.secret_values(desired)
    for warning in desired.warnings:
        talk.note(f"Warning: {warning}")
    declared = {name: len(section.objects) for name, section in desired.sections.items() if section.objects}
    data = {"account": desired.account, "declared": declared, "warnings": list(desired.warnings)}
    return Result(data, f"Valid: {_counted(declared)}.")


def _counted(declared: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in declared.items()) or "nothing is declared"
