# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Loading the lookups into the process of ansible-playbook, for the forks to come."""

from __future__ import annotations

from contextlib import suppress

from ansible.plugins.loader import lookup_loader
from ansible.template import Templar, trust_as_template

# A filter and a test as well: the first of each makes Ansible load all of its own.
_EMPTY = "{{ query('edgeops.device_trust.device_password') | length is eq 0 }}"


def load_lookups() -> None:
    """Spare all later forks of the run the import of the lookups, and of what Ansible needs for any template.

    Ansible forks for each host and task, and a fork forgets what it has imported. But before it forks for a task it
    loads the task's action, in the process of ansible-playbook itself. So this is for actions, where they are loaded.
    """
    for name in ("device_password", "inventory_password"):
        lookup_loader.get(f"edgeops.device_trust.{name}", class_only=True)
    # What goes wrong here goes wrong again, and is told, where a task needs it.
    with suppress(Exception):
        Templar(variables={}).template(trust_as_template(_EMPTY))
