# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an audit finds in either layout of the inventory."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from ansible.parsing.vault import VaultSecret

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.inventory.audit import Report, audit
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.inventory.sync import request_of
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.inventory.vault import NoVault, Vault
from tests.unit.passwords.fleet import OPTIONS, Fleet, bring, contents, vault

DEVICES = {"tracker-1": "1001", "tracker-2": "1002", "site": ["1003", "1004"]}
LAYOUTS: list[dict[str, Any]] = [{"layout": "host"}, {"layout": "group", "group": "trackers"}]


@pytest.fixture
def fleet() -> Fleet:
    made = Fleet()
    for number in (1, 2, 3, 4):
        made.set(f"100{number}", atCmdSms=f"Fakepw0{number}", wifi0=f"Fakewifi{number}", createdOn="2021")
    return made


def look(
    fleet: Fleet, path: Path, devices: Mapping[str, object] | None = None, using: Vault | None = None, **options: Any
) -> Report:
    request = request_of({**OPTIONS, "path": str(path), "devices": devices or DEVICES, "missing": "skip", **options})
    return audit(request, using or vault(), fleet)


def found(report: Report) -> set[tuple[str, str, str | None, str]]:
    return {(item.host, item.key.text, item.field, item.verdict.value) for item in report.findings}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("fields", [["atCmdSms"], ["atCmdSms", "wifi0"]])
def test_an_inventory_that_was_just_written_is_well(
    layout: dict[str, Any], fields: list[str], tmp_path: Path, fleet: Fleet
) -> None:
    bring(fleet, tmp_path, DEVICES, fields=fields, **layout)
    before = contents(tmp_path)
    assert found(look(fleet, tmp_path, fields=fields, **layout)) == set()
    assert found(look(fleet, tmp_path, fields=fields, using=NoVault(), **layout)) == set()
    assert contents(tmp_path) == before


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("decrypts", [True, False])
def test_what_is_wrong_is_found(layout: dict[str, Any], decrypts: bool, tmp_path: Path, fleet: Fleet) -> None:
    bring(fleet, tmp_path, {"tracker-1": "1001", "site": ["1003", "1004"]}, **layout)
    fleet.set("1004", atCmdSms="Fakenew4", createdOn="2021")
    fleet.records["1001"]["createdOn"] = fleet.records["1001"]["modifiedOn"]
    devices = {**DEVICES, "tracker-9": "1009"}
    report = look(fleet, tmp_path, devices, using=None if decrypts else NoVault(), **layout)
    assert found(report) == {
        ("tracker-1", "1001", None, "factory"),
        ("tracker-2", "1002", "atCmdSms", "unvaulted"),
        ("site", "1004", "atCmdSms", "different"),
        ("tracker-9", "1009", None, "missing"),
    }
    assert report.counts == {"missing": 1, "factory": 1, "different": 1, "unvaulted": 1, "unreadable": 0}
    assert report.devices == 5
    assert "Fake" not in repr(report)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_field_that_was_never_written_is_not_in_the_inventory(
    layout: dict[str, Any], tmp_path: Path, fleet: Fleet
) -> None:
    bring(fleet, tmp_path, {"tracker-1": "1001"}, **layout)
    del fleet.records["1001"]["atCmdSms"]
    report = look(fleet, tmp_path, {"tracker-1": "1001"}, fields=["atCmdSms", "wifi0"], **layout)
    assert found(report) == {
        ("tracker-1", "1001", "atCmdSms", "missing"),
        ("tracker-1", "1001", "wifi0", "unvaulted"),
    }


@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_another_secret_has_encrypted_cannot_be_read(layout: dict[str, Any], tmp_path: Path, fleet: Fleet) -> None:
    bring(fleet, tmp_path, DEVICES, **layout)
    report = look(fleet, tmp_path, using=vault("fake-other-password"), **layout)
    assert {verdict for *_unused, verdict in found(report)} == {"unreadable"}
    assert report.devices == len(report.findings)


def test_a_damaged_file_is_found_and_the_others_are_looked_at(tmp_path: Path, fleet: Fleet) -> None:
    bring(fleet, tmp_path, DEVICES)
    damaged = tmp_path / "host_vars" / "tracker-1" / "device_passwords.yml"
    damaged.write_text(damaged.read_text()[:-40])
    assert found(look(fleet, tmp_path)) == {("tracker-1", "1001", None, "unreadable")}
    assert found(look(fleet, tmp_path, using=NoVault())) == {("tracker-1", "1001", None, "unreadable")}


@pytest.mark.parametrize(("damage", "readable"), [("cut", False), ("rekeyed", True), ("no variable", False)])
def test_a_damaged_group_file_is_unreadable_and_a_rekeyed_one_for_those_who_only_see_dates(
    damage: str, readable: bool, tmp_path: Path, fleet: Fleet
) -> None:
    layout = LAYOUTS[1]
    bring(fleet, tmp_path, DEVICES, **layout)
    file = tmp_path / "group_vars/trackers/device_passwords.vault"
    text = file.read_text()
    if damage == "no variable":
        file.with_suffix(".yml").unlink()
    else:
        file.write_text(text[:-40] if damage == "cut" else vault().encrypt(vault().decrypt(text, file)))
    unreadable = {(host, key, None, "unreadable") for host, key in (
        ("tracker-1", "1001"), ("tracker-2", "1002"), ("site", "1003"), ("site", "1004"),
    )}  # fmt: skip
    assert found(look(fleet, tmp_path, using=NoVault(), **layout)) == unreadable
    assert found(look(fleet, tmp_path, **layout)) == (set() if readable else unreadable)


def test_nobody_has_to_choose_one_of_several_vault_ids_to_read(tmp_path: Path, fleet: Fleet) -> None:
    bring(fleet, tmp_path, DEVICES, using=vault("prod=fake-prod", vault_id="prod"))
    secrets = [("dev", VaultSecret(b"fake-dev")), ("prod", VaultSecret(b"fake-prod"))]
    assert found(look(fleet, tmp_path, using=Vault.for_reading(secrets))) == set()
