# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""HTTPS for the sandbox: its own CA, kept with the state, and a server certificate for this machine."""

from __future__ import annotations

import ipaddress
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.store import Store

NAMES = ("localhost", "127.0.0.1", "::1")
CA_DAYS, SERVER_DAYS = 3650, 397
_KEPT = "tls_authority"
_BACK_DATED = timedelta(hours=1)


class TlsError(Exception):
    """HTTPS cannot be set up; the text says why."""


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """Where uvicorn finds the server's certificate and key, and clients the CA to trust."""

    certificate: Path
    private_key: Path
    ca_bundle: Path


@contextmanager
def tls_files(store: Store, host: str, ca_file: str | None = None) -> Iterator[TlsFiles]:
    """The files for serving HTTPS on `host`, for as long as the context lasts.

    The CA is made once for a state, so that a client that trusts it still does after a restart. Its certificate
    is written to `ca_file`; without one beside the state file, where it stays, or else to a directory that goes with
    the context. Raises TlsError.
    """
    with tempfile.TemporaryDirectory(prefix="device-trust-sandbox-") as name:
        directory = Path(name)
        authority_pem = _authority(store)
        certificate, key = _server_certificate(authority_pem, host)
        bundle = Path(ca_file or (f"{store.path}.ca.pem" if store.path else directory / "ca.pem")).absolute()
        files = TlsFiles(directory / "server.pem", directory / "server.key", bundle)
        _write(files.private_key, key, 0o600)
        _write(files.certificate, certificate, 0o600)
        _write(bundle, x509.load_pem_x509_certificate(authority_pem).public_bytes(serialization.Encoding.PEM), 0o644)
        yield files


def _write(path: Path, content: bytes, mode: int) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
    except OSError as error:
        raise TlsError(f"cannot write {path}: {error.strerror}") from error


def _authority(store: Store) -> bytes:
    """Certificate and key of the state's CA, PEM."""
    kept = store.meta(_KEPT)
    if kept is None or _expires_soon(kept.encode()):
        kept = _new_authority().decode()
        store.set_meta(_KEPT, kept)
    return kept.encode()


def _expires_soon(authority_pem: bytes) -> bool:
    certificate = x509.load_pem_x509_certificate(authority_pem)
    return certificate.not_valid_after_utc < datetime.now(UTC) + timedelta(days=SERVER_DAYS)


def _new_authority() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("Device Trust Sandbox CA (trust for rehearsals only)")
    certificate = (
        _builder(name, name, key, CA_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.PEM) + _key_pem(key)


def _server_certificate(authority_pem: bytes, host: str) -> tuple[bytes, bytes]:
    authority = x509.load_pem_x509_certificate(authority_pem)
    authority_key = serialization.load_pem_private_key(authority_pem, None)
    if not isinstance(authority_key, ec.EllipticCurvePrivateKey):
        raise TlsError("the state holds a CA of another kind; start with another --state")
    key = ec.generate_private_key(ec.SECP256R1())
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key())
    certificate = (
        _builder(_name("localhost"), authority.subject, key, SERVER_DAYS)
        .add_extension(x509.SubjectAlternativeName(_general_names(host)), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(identifier, critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.PEM), _key_pem(key)


def _general_names(host: str) -> list[x509.GeneralName]:
    found: list[x509.GeneralName] = []
    for name in dict.fromkeys((*NAMES, host)):
        try:
            address = ipaddress.ip_address(name)
        except ValueError:
            found.append(x509.DNSName(name))
        else:
            if not address.is_unspecified:
                found.append(x509.IPAddress(address))
    return found


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, days: int
) -> x509.CertificateBuilder:
    now = datetime.now(UTC) - _BACK_DATED
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=days))
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
