# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What devices were told last from this machine, where the service does not show it (yet).

It spares devices being told again. Nothing is lost without it: on another machine they are told once more.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path

from .._plan.plan import Change
from .lock import sole_writer
from .recorder import Recorder
from .report import Status
from .whole_file import write_whole

_FILE = "told-devices.json"


class MarkMemory:
    """The marks of one account, by kind and device. Nothing is written until something is remembered."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / _FILE

    def marks(self) -> dict[str, dict[str, str]]:
        """What is remembered; a file that cannot be read is as good as none."""
        try:
            found = json.loads(self._path.read_bytes())
        except (OSError, ValueError):
            return {}
        if not isinstance(found, dict):
            return {}
        return {kind: _texts(marks) for kind, marks in found.items() if isinstance(marks, dict)}

    def remember(self, sent: Iterable[Change]) -> None:
        """These changes were carried out."""
        told = [(change.kind.name, change.marks) for change in sent if change.marks]
        if not told:
            return
        with sole_writer(self._path.with_suffix(".lock")):
            marks = self.marks()
            for kind, of_devices in told:
                marks.setdefault(kind, {}).update(of_devices)
            write_whole(self._path, json.dumps(marks, indent=0, sort_keys=True).encode())


class MarkRecorder(Recorder):
    """Remembers what devices were told as soon as a change has been carried out: the process may be killed before the
    last one has. ``failure`` says why something could not be remembered.
    """

    def __init__(self, memory: MarkMemory, changes: Iterable[Change]) -> None:
        self._memory = memory
        self._changes = {change.address: change for change in changes if change.marks}
        self._lock = threading.Lock()
        self.failure: OSError | None = None

    def settled(self, address: str, status: str, error: str = "") -> None:
        if status != Status.DONE.value or address not in self._changes:
            return
        with self._lock:
            try:
                self._memory.remember([self._changes[address]])
            except OSError as failure:
                self.failure = failure


def _texts(marks: Mapping[object, object]) -> dict[str, str]:
    return {str(device): str(mark) for device, mark in marks.items()}
