# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filters that make commands for devices. Documented in at_command.yml."""

from __future__ import annotations

from collections.abc import Callable

from ansible.errors import AnsibleFilterError

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.at_command import (
    Form,
    unlock_command,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.errors import Unquotable


def at_command(password: object, form: str = "at", command: str | None = None, shape: bool = False) -> str:
    """The command that authenticates with ``password``."""
    if not isinstance(password, str):
        raise AnsibleFilterError(f"at_command: the password must be text, not {type(password).__name__}")
    if form not in set(Form):
        raise AnsibleFilterError(f"at_command: form must be one of {', '.join(Form)}, not {form!r}")
    try:
        return unlock_command(str(password), Form(form), command, shape=shape)
    except Unquotable as problem:
        raise AnsibleFilterError(f"at_command: {problem}") from None


class FilterModule:
    def filters(self) -> dict[str, Callable[..., str]]:
        return {"at_command": at_command}
