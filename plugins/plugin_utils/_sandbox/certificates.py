# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Real X.509: root CAs, device certificates, revocation lists and proofs of possession, on EC P-256."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.authority import Authority, Leaf


def expiry(authority: Authority) -> datetime:
    """The end of a root CA's validity."""
    return x509.load_pem_x509_certificate(authority.certificate.encode()).not_valid_after_utc


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def _opened(authority: Authority) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    key = serialization.load_pem_private_key(authority.private_key.encode(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError("a root CA of the sandbox has an EC key")
    return x509.load_pem_x509_certificate(authority.certificate.encode()), key


def make_authority(name: str, created: datetime, days: int) -> Authority:
    """A self-signed root CA that is valid for `days` from `created`."""
    created = created.replace(microsecond=0)
    key = ec.generate_private_key(ec.SECP256R1())
    usage = x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=True,
        crl_sign=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(_name(name))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(created)
        .not_valid_after(created + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return Authority(_pem(certificate), private.decode())


def issue(authority: Authority, common_name: str, now: datetime, days: int) -> Leaf:
    """A certificate with a new key pair, for `days` or as long as the root CA lasts, if that is shorter
    (u-blox Security Services REST API, /ztp/rootca/create, note 2)."""
    return _signed(authority, _name(common_name), ec.generate_private_key(ec.SECP256R1()).public_key(), now, days)


def reissue(authority: Authority, certificate: str, now: datetime, days: int) -> Leaf:
    """A certificate for the key pair of another one: a new serial number and a new expiration date (same API,
    /ztp/devicecertificate/renew)."""
    previous = x509.load_pem_x509_certificate(certificate.encode())
    key = previous.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise TypeError("a device certificate of the sandbox has an EC key")
    return _signed(authority, previous.subject, key, now, days)


def _signed(authority: Authority, subject: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, days: int) -> Leaf:
    issuer, issuer_key = _opened(authority)
    now = now.replace(microsecond=0)
    expires = min(now + timedelta(days=days), issuer.not_valid_after_utc)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject)
        .public_key(key)
        .serial_number(_serial())
        .not_valid_before(min(now, expires - timedelta(seconds=1)))
        .not_valid_after(expires)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(issuer_key, hashes.SHA256())
    )
    return Leaf(_pem(certificate), f"{certificate.serial_number:x}", expires)


def _serial() -> int:
    """A serial number as short as the printed ones, which have at most 127 bits."""
    return 1 + secrets.randbits(126)


def revocation_list(authority: Authority, revoked: Iterable[tuple[str, datetime]], now: datetime) -> str:
    """The CRL of a root CA, PEM: hexadecimal serial numbers with the moment each was revoked."""
    issuer, key = _opened(authority)
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.subject)
        .last_update(now)
        .next_update(now + timedelta(days=7))
    )
    for serial, moment in revoked:
        builder = builder.add_revoked_certificate(
            x509.RevokedCertificateBuilder().serial_number(int(serial, 16)).revocation_date(moment).build()
        )
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()
