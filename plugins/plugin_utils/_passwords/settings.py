# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the settings of a connection come from: options of a task, variables of a play, the environment.

Each fork of Ansible imports this anew, without a byte code cache: it needs nothing but the standard library.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

SETTINGS = (
    "api_url", "username", "password", "app_key", "timeout", "deadline", "ca_bundle", "proxy", "rate_share",
)  # fmt: skip


def variable(name: str) -> str:
    """The variable of a play that sets ``name``: ``calamp_username`` for ``username``."""
    return f"calamp_{name}"


def environment(name: str) -> str:
    """The environment variable that sets ``name``: ``CALAMP_USERNAME`` for ``username``."""
    return f"CALAMP_{name.upper()}"


def collected(
    given: Mapping[str, Any],
    variables: Mapping[str, Any],
    template: Callable[[Any], Any],
    *,
    reveal: bool = True,
) -> dict[str, Any]:
    """The settings that are made. Without ``reveal`` an encrypted variable stands as ``{"vaulted": its text}``.

    Decrypting a variable takes longer than all the rest of a lookup, and each fork would do it.
    """
    settings: dict[str, Any] = {}
    for name in SETTINGS:
        if given.get(name) is not None:
            settings[name] = given[name]
        elif variable(name) in variables:
            value = variables[variable(name)]
            vaulted = None if reveal else getattr(value, "_ciphertext", None)
            settings[name] = template(value) if vaulted is None else {"vaulted": str(vaulted)}
        elif os.environ.get(environment(name)):
            settings[name] = os.environ[environment(name)]
    if settings.get("ca_bundle"):
        # The broker has another working directory.
        settings["ca_bundle"] = os.path.abspath(os.path.expanduser(settings["ca_bundle"]))
    return settings
