# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An HTTPS server on this machine that takes webhooks, with a certificate for hooks.example.com of its own CA."""

from __future__ import annotations

import json
import ssl
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "hooks.example.com"
URL = f"https://{HOST}/ublox"
TOKEN = "Bearer fake-hook-token"


@dataclass(frozen=True, slots=True)
class Call:
    """One webhook as it arrived."""

    path: str
    authorization: str | None
    content_type: str | None
    host: str | None
    body: Any


@dataclass(slots=True)
class Receiver:
    """The server. It answers with `statuses` one after the other, then with 200, each after `delay` seconds."""

    folder: Path
    statuses: list[int] = field(default_factory=list)
    delay: float = 0.0
    calls: list[Call] = field(default_factory=list)
    _server: ThreadingHTTPServer | None = None

    def __enter__(self) -> Self:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                time.sleep(receiver.delay)
                headers = self.headers
                receiver.calls.append(
                    Call(
                        self.path, headers["Authorization"], headers["Content-Type"], headers["Host"], json.loads(body)
                    )
                )
                self.send_response(receiver.statuses.pop(0) if receiver.statuses else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(_make_certificate(self.folder))
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_unused: object) -> None:
        assert self._server is not None
        self._server.shutdown()
        self._server.server_close()

    def address(self) -> str:
        """Where it listens."""
        assert self._server is not None
        return f"127.0.0.1:{self._server.server_address[1]}"

    def ca(self) -> str:
        """The file of the CA that signed its certificate."""
        return str(self.folder / "ca.pem")

    def wait(self, number: int, seconds: float = 10) -> list[Any]:
        """The bodies of the first calls, once there are so many."""
        deadline = time.monotonic() + seconds
        while len(self.calls) < number and time.monotonic() < deadline:
            time.sleep(0.005)
        assert len(self.calls) >= number, self.calls
        return [call.body for call in self.calls]


def _make_certificate(folder: Path) -> Path:
    """Write ca.pem and a chain file with key and certificate; the latter's path."""
    now = datetime.now(UTC)
    issuer_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "fake receiver CA")])
    authority = (
        _builder(issuer, issuer, issuer_key, now)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(issuer_key, hashes.SHA256())
    )
    certificate = (
        _builder(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)]), issuer, key, now)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(issuer_key, hashes.SHA256())
    )
    (folder / "ca.pem").write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    chain = folder / "receiver.pem"
    chain.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return chain


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
    )
