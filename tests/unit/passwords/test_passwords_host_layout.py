# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One file a host: what is written when, and what is never touched."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.errors import (
    InvalidKey,
    InventoryConflict,
    MissingPasswords,
    VaultProblem,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.inventory.host_layout import (
    encrypted_part,
)
from tests.unit.passwords.fleet import Fleet, bring, changed, contents, vault

FILE = "device_passwords.yml"
AWKWARD = ["Fake{}\"'\\$?%^=", "--fake", "{{ fake }}{% x %}{# y #}", " fake ", "fake: |", "#fake", "Fäke", "yes"]


class VaultLoader(yaml.SafeLoader):
    """Reads ``!vault`` as plain text, as any YAML reader could."""


VaultLoader.add_constructor("!vault", lambda loader, node: loader.construct_scalar(node))  # type: ignore[arg-type]


@pytest.fixture
def fleet() -> Fleet:
    made = Fleet()
    for number in (1, 2, 3):
        made.set(f"100{number}", atCmdSms=f"Fakepw0{number}", wifi0=f"Fakewifi{number}")
    return made


DEVICES = {"tracker-1": "1001", "tracker-2": "1002", "tracker-3": "1003"}


def held(path: Path, host: str) -> Any:
    return yaml.load((path / "host_vars" / host / FILE).read_text(), Loader=VaultLoader)


def decrypted(path: Path, host: str, variable: str = "device_password") -> str:
    return vault().decrypt(held(path, host)[variable], host)


def test_each_host_gets_one_private_file_with_its_password(tmp_path: Path, fleet: Fleet) -> None:
    outcome = bring(fleet, tmp_path, DEVICES)
    assert changed(outcome) == dict.fromkeys(DEVICES, "new")
    assert list(contents(tmp_path)) == [f"host_vars/{host}/{FILE}" for host in DEVICES]
    assert [decrypted(tmp_path, host) for host in DEVICES] == ["Fakepw01", "Fakepw02", "Fakepw03"]
    for path in tmp_path.rglob("*"):
        assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("password", AWKWARD)
def test_passwords_come_out_exactly(password: str, tmp_path: Path) -> None:
    fleet = Fleet()
    fleet.set("1001", atCmdSms=password)
    bring(fleet, tmp_path, {"tracker-1": "1001"})
    assert decrypted(tmp_path, "tracker-1") == password


def test_a_second_run_changes_nothing_and_decrypts_nothing(tmp_path: Path, fleet: Fleet) -> None:
    bring(fleet, tmp_path, DEVICES)
    before = contents(tmp_path)
    # With this secret nothing could be decrypted.
    outcome = bring(fleet, tmp_path, DEVICES, using=vault("fake-other-password"))
    assert (changed(outcome), outcome.unchanged) == ({}, 3)
    assert contents(tmp_path) == before


def test_a_new_password_changes_the_file_of_that_host_only(tmp_path: Path, fleet: Fleet) -> None:
    bring(fleet, tmp_path, DEVICES)
    before = contents(tmp_path)
    fleet.set("1002", atCmdSms="Fakenew22")
    assert changed(bring(fleet, tmp_path, DEVICES)) == {"tracker-2": "password modified"}
    after = contents(tmp_path)
    assert [name for name in before if before[name] != after[name]] == [f"host_vars/tracker-2/{FILE}"]
    assert decrypted(tmp_path, "tracker-2") == "Fakenew22"


def test_every_text_has_a_salt_of_its_own_even_if_the_setting_for_one_salt_is_there(
    tmp_path: Path, fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANSIBLE_VAULT_ENCRYPT_SALT", "the-same-for-all")
    bring(fleet, tmp_path, DEVICES)
    salts = set()
    for host in DEVICES:
        body = "".join(held(tmp_path, host)["device_password"].splitlines()[1:])
        salts.add(bytes.fromhex(body).split(b"\n")[0])
    assert len(salts) == len(DEVICES)
    assert b"the-same-for-all".hex().encode() not in salts


def test_two_hosts_with_the_same_device_have_the_same_password_under_two_salts(tmp_path: Path, fleet: Fleet) -> None:
    bring(fleet, tmp_path, {"one": "1001", "two": "1001"})
    texts = [encrypted_part(text.decode()) for text in contents(tmp_path).values()]
    assert len({vault().decrypt(text, "") for text in texts}) == 1
    assert len(set(texts)) == 2


def test_several_fields_are_one_text_with_json_in_it(tmp_path: Path, fleet: Fleet) -> None:
    bring(fleet, tmp_path, DEVICES, fields=["atCmdSms", "wifi0"])
    assert json.loads(decrypted(tmp_path, "tracker-1")) == {"atCmdSms": "Fakepw01", "wifi0": "Fakewifi1"}


def test_the_devices_of_a_host_with_several_are_told_by_their_keys(tmp_path: Path, fleet: Fleet) -> None:
    bring(fleet, tmp_path, {"site": ["1001", "1002", "1001"], "other": ["1003"]})
    assert json.loads(decrypted(tmp_path, "site")) == {"1001": "Fakepw01", "1002": "Fakepw02"}
    assert json.loads(decrypted(tmp_path, "other")) == {"1003": "Fakepw03"}


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"fields": ["wifi0"]}, "other fields"),
        ({"fields": ["atCmdSms", "wifi0"]}, "other fields"),
        ({"variable": "unlock"}, "variable unlock, was device_password"),
        ({"devices": {"tracker-1": "1002"}}, "other devices"),
        ({"devices": {"tracker-1": ["1001"]}}, "other fields"),
        ({"using": vault("prod=fake-prod-password")}, "vault id prod, was default"),
        ({"force": True}, "force"),
    ],
)
def test_another_wish_is_noticed(options: dict[str, Any], reason: str, tmp_path: Path, fleet: Fleet) -> None:
    wish = {"devices": {"tracker-1": "1001"}, **options}
    bring(fleet, tmp_path, {"tracker-1": "1001"})
    assert changed(bring(fleet, tmp_path, **wish)) == {"tracker-1": reason}
    if "force" not in options:
        assert changed(bring(fleet, tmp_path, **wish)) == {}


def test_the_same_device_written_otherwise_is_no_change(tmp_path: Path, fleet: Fleet) -> None:
    bring(fleet, tmp_path, {"tracker-1": "1001"})
    assert changed(bring(fleet, tmp_path, {"tracker-1": 1001})) == {}


def test_a_date_that_the_service_does_not_give_cannot_prove_that_nothing_changed(tmp_path: Path, fleet: Fleet) -> None:
    fleet.records["1001"]["modifiedOn"] = ""
    bring(fleet, tmp_path, {"tracker-1": "1001"})
    reasons = changed(bring(fleet, tmp_path, {"tracker-1": "1001"}))
    assert reasons == {"tracker-1": "the service does not say when the password was modified"}


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[:-20],
        lambda text: text.replace("\n  3", "\n<<<<<<< HEAD\n  3", 1),
        lambda text: text.replace('"devices"', '"device"'),
        lambda text: text.split("\n")[0] + "\n",
        lambda text: text.replace("\n# {", "\n# [", 1),
        lambda text: text.replace('"esn"', '"fields2"'),
    ],
)
def test_a_damaged_file_of_ours_is_written_anew(damage: Any, tmp_path: Path, fleet: Fleet) -> None:
    bring(fleet, tmp_path, DEVICES)
    path = tmp_path / "host_vars" / "tracker-1" / FILE
    path.write_text(damage(path.read_text()))
    reasons = changed(bring(fleet, tmp_path, DEVICES))
    assert list(reasons) == ["tracker-1"]
    assert decrypted(tmp_path, "tracker-1") == "Fakepw01"
    assert changed(bring(fleet, tmp_path, DEVICES)) == {}


def test_a_text_rekeyed_by_somebody_else_is_left_alone(tmp_path: Path, fleet: Fleet) -> None:
    bring(fleet, tmp_path, {"tracker-1": "1001"}, using=vault("prod=fake-old", vault_id="prod"))
    bring(fleet, tmp_path / ".", {"tracker-1": "1001"}, using=vault("prod=fake-new"), force=True)
    before = contents(tmp_path)
    assert changed(bring(fleet, tmp_path, {"tracker-1": "1001"}, using=vault("prod=fake-old"))) == {}
    assert contents(tmp_path) == before


@pytest.mark.parametrize("text", ["device_password: fake\n", "", "# Written by hand\n", "$ANSIBLE_VAULT;1.1;AES256\n"])
def test_a_file_of_somebody_else_is_an_error_before_any_request(text: str, tmp_path: Path, fleet: Fleet) -> None:
    foreign = tmp_path / "host_vars" / "tracker-2" / FILE
    foreign.parent.mkdir(parents=True)
    foreign.write_text(text)
    with pytest.raises(InventoryConflict, match=r"tracker-2/device_passwords\.yml was not written by"):
        bring(fleet, tmp_path, DEVICES)
    assert fleet.requests == 0
    assert contents(tmp_path) == {f"host_vars/tracker-2/{FILE}": text.encode()}


def test_a_symbolic_link_is_somebody_elses_even_to_a_file_of_ours(tmp_path: Path, fleet: Fleet) -> None:
    bring(fleet, tmp_path, {"tracker-1": "1001"})
    (tmp_path / "host_vars" / "tracker-2").mkdir()
    (tmp_path / "host_vars" / "tracker-2" / FILE).symlink_to(tmp_path / "host_vars" / "tracker-1" / FILE)
    with pytest.raises(InventoryConflict, match="was not written by"):
        bring(fleet, tmp_path, DEVICES)


@pytest.mark.parametrize("name", ["tracker-1", "tracker-1.yml", "tracker-1.yaml", "tracker-1.json"])
def test_a_file_that_ansible_would_stop_reading_is_an_error_that_says_where_to_move_it(
    name: str, tmp_path: Path, fleet: Fleet
) -> None:
    (tmp_path / "host_vars").mkdir()
    (tmp_path / "host_vars" / name).write_text("esn: '1001'\n")
    with pytest.raises(InventoryConflict, match=r"would no longer be read by Ansible.*tracker-1/main\.yml"):
        bring(fleet, tmp_path, DEVICES)
    assert list(contents(tmp_path)) == [f"host_vars/{name}"]


def test_check_mode_says_what_would_change_and_writes_nothing(tmp_path: Path, fleet: Fleet) -> None:
    bring(fleet, tmp_path, {"tracker-1": "1001"})
    fleet.set("1001", atCmdSms="Fakenew11")
    before = contents(tmp_path)
    outcome = bring(fleet, tmp_path, DEVICES, write=False)
    assert changed(outcome) == {"tracker-1": "password modified", "tracker-2": "new", "tracker-3": "new"}
    assert contents(tmp_path) == before
    assert os.listdir(tmp_path / "host_vars") == ["tracker-1"]


def test_what_is_shown_of_a_change_holds_dates_and_no_password(tmp_path: Path, fleet: Fleet) -> None:
    bring(fleet, tmp_path, DEVICES)
    fleet.set("1001", atCmdSms="Fakenew11")
    outcome = bring(fleet, tmp_path, DEVICES)
    (change,) = outcome.changed
    assert change.before == (
        "device_password: ESN 1001, atCmdSms, modified 2026-01-01T00:00:01.000+00:00 (vault id default)"
    )
    assert change.after == (
        "device_password: ESN 1001, atCmdSms, modified 2026-01-01T00:00:04.000+00:00 (vault id default)"
    )
    assert "Fakenew11" not in repr(outcome)


def test_a_missing_password_fails_before_anything_is_written(tmp_path: Path, fleet: Fleet) -> None:
    with pytest.raises(MissingPasswords, match="ESN 9999 of host tracker-9"):
        bring(fleet, tmp_path, {**DEVICES, "tracker-9": "9999"})
    assert contents(tmp_path) == {}


def test_missing_passwords_can_be_warned_of_or_passed_over(tmp_path: Path, fleet: Fleet) -> None:
    bring(fleet, tmp_path, DEVICES)
    before = contents(tmp_path)
    del fleet.records["1002"]
    heard: list[str] = []
    outcome = bring(fleet, tmp_path, DEVICES, missing="warn", warnings=heard)
    assert heard == ["Skipping ESN 1002 of host tracker-2: the password manager has no password for it"]
    assert [(gap.host, gap.key.text) for gap in outcome.missing] == [("tracker-2", "1002")]
    assert contents(tmp_path) == before
    assert not changed(bring(fleet, tmp_path, DEVICES, missing="skip"))


def test_a_field_that_a_device_does_not_have_is_missing_too(tmp_path: Path, fleet: Fleet) -> None:
    fleet.set("1001", atCmdSms="Fakepw01")
    with pytest.raises(MissingPasswords, match=r"ESN 1001 \(field wifi0\) of host tracker-1"):
        bring(fleet, tmp_path, DEVICES, fields=["atCmdSms", "wifi0"])
    bring(fleet, tmp_path, DEVICES, fields=["atCmdSms", "wifi0"], missing="skip")
    assert json.loads(decrypted(tmp_path, "tracker-1")) == {"atCmdSms": "Fakepw01"}


def test_hosts_that_are_gone_stay_unless_pruned(tmp_path: Path, fleet: Fleet) -> None:
    bring(fleet, tmp_path, DEVICES)
    (tmp_path / "host_vars" / "tracker-3" / "main.yml").write_text("mine: true\n")
    (tmp_path / "host_vars" / "stranger").mkdir()
    (tmp_path / "host_vars" / "stranger" / FILE).write_text("device_password: fake\n")
    assert not bring(fleet, tmp_path, {"tracker-1": "1001"}).removed
    outcome = bring(fleet, tmp_path, {"tracker-1": "1001"}, prune=True)
    assert [change.host for change in outcome.removed] == ["tracker-2", "tracker-3"]
    assert list(contents(tmp_path)) == [
        f"host_vars/stranger/{FILE}",
        f"host_vars/tracker-1/{FILE}",
        "host_vars/tracker-3/main.yml",
    ]
    assert not (tmp_path / "host_vars" / "tracker-2").exists()


def test_those_who_stay_are_not_pruned(tmp_path: Path, fleet: Fleet) -> None:
    bring(fleet, tmp_path, DEVICES)
    outcome = bring(fleet, tmp_path, {}, prune=True, staying=frozenset({"tracker-1", "tracker-3"}))
    assert [change.host for change in outcome.removed] == ["tracker-2"]
    assert list(contents(tmp_path)) == [f"host_vars/{host}/{FILE}" for host in ("tracker-1", "tracker-3")]


def test_a_gap_is_told_from_a_change(tmp_path: Path, fleet: Fleet) -> None:
    wish: dict[str, Any] = {"devices": {"site": ["1001", "1002"]}, "missing": "skip"}
    bring(fleet, tmp_path, **wish)
    gone = fleet.records.pop("1002")
    before = contents(tmp_path)
    assert not changed(bring(fleet, tmp_path, **wish))
    assert contents(tmp_path) == before
    assert changed(bring(fleet, tmp_path, **wish, force=True)) == {"site": "force"}
    assert json.loads(decrypted(tmp_path, "site")) == {"1001": "Fakepw01"}
    assert not changed(bring(fleet, tmp_path, **wish))
    fleet.records["1002"] = gone
    assert changed(bring(fleet, tmp_path, **wish)) == {"site": "other devices"}
    # A device that the list does not name any more is no gap, whatever the service has.
    del fleet.records["1002"]
    assert changed(bring(fleet, tmp_path, {"site": ["1001"]})) == {"site": "other devices"}


def test_pruning_everything_away_is_refused(tmp_path: Path, fleet: Fleet) -> None:
    with pytest.raises(InventoryConflict, match="would take every password away"):
        bring(fleet, tmp_path, {}, prune=True)
    assert not changed(bring(fleet, tmp_path, {}))
    assert fleet.requests == 0


@pytest.mark.parametrize("host", ["../../etc", "a/b", ".hidden", "..", "", "new\nline"])
def test_a_host_name_that_is_no_directory_is_refused(host: str, tmp_path: Path, fleet: Fleet) -> None:
    with pytest.raises(InvalidKey, match="cannot be a directory"):
        bring(fleet, tmp_path, {host: "1001"})


def test_all_impossible_devices_are_named_with_their_hosts(tmp_path: Path, fleet: Fleet) -> None:
    with pytest.raises(InvalidKey) as caught:
        bring(fleet, tmp_path, {"one": "x", "two": [], "three": "1003"})
    assert "host one: ESN 'x' is impossible" in str(caught.value)
    assert "host two: the list of its devices is empty" in str(caught.value)
    assert "three" not in str(caught.value)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"file_name": "a/b.yml"}, "cannot be a directory"),
        ({"file_name": "passwords.txt"}, "must end in .yml or .yaml"),
        ({"variable": "device-password"}, "not a variable name"),
    ],
)
def test_names_that_ansible_would_not_read_are_refused(
    options: dict[str, Any], words: str, tmp_path: Path, fleet: Fleet
) -> None:
    with pytest.raises(InventoryConflict, match=words):
        bring(fleet, tmp_path, DEVICES, **options)


def test_the_inventory_must_be_an_existing_directory(tmp_path: Path, fleet: Fleet) -> None:
    (tmp_path / "hosts.yml").write_text("")
    with pytest.raises(InventoryConflict, match="is a file; give the inventory directory"):
        bring(fleet, tmp_path / "hosts.yml", DEVICES)
    with pytest.raises(InventoryConflict, match="must be an existing inventory directory"):
        bring(fleet, tmp_path / "nowhere", DEVICES)


def test_without_a_vault_secret_nothing_can_be_done() -> None:
    from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.inventory.vault import Vault

    with pytest.raises(VaultProblem, match="--vault-password-file"):
        Vault([])


def test_of_several_vault_ids_one_has_to_be_chosen() -> None:
    with pytest.raises(VaultProblem, match="several vault ids \\(dev, prod\\)"):
        vault("dev=fake-1", "prod=fake-2")
    with pytest.raises(VaultProblem, match="no vault id 'test'; the known ones are: dev, prod"):
        vault("dev=fake-1", "prod=fake-2", vault_id="test")
    assert "AES256;prod\n" in vault("dev=fake-1", "prod=fake-2", vault_id="prod").encrypt("fake")
