# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where a host remembers the number that each reader has to use next."""

from __future__ import annotations

import hmac
import os
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

WAIT_SECONDS = 5.0
"""How long a store may wait for its turn or for its server."""


class StoreUnavailable(Exception):
    """The store cannot be asked now. A host refuses the request rather than guess."""


class NumberStore(Protocol):
    """The last numbers, by reader. Safe to share between threads.

    For each reader there are up to two numbers that its next token may hold: the one *issued* with the last
    accepted answer, and the one *offered* with the last refused one since then. So a reader that missed an answer
    finds its way back, and somebody who replays an old token does not lock the reader out.
    """

    blocks: bool
    """Whether a call may wait for a disk or a network: an event loop then makes it in a thread."""

    def advance(self, serial: str, presented: str, fresh: str) -> bool:
        """In one indivisible step: whether `presented` may be used now.

        If it may, it is spent, and `fresh` is the one issued; if not, `fresh` is the one offered. A reader that
        the store does not know may use any number (MT20W Authentication Changes, "for the very first request").
        Raises StoreUnavailable.
        """

    def forget(self, serial: str) -> None:
        """Let the reader's next request count as its first, as after it was commissioned anew."""


class MemoryStore:
    """In this process, for as long as it runs. After a restart each reader's first request is not checked."""

    blocks = False

    def __init__(self) -> None:
        self._numbers: dict[str, tuple[str, str]] = {}
        self._lock = threading.Lock()

    def advance(self, serial: str, presented: str, fresh: str) -> bool:
        """See NumberStore."""
        with self._lock:
            issued, offered = self._numbers.get(serial, (presented, presented))
            accepted = hmac.compare_digest(presented, issued) | hmac.compare_digest(presented, offered)
            self._numbers[serial] = (fresh, fresh) if accepted else (issued, fresh)
            return accepted

    def forget(self, serial: str) -> None:
        """See NumberStore."""
        with self._lock:
            self._numbers.pop(serial, None)


_TABLE = (
    "CREATE TABLE IF NOT EXISTS mt20w_number (serial TEXT PRIMARY KEY, issued TEXT NOT NULL, offered TEXT NOT NULL)"
)


def advance_row(execute: Callable[..., int], serial: str, presented: str, fresh: str) -> bool:
    """What `advance` does on a table `mt20w_number` (serial, issued, offered), inside the caller's transaction.

    `execute(sql, *values)` runs one statement and returns how many rows it changed.
    """
    spent = execute(
        "UPDATE mt20w_number SET issued = ?1, offered = ?1 WHERE serial = ?2 AND ?3 IN (issued, offered)",
        fresh, serial, presented,
    )  # fmt: skip
    first = execute("INSERT OR IGNORE INTO mt20w_number VALUES (?1, ?2, ?2)", serial, fresh)
    if not spent and not first:
        execute("UPDATE mt20w_number SET offered = ? WHERE serial = ?", fresh, serial)
    return bool(spent or first)


class SqliteStore:
    """In an SQLite file that all processes of one machine may share; made with mode 0600. Survives a crash."""

    blocks = True

    def __init__(self, path: str | Path) -> None:
        """Open or make the file. Raises StoreUnavailable."""
        self._path = str(path)
        self._local = threading.local()
        try:
            os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600))
        except OSError as failure:
            raise StoreUnavailable(f"cannot open {self._path}: {failure.strerror}") from None
        self._transaction(lambda execute: execute(_TABLE))

    def advance(self, serial: str, presented: str, fresh: str) -> bool:
        """See NumberStore."""
        return bool(self._transaction(lambda execute: advance_row(execute, serial, presented, fresh)))

    def forget(self, serial: str) -> None:
        """See NumberStore."""
        self._transaction(lambda execute: execute("DELETE FROM mt20w_number WHERE serial = ?", serial))

    def _transaction(self, work: Callable[[Callable[..., int]], int]) -> int:
        try:
            database = self._connection()
            database.execute("BEGIN IMMEDIATE")
            try:
                result = work(lambda sql, *values: database.execute(sql, values).rowcount)
            except BaseException:
                database.execute("ROLLBACK")
                raise
            database.execute("COMMIT")
        except sqlite3.Error as failure:
            raise StoreUnavailable(f"cannot use {self._path}: {failure}") from None
        return result

    def _connection(self) -> sqlite3.Connection:
        """This thread's own connection. What was committed is on the disk: a spent number must stay spent."""
        existing: sqlite3.Connection | None = getattr(self._local, "database", None)
        if existing is None:
            existing = sqlite3.connect(self._path, timeout=WAIT_SECONDS, isolation_level=None)
            existing.execute("PRAGMA synchronous = FULL")
            self._local.database = existing
        return existing


_ADVANCE_SCRIPT = """
local known = redis.call('HMGET', KEYS[1], 'issued', 'offered')
if not known[1] or ARGV[1] == known[1] or ARGV[1] == known[2] then
    redis.call('HSET', KEYS[1], 'issued', ARGV[2], 'offered', ARGV[2])
    return 1
end
redis.call('HSET', KEYS[1], 'offered', ARGV[2])
return 0
"""


class RedisStore:
    """In Redis, for hosts that run on several machines. Needs the package redis only when it is used."""

    blocks = True

    def __init__(self, client: Any, prefix: str = "mt20w:") -> None:
        """`client` is a synchronous `redis.Redis`, or anything with its `eval` and `delete`."""
        self._client = client
        self._prefix = prefix

    @classmethod
    def from_url(cls, url: str, prefix: str = "mt20w:") -> RedisStore:
        """A store behind a URL like redis://127.0.0.1:6379/0. Raises StoreUnavailable without the package redis."""
        try:
            import redis
        except ImportError:
            raise StoreUnavailable("the package redis is not installed; install it with: pip install redis") from None
        return cls(redis.Redis.from_url(url, socket_timeout=WAIT_SECONDS), prefix)

    def advance(self, serial: str, presented: str, fresh: str) -> bool:
        """See NumberStore. One script, which Redis runs as one step."""
        return bool(self._asked(lambda: self._client.eval(_ADVANCE_SCRIPT, 1, self._prefix + serial, presented, fresh)))

    def forget(self, serial: str) -> None:
        """See NumberStore."""
        self._asked(lambda: self._client.delete(self._prefix + serial))

    def _asked(self, call: Callable[[], Any]) -> Any:
        try:
            return call()
        except Exception as failure:  # of a client library that is chosen elsewhere
            raise StoreUnavailable(f"Redis cannot be asked: {type(failure).__name__}") from None
