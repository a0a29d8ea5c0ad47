# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filters that make commands for devices. Documented in at_command.yml."""

from __future__ import annotations

from collections.abc import Callable

from ansible.errors import AnsibleFilterError

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.at_command import (
    Form,
    check_understood,
    unlock_command,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.compatibility import Platform
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.errors import Unquotable


def at_command(
    password: object,
    form: str = "at",
    command: str | None = None,
    shape: bool = False,
    platform: str | None = None,
    firmware: str | None = None,
) -> str:
    """The command that authenticates with ``password``."""
    if not isinstance(password, str):
        raise AnsibleFilterError(f"at_command: the password must be text, not {type(password).__name__}")
    if form not in set(Form):
        raise AnsibleFilterError(f"at_command: form must be one of {', '.join(Form)}, not {form!r}")
    if platform is not None and platform not in set(Platform):
        raise AnsibleFilterError(f"at_command: platform must be one of {', '.join(Platform)}, not {platform!r}")
    if firmware is not None and platform is None:
        raise AnsibleFilterError("at_command: firmware says nothing without platform")
    try:
        if platform is not None:
            check_understood(Form(form), Platform(platform), None if firmware is None else str(firmware))
        return unlock_command(str(password), Form(form), command, shape=shape)
    except Unquotable as problem:
        raise AnsibleFilterError(f"at_command: {problem}") from None


class FilterModule:
    def filters(self) -> dict[str, Callable[..., str]]:
        return {"at_command": at_command}
