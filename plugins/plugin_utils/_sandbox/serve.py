# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run the sandbox: one process, one port, one line on standard output when it is ready."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import socket
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import uvicorn

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox import ready, seed
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.app import build_app
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.faults import FaultError
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.protocol import CuttableProtocol
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.store import StateFileError, Store
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.tls import TlsError, TlsFiles, tls_files
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.world import World


@dataclass(frozen=True, slots=True)
class SandboxOptions:
    """How to run it. Port 0 takes a free one; without `state` nothing is kept; `seed` (JSON or YAML) counts
    when the state is new and for resets; `faults` is a JSON file of fault rules in force from the start. `tls`
    serves HTTPS; `ca_file` is where the CA to trust is written then."""

    host: str = "127.0.0.1"
    port: int = 0
    state: str | None = None
    seed: str | None = None
    json: bool = False
    faults: str | None = None
    tls: bool = False
    ca_file: str | None = None


class _Server(uvicorn.Server):
    """Says that it is ready once it accepts connections."""

    def __init__(self, config: uvicorn.Config, ready_line: str) -> None:
        super().__init__(config)
        self._ready_line = ready_line

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            print(self._ready_line, flush=True)


def run(options: SandboxOptions) -> int:
    """Serve until SIGTERM or SIGINT; the exit status: 0 after a clean stop, 1 if it could not start (then
    standard error says why)."""
    try:
        seed_document = seed.read_seed(options.seed) if options.seed else None
        world = _world(options, seed_document)
        listener = _listen(options)
    except (StateFileError, FaultError, seed.SeedError, OSError) as error:
        print(f"device-trust sandbox: {error}", file=sys.stderr)
        return 1
    try:
        with tls_files(world.store, options.host, options.ca_file) if options.tls else nullcontext() as tls:
            _serve(world, seed_document, options, listener, tls)
    except TlsError as error:
        print(f"device-trust sandbox: {error}", file=sys.stderr)
        return 1
    finally:
        listener.close()
        world.store.close()
    return 0


def _world(options: SandboxOptions, seed_document: Any) -> World:
    world = World(Store(options.state))
    if world.store.meta("seeded"):
        world.load()
    else:
        seed.load(world, seed_document)
    if options.faults:
        world.faults.add(_read_faults(options.faults))
    return world


def _read_faults(path: str) -> Any:
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError) as error:
        raise FaultError(f"cannot read the fault rules {path}: {error}") from error


def _listen(options: SandboxOptions) -> socket.socket:
    family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
    # Named as TCP, because asyncio turns Nagle's algorithm off for those only: else an answer takes 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((options.host, options.port))
    except (OSError, OverflowError) as error:
        listener.close()
        raise OSError(f"cannot listen on {options.host} port {options.port}: {error}; choose another --port") from error
    return listener


def _serve(
    world: World, seed_document: Any, options: SandboxOptions, listener: socket.socket, tls: TlsFiles | None
) -> None:
    config = uvicorn.Config(
        build_app(world, seed_document),
        http=CuttableProtocol,
        ws="none",
        loop="asyncio",
        lifespan="off",
        log_level="error",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=2,
        ssl_certfile=tls.certificate if tls else None,
        ssl_keyfile=tls.private_key if tls else None,
    )
    address = ready.Address(options.host, listener.getsockname()[1], str(tls.ca_bundle) if tls else None)
    line = ready.json_line if options.json else ready.text_line
    server = _Server(config, line(address, world.store))
    # After its own clean stop uvicorn raises the signal again, for the handlers it found: these do nothing.
    found = {number: signal.signal(number, lambda *_unused: None) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        asyncio.run(server.serve(sockets=[listener]))
    finally:
        for number, handler in found.items():
            signal.signal(number, handler)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="device-trust sandbox",
        description="The simulated u-blox and CalAmp services and an MT20W host, on this machine.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=0, help="port to listen on; 0 takes a free one (default)")
    parser.add_argument("--state", metavar="FILE", help="keep the state in this file")
    parser.add_argument("--seed", metavar="FILE", help="start from this account, JSON or YAML")
    parser.add_argument("--faults", metavar="FILE", help="fault rules in force from the start, JSON")
    parser.add_argument("--tls", action="store_true", help="serve HTTPS with a certificate that it makes itself")
    parser.add_argument("--ca-file", metavar="FILE", help="where to write the CA that clients must trust with --tls")
    parser.add_argument("--json", action="store_true", help="print the ready line as JSON, with the fake credentials")
    return run(SandboxOptions(**vars(parser.parse_args(arguments))))


if __name__ == "__main__":
    sys.exit(main())
