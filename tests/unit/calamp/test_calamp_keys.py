# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keys of devices: which writings are the same device, and which are no device at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.edgeops.device_trust.plugins.module_utils._live.calamp.errors import InvalidKey
from ansible_collections.edgeops.device_trust.plugins.module_utils._live.calamp.keys import KeyKind, key, keys


@pytest.mark.parametrize(
    "term",
    [
        "00:11:22:aa:bb:cc",
        "00:11:22:AA:BB:CC",
        "00-11-22-aa-bb-cc",
        "00 11 22 AA bb cc",
        "0011.22aa.bbcc",
        "0011:22AA:BBCC",
        "001122aabbcc",
        "  001122AABBCC ",
    ],
)
def test_a_mac_is_the_same_device_in_every_usual_notation(term: str) -> None:
    assert key(KeyKind.MAC, term) == key(KeyKind.MAC, "00:11:22:AA:BB:CC")


@pytest.mark.parametrize(
    "term",
    ["00:11:22:aa:bb", "00:11:22:aa:bb:cc:dd", "00:11-22:aa-bb:cc", "0011.22aa-bbcc", "00:11:22:aa:bb:cg", ""],
)
def test_an_impossible_mac_is_refused_by_name(term: str) -> None:
    with pytest.raises(InvalidKey, match=r"MAC '.*' is impossible: it has 12 hexadecimal digits"):
        key(KeyKind.MAC, term)


def test_a_mac_that_yaml_made_a_number_of_is_refused_with_the_advice_to_quote_it() -> None:
    with pytest.raises(InvalidKey, match="quote it"):
        key(KeyKind.MAC, 1122334455)


@pytest.mark.parametrize("term", ["359698070000003", " 359698070000003", "35-969807-000000-3", 359698070000003])
def test_an_imei_is_the_same_device_with_separators_and_as_a_number(term: object) -> None:
    assert key(KeyKind.IMEI, term) == key(KeyKind.IMEI, "359698070000003")


@pytest.mark.parametrize("term", ["35969807000000", "3596980700000031", "35969807000000X", "", "٣٥٩٦٩٨٠٧٠٠٠٠٠٠٣"])
def test_an_impossible_imei_is_refused_by_name(term: str) -> None:
    with pytest.raises(InvalidKey, match=r"IMEI '.*' is impossible: it has exactly 15 digits$"):
        key(KeyKind.IMEI, term)


def test_an_imei_that_lost_its_leading_zero_as_a_number_is_refused_with_the_advice_to_quote_it() -> None:
    with pytest.raises(InvalidKey, match=r"IMEI '59698070000003' is impossible.*quote it"):
        key(KeyKind.IMEI, 59698070000003)


@pytest.mark.parametrize("term", ["1110110001", 1110110001, " 1110110001 "])
def test_an_esn_may_be_text_or_number(term: object) -> None:
    assert key(KeyKind.ESN, term) == key(KeyKind.ESN, "1110110001")


def test_an_esn_keeps_its_leading_zeros_and_ignores_the_case_of_its_letters() -> None:
    assert key(KeyKind.ESN, "00a1") == key(KeyKind.ESN, "00A1")
    assert key(KeyKind.ESN, "00a1") != key(KeyKind.ESN, "a1")
    assert key(KeyKind.ESN, "00a1").text == "00a1"


@pytest.mark.parametrize("term", ["", "11101-10001", "esn", "1,2", "1" * 33])
def test_an_impossible_esn_is_refused_by_name(term: str) -> None:
    with pytest.raises(InvalidKey, match=r"ESN '.*' is impossible"):
        key(KeyKind.ESN, term)


@pytest.mark.parametrize("term", [True, None, 1.5, ["1110110001"], {"esn": "1110110001"}])
def test_what_is_neither_text_nor_number_is_refused(term: object) -> None:
    with pytest.raises(InvalidKey, match="is not text but"):
        key(KeyKind.ESN, term)


def test_every_impossible_key_is_named_at_once() -> None:
    with pytest.raises(InvalidKey) as caught:
        keys(KeyKind.ESN, ["1110110001", "one", "two"])
    assert str(caught.value).splitlines() == [
        "ESN 'one' is impossible: it has decimal or hexadecimal digits only, at most 32",
        "ESN 'two' is impossible: it has decimal or hexadecimal digits only, at most 32",
    ]


def test_keys_of_two_kinds_are_never_the_same_device() -> None:
    assert key(KeyKind.ESN, "359698070000003") != key(KeyKind.IMEI, "359698070000003")


@given(st.binary(min_size=6, max_size=6), st.sampled_from([":", "-", " ", ""]), st.booleans())
def test_the_normal_form_of_a_mac_is_its_own_normal_form(address: bytes, separator: str, upper: bool) -> None:
    written = address.hex(separator) if separator else address.hex()
    first = key(KeyKind.MAC, written.upper() if upper else written)
    assert key(KeyKind.MAC, first.normal) == first
    assert bytes.fromhex(first.normal.replace(":", "")) == address
