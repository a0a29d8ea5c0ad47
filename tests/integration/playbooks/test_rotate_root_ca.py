# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook rotate_root_ca: from one root CA to another, stage by stage, while devices go on working."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography import x509

from tests.integration.playbooks.operator_desk import Desk, Stage, changed, refusal, said, writes
from tests.support.living import authorizations, device

OLD, NEW = "old.example.com", "new.example.com"
ZERO_TOUCH = {"Authorizations": authorizations(ZTPV1="ENABLED"), "Zerotouch": {"CAName": OLD}}
SEED = {
    "settings": {"heartbeats": "manual"},
    "root_cas": [{"name": OLD, "ca_validity_days": 2000, "device_validity_days": 365, "renew_before_days": 30}],
    "tags": ["first"],
    "profiles": [
        {"name": "trackers", "checks_whitelist": False, "provisioning": ZERO_TOUCH},
        {"name": "plain", "checks_whitelist": False},
    ],
    "devices": [
        {"id": device(1), "profile": "trackers"},
        *({"id": device(number), "profile": "trackers", "tags": ["first"]} for number in (2, 3)),
        {"id": device(4), "profile": "plain"},
        {"id": device(5), "profile": "trackers"},
    ],
}
ROTATION = {"rotate_from": OLD, "rotate_to": NEW, "rotate_directory": "pem"}
TRUSTED = {**ROTATION, "rotate_trusted": "true"}
STATE = "Say how far it is"
TRANSFER = "Certificates of the old root CA are replaced by ones of the new"


def issuers(account: Any) -> dict[str, list[str]]:
    """The root CAs of the certificates on devices, by the last two digits of their ids."""
    return {
        each["id"][-2:]: [found["root_ca"] for found in each["certificates"] if found["installed"]]
        for each in account["devices"]
    }


def tasks_of(account: Any) -> dict[str, str]:
    """What happens to certificates at the next heartbeat."""
    return {each["id"][-2:]: each["certificate_task"] for each in account["devices"] if each["certificate_task"]}


@pytest.fixture(scope="module")
def checked(desk: Desk) -> Stage:
    """Device 4 has no certificate but is to get one of the old root CA; that of device 5 is revoked."""
    desk.sandbox.reset(SEED)
    living = desk.living()
    living.provision(device(4), Zerotouch={"CAName": OLD})
    living.ublox.ok("/ztp/devicecertificate/revoke", {"CAName": OLD, "ROTPublicUID": device(5)})
    return desk.stage(desk.checks("rotate_root_ca", **TRUSTED))


@pytest.fixture(scope="module")
def made(desk: Desk, checked: Stage) -> Stage:
    return desk.stage(desk.plays("rotate_root_ca", **ROTATION, rotate_registration_code="930783746273"))


@pytest.fixture(scope="module")
def batch(desk: Desk, made: Stage) -> Stage:
    """The same registration code is given once more."""
    variables = {**TRUSTED, "rotate_registration_code": "930783746273", "rotate_tags": "first", "rotate_batch": 1}
    return desk.stage(desk.plays("rotate_root_ca", **variables))


@pytest.fixture(scope="module")
def impatient(desk: Desk, batch: Stage) -> Stage:
    """All others are told, and their heartbeats awaited, which do not come."""
    return desk.stage(desk.plays("rotate_root_ca", **TRUSTED, rotate_wait="true", rotate_wait_timeout=1))


@pytest.fixture(scope="module")
def too_early(desk: Desk, impatient: Stage) -> Stage:
    return desk.stage(desk.plays("rotate_root_ca", **TRUSTED, rotate_retire="true"))


@pytest.fixture(scope="module")
def retired(desk: Desk, too_early: Stage) -> Stage:
    """Once somebody has asked for the revoked certificate to be removed, and all devices have had their heartbeat."""
    desk.living().ublox.ok("/ztp/devicecertificate/delete", {"ROTPublicUIDs": [device(5)]})
    desk.beat()
    return desk.stage(desk.plays("rotate_root_ca", **TRUSTED, rotate_wait="true", rotate_retire="true"))


@pytest.fixture(scope="module")
def again(desk: Desk, retired: Stage) -> Stage:
    return desk.stage(desk.plays("rotate_root_ca", **TRUSTED, rotate_retire="true"))


def test_check_mode_writes_nothing_and_shows_every_stage(checked: Stage) -> None:
    assert checked.run.rc == 0, checked.run.output
    assert writes(checked.run) == 0
    assert checked.files == {}
    assert changed(checked.run) == [
        "The new root CA is there",
        "New devices get the new root CA",
        "Devices that have no certificate of the old root CA, but are to get one, get one of the new",
        TRANSFER,
    ]


def test_the_new_root_ca_is_like_the_old_one(made: Stage) -> None:
    cas = {ca["name"]: ca for ca in made.account["root_cas"]}

    assert sorted(cas) == [NEW, OLD]
    for name in ("ca_validity_days", "device_validity_days", "renew_before_days"):
        assert cas[NEW][name] == cas[OLD][name]


def test_until_the_platform_trusts_it_no_device_is_given_it(made: Stage) -> None:
    assert made.run.rc == 0, made.run.output
    assert "run this again with -e rotate_trusted=true" in said(made.run, "Say what your platform needs")
    assert [task.name for task in made.run.collection_tasks if task.writes] == ["The new root CA is there"]


def test_the_platform_gets_the_certificate_and_a_proof_that_is_made_once(made: Stage, batch: Stage, desk: Desk) -> None:
    (proof,) = (desk.folder / "pem").glob("*-proof-*.pem")
    certificate = desk.folder / "pem" / f"{NEW}.pem"

    root = x509.load_pem_x509_certificate(certificate.read_bytes())
    x509.load_pem_x509_certificate(proof.read_bytes()).verify_directly_issued_by(root)
    assert [file.stat().st_mode & 0o777 for file in (certificate, proof)] == [0o644, 0o644]
    assert batch.files == made.files


def test_profiles_that_named_the_old_one_name_the_new_one_and_the_others_none(batch: Stage) -> None:
    profiles = {each["name"]: each["bootstrap_provisioning"] for each in batch.account["profiles"]}

    assert profiles["trackers"]["Zerotouch"] == {"CAName": NEW}
    assert "Zerotouch" not in profiles["plain"]


def test_devices_are_told_by_tag_and_in_batches(batch: Stage) -> None:
    assert batch.run.rc == 0, batch.run.output
    assert tasks_of(batch.account) == {"02": "transfer"}
    told = said(batch.run, STATE)
    assert "1 device was told" in told
    assert "1 device is left to be told, with one of the tags given: run this again." in told


def test_the_next_run_tells_the_others(impatient: Stage) -> None:
    assert tasks_of(impatient.account) == {"01": "transfer", "02": "transfer", "03": "transfer"}


def test_a_device_that_was_to_get_its_first_certificate_of_the_old_one_gets_it_of_the_new_one(retired: Stage) -> None:
    (fourth,) = [each for each in retired.account["devices"] if each["id"] == device(4)]

    assert fourth["current"]["Zerotouch"] == fourth["desired"]["Zerotouch"] == {"CAName": NEW}


def test_waiting_for_heartbeats_that_do_not_come_fails_and_names_devices(impatient: Stage) -> None:
    assert impatient.run.rc != 0
    assert "after 1 s" in impatient.run.output
    assert "that happens at a device's next security heartbeat: wait longer" in impatient.run.output


def test_a_revoked_certificate_is_not_replaced(too_early: Stage) -> None:
    assert "05" not in tasks_of(too_early.account)
    told = said(too_early.run, STATE)
    assert f"1 device has a revoked certificate of it and gets none of the new: {device(5)}." in told


def test_the_old_one_is_not_deleted_while_something_names_it(too_early: Stage) -> None:
    told = refusal(too_early.run)

    assert f"{OLD} cannot be deleted yet: 4 devices have a certificate of it" in told
    assert "Run this again when they have had their security heartbeat" in told


def test_a_run_before_the_heartbeats_changes_nothing(too_early: Stage) -> None:
    assert (changed(too_early.run), writes(too_early.run)) == ([], 0)


def test_after_the_heartbeats_it_is_deleted_and_the_devices_have_certificates_of_the_new_one(retired: Stage) -> None:
    assert retired.run.rc == 0, retired.run.output
    assert changed(retired.run) == ["The old root CA is gone"]
    assert [ca["name"] for ca in retired.account["root_cas"]] == [NEW]
    assert issuers(retired.account) == {"01": [NEW], "02": [NEW], "03": [NEW], "04": [], "05": []}


def test_in_the_end_another_run_has_nothing_to_do(again: Stage) -> None:
    assert again.run.rc == 0, again.run.output
    assert said(again.run, "Nothing is left to do") == f"{OLD} is gone, {NEW} is there. Nothing is left to do."
    assert (changed(again.run), writes(again.run)) == ([], 0)


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"rotate_from": OLD}, "Say from which root CA to which other one"),
        ({"rotate_from": OLD, "rotate_to": OLD}, "Say from which root CA to which other one"),
        ({"rotate_from": "a.example.com", "rotate_to": "b.example.com"}, "neither a root CA a.example.com nor b.exam"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_done(desk: Desk, variables: dict[str, str], words: str) -> None:
    run = desk.plays("rotate_root_ca", **variables)

    assert words in refusal(run)
    assert writes(run) == 0
