# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The action password_inventory, its role and its playbook, with real vaults."""

from __future__ import annotations

import json
import os
import pty
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.integration.passwords.exotic import exotic_service
from tests.integration.passwords.inventories import (
    GROUP,
    HOST_FILES,
    PASSWORDS,
    PLAYBOOK,
    TRACKERS,
    inventory_task,
    prune,
    show,
    write_groups,
)
from tests.integration.passwords.plays import BIN, SECONDS, VAULT_PASSWORD, Desk
from tests.integration.passwords.test_device_password import AWKWARD
from tests.support.sandbox import Sandbox


def test_check_write_again_update_as_an_operator_would(desk: Desk, sandbox: Sandbox) -> None:
    checked = desk.playbook(PLAYBOOK, *TRACKERS, "--check", "--diff").ok()
    assert "3 would be written, 0 removed, 0 unchanged, 0 missing, with 2 requests." in checked.said
    assert "+tracker-1: device_password: ESN 1110110001, atCmdSms, modified 2021-05-13" in checked.said
    assert desk.files() == {}

    written = desk.playbook(PLAYBOOK, *TRACKERS).ok()
    assert written.recap("changed") == 1
    assert "3 written, 0 removed, 0 unchanged, 0 missing, with 2 requests." in written.said
    before = desk.files()
    assert list(before) == HOST_FILES
    assert show(desk).items() > PASSWORDS.items()

    # Nothing can be decrypted with another password, and nothing has to be.
    desk.vault_file("another").write_text("fake-another-vault-password\n")
    again = desk.playbook(PLAYBOOK, *TRACKERS, vault="another").ok()
    assert again.recap("changed") == 0
    assert "0 written, 0 removed, 3 unchanged" in again.said
    assert desk.files() == before

    sandbox.control("POST", "/calamp/password", {"esn": "1110110002"})
    updated = desk.playbook(PLAYBOOK, *TRACKERS, "--diff").ok()
    assert "1 written, 0 removed, 2 unchanged" in updated.said
    after = desk.files()
    assert [name for name in before if before[name] != after[name]] == [HOST_FILES[1]]
    assert show(desk)["tracker-2"] != PASSWORDS["tracker-2"]


@pytest.mark.parametrize("layout", ["host", "group"])
def test_awkward_passwords_come_out_of_the_inventory_exactly(layout: str, tmp_path: Path) -> None:
    devices = {esn: {"atCmdSms": password, "modifiedOn": "2026"} for esn, password in AWKWARD.items()}
    with exotic_service(devices) as service:
        desk = Desk(tmp_path, service.environment)
        desk.hosts(**{f"tracker_{esn}": {"esn": esn} for esn in AWKWARD})
        desk.play([inventory_task(desk, layout=layout, group="trackers")]).ok()
        several = inventory_task(
            desk, layout=layout, group="trackers", fields=["atCmdSms", "wifi0"], missing="skip",
            file_name="both.yml", variable="both",
        )  # fmt: skip
        desk.play([several]).ok()
        wanted = {f"tracker-{esn}": password for esn, password in AWKWARD.items()}
        if layout == "host":
            assert show(desk) == wanted
            texts = show(desk, "both")
            assert {host: json.loads(text)["atCmdSms"] for host, text in texts.items()} == wanted
            read = "{{ (both | from_json).atCmdSms }}"
            for host in ("tracker-1001", "tracker-1003"):
                assert desk.evaluate("read", hosts=host, variables={"read": read}) == wanted[host]
        else:
            assert show(desk) == wanted
            assert {host: fields["atCmdSms"] for host, fields in show(desk, "both").items()} == wanted


@pytest.mark.parametrize("layout", ["host", "group"])
def test_no_password_is_anywhere_but_in_the_vault(layout: str, tmp_path: Path) -> None:
    fields = {
        name: f"--canary-{name}-{{}}\"'\\$?%^=" for name in ("atCmdSms", "user", "guiEngr", "gui1", "wifi0", "ukey")
    }
    devices = {"1001": {**fields, "modifiedOn": "2026-01-01"}, "1002": {**fields, "modifiedOn": "2026-01-02"}}
    with exotic_service(devices) as service:
        desk = Desk(tmp_path, service.environment)
        desk.hosts(tracker_1={"esn": "1001"}, tracker_2={"esn": "1002"})
        task = inventory_task(desk, layout=layout, group="trackers", fields=list(fields))
        look = {
            "ansible.builtin.set_fact": {"unlock": "{{ query('edgeops.device_trust.device_password', '1001') }}"},
            "no_log": True,
        }
        fetch = {"edgeops.device_trust.password_prefetch": {"hosts": "trackers"}, "register": "fetched"}
        shown = [{"ansible.builtin.debug": {"var": name}} for name in ("outcome", "fetched")]
        lacking = inventory_task(desk, devices={"tracker-9": "1009"}) | {"ignore_errors": True}
        refused = inventory_task(desk, password="canary-wrong") | {"ignore_errors": True}
        outputs = []
        for arguments in (["--check", "--diff", "-vvvv"], ["--diff", "-vvvv"], ["--diff", "-vvvv"]):
            run = desk.play(
                [task, fetch, *shown, look, lacking, refused], *arguments,
                ANSIBLE_LOG_PATH=str(tmp_path / "log"), ANSIBLE_LOG_VERBOSITY="4",
            ).ok()  # fmt: skip
            assert "wrong password (secret) for key (secret)" in run.said
            outputs.append(run.said)
    secrets = ["canary-", VAULT_PASSWORD, *(desk.service[name] for name in ("CALAMP_PASSWORD", "CALAMP_APP_KEY"))]
    (tmp_path / "play.yml").unlink()
    desk.vault_file().unlink()
    on_disk = {str(path): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert str(tmp_path / "log") in on_disk
    assert len(desk.files()) == (2 if layout == "host" else 3)
    for secret in secrets:
        assert not [text for text in outputs if secret in text], secret
        assert not [path for path, content in on_disk.items() if secret.encode() in content], secret


def test_several_vault_ids_and_a_client_script(desk: Desk) -> None:
    client = desk.path / "fake-client.sh"
    client.write_text("#!/bin/sh\necho fake-secret-of-$2\n")
    client.chmod(0o700)
    ids = ["--vault-id", f"dev@{client}", "--vault-id", f"prod@{client}"]
    undecided = desk.playbook(PLAYBOOK, *TRACKERS, *ids, vault=None)
    assert undecided.status != 0
    assert "there are several vault ids (dev, prod); choose one with encrypt_vault_id" in undecided.said
    unknown = desk.playbook(PLAYBOOK, *TRACKERS, "-e", "device_passwords_vault_id=test", *ids, vault=None)
    assert "there is no vault id 'test'; the known ones are: dev, prod" in unknown.said
    desk.playbook(PLAYBOOK, *TRACKERS, "-e", "device_passwords_vault_id=prod", *ids, vault=None).ok()
    assert all(b"$ANSIBLE_VAULT;1.2;AES256;prod\n" in content for content in desk.files().values())
    chosen = {"ANSIBLE_VAULT_ENCRYPT_IDENTITY": "prod"}
    assert desk.playbook(PLAYBOOK, *TRACKERS, *ids, vault=None, **chosen).ok().recap("changed") == 0
    moved = desk.playbook(PLAYBOOK, *TRACKERS, "-e", "device_passwords_vault_id=dev", *ids, vault=None).ok()
    assert "3 written" in moved.said


def test_the_vault_password_may_be_typed_in(desk: Desk) -> None:
    keyboard, terminal = pty.openpty()
    process = subprocess.Popen(
        [str(BIN / "ansible-playbook"), "-i", "inventory", "--ask-vault-pass", PLAYBOOK, *TRACKERS],
        cwd=desk.path,
        env=desk.environment(),
        stdin=terminal,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    os.close(terminal)
    assert process.stdout is not None
    said = b""
    while b"Vault password" not in said:
        part = os.read(process.stdout.fileno(), 4096)
        assert part, said
        said += part
    os.write(keyboard, f"{VAULT_PASSWORD}\n".encode())
    rest, _unused = process.communicate(timeout=SECONDS)
    os.close(keyboard)
    assert "3 written" in " ".join(rest.decode().split())
    assert VAULT_PASSWORD.encode() not in said + rest
    desk.wait_for_brokers()
    assert show(desk).items() > PASSWORDS.items()


@pytest.mark.parametrize(
    ("arguments", "vault", "words"),
    [
        ((), "vault-password", "missing required arguments: device_passwords_group"),
        (("-e", "device_passwords_group=nobody"), "vault-password", "There is no group nobody with hosts"),
        (TRACKERS, None, "there is no vault secret to encrypt the passwords with"),
        (
            (*TRACKERS, "-e", "device_passwords_key=imei"),
            "vault-password",
            "3 hosts do not have the variable imei: tracker-1, tracker-2, tracker-3.",
        ),
        (
            (*TRACKERS, "-e", "device_passwords_key=mac", "-e", "device_passwords_key_variable=esn"),
            "vault-password",
            "host tracker-1: MAC '1110110001' is impossible",
        ),
        ((*TRACKERS, "-e", "device_passwords_path=nowhere"), "vault-password", "existing inventory directory"),
        (
            (*TRACKERS, "-e", "device_passwords_layout=all"),
            "vault-password",
            "value of device_passwords_layout must be",
        ),
    ],
)
def test_what_cannot_be_done_is_told_without_asking_the_service(
    arguments: tuple[str, ...], vault: str | None, words: str, desk: Desk, sandbox: Sandbox
) -> None:
    run = desk.playbook(PLAYBOOK, *arguments, vault=vault)
    assert run.status != 0
    assert words in run.said
    assert "Traceback" not in run.said
    assert not sandbox.requests()["calamp"]["by_path"]
    assert desk.files() == {}


def test_wrong_credentials_are_told_and_nothing_is_written(desk: Desk) -> None:
    run = desk.playbook(PLAYBOOK, *TRACKERS, "-vvvv", CALAMP_PASSWORD="fake-wrong-password")
    assert run.status != 0
    assert "the user 'sandbox@example.com' with this password is not accepted (401)" in run.said
    assert "fake-wrong-password" not in run.said
    assert desk.files() == {}


def test_a_file_of_somebody_else_is_named_and_left_alone(desk: Desk, sandbox: Sandbox) -> None:
    foreign = desk.inventory / HOST_FILES[1]
    foreign.parent.mkdir(parents=True)
    foreign.write_text("device_password: fake-by-hand\n")
    run = desk.playbook(PLAYBOOK, *TRACKERS)
    assert run.status != 0
    assert f"{foreign} was not written by edgeops.device_trust.password_inventory and is not replaced" in run.said
    assert desk.files() == {HOST_FILES[1]: b"device_password: fake-by-hand\n"}
    assert not sandbox.requests()["calamp"]["by_path"]


def test_missing_devices_and_hosts_without_a_number(desk: Desk) -> None:
    desk.hosts(tracker_1={"esn": "1110110001"}, tracker_8={}, tracker_9={"esn": "42"})
    refused = desk.playbook(PLAYBOOK, *TRACKERS)
    assert "1 hosts do not have the variable esn: tracker-8." in refused.said
    warned = desk.playbook(PLAYBOOK, *TRACKERS, "-e", "device_passwords_missing=warn").ok()
    assert "Skipping ESN 42 of host tracker-9: the password manager has no password for it" in warned.said
    assert "1 written, 0 removed, 0 unchanged, 1 missing" in warned.said
    assert list(desk.files()) == [HOST_FILES[0]]


def test_hosts_that_left_the_inventory_are_pruned_when_asked(desk: Desk) -> None:
    desk.playbook(PLAYBOOK, *TRACKERS).ok()
    desk.hosts(tracker_1={"esn": "1110110001"})
    assert desk.playbook(PLAYBOOK, *TRACKERS).ok().recap("changed") == 0
    prune = (*TRACKERS, "-e", "device_passwords_prune=true")
    checked = desk.playbook(PLAYBOOK, *prune, "--check", "--diff").ok()
    assert "2 removed" in checked.said
    assert "-tracker-2: device_password: ESN 1110110002" in checked.said
    assert len(desk.files()) == 3
    desk.playbook(PLAYBOOK, *prune).ok()
    assert list(desk.files()) == [HOST_FILES[0]]


def test_prune_spares_hosts_of_other_groups_and_hosts_that_lost_their_number(desk: Desk) -> None:
    trackers: dict[str, dict[str, object]] = {
        f"tracker-{number}": {"esn": f"111011000{number}"} for number in (1, 2, 3)
    }
    write_groups(desk, trackers=trackers, cameras={"camera-1": {"esn": "1110110004"}})
    desk.playbook(PLAYBOOK, *TRACKERS).ok()
    desk.playbook(PLAYBOOK, "-e", "device_passwords_group=cameras").ok()
    before = desk.files()
    # A mistyped variable, and a host that went to another group.
    moved: dict[str, dict[str, object]] = {"tracker-1": {"esn": "1110110001"}, "tracker-2": {"ens": "1110110002"}}
    write_groups(desk, trackers=moved, cameras={"camera-1": {}, "tracker-3": {}})
    assert "0 written, 0 removed" in prune(desk, "-e", "device_passwords_missing=warn").said
    assert desk.files() == before
    write_groups(desk, trackers=moved, cameras={"tracker-3": {}})
    assert "0 written, 1 removed" in prune(desk, "-e", "device_passwords_missing=skip").said
    assert list(desk.files()) == HOST_FILES
    # What is named one by one is all there is.
    desk.play([inventory_task(desk, devices={"tracker-1": "1110110001"}, prune=True)]).ok()
    assert list(desk.files()) == HOST_FILES[:1]


@pytest.mark.parametrize("layout", ["host", "group"])
def test_passwords_that_the_service_lost_stay_with_their_host(layout: str, tmp_path: Path) -> None:
    def device(number: int, **more: str) -> dict[str, str]:
        return {"atCmdSms": f"Fakepw{number}", "wifi0": f"Fakewifi{number}", "modifiedOn": "2026-01-01", **more}

    with exotic_service({str(number): device(number) for number in (1001, 1002, 1003, 1004)}) as service:
        devices = service.devices = dict(service.devices)
        desk = Desk(tmp_path, service.environment)
        desk.hosts(site={"esn": ["1001", "1002"]}, tracker_3={"esn": "1003"}, tracker_4={"esn": "1004"})
        both = {"layout": layout, "group": "trackers", "hosts": "trackers", "devices": None, "missing": "skip"}
        task = inventory_task(desk, **both, fields=["atCmdSms", "wifi0"])
        desk.play([task]).ok()
        before = desk.files()
        lost = devices.pop("1002")
        devices["1003"] = {"atCmdSms": "Fakepw1003", "modifiedOn": "2026-01-01"}
        assert desk.play([task]).ok().recap("changed") == 0
        assert desk.files() == before
        # Another host has to be written, in the group's file as well.
        devices["1004"] = device(1004, atCmdSms="Fakenew4", modifiedOn="2026-02-02")
        only = {"ansible.builtin.assert": {"that": "outcome.changed_hosts == ['tracker-4']"}}
        desk.play([task, only]).ok()

        def read(value: Any) -> Any:
            return json.loads(value) if layout == "host" else value

        shown = {host: read(value) for host, value in show(desk).items()}
        assert shown["site"].keys() == {"1001", "1002"}
        assert shown["tracker-3"]["wifi0"] == "Fakewifi1003"
        assert shown["tracker-4"]["atCmdSms"] == "Fakenew4"
        # Something else of the host: it gets what there is, and all of it when the service has it again.
        devices["1001"] = device(1001, atCmdSms="Fakenew1", modifiedOn="2026-02-02")
        desk.play([task, {"ansible.builtin.assert": {"that": "outcome.changed_hosts == ['site']"}}]).ok()
        assert read(show(desk)["site"]) == {"1001": {"atCmdSms": "Fakenew1", "wifi0": "Fakewifi1001"}}
        devices["1002"] = lost
        desk.play([task]).ok()
        assert read(show(desk)["site"]).keys() == {"1001", "1002"}


@pytest.mark.parametrize("layout", ["host", "group"])
def test_the_passwords_of_several_devices_are_named_as_the_list_says_now(layout: str, tmp_path: Path) -> None:
    device = {"atCmdSms": "Fakepw1", "modifiedOn": "2026-01-01", "mac": "00:11:22:AA:BB:CC"}
    with exotic_service({"1001": device}) as service:
        desk = Desk(tmp_path, service.environment)
        options = {"layout": layout, "group": "trackers", "hosts": "trackers", "devices": None, "key": "mac"}
        task = inventory_task(desk, **options, key_variable="mac")
        for mac in ("0011.22aa.bbcc", "00:11:22:AA:BB:CC", "00-11-22-aa-bb-cc"):
            desk.hosts(site={"mac": [mac]})
            assert desk.play([task]).ok().recap("changed") == 1
            shown = show(desk)["site"]
            assert (json.loads(shown) if layout == "host" else shown) == {mac: "Fakepw1"}
            assert desk.play([task]).ok().recap("changed") == 0
        desk.hosts(site={"mac": ["00:11:22:AA:BB:CC"]})
        said = desk.play([task, {"ansible.builtin.debug": {"var": "outcome.reasons"}}]).ok().said
        assert "devices written in another way" in said


def test_a_host_may_have_any_name_where_no_directory_is_named_after_it(desk: Desk) -> None:
    hosts = {"site/tracker-1": {"esn": "1110110001"}, ".tracker-2": {"esn": "1110110002"}}
    (desk.inventory / "hosts.json").write_text(json.dumps({"trackers": {"hosts": hosts}}))
    desk.play([{"edgeops.device_trust.password_prefetch": {"hosts": "trackers"}}]).ok()
    desk.playbook(PLAYBOOK, *GROUP).ok()
    assert show(desk) == {"site/tracker-1": PASSWORDS["tracker-1"], ".tracker-2": PASSWORDS["tracker-2"]}
    place = {"path": str(desk.inventory), "layout": "group", "group": "trackers", "hosts": "trackers"}
    audit = {"edgeops.device_trust.password_audit": {**place, "fail_on": ["missing", "different", "unvaulted"]}}
    desk.play([audit]).ok()
    refused = desk.playbook(PLAYBOOK, *TRACKERS)
    assert refused.status != 0
    assert "the host name '.tracker-2' cannot be a directory" in refused.said
    assert "the host name 'site/tracker-1' cannot be a directory" in refused.said


def test_the_options_of_the_action_are_checked_and_its_result_is_data(desk: Desk) -> None:
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"devices": {"a": "1"}, "layout": "group"}, "group"),
        ({"fields": ["password"]}, "value of fields must be one or more of"),
        ({"timeout": 0}, "timeout must be more than 0"),
        ({"colour": "red"}, "colour"),
    ]
    tasks: list[dict[str, Any]] = []
    for options, words in wrong:
        tasks.append({**inventory_task(desk, **options), "ignore_errors": True})
        tasks.append({"ansible.builtin.assert": {"that": ["outcome is failed", f"{words!r} in outcome.msg"]}})
    devices: dict[str, object] = {"tracker-1": 1110110001, "site": ["1110110002", "1110110003"], "tracker-9": "42"}
    tasks += [
        inventory_task(desk, devices=devices, missing="skip"),
        {
            "ansible.builtin.assert": {
                "that": [
                    "outcome is changed",
                    "outcome.changed_hosts == ['site', 'tracker-1']",
                    "outcome.reasons == {'site': 'new', 'tracker-1': 'new'}",
                    "outcome.removed_hosts == []",
                    "outcome.unchanged == 0",
                    "outcome.missing == [{'host': 'tracker-9', 'key': 'esn', 'device': '42', 'field': none}]",
                    "outcome.requests == 2",
                    "'diff' not in outcome",
                ]
            }
        },
    ]
    desk.play(tasks).ok()


def test_the_number_of_a_host_is_the_one_that_ansible_would_compute(desk: Desk) -> None:
    numbers = [str(1110110000 + number) for number in range(1, 9)]
    desk.hosts(
        plain={"esn": numbers[0]}, overridden={"esn": "42"}, in_folder={"esn": "42"}, template={"esn": "{{ own }}"},
        fact={"esn": "42"}, grouped={}, several={"esn": [numbers[6], numbers[7]]}, lacking={"esn": None},
    )  # fmt: skip
    variables = {
        "host_vars/overridden.yml": {"esn": numbers[1]},
        "host_vars/in-folder/main.yml": {"esn": numbers[2]},
        "host_vars/template.json": {"own": numbers[3]},
        "group_vars/trackers.json": {"esn": numbers[5]},
    }
    for name, content in variables.items():
        path = desk.inventory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content))
    fact = {
        "ansible.builtin.set_fact": {"esn": numbers[4]},
        "delegate_to": "fact",
        "delegate_facts": True,
    }
    write = {
        "edgeops.device_trust.password_inventory": {
            "path": str(desk.inventory), "hosts": "trackers:!localhost", "key_variable": "esn", "missing": "warn",
            "layout": "group", "group": "elsewhere",
        },
        "register": "outcome",
    }  # fmt: skip
    run = desk.play([fact, write, {"ansible.builtin.debug": {"var": "outcome.unnumbered"}}]).ok()
    assert "Skipping lacking: it does not have the variable esn" in run.said
    record = json.loads(desk.files()["group_vars/elsewhere/.device_passwords.vault.record.json"])
    taken = {host: [device["esn"] for device in entry["devices"]] for host, entry in record["hosts"].items()}
    hosts = ["plain", "overridden", "in-folder", "template", "fact", "grouped"]
    assert taken == {host: [number] for host, number in zip(hosts, numbers, strict=False)} | {"several": numbers[6:]}


def test_an_operator_may_use_the_action_through_module_defaults(desk: Desk, sandbox: Sandbox) -> None:
    calamp = sandbox.ready["calamp"]
    defaults = {name: calamp[name] for name in ("username", "password", "app_key")} | {"api_url": calamp["url"]}
    block = {
        "module_defaults": {"group/edgeops.device_trust.device_passwords": defaults},
        "block": [inventory_task(desk)],
    }
    run = desk.play([block], "-vvvv", **dict.fromkeys(desk.service, "")).ok()
    assert len(desk.files()) == 3
    assert calamp["password"] not in run.said.replace(str(desk.path), "")


def test_five_hundred_hosts_are_one_retrieval_and_their_inventory_survives_a_copy(desk: Desk, sandbox: Sandbox) -> None:
    desk.hosts(**{f"tracker_{number}": {"esn": str(1110110000 + number)} for number in range(1, 502)})
    run = desk.playbook(PLAYBOOK, *TRACKERS).ok()
    assert "501 written, 0 removed, 0 unchanged, 0 missing, with 3 requests." in run.said
    before = desk.files()
    assert len(before) == 501
    salts = {content.splitlines()[5][:64] for content in before.values()}
    assert len(salts) == 501
    copied = desk.path / "copied"
    shutil.copytree(desk.inventory, copied)
    shutil.rmtree(desk.inventory)
    copied.rename(desk.inventory)
    assert desk.playbook(PLAYBOOK, *TRACKERS).ok().recap("changed") == 0
    assert desk.files() == before
    by_status = {entry["status"] for entry in sandbox.requests()["calamp"]["last"]}
    assert by_status == {200}
