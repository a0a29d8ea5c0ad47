# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A password manager whose passwords a test chooses: what no generator would make, and what no specification says."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

CREDENTIALS = {
    "CALAMP_USERNAME": "exotic@example.com",
    "CALAMP_PASSWORD": "fake-exotic-password",
    "CALAMP_APP_KEY": "fake-exotic-app-key",
}
TOKEN = "Bearer fake-exotic-token"


class ExoticService(ThreadingHTTPServer):
    """Answers as the specification's samples do, in the wrong order, from ``devices`` (fields by ESN).

    A refusal echoes what it refuses, as careless services do.
    """

    daemon_threads = True

    def __init__(self, devices: Mapping[str, Mapping[str, Any]]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.devices = devices
        self.asked: list[str] = []
        self.requests: list[tuple[str, list[str]]] = []
        self.refused: set[str] = set()
        # With what status a wrong login is refused, and whether the tokens of right ones are.
        self.login_status = 401
        self.distrusts_tokens = False

    @property
    def environment(self) -> dict[str, str]:
        return {"CALAMP_API_URL": f"http://127.0.0.1:{self.server_address[1]}", **CREDENTIALS}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: ExoticService

    def do_GET(self) -> None:
        self.server.requests.append((self.path.rpartition("/")[2], []))
        self._answer([])

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/api/login":
            self.server.requests.append(("login", []))
            if body["password"] == CREDENTIALS["CALAMP_PASSWORD"]:
                self._answer([{"authToken": TOKEN}])
            else:
                self._answer(
                    [],
                    self.server.login_status,
                    f"wrong password {body['password']} for key {self.headers['x-app-key']}",
                )
            return
        (kind, text), devices = next(iter(body.items())), self.server.devices
        asked = text.split(",")
        self.server.asked += asked
        self.server.requests.append(("all", asked))
        if self.server.distrusts_tokens:
            self._answer([], 401, "no such token")
            return
        if self.server.refused.intersection(asked):
            self._answer([], 400, "not allowed")
            return
        records = {esn: {"esn": esn, **device} for esn, device in devices.items()}
        by_key = records if kind == "esn" else {record.get(kind): record for record in records.values()}
        self._answer([{"devicePassword": by_key[key]} for key in reversed(asked) if key in by_key])

    def _answer(self, results: list[Any], status: int = 200, *errors: str) -> None:
        content = json.dumps({"response": {"results": results, "errors": errors}}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Tests have nothing to read in it."""


@contextmanager
def exotic_service(devices: Mapping[str, Mapping[str, Any]]) -> Iterator[ExoticService]:
    service = ExoticService(devices)
    thread = threading.Thread(target=service.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield service
    finally:
        service.shutdown()
        thread.join()
        service.server_close()
