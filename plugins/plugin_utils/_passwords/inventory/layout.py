# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the two layouts of the inventory have in common, and the directory that both live in."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.errors import InventoryConflict
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.inventory.record import Held
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.inventory.wanted import (
    HostValue,
)

# What Ansible takes for a file of variables.
VARIABLE_EXTENSIONS = (".yml", ".yaml", ".json")


class Layout(Protocol):
    """How passwords lie in an inventory directory."""

    def held(self, hosts: Collection[str]) -> Mapping[str, Held]:
        """What is there for ``hosts``, and for every other host that this product has written.

        Raises InventoryConflict, before anything is changed, when a file of somebody else stands in the way.
        """

    def passwords(self, hosts: Collection[str]) -> Mapping[str, object]:
        """What ``hosts`` have, decrypted: as it was written, or the VaultProblem that there is with it."""

    def write(
        self, values: Sequence[HostValue], changed: Collection[str], removed: Collection[str], *, force: bool = False
    ) -> None:
        """Bring the ``changed`` hosts to their ``values`` and take the ``removed`` ones away.

        With ``force`` nobody has to be able to read what is replaced.
        """


def inventory_directory(path: str) -> Path:
    """``path`` as an existing directory. A relative one counts from the directory ansible-playbook was started in."""
    directory = Path(path).expanduser().absolute()
    if directory.is_file():
        raise InventoryConflict(f"path {path!r} is a file; give the inventory directory, {str(directory.parent)!r}")
    if not directory.is_dir():
        raise InventoryConflict(f"path {path!r} must be an existing inventory directory")
    return directory


def hidden_by(directory: Path) -> Path | None:
    """The file that Ansible would no longer read if ``directory`` (of a host or a group) were made.

    Ansible takes the first that exists of NAME, NAME.yml, NAME.yaml and NAME.json, and the directory is NAME.
    """
    if directory.is_dir():
        return None
    candidates = [directory, *(directory.with_name(directory.name + end) for end in VARIABLE_EXTENSIONS)]
    return next((path for path in candidates if path.exists() or path.is_symlink()), None)


def hiding_problem(directory: Path) -> str | None:
    """What is wrong with making ``directory``, as a sentence."""
    hidden = hidden_by(directory)
    if hidden is None:
        return None
    return (
        f"{hidden} would no longer be read by Ansible beside the directory {directory}; "
        f"make the directory and move the file to {directory}/main.yml"
    )


def foreign_problem(path: Path) -> str:
    return (
        f"{path} was not written by edgeops.device_trust.password_inventory and is not replaced; "
        "move it away, or choose another file_name"
    )
