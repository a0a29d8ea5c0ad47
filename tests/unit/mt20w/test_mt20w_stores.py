# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The stores of last numbers: the same rules in memory, in SQLite and in Redis."""

from __future__ import annotations

import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fakeredis import TcpFakeServer

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._mt20w import stores
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._mt20w.stores import (
    MemoryStore,
    NumberStore,
    RedisStore,
    SqliteStore,
    StoreUnavailable,
)

READER, ANOTHER = "A0C1777700000017", "A0C1777700000018"


@pytest.fixture(scope="module")
def redis_url() -> Iterator[str]:
    """A server that speaks Redis' protocol and runs its scripts."""
    with TcpFakeServer(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield f"redis://127.0.0.1:{server.server_address[1]}/0"
        server.shutdown()
        thread.join(5)


@pytest.fixture(params=["memory", "sqlite", "redis"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> NumberStore:
    match request.param:
        case "memory":
            return MemoryStore()
        case "sqlite":
            return SqliteStore(tmp_path / "numbers.db")
        case _:
            return RedisStore.from_url(request.getfixturevalue("redis_url"), prefix=f"{tmp_path}:")


def test_the_first_number_of_a_reader_is_not_checked(store: NumberStore) -> None:
    assert store.advance(READER, "any", "a")
    assert store.advance(ANOTHER, "any", "b")


def test_the_number_issued_is_accepted_once(store: NumberStore) -> None:
    store.advance(READER, "any", "a")
    assert store.advance(READER, "a", "b")
    assert not store.advance(READER, "a", "c")
    assert not store.advance(READER, "any", "d")


def test_the_number_issued_stays_good_while_others_are_refused(store: NumberStore) -> None:
    store.advance(READER, "any", "a")
    for attempt in range(5):
        assert not store.advance(READER, "any", f"offered-{attempt}")
    assert store.advance(READER, "a", "b")


def test_the_number_offered_with_the_last_refusal_is_accepted_once(store: NumberStore) -> None:
    store.advance(READER, "any", "a")
    assert not store.advance(READER, "any", "b")
    assert not store.advance(READER, "any", "c")
    assert not store.advance(READER, "b", "d")
    assert store.advance(READER, "d", "e")
    assert not store.advance(READER, "d", "f")
    assert not store.advance(READER, "a", "g")


def test_readers_do_not_share_numbers(store: NumberStore) -> None:
    store.advance(READER, "any", "a")
    store.advance(ANOTHER, "any", "b")
    assert not store.advance(ANOTHER, "a", "c")
    assert store.advance(READER, "a", "d")


def test_an_empty_number_is_never_accepted(store: NumberStore) -> None:
    store.advance(READER, "any", "a")
    assert not store.advance(READER, "", "b")


def test_a_reader_that_is_forgotten_starts_anew(store: NumberStore) -> None:
    store.advance(READER, "any", "a")
    store.forget(READER)
    assert store.advance(READER, "other", "b")


@pytest.mark.parametrize("known", [True, False])
def test_of_many_that_present_one_number_at_once_exactly_one_wins(store: NumberStore, known: bool) -> None:
    if known:
        store.advance(READER, "any", "shared")
    with ThreadPoolExecutor(8) as pool:
        accepted = list(pool.map(lambda index: store.advance(READER, "shared", f"fresh-{index}"), range(100)))
    assert sum(accepted) == 1


_CLAIM_ALL = f"""
import sys
from {stores.__name__} import SqliteStore
store = SqliteStore(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
print(sum(store.advance(f"reader-{{number}}", "shared", sys.argv[2]) for number in range(100)))
"""


def test_processes_that_share_a_file_have_one_winner_for_each_number(tmp_path: Path) -> None:
    path = str(tmp_path / "numbers.db")
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", _CLAIM_ALL, path, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for name in ("one", "two")
    ]
    for worker in workers:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    assert sum(int(worker.communicate(timeout=30)[0]) for worker in workers) == 100


def test_numbers_in_a_file_outlive_the_process_that_only_its_owner_can_read(tmp_path: Path) -> None:
    path = tmp_path / "numbers.db"
    SqliteStore(path).advance(READER, "any", "a")
    again = SqliteStore(path)
    assert not again.advance(READER, "any", "b")
    assert again.advance(READER, "a", "c")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_file_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("notes " * 500)
    for path, reason in ((tmp_path / "no" / "file.db", "No such file"), (tmp_path / "notes.txt", "not a database")):
        with pytest.raises(StoreUnavailable, match=f"{path.name}.*{reason}"):
            SqliteStore(path)


def test_a_server_that_does_not_answer_is_no_acceptance() -> None:
    store = RedisStore.from_url("redis://127.0.0.1:1/0")
    with pytest.raises(StoreUnavailable, match="Redis cannot be asked: ConnectionError"):
        store.advance(READER, "any", "a")


def test_redis_is_imported_only_by_who_uses_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "redis", None)
    with pytest.raises(StoreUnavailable, match="pip install redis"):
        RedisStore.from_url("redis://127.0.0.1/0")
