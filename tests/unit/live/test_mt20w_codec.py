# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tokens, header values and credentials of MT20W readers: the specification's vectors, and what must not pass."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.edgeops.device_trust.plugins.module_utils._live.mt20w import codec
from ansible_collections.edgeops.device_trust.plugins.module_utils._live.mt20w.codec import (
    HeaderForm,
    InvalidHeader,
    InvalidNumber,
    InvalidPrimary,
    InvalidSerial,
    InvalidSiteKey,
    MalformedToken,
    NotGenuine,
    SiteKey,
    examine,
    fresh_number,
    make_last_connected,
    make_primary,
    make_token,
    parse_serial,
    parse_token,
    read_last_connected,
    read_primary,
    verify_token,
)

KEY_HEX = "BAE3B37054AFDF441390B29032417F5BF1739AE1B784BF6C6A8A9617CC4D5B19"
KEY = SiteKey.from_hex(KEY_HEX)
OTHER_KEY = SiteKey(bytes(range(32)))
SERIAL = "0000000000000000A0C1777700000017"
TOKEN = (
    "MDAwMDAwMDAwMDAwMDAwMEEwQzE3Nzc3MDAwMDAwMTc6RUY4QTdGMTdFMzk5NzNEOTE1NEU3QUZEREQ1RUM5M0E"
    "4QkQxMzcxMEEyQ0E5NDNFMjRDRkY4QUEzOTFEQjhCNDox"
)
SECOND_SAMPLE = (
    "MDAwMDAwMDAwMDAwMDAwMEEwQzE3Nzc3MDAwMDAwMTQ6QjQzNjcxQjhBMkE2MkVCMEMzRkZCOUNCMTZEM0E3N0FFMTZEMDJEN0Y3NzQyODQ1Mk"
    "NGRDY5NjQyODgzQTE1RDox"
)
PRIMARY = " MmBz+Li+C3Pk5GNR8oSsjWY6qa958PdTSAQS4RcbwCk="
CREDENTIAL = bytes.fromhex("2523a4626cf123ddc56ac3849b860f40")

keys = st.binary(min_size=32, max_size=32).map(SiteKey)
serials = st.binary(min_size=16, max_size=16).map(lambda raw: raw.hex().upper())
numbers = st.integers(0, 10**14 - 1).map(lambda number: f"{number:014d}")


def test_the_token_of_the_specification_comes_out_exactly() -> None:
    assert make_token(KEY, "A0C1777700000017", "20190111034856") == TOKEN
    assert verify_token(KEY, TOKEN) == (SERIAL, "20190111034856")


def encrypted(key: bytes, mode: modes.CBC | modes.ECB, data: bytes) -> bytes:
    encryptor = Cipher(algorithms.AES(key), mode).encryptor()
    return encryptor.update(data) + encryptor.finalize()


def test_of_all_keys_that_the_misprint_can_come_from_one_makes_the_printed_ciphertext() -> None:
    printed = "BAE3B37054AFDF441390B29032417F5BF1739AE1B784BF6C6A8A9617CC5B19"
    plain = bytes.fromhex("32303139303131313033343835360000" + SERIAL)
    sealed = bytes.fromhex("EF8A7F17E39973D9154E7AFDDD5EC93A8BD13710A2CA943E24CFF8AA391DB8B4")
    keys = {f"{printed[:at]}{digits:02X}{printed[at:]}" for at in range(len(printed) + 1) for digits in range(256)}
    assert len(keys) == 15_136
    fitting = [
        (key, type(mode).__name__)
        for key in keys
        for mode in (modes.ECB(), modes.CBC(bytes(16)))
        if encrypted(bytes.fromhex(key), mode, plain) == sealed
    ]
    assert fitting == [(KEY_HEX, "CBC")]


def test_the_cipher_also_opens_the_example_of_the_vendors_page() -> None:
    """MT20W ENGAGE Services, POST /api/credentials/scan: an older Primary of one block."""
    key = bytes.fromhex("19B2DEDBA6621D297A293E9015B52406F221DB1384D1A1CFB01B09C36D35C54C")
    block = bytes.fromhex("B2000B00" + "FF" * 12)
    assert base64.b64encode(encrypted(key, modes.CBC(bytes(16)), block)) == b"SYLlKMxuJufanUE20or+qQ=="


def test_the_primary_of_the_specification_is_read_and_made() -> None:
    assert read_primary(KEY, PRIMARY) == CREDENTIAL
    assert make_primary(KEY, CREDENTIAL) == PRIMARY.strip()


def test_the_checksum_is_crc_16_xmodem() -> None:
    assert codec.crc16_xmodem(b"123456789") == 0x31C3
    assert codec.crc16_xmodem(CREDENTIAL + b"\xff" * 12 + b"\0\0") == 0xDA7E


def test_the_second_sample_token_is_well_formed_and_made_with_another_key() -> None:
    assert parse_token(SECOND_SAMPLE).serial == "0000000000000000A0C1777700000014"
    with pytest.raises(NotGenuine, match="not made with this site key"):
        verify_token(KEY, SECOND_SAMPLE)


@given(keys, serials, numbers)
def test_any_token_made_verifies(key: SiteKey, serial: str, number: str) -> None:
    token = make_token(key, serial, number)
    assert verify_token(key, token) == (serial, number)
    assert examine(token, [OTHER_KEY, key]) == codec.Examined(True, serial, number, key)


@given(keys, serials, numbers, st.integers(0, codec.TOKEN_CHARACTERS * 7 - 1))
def test_any_flipped_bit_of_a_token_is_refused(key: SiteKey, serial: str, number: str, bit: int) -> None:
    spelled = bytearray(make_token(key, serial, number).encode())
    spelled[bit // 7] ^= 1 << bit % 7
    assert not examine(spelled.decode("latin-1"), [key]).genuine
    with pytest.raises((MalformedToken, NotGenuine)):
        verify_token(key, spelled.decode("latin-1"))


@given(keys, serials, numbers, st.integers(0, 99 * 8 - 1))
def test_any_flipped_bit_of_what_the_token_says_is_refused(key: SiteKey, serial: str, number: str, bit: int) -> None:
    said = bytearray(base64.b64decode(make_token(key, serial, number)))
    said[bit // 8] ^= 1 << bit % 8
    assert not examine(base64.b64encode(said).decode(), [key]).genuine


@given(keys, serials, numbers, st.integers(0, 64 * 4 - 1))
def test_any_flipped_bit_of_the_encrypted_part_is_refused(key: SiteKey, serial: str, number: str, bit: int) -> None:
    sealed = bytearray(parse_token(make_token(key, serial, number)).sealed)
    sealed[bit // 8] ^= 1 << bit % 8
    changed = base64.b64encode(f"{serial}:{sealed.hex().upper()}:1".encode()).decode()
    assert parse_token(changed).serial == serial
    with pytest.raises(NotGenuine):
        verify_token(key, changed)


@given(st.text(max_size=140))
def test_whatever_else_is_sent_is_malformed_and_nothing_worse(text: str) -> None:
    assert not examine(text, [KEY]).genuine
    with pytest.raises(MalformedToken):
        verify_token(KEY, text)


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        ("", "132 characters, this one has 0"),
        (TOKEN + "=", "132 characters, this one has 133"),
        (TOKEN[:-1] + "\n", "not base64"),
        ("-" + TOKEN[1:], "not base64"),
        (base64.b64encode(base64.b64decode(TOKEN).lower()).decode(), "must decode to a serial number"),
        (base64.b64encode(base64.b64decode(TOKEN)[:-1] + b"2").decode(), "must decode to a serial number"),
        (base64.b64encode(bytes(99)).decode(), "must decode to a serial number"),
    ],
)
def test_a_malformed_token_is_refused_with_the_reason(token: str, reason: str) -> None:
    with pytest.raises(MalformedToken, match=reason):
        verify_token(KEY, token)


def test_a_token_for_one_reader_does_not_verify_for_another() -> None:
    said = base64.b64decode(TOKEN).replace(b"17:", b"18:", 1)
    with pytest.raises(NotGenuine):
        verify_token(KEY, base64.b64encode(said).decode())


@given(keys, numbers, st.sampled_from(HeaderForm))
def test_a_header_value_is_read_in_both_forms(key: SiteKey, number: str, form: HeaderForm) -> None:
    assert read_last_connected(key, make_last_connected(key, number, form)) == number


def test_a_header_value_is_one_encrypted_block_in_base64() -> None:
    value = make_last_connected(KEY, "20190111034856")
    assert base64.b64decode(value).hex().upper() == "EF8A7F17E39973D9154E7AFDDD5EC93A"


@given(numbers, st.integers(0, 127))
def test_any_flipped_bit_of_a_header_value_is_noticed(number: str, bit: int) -> None:
    sealed = bytearray(base64.b64decode(make_last_connected(KEY, number)))
    sealed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(NotGenuine):
        read_last_connected(KEY, base64.b64encode(sealed).decode())


@pytest.mark.parametrize("value", ["", "AAAA", "not base64", base64.b64encode(bytes(32)).decode(), "é" * 24])
def test_a_header_value_that_is_none_is_refused(value: str) -> None:
    with pytest.raises(InvalidHeader, match="base64 of one encrypted block of 16 bytes"):
        read_last_connected(KEY, value)


@given(keys, st.binary(min_size=16, max_size=16))
def test_any_credential_comes_back(key: SiteKey, credential: bytes) -> None:
    assert read_primary(key, make_primary(key, credential)) == credential


def test_a_primary_that_is_none_is_refused() -> None:
    with pytest.raises(InvalidPrimary, match="32 encrypted bytes"):
        read_primary(KEY, PRIMARY[:-4])
    with pytest.raises(NotGenuine, match="checksum of Primary is wrong"):
        read_primary(OTHER_KEY, PRIMARY)
    with pytest.raises(InvalidPrimary, match="16 bytes, this one has 15"):
        make_primary(KEY, CREDENTIAL[:-1])


def test_a_site_key_that_is_none_is_refused_without_showing_it() -> None:
    for text, reason in (
        (KEY_HEX[:-2], "64 hexadecimal digits, this one has 62; the example in MT20W Authentication Changes"),
        (KEY_HEX + "00", "this one has 66"),
        (KEY_HEX[:-1] + "G", "holds something else"),
        ("", "this one has 0"),
    ):
        with pytest.raises(InvalidSiteKey, match=reason) as refused:
            SiteKey.from_hex(text)
        assert text[:-2] not in str(refused.value) or not text
    with pytest.raises(InvalidSiteKey, match="32 bytes, this one has 3"):
        SiteKey(b"key")
    assert KEY_HEX not in f"{KEY} {KEY!r}".upper()


def test_a_serial_number_may_be_written_as_the_label_has_it() -> None:
    assert parse_serial("a0c1777700000017") == parse_serial(SERIAL) == SERIAL
    for text in ("", "A0C1-7777", "0" * 33, "\N{FULLWIDTH DIGIT ZERO}"):
        with pytest.raises(InvalidSerial):
            parse_serial(text)


def test_a_number_has_14_digits_and_nothing_else() -> None:
    for number in ("2019011103485", "201901110348560", "2019011103485x", "٢٠١٩٠١١١٠٣٤٨٥٦"):
        with pytest.raises(InvalidNumber):
            make_token(KEY, SERIAL, number)
        with pytest.raises(InvalidNumber):
            make_last_connected(KEY, number)


def test_a_fresh_number_has_14_digits_and_differs_from_the_one_before() -> None:
    draws = iter([7, 7, 8])
    assert fresh_number(randbelow=lambda _unused: next(draws)) == "10000000000007"
    assert fresh_number("10000000000007", lambda _unused: next(draws)) == "10000000000008"
    assert all(len(fresh_number()) == 14 for _unused in range(50))
