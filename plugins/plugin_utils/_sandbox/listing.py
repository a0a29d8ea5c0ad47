# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pages of long lists in constant time, however deep.

A page number becomes a row position; the counts per bucket say in which bucket that position lies, so
that no more than one bucket of rows is ever skipped over.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.schema import BUCKET_SHIFT
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.store import Row, Store


@dataclass(frozen=True, slots=True)
class Slice:
    """Some consecutive rows of a list, and how many the list has."""

    rows: Sequence[Row]
    total: int


@dataclass(frozen=True, slots=True)
class CountedList:
    """A list whose bucket counts are kept: `sql` selects its rows, with {number} the column of its order."""

    name: str
    sql: str
    number: str = "id"
    values: tuple[Any, ...] = ()

    def slice(self, store: Store, start: int, size: int) -> Slice:
        """`size` rows from position `start`, counted from 0, in the order they were added."""
        counts = store.rows("SELECT bucket, n FROM listing WHERE list = ? AND n > 0 ORDER BY bucket", self.name)
        total = sum(n for _bucket, n in counts)
        skipped = 0
        for bucket, n in counts:
            if skipped + n > start:
                sql = f"{self.sql} AND {self.number} >= ? ORDER BY {self.number} LIMIT ? OFFSET ?"
                rows = store.rows(sql, *self.values, bucket << BUCKET_SHIFT, size, start - skipped)
                return Slice(rows, total)
            skipped += n
        return Slice((), total)


@dataclass(frozen=True, slots=True)
class QueriedList:
    """A list put together by a query, for combinations that no counter covers."""

    sql: str
    values: tuple[Any, ...] = ()

    def slice(self, store: Store, start: int, size: int) -> Slice:
        """`size` rows from position `start`, counted from 0."""
        total = store.value(f"SELECT count(*) FROM ({self.sql})", *self.values)
        if start >= total:
            return Slice((), total)
        return Slice(store.rows(f"{self.sql} LIMIT ? OFFSET ?", *self.values, size, start), total)


@dataclass(frozen=True, slots=True)
class SelectedList:
    """A long list that no counter covers: `numbers` selects row numbers in order, `rows` the rows of some numbers,
    given as JSON. The numbers are kept for the next page as long as nothing is written."""

    numbers: str
    rows: str
    values: tuple[Any, ...] = ()

    def slice(self, store: Store, start: int, size: int) -> Slice:
        """`size` rows from position `start`, counted from 0."""
        numbers = store.remembered((self.numbers, self.values), lambda: self._select(store))
        wanted = numbers[start : start + size]
        return Slice(store.rows(self.rows, json.dumps(list(wanted))) if wanted else (), len(numbers))

    def _select(self, store: Store) -> array[int]:
        return array("q", (row[0] for row in store.each(self.numbers, *self.values)))


Listing = CountedList | QueriedList | SelectedList
