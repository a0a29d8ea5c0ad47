# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Webhooks on their way: a bounded queue and one thread, so that no receiver ever delays the API.

A notification hook is called with POST over HTTPS, its token in the `Authorization` header and the event as JSON
body (u-blox Security Services REST API, /notification/webhook/create). Only this machine is ever connected to: a
host name is delivered where the setting `webhook_hosts` says, and nowhere if it says nothing.
"""

from __future__ import annotations

import http.client
import json
import os
import queue
import socket
import ssl
import threading
import time
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.settings import (
    is_loopback,
    loopback_address,
)

MOST_WAITING = 1000
PAUSES = (0.2, 1.0)
"""Seconds before the second and the third attempt; there is no fourth."""
TIMEOUT = 5.0
LAST = 200

DELIVERED, FAILED, NOT_LOCAL, DROPPED = "delivered", "failed", "not_local", "dropped"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event for one hook, and the settings it is delivered under."""

    url: str
    token: str
    event: str
    body: bytes
    ca: str | None
    hosts: Mapping[str, str]


class Deliveries:
    """The queue, the thread that empties it, and what became of each delivery."""

    def __init__(self, pauses: tuple[float, ...] = PAUSES, timeout: float = TIMEOUT) -> None:
        self._pauses = pauses
        self._timeout = timeout
        self._waiting: queue.Queue[tuple[int, Delivery]] = queue.Queue(MOST_WAITING)
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._contexts: dict[tuple[str | None, int], ssl.SSLContext] = {}
        self._generation = 0
        self._counts: Counter[str] = Counter()
        self._last: deque[dict[str, Any]] = deque(maxlen=LAST)
        self._unfinished = 0

    def put(self, delivery: Delivery) -> None:
        """Queue a delivery; with a thousand waiting already it is dropped."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="webhooks", daemon=True)
            self._thread.start()
        with self._lock:
            try:
                self._waiting.put_nowait((self._generation, delivery))
                self._unfinished += 1
            except queue.Full:
                self._note(delivery, DROPPED, None, 0)

    def reset(self) -> None:
        """Forget what was delivered, and what still waits."""
        with self._lock:
            self._generation += 1
            self._unfinished = 0
            self._counts.clear()
            self._last.clear()
            self._contexts.clear()

    def to_json(self) -> dict[str, Any]:
        """As the control API shows it, without tokens."""
        with self._lock:
            outcomes = {name: self._counts[name] for name in (DELIVERED, FAILED, NOT_LOCAL, DROPPED)}
            return {"waiting": self._unfinished, **outcomes, "last": list(self._last)}

    def _run(self) -> None:
        while True:
            generation, delivery = self._waiting.get()
            if generation != self._generation:
                continue
            outcome, status, attempts = self._carried_out(delivery)
            with self._lock:
                if generation == self._generation:
                    self._note(delivery, outcome, status, attempts)
                    self._unfinished -= 1

    def _note(self, delivery: Delivery, outcome: str, status: int | str | None, attempts: int) -> None:
        self._counts[outcome] += 1
        self._last.append(
            {
                "url": delivery.url,
                "type": delivery.event,
                "outcome": outcome,
                "status": status,
                "attempts": attempts,
            }
        )

    def _carried_out(self, delivery: Delivery) -> tuple[str, int | str | None, int]:
        """Outcome, last status or error, and number of attempts."""
        url = urlsplit(delivery.url)
        address = _local_address(url, delivery.hosts)
        if address is None:
            return NOT_LOCAL, None, 0
        status: int | str = ""
        for number, pause in enumerate((*self._pauses, None), start=1):
            try:
                status = self._attempt(delivery, url, address)
                if status < 500 and status != 429:
                    return (DELIVERED if status < 300 else FAILED), status, number
            except (OSError, http.client.HTTPException) as error:
                status = f"{type(error).__name__}: {error}"
            if pause is not None:
                time.sleep(pause)
        return FAILED, status, number

    def _attempt(self, delivery: Delivery, url: SplitResult, address: tuple[str, int]) -> int:
        host = url.hostname or ""
        connection = http.client.HTTPSConnection(host, url.port, timeout=self._timeout)
        try:
            connection.sock = socket.create_connection(address, timeout=self._timeout)
            connection.sock = self._context(delivery.ca).wrap_socket(connection.sock, server_hostname=host)
            path = f"{url.path or '/'}{f'?{url.query}' if url.query else ''}"
            headers = {"Authorization": delivery.token, "Content-Type": "application/json"}
            connection.request("POST", path, body=delivery.body, headers=headers)
            answer = connection.getresponse()
            answer.read(65_536)
            return answer.status
        finally:
            connection.close()

    def _context(self, ca: str | None) -> ssl.SSLContext:
        key = (ca, 0 if ca is None else os.stat(ca).st_mtime_ns)
        if key not in self._contexts:
            self._contexts[key] = ssl.create_default_context(cafile=ca)
        return self._contexts[key]


def _local_address(url: SplitResult, hosts: Mapping[str, str]) -> tuple[str, int] | None:
    """Where on this machine the hook is delivered, None if its host is another."""
    host = (url.hostname or "").lower()
    if host in hosts:
        return loopback_address(hosts[host])
    if host == "localhost":
        return "127.0.0.1", url.port or 443
    return (host, url.port or 443) if is_loopback(host) else None


def event_body(event: Mapping[str, Any]) -> bytes:
    """The JSON of an event."""
    return json.dumps(event).encode()
