# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Starting the broker of a run: once, whoever of its processes comes first.

The broker inherits a lock from the process that starts it and holds it as long as it lives. So there is one broker at
most, and the kernel frees the lock of a killed one.
"""

from __future__ import annotations

import fcntl
import os
import select
import socket
import subprocess
import sys
import time
from pathlib import Path

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.broker.client import try_connect
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.broker.lifetime import born
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.errors import BrokerProblem

READY = b"ready\n"
_SECONDS = 60.0
_POLL_SECONDS = 0.02
_MODULE = "ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.broker.serve"


def started(directory: Path, name: str, controller: int) -> socket.socket:
    """A connection to the broker, which is started if no other process is about to.

    Raises BrokerProblem when it does not come up.
    """
    until = time.monotonic() + _SECONDS
    while time.monotonic() < until:
        birth = born(controller)
        if birth is None:
            raise BrokerProblem("the run that this task belongs to has ended")
        lock = try_lock(directory / f"{name}.lock")
        if lock is not None:
            try:
                _spawn(directory, [name, str(controller), birth, str(lock)], lock, until)
            finally:
                os.close(lock)
        connection = try_connect(directory, name)
        if connection is not None:
            return connection
        time.sleep(_POLL_SECONDS)
    raise BrokerProblem(f"the process that talks to the password manager did not come up within {_SECONDS:g} s")


def try_lock(path: Path) -> int | None:
    """A handle that holds the lock ``path``, None when another process has it."""
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as failure:
        raise BrokerProblem(f"{path} cannot be opened: {failure.strerror}; remove it") from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # A broker that ends removes the file: what was locked may be gone.
        if os.path.samestat(path.lstat(), os.fstat(handle)):
            return handle
    except (BlockingIOError, FileNotFoundError):
        pass
    os.close(handle)
    return None


def _spawn(directory: Path, arguments: list[str], lock: int, until: float) -> None:
    """Start the broker as a process without ties to this one, and wait until it listens."""
    # Ansible finds collections in its own way, a new interpreter by its path.
    roots = [os.path.dirname(place) for place in sys.modules["ansible_collections"].__path__]
    ours = next((root for root in roots if os.path.isfile(os.path.join(root, *_MODULE.split(".")) + ".py")), "")
    path = os.pathsep.join(filter(None, (ours, os.environ.get("PYTHONPATH"))))
    try:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", _MODULE, *arguments],
            cwd=directory,
            env={**os.environ, "PYTHONPATH": path},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=[lock],
            start_new_session=True,
        )
    except OSError as failure:
        raise BrokerProblem(f"{sys.executable} cannot be started: {failure.strerror}") from None
    if process.stdout is None:
        raise AssertionError("the process was started with a pipe")
    with process.stdout as output:
        said = _read_all(output.fileno(), until)
    if said != READY and process.poll() not in (None, 0):
        last = said.decode(errors="replace").strip().rpartition("\n")[2]
        raise BrokerProblem(f"the process that talks to the password manager could not be started: {last}")


def _read_all(handle: int, until: float) -> bytes:
    """What comes until the other side closes: the broker does when it listens, and when it fails."""
    said = b""
    while select.select([handle], [], [], max(0.0, until - time.monotonic()))[0]:
        part = os.read(handle, 65536)
        if not part:
            break
        said += part
    return said
