# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The connection options of lookups and of the inventory, as the core wants them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.edgeops.device_trust.plugins.module_utils._engine import Connection

_OPTIONS = ("api_url", "api_key", "api_secret", "api_token", "timeout", "ca_bundle", "proxy")


def connection_of(option: Callable[[str], Any], template: Callable[[Any], Any]) -> Connection:
    """The connection that a plugin's options describe. One that was set by a variable may still be a template."""
    return Connection.from_options({name: _plain(template(option(name))) for name in _OPTIONS})


def _plain(value: Any) -> Any:
    """Ansible tags the texts it gives; ``str`` leaves the tags behind."""
    return str(value) if isinstance(value, str) else value
