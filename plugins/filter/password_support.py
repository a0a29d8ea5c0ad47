# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a firmware can do with passwords. Documented in password_support.yml."""

from __future__ import annotations

from collections.abc import Callable

from ansible.errors import AnsibleFilterError

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.compatibility import Platform, supported
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.errors import Unquotable


def password_support(platform: object, firmware: object = None) -> dict[str, str]:
    """The features of the specification's table for this platform and firmware."""
    if platform not in set(Platform):
        raise AnsibleFilterError(
            f"password_support: the platform must be one of {', '.join(Platform)}, not {platform!r}"
        )
    try:
        return supported(Platform(str(platform)), None if firmware is None else str(firmware))
    except Unquotable as problem:
        raise AnsibleFilterError(f"password_support: {problem}") from None


class FilterModule:
    def filters(self) -> dict[str, Callable[..., dict[str, str]]]:
        return {"password_support": password_support}
