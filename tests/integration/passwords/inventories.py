# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role and the action that write passwords into an inventory, as tests call them, and what they write."""

from __future__ import annotations

import json
from typing import Any

from tests.integration.passwords.plays import Desk, Run

PLAYBOOK = "edgeops.device_trust.passwords"
TRACKERS = ("-e", "device_passwords_group=trackers")
HOST_FILES = [f"host_vars/tracker-{number}/device_passwords.yml" for number in (1, 2, 3)]
PASSWORDS = {"tracker-1": "Nyfuwk83{", "tracker-2": "Iqvzhv38?"}
GROUP = (*TRACKERS, "-e", "device_passwords_layout=group")
GROUP_FILE = "group_vars/trackers/device_passwords.vault"
GROUP_RECORD = "group_vars/trackers/.device_passwords.vault.record.json"


def inventory_task(desk: Desk, **options: Any) -> dict[str, Any]:
    devices = "{{ dict(groups['trackers'] | zip(groups['trackers'] | map('extract', hostvars, 'esn'))) }}"
    return {
        "edgeops.device_trust.password_inventory": {"path": str(desk.inventory), "devices": devices, **options},
        "register": "outcome",
    }


def show(desk: Desk, variable: str = "device_password", **more: Any) -> dict[str, Any]:
    """The passwords of all trackers as plays see them."""
    pairs = f"dict(groups['trackers'] | zip(groups['trackers'] | map('extract', hostvars, '{variable}')))"
    value: dict[str, Any] = desk.evaluate(pairs, **more)
    return value


def write_groups(desk: Desk, **groups: dict[str, dict[str, object]]) -> None:
    """The inventory with these groups of hosts."""
    (desk.inventory / "hosts.json").write_text(json.dumps({name: {"hosts": hosts} for name, hosts in groups.items()}))


def prune(desk: Desk, *options: str) -> Run:
    return desk.playbook(PLAYBOOK, *TRACKERS, "-e", "device_passwords_prune=true", *options).ok()
