# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One file for all hosts of a group, encrypted as a whole, with its record beside it."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.errors import (
    InventoryConflict,
    VaultProblem,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.inventory import group_layout
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.inventory.atomic import replace
from tests.unit.passwords.fleet import Fleet, bring, changed, contents, vault

DEVICES = {"tracker-1": "1001", "tracker-2": "1002", "tracker-3": "1003"}
GROUP: dict[str, Any] = {"layout": "group", "group": "trackers"}
VARIABLE = Path("group_vars/trackers/device_passwords.yml")
FILE = Path("group_vars/trackers/device_passwords.vault")
RECORD = Path("group_vars/trackers/.device_passwords.vault.record.json")


@pytest.fixture
def fleet() -> Fleet:
    made = Fleet()
    for number in (1, 2, 3):
        made.set(f"100{number}", atCmdSms=f"Fakepw0{number}", wifi0=f"Fakewifi{number}")
    return made


def decrypted(path: Path) -> Any:
    return json.loads(vault().decrypt((path / FILE).read_text(), FILE))


def test_the_group_gets_one_vault_file_by_host_a_hidden_record_and_a_variable_that_reads_it(
    tmp_path: Path, fleet: Fleet
) -> None:
    outcome = bring(fleet, tmp_path, DEVICES, **GROUP)
    assert changed(outcome) == dict.fromkeys(DEVICES, "new")
    assert set(contents(tmp_path)) == {str(FILE), str(RECORD), str(VARIABLE)}
    assert yaml.safe_load((tmp_path / VARIABLE).read_text()) == {
        "device_password": "{{ lookup('edgeops.device_trust.inventory_password', inventory_hostname, "
        "file='group_vars/trackers/device_passwords.vault') }}"
    }
    assert decrypted(tmp_path) == {
        "device_password": {"tracker-1": "Fakepw01", "tracker-2": "Fakepw02", "tracker-3": "Fakepw03"}
    }
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600
    assert b"Fakepw" not in (tmp_path / RECORD).read_bytes()


def test_several_fields_and_devices_nest(tmp_path: Path, fleet: Fleet) -> None:
    wish = {"tracker-1": "1001", "site": ["1002", "1003"]}
    bring(fleet, tmp_path, wish, **GROUP, fields=["atCmdSms", "wifi0"])
    assert decrypted(tmp_path)["device_password"] == {
        "tracker-1": {"atCmdSms": "Fakepw01", "wifi0": "Fakewifi1"},
        "site": {
            "1002": {"atCmdSms": "Fakepw02", "wifi0": "Fakewifi2"},
            "1003": {"atCmdSms": "Fakepw03", "wifi0": "Fakewifi3"},
        },
    }


def test_a_second_run_changes_nothing_and_decrypts_nothing(tmp_path: Path, fleet: Fleet) -> None:
    bring(fleet, tmp_path, DEVICES, **GROUP)
    before = contents(tmp_path)
    outcome = bring(fleet, tmp_path, DEVICES, **GROUP, using=vault("fake-other-password"))
    assert (changed(outcome), outcome.unchanged) == ({}, 3)
    assert contents(tmp_path) == before


def test_a_new_password_rewrites_the_file_and_of_the_record_the_digest_and_one_line(
    tmp_path: Path, fleet: Fleet
) -> None:
    bring(fleet, tmp_path, DEVICES, **GROUP)
    before = (tmp_path / RECORD).read_text().splitlines()
    fleet.set("1002", atCmdSms="Fakenew2")
    assert changed(bring(fleet, tmp_path, DEVICES, **GROUP)) == {"tracker-2": "password modified"}
    after = (tmp_path / RECORD).read_text().splitlines()
    assert decrypted(tmp_path)["device_password"]["tracker-2"] == "Fakenew2"
    digest, line = (new for line, new in zip(before, after, strict=True) if line != new)
    assert digest == f' "digest": "{hashlib.sha256((tmp_path / FILE).read_bytes()).hexdigest()}",'
    assert line.startswith('  "tracker-2": ')


def test_hosts_that_are_not_asked_for_stay_in_the_file_unless_pruned(tmp_path: Path, fleet: Fleet) -> None:
    bring(fleet, tmp_path, DEVICES, **GROUP)
    bring(fleet, tmp_path, {"tracker-1": "1001", "tracker-4": "1001"}, **GROUP)
    assert set(decrypted(tmp_path)["device_password"]) == {*DEVICES, "tracker-4"}
    before = contents(tmp_path)
    assert not changed(bring(fleet, tmp_path, {"tracker-1": "1001"}, **GROUP))
    assert contents(tmp_path) == before
    outcome = bring(fleet, tmp_path, {"tracker-1": "1001"}, **GROUP, prune=True)
    assert [change.host for change in outcome.removed] == ["tracker-2", "tracker-3", "tracker-4"]
    assert decrypted(tmp_path)["device_password"] == {"tracker-1": "Fakepw01"}


def test_the_password_of_a_device_that_the_service_forgot_is_kept(tmp_path: Path, fleet: Fleet) -> None:
    bring(fleet, tmp_path, DEVICES, **GROUP)
    del fleet.records["1002"]
    fleet.set("1003", atCmdSms="Fakenew3")
    outcome = bring(fleet, tmp_path, DEVICES, **GROUP, missing="skip")
    assert changed(outcome) == {"tracker-3": "password modified"}
    assert decrypted(tmp_path)["device_password"] == {
        "tracker-1": "Fakepw01",
        "tracker-2": "Fakepw02",
        "tracker-3": "Fakenew3",
    }


def test_what_has_to_be_kept_must_be_decryptable(tmp_path: Path, fleet: Fleet) -> None:
    bring(fleet, tmp_path, DEVICES, **GROUP)
    before = contents(tmp_path)
    fleet.set("1001", atCmdSms="Fakenew1")
    with pytest.raises(VaultProblem, match="cannot be decrypted with the vault secrets of this run"):
        bring(fleet, tmp_path, {"tracker-1": "1001"}, **GROUP, using=vault("fake-other-password"))
    assert contents(tmp_path) == before


def test_a_file_without_record_is_somebody_elses(tmp_path: Path, fleet: Fleet) -> None:
    bring(fleet, tmp_path, DEVICES, **GROUP)
    (tmp_path / RECORD).unlink()
    before = contents(tmp_path)
    with pytest.raises(InventoryConflict, match="was not written by"):
        bring(fleet, tmp_path, DEVICES, **GROUP)
    assert contents(tmp_path) == before
    assert fleet.requests == 1


def test_a_variable_file_of_somebody_else_is_left_alone(tmp_path: Path, fleet: Fleet) -> None:
    (tmp_path / VARIABLE).parent.mkdir(parents=True)
    (tmp_path / VARIABLE).write_text("mine: true\n")
    with pytest.raises(InventoryConflict, match=rf"{VARIABLE} was not written by"):
        bring(fleet, tmp_path, DEVICES, **GROUP)
    assert contents(tmp_path) == {str(VARIABLE): b"mine: true\n"}


@pytest.mark.parametrize("damage", ["", "edited: by hand\n"])
def test_a_variable_file_that_is_lost_or_edited_is_written_anew(damage: str, tmp_path: Path, fleet: Fleet) -> None:
    bring(fleet, tmp_path, DEVICES, **GROUP)
    whole = (tmp_path / VARIABLE).read_text()
    (tmp_path / VARIABLE).write_text(whole + damage) if damage else (tmp_path / VARIABLE).unlink()
    assert set(changed(bring(fleet, tmp_path, DEVICES, **GROUP))) == set(DEVICES)
    assert (tmp_path / VARIABLE).read_text() == whole
    assert not changed(bring(fleet, tmp_path, DEVICES, **GROUP))


@pytest.mark.parametrize("group", ["it's", "back\\slash", "{{ group }}"])
def test_the_variable_names_its_file_whatever_the_group_is_called(group: str, tmp_path: Path, fleet: Fleet) -> None:
    from jinja2 import Environment

    bring(fleet, tmp_path, DEVICES, layout="group", group=group)
    template = yaml.safe_load((tmp_path / "group_vars" / group / VARIABLE.name).read_text())["device_password"]
    named = (
        Environment(autoescape=False)
        .from_string(template)
        .render(lookup=lambda name, host, file: file, inventory_hostname="tracker-1")
    )
    assert (tmp_path / named).is_file()


def test_a_file_that_ansible_would_stop_reading_is_an_error(tmp_path: Path, fleet: Fleet) -> None:
    (tmp_path / "group_vars").mkdir()
    (tmp_path / "group_vars" / "trackers.yml").write_text("mine: true\n")
    with pytest.raises(InventoryConflict, match=r"group_vars/trackers\.yml would no longer be read"):
        bring(fleet, tmp_path, DEVICES, **GROUP)


@pytest.mark.parametrize("group", [None, "", "a/b", ".."])
def test_a_group_name_that_is_no_directory_is_refused(group: str | None, tmp_path: Path, fleet: Fleet) -> None:
    with pytest.raises(InventoryConflict, match="cannot be a directory"):
        bring(fleet, tmp_path, DEVICES, layout="group", group=group)


@pytest.mark.parametrize("killed_after", [1, 2, 3])
def test_a_run_killed_between_its_writes_is_repaired_by_the_next(
    killed_after: int, tmp_path: Path, fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(fleet, tmp_path, DEVICES, **GROUP)
    fleet.set("1002", atCmdSms="Fakenew2")
    with monkeypatch.context() as patched:
        patched.setattr(group_layout, "replace", _killed_after(killed_after))
        with pytest.raises(KeyboardInterrupt):
            bring(fleet, tmp_path, {"tracker-2": "1002"}, **GROUP)
    assert set(decrypted(tmp_path)["device_password"]) == set(DEVICES)
    outcome = bring(fleet, tmp_path, {"tracker-2": "1002"}, **GROUP)
    assert changed(outcome) == {"tracker-2": "damaged, edited by hand or half written"}
    assert decrypted(tmp_path)["device_password"] == {
        "tracker-1": "Fakepw01",
        "tracker-2": "Fakenew2",
        "tracker-3": "Fakepw03",
    }
    assert not changed(bring(fleet, tmp_path, DEVICES, **GROUP))


def test_a_first_run_killed_before_the_passwords_were_written_leaves_nothing_in_the_way(
    tmp_path: Path, fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(group_layout, "replace", _killed_after(1))
        with pytest.raises(KeyboardInterrupt):
            bring(fleet, tmp_path, DEVICES, **GROUP)
    assert os.listdir(tmp_path / FILE.parent) == [RECORD.name]
    assert changed(bring(fleet, tmp_path, DEVICES, **GROUP)) == dict.fromkeys(DEVICES, "new")


@pytest.mark.parametrize("record", ["", "[]", "{}", '{"hosts": 1}', '{"size": 1, "format": 1}'])
def test_a_damaged_record_of_ours_is_written_anew(record: str, tmp_path: Path, fleet: Fleet) -> None:
    bring(fleet, tmp_path, DEVICES, **GROUP)
    (tmp_path / RECORD).write_text(record)
    assert changed(bring(fleet, tmp_path, DEVICES, **GROUP)) == dict.fromkeys(DEVICES, "new")
    assert not changed(bring(fleet, tmp_path, DEVICES, **GROUP))


def test_a_record_with_both_sides_of_a_merge_stops_the_run(tmp_path: Path, fleet: Fleet) -> None:
    """Written anew it would lose the hosts that this run does not fetch."""
    bring(fleet, tmp_path, DEVICES, **GROUP)
    whole = (tmp_path / RECORD).read_text()
    head, _unused, rest = whole.partition(' "digest"')
    merged = f'{head}<<<<<<< ours\n "digest"{rest}=======\n "digest"{rest}>>>>>>> theirs\n'
    (tmp_path / RECORD).write_text(merged)
    before = (tmp_path / FILE).read_text()
    with pytest.raises(InventoryConflict, match=r"has the conflict of a merge in it; take one side"):
        bring(fleet, tmp_path, DEVICES, **GROUP)
    assert (tmp_path / FILE).read_text() == before
    assert (tmp_path / RECORD).read_text() == merged


def test_a_truncated_file_is_written_anew(tmp_path: Path, fleet: Fleet) -> None:
    bring(fleet, tmp_path, DEVICES, **GROUP)
    (tmp_path / FILE).write_text((tmp_path / FILE).read_text()[:-30])
    reasons = changed(bring(fleet, tmp_path, DEVICES, **GROUP))
    assert set(reasons.values()) == {"damaged, edited by hand or half written"}


def test_another_file_of_the_same_size_is_written_anew(tmp_path: Path, fleet: Fleet) -> None:
    bring(fleet, tmp_path, DEVICES, **GROUP)
    (tmp_path / FILE).write_text(vault().encrypt(vault().decrypt((tmp_path / FILE).read_text(), FILE)))
    reasons = changed(bring(fleet, tmp_path, DEVICES, **GROUP))
    assert reasons == dict.fromkeys(DEVICES, "another file than the one written: rekeyed, or a merge of two")
    assert not changed(bring(fleet, tmp_path, DEVICES, **GROUP))


@pytest.mark.parametrize("killed_after", [1, 2, 3, 4])
def test_what_is_kept_of_another_file_has_no_date_even_after_a_kill(
    killed_after: int, tmp_path: Path, fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(fleet, tmp_path, DEVICES, **GROUP)
    (tmp_path / FILE).write_text(vault().encrypt(vault().decrypt((tmp_path / FILE).read_text(), FILE)))
    with monkeypatch.context() as patched, contextlib.suppress(KeyboardInterrupt):
        patched.setattr(group_layout, "replace", _killed_after(killed_after))
        bring(fleet, tmp_path, {"tracker-1": "1001"}, **GROUP)
    bring(fleet, tmp_path, {"tracker-1": "1001"}, **GROUP)
    reasons = changed(bring(fleet, tmp_path, DEVICES, **GROUP))
    assert reasons == dict.fromkeys(("tracker-2", "tracker-3"), "password modified")
    assert not changed(bring(fleet, tmp_path, DEVICES, **GROUP))


def test_line_ends_of_another_system_make_no_other_file(tmp_path: Path, fleet: Fleet) -> None:
    bring(fleet, tmp_path, DEVICES, **GROUP)
    for name in (FILE, RECORD, VARIABLE):
        (tmp_path / name).write_bytes((tmp_path / name).read_bytes().replace(b"\n", b"\r\n"))
    assert not changed(bring(fleet, tmp_path, DEVICES, **GROUP))


def test_only_who_can_read_the_file_replaces_it_or_who_forces_it(tmp_path: Path, fleet: Fleet) -> None:
    other = vault("fake-other-password")
    bring(fleet, tmp_path, DEVICES, **GROUP)
    fleet.set("1002", atCmdSms="Fakenew2")
    before = contents(tmp_path)
    with pytest.raises(VaultProblem, match="give the secret that it is encrypted with, or force to write all anew"):
        bring(fleet, tmp_path, DEVICES, **GROUP, using=other)
    with pytest.raises(VaultProblem, match="or move it away: it has passwords that this run does not fetch"):
        bring(fleet, tmp_path, {"tracker-2": "1002"}, **GROUP, using=other, force=True)
    assert contents(tmp_path) == before
    bring(fleet, tmp_path, DEVICES, **GROUP, using=other, force=True)
    assert other.decrypt((tmp_path / FILE).read_text(), FILE)


def test_two_writers_at_once_do_not_take_each_others_passwords_away(
    tmp_path: Path, fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(fleet, tmp_path, {"tracker-3": "1003"}, **GROUP)
    slow, encrypting, going_on = vault(), threading.Event(), threading.Event()
    encrypt = slow.encrypt

    def encrypt_slowly(text: str) -> str:
        encrypting.set()
        assert going_on.wait(10)
        return encrypt(text)

    monkeypatch.setattr(slow, "encrypt", encrypt_slowly)
    first = threading.Thread(
        target=bring, args=(fleet, tmp_path, {"tracker-1": "1001"}), kwargs={**GROUP, "using": slow}
    )
    second = threading.Thread(target=bring, args=(fleet, tmp_path, {"tracker-2": "1002"}), kwargs=GROUP)
    first.start()
    assert encrypting.wait(10)
    second.start()
    second.join(0.5)
    assert second.is_alive()
    going_on.set()
    first.join()
    second.join()
    assert set(decrypted(tmp_path)["device_password"]) == set(DEVICES)
    assert not changed(bring(fleet, tmp_path, DEVICES, **GROUP))


def _killed_after(writes: int) -> Callable[[Path, str], None]:
    left = iter(range(writes))

    def replace_until_killed(path: Path, text: str) -> None:
        if next(left, None) is None:
            raise KeyboardInterrupt
        replace(path, text)

    return replace_until_killed
