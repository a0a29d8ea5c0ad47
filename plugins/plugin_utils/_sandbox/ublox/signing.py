# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""RS256, as AuthTokens are signed: RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518, 3.3)."""

from __future__ import annotations

import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa


class SigningKey:
    """An RSA key; from PEM, or a new one. Raises TypeError for a key of another kind."""

    def __init__(self, pem: str | None = None) -> None:
        self._key = _opened(pem) if pem else rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def pem(self) -> str:
        """The private key, not encrypted."""
        return self._key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode()

    def fingerprint(self) -> bytes:
        """What the key is called."""
        return hashlib.sha256(str(self._key.public_key().public_numbers().n).encode()).digest()

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message, padding.PKCS1v15(), hashes.SHA256())

    def has_signed(self, message: bytes, signature: bytes) -> bool:
        try:
            self._key.public_key().verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            return False
        return True


def _opened(pem: str) -> rsa.RSAPrivateKey:
    key = serialization.load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("AuthTokens are signed with an RSA key")
    return key
