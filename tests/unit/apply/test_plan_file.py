# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plan files on disk."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.edgeops.device_trust.plugins.module_utils._apply.plan_file import (
    read_plan_file,
    write_plan_file,
)
from ansible_collections.edgeops.device_trust.plugins.module_utils._config.document import load_data
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.errors import DeviceTrustError
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.ids import IdSet
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.encoding import BadPlanFile
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.planner import make_plan
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.saved import encode_plan
from tests.unit.plan.account import MemoryAccount

IDS = [f"{number:016X}" for number in range(150)]


def encoded(account: str = "production") -> tuple[dict[str, Any], dict[str, IdSet]]:
    desired = load_data({"account": account, "tags": ["cold"], "whitelist": {"ids": IDS}})
    return encode_plan(make_plan(desired, MemoryAccount().live()), "sha256:" + "0" * 64)


def no_secret(reference: str) -> str:
    raise AssertionError(f"nothing refers to {reference}")


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    write_plan_file(path, *encoded())

    saved = read_plan_file(path, no_secret)

    assert saved.account == "production"
    assert [item.change.address for item in saved.changes] == ["tag.cold", "whitelist"]
    delta = saved.changes[1].change.delta
    assert delta
    assert list(delta.added) == IDS, "spelled as they were"


def test_the_same_plan_is_the_same_file(tmp_path: Path) -> None:
    for name in ("one.json", "two.json"):
        write_plan_file(tmp_path / name, *encoded())

    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "two.json").read_bytes()


def test_large_id_sets_lie_beside_it_one_id_a_line(tmp_path: Path) -> None:
    write_plan_file(tmp_path / "plan.json", *encoded())

    beside = tmp_path / "plan.json.ids" / "whitelist.added.txt"
    assert beside.read_text() == "".join(f"{text}\n" for text in IDS)
    assert len((tmp_path / "plan.json").read_text()) < 5_000


def test_interrupted_while_it_is_written_the_file_is_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "plan.json"
    write_plan_file(path, *encoded("old"))

    def interrupt(*_unused: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_plan_file(path, *encoded("new"))

    assert read_plan_file(path, no_secret).account == "old"
    assert sorted(os.listdir(tmp_path)) == ["plan.json", "plan.json.ids"]
    assert os.listdir(tmp_path / "plan.json.ids") == ["whitelist.added.txt"]


def test_a_place_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    with pytest.raises(DeviceTrustError, match=r"the plan .*nowhere/plan.json cannot be written: No such file"):
        write_plan_file(tmp_path / "nowhere" / "plan.json", *encoded())


@pytest.mark.parametrize(
    ("name", "words"), [("nowhere.json", "cannot be read: No such file"), ("", "cannot be read: Is a directory")]
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str, words: str) -> None:
    with pytest.raises(BadPlanFile, match=words):
        read_plan_file(tmp_path / name, no_secret)


@pytest.mark.parametrize("name", ["../secret.txt", "/etc/passwd.txt", "a/b.txt", "..", ""])
def test_ids_are_read_from_beside_the_plan_only(tmp_path: Path, name: str) -> None:
    path = tmp_path / "plan.json"
    document, sidecars = encoded()
    document["changes"][1]["ids"]["added"]["$ids"]["file"] = name
    write_plan_file(path, document, sidecars)

    with pytest.raises(BadPlanFile, match="is not a plan"):
        read_plan_file(path, no_secret)


def test_a_later_plan_without_ids_takes_the_place_of_one_with_them(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    write_plan_file(path, *encoded())
    desired = load_data({"tags": ["cold"]})
    write_plan_file(path, *encode_plan(make_plan(desired, MemoryAccount().live()), "sha256:" + "0" * 64))

    assert [item.change.address for item in read_plan_file(path, no_secret).changes] == ["tag.cold"]
    assert json.loads(path.read_text())["summary"]["add"] == 1
