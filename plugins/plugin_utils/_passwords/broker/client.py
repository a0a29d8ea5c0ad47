# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How the processes of a run ask the broker, which talks to the service for all of them.

Ansible evaluates each lookup in a fork of its own, which imports this module anew and without a byte code cache.
So it is short, and needs nothing but the standard library.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ansible_collections.edgeops.device_trust.plugins.module_utils._live.calamp.runtime import runtime_directory

_TRIES = 3
# A broker that has nothing to say yet sends an empty line every few seconds.
_SILENCE_SECONDS = 60.0
_LONGEST_ADDRESS = 100

Supply = Callable[[str], object]


def ask(request: Mapping[str, Any], supply: Supply | None = None) -> dict[str, Any]:
    """The broker's answer. It is started if there is none, and asked again if it is killed meanwhile.

    ``supply`` brings what the broker asks back for, by name. Raises BrokerProblem.
    """
    for _unused in range(_TRIES):
        with connected() as connection:
            try:
                return _converse(connection, request, supply)
            except TimeoutError:
                break
            except (ConnectionError, EOFError):
                continue
    raise _problem("the process that talks to the password manager hangs, or is killed again and again")


def connected() -> socket.socket:
    """A connection to the broker of this run."""
    directory, name = runtime_directory(), run_name()
    connection = try_connect(directory, name)
    if connection is None:
        from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.broker.start import started

        connection = started(directory, name, controller())
    connection.settimeout(_SILENCE_SECONDS)
    return connection


def controller() -> int:
    """The process of ansible-playbook, whose forks do the tasks: what all processes of one run have in common."""
    parent = multiprocessing.parent_process()
    return os.getpid() if parent is None or parent.pid is None else parent.pid


def run_name() -> str:
    """What the files of this run are called."""
    return f"run-{controller()}"


def try_connect(directory: Path, name: str) -> socket.socket | None:
    """A connection to the broker called ``name``, None when there is none."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    address = f"{directory}/{name}.sock"
    handle = None
    try:
        if len(os.fsencode(address)) > _LONGEST_ADDRESS and os.path.isdir("/proc/self/fd"):
            handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
            address = f"/proc/self/fd/{handle}/{name}.sock"
        connection.connect(address)
    except (FileNotFoundError, ConnectionRefusedError):
        connection.close()
        return None
    except OSError as failure:
        connection.close()
        raise _problem(f"{address} cannot be connected to: {failure.strerror or failure}") from None
    finally:
        if handle is not None:
            os.close(handle)
    return connection


def _converse(connection: socket.socket, request: Mapping[str, Any], supply: Supply | None) -> dict[str, Any]:
    """Raises ConnectionError or EOFError when the broker goes away before it has answered."""
    with connection.makefile("rb") as lines:
        _send(connection, request)
        while True:
            line = lines.readline()
            if not line.endswith(b"\n"):
                raise EOFError
            if line == b"\n":
                continue
            answer: dict[str, Any] = json.loads(line)
            if "need" not in answer or supply is None:
                return answer
            _send(connection, {"supply": supply(answer["need"])})


def _send(connection: socket.socket, message: Mapping[str, Any]) -> None:
    connection.sendall(json.dumps(message, default=str, separators=(",", ":")).encode() + b"\n")


def _problem(words: str) -> Exception:
    from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.errors import BrokerProblem

    return BrokerProblem(words)
