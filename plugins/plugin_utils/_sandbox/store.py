# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sandbox's state: one SQLite database, in memory or in a file that survives restarts."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Generator, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox import schema

Row = sqlite3.Row
Kept = TypeVar("Kept")
MOST_REMEMBERED = 4


class StateFileError(Exception):
    """The state file cannot be used; the text says why and what to do."""


class Store:
    """A connection with explicit transactions. Not to be shared between threads."""

    def __init__(self, path: str | None = None) -> None:
        """Open `path`, or a database in memory. Raises StateFileError if the file is not a sandbox's."""
        self.path = path
        self._after_commit: list[Callable[[], None]] = []
        self._remembered: dict[Any, tuple[int, Any]] = {}
        try:
            self._db = sqlite3.connect(path or ":memory:", isolation_level=None, timeout=0.2)
            self._db.row_factory = sqlite3.Row
            self._prepare()
        except sqlite3.Error as error:
            raise StateFileError(_why(path, error)) from error

    def _prepare(self) -> None:
        self._db.execute("PRAGMA foreign_keys = ON")
        self._db.execute("PRAGMA temp_store = MEMORY")
        if self.path:
            # One sandbox per file: a second one would serve stale answers.
            self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
        with self.transaction():
            if not self.rows("SELECT 1 FROM sqlite_master WHERE name = 'meta'"):
                self._refuse_foreign_file()
                self._script(schema.LASTING)
                self.set_meta("schema", schema.VERSION)
        found = self.meta("schema")
        if found != schema.VERSION:
            raise StateFileError(
                f"state file {self.path} has layout {found}, this sandbox writes {schema.VERSION}; "
                "start with another file, or remove this one to begin from the seed"
            )

    def _refuse_foreign_file(self) -> None:
        if self.rows("SELECT 1 FROM sqlite_master LIMIT 1"):
            raise StateFileError(f"state file {self.path} is a database of something else; name another file")

    def _script(self, script: str) -> None:
        """Run several statements inside the current transaction (executescript would commit it)."""
        statement = ""
        for part in script.split(";"):
            statement += part + ";"
            if sqlite3.complete_statement(statement):
                self._db.execute(statement)
                statement = ""

    def recreate_account(self) -> None:
        """Drop everything that belongs to the accounts and make the tables anew, empty."""
        for table in schema.ACCOUNT_TABLES:
            self._db.execute(f"DROP TABLE IF EXISTS {table}")
        self._script(schema.ACCOUNT + schema.COUNTERS)

    @contextmanager
    def transaction(self) -> Generator[None, None, None]:
        """All or nothing; any exception rolls back."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._after_commit.clear()
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")
        done, self._after_commit = self._after_commit, []
        for action in done:
            action()

    def after_commit(self, action: Callable[[], None]) -> None:
        """Do something once the transaction at hand is committed, and not at all if it is rolled back."""
        self._after_commit.append(action)

    @contextmanager
    def in_bulk(self, *tables: str) -> Generator[None, None, None]:
        """Inside, these tables have neither triggers nor indexes (but for unique ones), so that a million rows
        take seconds; both are made again afterwards. Whoever uses it keeps the counts of `listing` true."""
        names = json_list(tables)
        found = self.rows(
            "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND type IN ('trigger', 'index') "
            "AND tbl_name IN (SELECT value FROM json_each(?))",
            names,
        )
        for row in found:
            self.execute(f"DROP {row['type']} {row['name']}")
        yield
        for row in found:
            self.execute(row["sql"])

    def rows(self, sql: str, *values: Any) -> list[Row]:
        """All rows of a query."""
        return self._db.execute(sql, values).fetchall()

    def each(self, sql: str, *values: Any) -> Iterator[Row]:
        """The rows of a query, one after the other."""
        return iter(self._db.execute(sql, values))

    def row(self, sql: str, *values: Any) -> Row | None:
        """The first row of a query, if any."""
        found: Row | None = self._db.execute(sql, values).fetchone()
        return found

    def value(self, sql: str, *values: Any) -> Any:
        """The first column of the first row, or None."""
        found = self.row(sql, *values)
        return None if found is None else found[0]

    def execute(self, sql: str, *values: Any) -> int:
        """Run one statement; the number of rows it changed."""
        return self._db.execute(sql, values).rowcount

    def execute_named(self, sql: str, values: Mapping[str, Any]) -> int:
        """The same, with values by name."""
        return self._db.execute(sql, values).rowcount

    def insert(self, sql: str, *values: Any) -> int:
        """Run one INSERT; the new row's number."""
        return self._db.execute(sql, values).lastrowid or 0

    def execute_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run one statement for each row of values."""
        self._db.executemany(sql, rows)

    def remembered(self, key: Hashable, make: Callable[[], Kept]) -> Kept:
        """What `make` returned for the same key since anything was last written, or else what it returns now."""
        changes = self._db.total_changes
        kept = self._remembered.get(key)
        if kept is not None and kept[0] == changes:
            found: Kept = kept[1]
            return found
        self._remembered = {key: kept for key, kept in self._remembered.items() if kept[0] == changes}
        while len(self._remembered) >= MOST_REMEMBERED:
            self._remembered.pop(next(iter(self._remembered)))
        made = make()
        self._remembered[key] = (changes, made)
        return made

    def meta(self, key: str) -> str | None:
        """A value kept outside the account, such as a signing key."""
        value: str | None = self.value("SELECT value FROM meta WHERE key = ?", key)
        return value

    def set_meta(self, key: str, value: str) -> None:
        """Keep a value outside the account."""
        self.execute("INSERT INTO meta VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", key, value)

    def close(self) -> None:
        """Write everything to the file and release it."""
        self._db.close()


def json_list(values: Iterable[str]) -> str:
    """A list as one SQL value, for `IN (SELECT value FROM json_each(?))`."""
    return json.dumps(list(values))


def _why(path: str | None, error: sqlite3.Error) -> str:
    reason = str(error)
    if "locked" in reason:
        reason = "another sandbox is using it"
    elif "not a database" in reason:
        reason = "it is not a sandbox state file"
    return f"cannot use state file {path}: {reason}"
