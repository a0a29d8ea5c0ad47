# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Device ids are compared in a normal form, kept as they were written, and large sets of them are cheap."""

from __future__ import annotations

import json
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.edgeops.device_trust.plugins.module_utils._model.ids import IdSet, is_id, normal_id

written_ids = st.text(string.hexdigits, min_size=1, max_size=16)
id_lists = st.lists(written_ids, max_size=30)


@pytest.mark.parametrize("text", ["0002000089282256", "fff0008003fa615", "00020001003FFFF", "1"])
def test_ids_of_the_documents_are_ids(text: str) -> None:
    assert is_id(text)


@pytest.mark.parametrize(
    "text", ["", "00020000892822560", "0002-0000", "000200008928225g", " 0002", "0002\n", "\u0661"]
)
def test_anything_else_is_not(text: str) -> None:
    assert not is_id(text)


def test_an_id_that_lost_its_zeros_or_changed_its_case_is_the_same_id() -> None:
    assert normal_id("2000089282245") == normal_id("0002000089282245")
    assert normal_id("FFF0008003FA615") == normal_id("0fff0008003fa615")
    assert "2000089282245" in IdSet.of(["0002000089282245"])


@given(written_ids)
def test_the_normal_form_of_a_normal_form_is_itself(text: str) -> None:
    assert normal_id(normal_id(text)) == normal_id(text)
    assert is_id(normal_id(text))


@given(id_lists, id_lists)
def test_sets_follow_the_algebra_of_their_normal_forms(first: list[str], second: list[str]) -> None:
    one, other = IdSet.of(first), IdSet.of(second)
    a, b = {normal_id(text) for text in first}, {normal_id(text) for text in second}

    assert (one | other).members == a | b
    assert (one & other).members == a & b
    assert (one - other).members == a - b
    assert (one == other) == (a == b)
    assert len(one) == len(a)


@given(id_lists, id_lists)
def test_ids_come_out_as_they_were_written(first: list[str], second: list[str]) -> None:
    one, other = IdSet.of(first), IdSet.of(second)

    for result, sources in ((one | other, first + second), (one - other, first), (one & other, first)):
        assert set(result) <= set(sources)
        assert [normal_id(text) for text in result] == sorted(result.members)


def test_of_two_spellings_the_left_one_stays() -> None:
    assert list(IdSet.of(["00000000000000ff", "1"]) | IdSet.of(["FF", "0001", "2"])) == ["1", "2", "00000000000000ff"]


@given(id_lists)
def test_the_digest_tells_sets_apart_and_nothing_else(ids: list[str]) -> None:
    digest = IdSet.of(ids).digest()

    assert IdSet.of(reversed(ids)).digest() == digest
    assert IdSet.of(ids + ids).digest() == digest
    assert IdSet.of(map(normal_id, ids)).digest() == digest
    assert IdSet.of([*ids, "0123456789abcdef"]).digest() != digest or "0123456789abcdef" in IdSet.of(ids)


@given(id_lists, st.integers(1, 7))
def test_batches_are_the_set_in_order_and_none_is_larger_or_empty(ids: list[str], size: int) -> None:
    found = IdSet.of(ids)
    batches = list(found.batches(size))

    assert [text for batch in batches for text in batch] == list(found)
    assert all(0 < len(batch) <= size for batch in batches)
    assert all(len(batch) == size for batch in batches[:-1])


def test_a_summary_of_a_large_set_is_small() -> None:
    many = IdSet.of(f"{number:016x}" for number in range(100_000))

    assert many.sample() == ["0000000000000000", "0000000000000001", "0000000000000002"]
    assert len(json.dumps(many.summary())) < 250
    assert many.summary()["count"] == 100_000
