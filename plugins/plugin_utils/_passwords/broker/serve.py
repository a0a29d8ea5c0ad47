# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The broker: the process that talks to the service for all processes of a run.

It ends with the run, also when the run is killed, and signs out then. What it knows is in its memory only.
"""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import socket
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.broker.channel import Channel
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.broker.lifetime import end_of
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.broker.start import READY, try_lock
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.broker.vaults import Vaults
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.errors import DeviceTrustError

_BACKLOG = 1024
_GOODBYE_SECONDS = 10.0

Reply = Callable[[dict[str, Any], Channel], Awaitable[dict[str, object]]]


class Broker:
    """Answers requests by what they want done."""

    def __init__(self) -> None:
        self._vaults = Vaults()
        self._replies: dict[str, Reply] = {"vault": self._vaults.reply}
        self._close: Callable[[], Awaitable[None]] | None = None

    async def serve(self, listening: socket.socket, controller: int, birth: str) -> None:
        """Answer until the run ends, or somebody asks this process to end."""
        loop, stopped = asyncio.get_running_loop(), asyncio.Event()
        loop.add_signal_handler(signal.SIGTERM, stopped.set)
        server = await asyncio.start_unix_server(self._talk, sock=listening)
        ends = [asyncio.create_task(end_of(controller, birth)), asyncio.create_task(stopped.wait())]
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        server.close()

    async def close(self) -> None:
        """Sign out, in bounded time."""
        if self._close is not None:
            await asyncio.wait({asyncio.ensure_future(self._close())}, timeout=_GOODBYE_SECONDS)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        channel = Channel(reader, writer)
        try:
            while (request := await channel.receive()) is not None:
                await channel.send(await channel.kept_alive(self._reply(request, channel)))
        except (ConnectionError, ValueError):
            pass
        finally:
            writer.close()

    async def _reply(self, request: dict[str, Any], channel: Channel) -> dict[str, object]:
        try:
            return await self._known(str(request["do"]))(request, channel)
        except DeviceTrustError as problem:
            return {"error": str(problem)}
        except (ConnectionError, asyncio.CancelledError):
            raise
        except Exception as failure:
            # Its words might hold anything.
            return {"error": f"the process that talks to the password manager failed ({type(failure).__name__})"}

    def _known(self, what: str) -> Reply:
        if what not in self._replies:
            # Late: a run that only reads a vault needs no network.
            from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.broker.service import (
                Service,
            )

            service = Service()
            self._replies |= service.replies
            self._close = service.close
        return self._replies[what]


def main(arguments: list[str]) -> None:
    """Arguments: the name of the run, its controller and when that was born, and the handle of the lock."""
    name, controller, birth, lock = arguments[0], int(arguments[1]), arguments[2], int(arguments[3])
    os.set_inheritable(lock, False)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for ignored in (signal.SIGINT, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    _sweep()
    listening = _come_up(name)
    broker = Broker()

    async def run() -> None:
        await broker.serve(listening, controller, birth)
        # From here on nobody can come in; whoever needs a broker now waits for the lock.
        _remove(Path(f"{name}.sock"))
        await broker.close()

    try:
        asyncio.run(run())
    finally:
        _remove(Path(f"{name}.lock"))
        # A thread may still wait for a service that does not answer.
        os._exit(0)


def _sweep() -> None:
    """Remove what killed brokers of other runs have left in the directory: nobody holds their locks."""
    for path in Path().glob("run-*.lock"):
        try:
            lock = try_lock(path.absolute())
        except DeviceTrustError:
            continue
        if lock is not None:
            _remove(path.with_suffix(".sock"))
            _remove(path)
            os.close(lock)


def _come_up(name: str) -> socket.socket:
    """The socket, and word that there is one; who fails in it leaves nothing behind."""
    try:
        listening = _listen(f"{name}.sock")
        _detach()
    except BaseException:
        _remove(Path(f"{name}.sock"))
        _remove(Path(f"{name}.lock"))
        raise
    return listening


def _listen(name: str) -> socket.socket:
    """A socket that only this user can connect to, in the current directory."""
    _remove(Path(name))
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    try:
        listening.bind(name)
    finally:
        os.umask(before)
    listening.listen(_BACKLOG)
    return listening


def _detach() -> None:
    """Say that all is well, and from then on nothing."""
    # Who has started it may be gone. The others of the run need it all the same, or will.
    with suppress(BrokenPipeError):
        os.write(sys.stdout.fileno(), READY)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for handle in (0, 1, 2):
        os.dup2(nowhere, handle)
    os.close(nowhere)


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)


if __name__ == "__main__":
    main(sys.argv[1:])
