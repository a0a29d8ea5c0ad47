# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an MT20W reader and its host say to one another, as values (MT20W Authentication Changes).

Everything is AES-256-CBC under the site key with an all-zero initialization vector and no padding. The
specification's prose does not say so; its example does, and the example rules.

This module imports nothing of ours: both the clients and the simulated host use it.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

DRIVER_SCHEME = "Driver"
DEVICE_SCHEME = "Device"
LAST_CONNECTED = "X-Device-Last-Connected"

KEY_BYTES = 32
SERIAL_BYTES = 16
CREDENTIAL_BYTES = 16
NUMBER_DIGITS = 14
TOKEN_CHARACTERS = 132
"""Base64 of 32 hexadecimal digits, a colon, 64 hexadecimal digits, and ``:1``."""

_BLOCK = 16
_SEALED_BYTES = 2 * _BLOCK
_TOKEN = re.compile(rb"([0-9A-F]{32}):([0-9A-F]{64}):1")
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
_DIGITS = re.compile(r"[0-9]{14}")
_NUMBER_BLOCK = re.compile(rb"[0-9]{14}\0\0")
_HEX = re.compile(r"[0-9A-Fa-f]*")
_PRIMARY_PADDING = b"\xff" * 12 + b"\0\0"


class Mt20wError(ValueError):
    """Something that is not as the specification has it. The text never holds a key or a credential."""


class InvalidSiteKey(Mt20wError):
    """A site key that cannot be one."""


class InvalidSerial(Mt20wError):
    """A serial number that cannot be one."""


class InvalidNumber(Mt20wError):
    """A number that has not exactly 14 digits."""


class MalformedToken(Mt20wError):
    """A Driver token that has not the form of one, whatever the key."""


class NotGenuine(Mt20wError):
    """Something well formed that was not made with this site key, or not for this serial number."""


class InvalidHeader(Mt20wError):
    """A value of X-Device-Last-Connected that cannot be read."""


class InvalidPrimary(Mt20wError):
    """A scan request's Primary that cannot be read."""


@dataclass(frozen=True, slots=True)
class SiteKey:
    """The 32-byte key that all readers and hosts of a site share. Its text forms do not show it."""

    raw: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.raw) != KEY_BYTES:
            raise InvalidSiteKey(f"a site key has {KEY_BYTES} bytes, this one has {len(self.raw)}")

    @classmethod
    def from_hex(cls, text: str) -> SiteKey:
        """The key written as 64 hexadecimal digits. Raises InvalidSiteKey, without showing the text."""
        digits = text.strip()
        if not _HEX.fullmatch(digits):
            raise InvalidSiteKey("the site key must be 64 hexadecimal digits; this one holds something else")
        if len(digits) != 2 * KEY_BYTES:
            hint = "; the example in MT20W Authentication Changes is printed two digits short"
            raise InvalidSiteKey(
                f"the site key must have 64 hexadecimal digits, this one has {len(digits)}"
                + (hint if len(digits) == 2 * KEY_BYTES - 2 else "")
            )
        return cls(bytes.fromhex(digits))


def parse_serial(text: str) -> str:
    """A serial number as tokens write it: 32 capital hexadecimal digits, 16 bytes.

    A reader's label shows the last 8 bytes (A0C1777700000017); fewer digits than 32 are filled up with zeros in
    front. Raises InvalidSerial.
    """
    digits = text.strip()
    if not digits or len(digits) > 2 * SERIAL_BYTES or not _HEX.fullmatch(digits):
        raise InvalidSerial(f"the serial number must be 1 to 32 hexadecimal digits, not {text[:40]!r}")
    return digits.upper().zfill(2 * SERIAL_BYTES)


def parse_number(text: str) -> str:
    """The 14-digit number itself (MT20W Authentication Changes, note 1). Raises InvalidNumber."""
    if not _DIGITS.fullmatch(text):
        raise InvalidNumber(f"the number must have exactly {NUMBER_DIGITS} digits, as 20180919105017 has")
    return text


def fresh_number(other_than: str = "", randbelow: Callable[[int], int] = secrets.randbelow) -> str:
    """A random 14-digit number without a leading zero, not ``other_than``: consecutive numbers must differ."""
    lowest = 10 ** (NUMBER_DIGITS - 1)
    while True:
        number = str(lowest + randbelow(9 * lowest))
        if number != other_than:
            return number


def make_token(key: SiteKey, serial: str, number: str) -> str:
    """What follows the word Driver in the header Authorization ("Generating Driver Token from Firmware").

    Raises InvalidSerial and InvalidNumber.
    """
    serial = parse_serial(serial)
    sealed = _encrypt(key, _number_block(parse_number(number)) + bytes.fromhex(serial))
    return base64.b64encode(f"{serial}:{sealed.hex().upper()}:1".encode()).decode()


@dataclass(frozen=True, slots=True)
class Token:
    """A token of the right form, of which nothing is proved yet."""

    serial: str
    sealed: bytes


def parse_token(token: str) -> Token:
    """The token taken apart, without a key. Raises MalformedToken, which says what is wrong with its form."""
    if len(token) != TOKEN_CHARACTERS:
        raise MalformedToken(f"a Driver token has {TOKEN_CHARACTERS} characters, this one has {len(token)}")
    raw = _strict_base64(token)
    if raw is None:
        raise MalformedToken("the Driver token is not base64 in its one correct spelling")
    parts = _TOKEN.fullmatch(raw)
    if parts is None:
        raise MalformedToken(
            "the Driver token must decode to a serial number (32 capital hexadecimal digits), a colon, "
            "the encrypted part (64 of them) and :1"
        )
    return Token(parts[1].decode(), bytes.fromhex(parts[2].decode()))


def verify_token(key: SiteKey, token: str) -> tuple[str, str]:
    """The serial number (32 digits) and the number (14 digits) of a token that was made with this site key.

    Raises MalformedToken and NotGenuine.
    """
    parse_token(token)
    examined = examine(token, [key])
    if not examined.genuine:
        raise NotGenuine("the Driver token was not made with this site key for the serial number it names")
    return examined.serial, examined.number


@dataclass(frozen=True, slots=True)
class Examined:
    """What a host learns from a token. ``key`` made it if it is ``genuine``; else no field means anything."""

    genuine: bool
    serial: str
    number: str
    key: SiteKey = field(repr=False)


def examine(token: str, keys: Sequence[SiteKey]) -> Examined:
    """A token checked against the site's keys, with the same work whatever is wrong with it.

    For hosts, which must not tell by the time they take why a token was refused. ``keys`` must not be empty.
    """
    well_formed = len(token) == TOKEN_CHARACTERS and token.isascii()
    raw = _strict_base64(token if well_formed else _DECOY_TOKEN)
    parts = _TOKEN.fullmatch(raw or _strict_base64(_DECOY_TOKEN) or b"")
    well_formed = well_formed and raw is not None and parts is not None
    parts = parts or _DECOY_PARTS
    serial, sealed = bytes.fromhex(parts[1].decode()), bytes.fromhex(parts[2].decode())
    found, block, made_by = False, _DECOY_BLOCK, keys[0]
    for key in keys:
        opened = _decrypt(key, sealed)
        number_fits = _NUMBER_BLOCK.fullmatch(opened, 0, _BLOCK) is not None
        if hmac.compare_digest(opened[_BLOCK:], serial) & number_fits:
            found, block, made_by = True, opened[:_BLOCK], key
    return Examined(found and well_formed, parts[1].decode(), block[:NUMBER_DIGITS].decode(), made_by)


class HeaderForm(StrEnum):
    """How the encrypted number is encoded in X-Device-Last-Connected.

    The specification says "encrypted with the siteKey and encoded in base64" and prints no example. Inferred from
    its ``Primary``, which is base64 of the encrypted bytes: RAW. HEX is what the Driver token does: base64 of
    hexadecimal digits. Readers understand both.
    """

    RAW = "raw"
    HEX = "hex"


def make_last_connected(key: SiteKey, number: str, form: HeaderForm = HeaderForm.RAW) -> str:
    """The value of X-Device-Last-Connected ("Handling Driver Token From the API"). Raises InvalidNumber."""
    sealed = _encrypt(key, _number_block(parse_number(number)))
    return base64.b64encode(sealed if form is HeaderForm.RAW else sealed.hex().upper().encode()).decode()


def read_last_connected(key: SiteKey, value: str) -> str:
    """The 14-digit number of a header value in either form. Raises InvalidHeader and NotGenuine."""
    raw = _strict_base64(value)
    if raw is not None and len(raw) == 2 * _BLOCK and _HEX.fullmatch(raw.decode("latin-1")):
        raw = bytes.fromhex(raw.decode())
    if raw is None or len(raw) != _BLOCK:
        raise InvalidHeader(f"{LAST_CONNECTED} must be base64 of one encrypted block of {_BLOCK} bytes")
    opened = _decrypt(key, raw)
    if not _NUMBER_BLOCK.fullmatch(opened):
        raise NotGenuine(f"{LAST_CONNECTED} does not hold a 14-digit number under this site key")
    return opened[:NUMBER_DIGITS].decode()


def crc16_xmodem(data: bytes) -> int:
    """CRC-16/XMODEM: polynomial 0x1021, initial value 0."""
    return binascii.crc_hqx(data, 0)


def make_primary(key: SiteKey, credential: bytes) -> str:
    """The field Primary of a scan request: 16 bytes of credential, padding, and the CRC-16/XMODEM over these 30
    bytes with its low byte first; encrypted, in base64 ("Sample API Request Example").

    Raises InvalidPrimary.
    """
    if len(credential) != CREDENTIAL_BYTES:
        raise InvalidPrimary(f"a credential has {CREDENTIAL_BYTES} bytes, this one has {len(credential)}")
    body = credential + _PRIMARY_PADDING
    return base64.b64encode(_encrypt(key, body + crc16_xmodem(body).to_bytes(2, "little"))).decode()


def read_primary(key: SiteKey, primary: str) -> bytes:
    """The 16 bytes of credential in a scan request's Primary. Raises InvalidPrimary and NotGenuine.

    Spaces around it are ignored: the specification's own sample has one in front.
    """
    raw = _strict_base64(primary.strip(" "))
    if raw is None or len(raw) != _SEALED_BYTES:
        raise InvalidPrimary(f"Primary must be base64 of {_SEALED_BYTES} encrypted bytes")
    opened = _decrypt(key, raw)
    body, checksum = opened[:-2], opened[-2:]
    if not hmac.compare_digest(crc16_xmodem(body).to_bytes(2, "little"), checksum):
        raise NotGenuine("the checksum of Primary is wrong: it was changed, or made with another site key")
    return body[:CREDENTIAL_BYTES]


def _number_block(number: str) -> bytes:
    return number.encode().ljust(_BLOCK, b"\0")


def _strict_base64(text: str) -> bytes | None:
    """The bytes, or None when ``text`` is not the one canonical spelling of any."""
    if not _BASE64.fullmatch(text):
        return None
    raw = base64.b64decode(text)
    return raw if base64.b64encode(raw) == text.encode() else None


def _encrypt(key: SiteKey, data: bytes) -> bytes:
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    encryptor = Cipher(algorithms.AES(key.raw), modes.CBC(bytes(_BLOCK))).encryptor()
    return encryptor.update(data) + encryptor.finalize()


def _decrypt(key: SiteKey, data: bytes) -> bytes:
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    decryptor = Cipher(algorithms.AES(key.raw), modes.CBC(bytes(_BLOCK))).decryptor()
    return decryptor.update(data) + decryptor.finalize()


_DECOY = b"0" * 32 + b":" + b"0" * 64 + b":1"
_DECOY_TOKEN = base64.b64encode(_DECOY).decode()
_DECOY_BLOCK = b"0" * NUMBER_DIGITS + b"\0\0"
_decoy_parts = _TOKEN.fullmatch(_DECOY)
if _decoy_parts is None:
    raise AssertionError("the decoy does not have the form of a token")
_DECOY_PARTS = _decoy_parts
