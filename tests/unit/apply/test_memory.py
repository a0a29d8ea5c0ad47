# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is remembered of secrets that were sent."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ansible_collections.edgeops.device_trust.plugins.module_utils._apply.memory import SecretMemory
from ansible_collections.edgeops.device_trust.plugins.module_utils._config.document import load_data
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.desired import Desired
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.secret import Secret
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.planner import make_plan
from tests.unit.plan.account import MemoryAccount
from tests.unit.plan.test_convergence import ANYTHING

URL = "https://hooks.example.com"
ADDRESS = f"webhook.{URL}"
NOTHING = Desired({})


def declared(token: str, **more: str) -> Desired:
    hook = {"url": URL, "events": ["DEVICE_BOOTSTRAP_EVENT"], "authorization_token": token, **more}
    return load_data({"webhooks": [hook]})


def remember(folder: Path, token: str, account: MemoryAccount | None = None) -> None:
    """As an apply does that sends ``token``."""
    plan = make_plan(declared(token), (account or MemoryAccount()).live())
    SecretMemory(folder).remember(plan.changes, NOTHING)


def differs(folder: Path, token: str) -> bool:
    return SecretMemory(folder).differs(ADDRESS, "authorization_token", Secret(token))


def test_the_same_secret_does_not_differ_and_another_does(tmp_path: Path) -> None:
    remember(tmp_path, "fake-first")

    assert not differs(tmp_path, "fake-first")
    assert differs(tmp_path, "fake-second")


def test_where_nothing_is_known_nothing_differs(tmp_path: Path) -> None:
    assert not differs(tmp_path, "fake-first")
    assert not list(tmp_path.iterdir()), "and asking leaves nothing behind"


def test_what_is_declared_and_was_not_sent_is_taken_to_be_right_once(tmp_path: Path) -> None:
    SecretMemory(tmp_path).remember([], declared("fake-first"))
    SecretMemory(tmp_path).remember([], declared("fake-second"))

    assert not differs(tmp_path, "fake-first")
    assert differs(tmp_path, "fake-second")


def test_a_deleted_object_is_forgotten_and_others_are_not(tmp_path: Path) -> None:
    remember(tmp_path, "fake-first")
    other = load_data(
        {"webhooks": [{"url": f"{URL}.org", "events": ["DEVICE_ERRORS_EVENT"], "authorization_token": "x"}]}
    )
    SecretMemory(tmp_path).remember([], other)
    account = MemoryAccount(webhooks={(URL, "DEVICE_BOOTSTRAP_EVENT"): "?"})
    gone = make_plan(load_data({"webhooks": {"mode": "exclusive", "items": []}}), account.live(), ANYTHING)
    SecretMemory(tmp_path).remember(gone.changes, NOTHING)

    assert list(json.loads((tmp_path / "sent-secrets.json").read_text())) == [f"{ADDRESS}.org authorization_token"]
    assert not differs(tmp_path, "fake-second")


def test_no_digest_can_be_made_without_the_key_of_this_machine(tmp_path: Path) -> None:
    for machine in ("here", "there"):
        remember(tmp_path / machine, "fake-first")

    here, there = (tmp_path / machine / "sent-secrets.json" for machine in ("here", "there"))
    assert here.read_text() != there.read_text()
    assert "fake-first" not in here.read_text()
    assert (here.parent / "key").stat().st_mode & 0o777 == 0o600
    assert here.stat().st_mode & 0o777 == 0o600


def test_with_another_key_everything_differs_and_is_sent_again(tmp_path: Path) -> None:
    remember(tmp_path, "fake-first")
    (tmp_path / "key").write_bytes(b"k" * 32)

    assert differs(tmp_path, "fake-first")


@pytest.mark.parametrize("rubbish", [b"", b"{", b"[]", b"\xff"])
def test_a_memory_that_cannot_be_read_is_as_good_as_none(tmp_path: Path, rubbish: bytes) -> None:
    remember(tmp_path, "fake-first")
    (tmp_path / "sent-secrets.json").write_bytes(rubbish)

    assert not differs(tmp_path, "fake-second")


def test_applies_at_the_same_time_forget_nothing_of_one_another(tmp_path: Path) -> None:
    """Each has read what was remembered before the others have written, the key of this machine included."""
    hooks = [f"{URL}/{number}" for number in range(20)]
    event = "DEVICE_BOOTSTRAP_EVENT"
    each = [load_data({"webhooks": [{"url": url, "events": [event], "authorization_token": url}]}) for url in hooks]
    memories = [SecretMemory(tmp_path) for _unused in hooks]

    with ThreadPoolExecutor(8) as applies:
        list(applies.map(lambda memory, desired: memory.remember([], desired), memories, each))

    memory = SecretMemory(tmp_path)
    assert [url for url in hooks if memory.differs(f"webhook.{url}", "authorization_token", Secret(url))] == []
    assert [url for url in hooks if not memory.differs(f"webhook.{url}", "authorization_token", Secret("?"))] == []


def test_what_has_no_secrets_leaves_nothing_behind(tmp_path: Path) -> None:
    desired = load_data({"tags": ["cold"]})
    SecretMemory(tmp_path / "state").remember(make_plan(desired, MemoryAccount().live()).changes, desired)

    assert not (tmp_path / "state").exists()


def test_nothing_new_is_nothing_written(tmp_path: Path) -> None:
    remember(tmp_path, "fake-first")
    before = (tmp_path / "sent-secrets.json").stat().st_ino
    remember(tmp_path, "fake-first")

    assert (tmp_path / "sent-secrets.json").stat().st_ino == before
