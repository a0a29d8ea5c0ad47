# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One file for a group, with real vaults: who may write it, and what becomes of it in merges and in runs at once."""

from __future__ import annotations

import json
import shutil
import subprocess

from tests.integration.passwords.inventories import (
    GROUP,
    GROUP_FILE,
    GROUP_RECORD,
    PASSWORDS,
    PLAYBOOK,
    TRACKERS,
    inventory_task,
    prune,
    show,
    write_groups,
)
from tests.integration.passwords.plays import BIN, SECONDS, Desk
from tests.support.sandbox import Sandbox

REKEYED = "another file than the one written: rekeyed, or a merge of two"


def test_one_file_for_the_group(desk: Desk, sandbox: Sandbox) -> None:
    options = (
        *TRACKERS,
        "-e",
        '{"device_passwords_layout": "group", "device_passwords_fields": ["atCmdSms", "wifi0"]}',
    )
    desk.playbook(PLAYBOOK, *options).ok()
    before = desk.files()
    assert set(before) == {
        "group_vars/trackers/device_passwords.yml",
        GROUP_FILE,
        GROUP_RECORD,
    }
    assert desk.evaluate("device_password", hosts="tracker-1") == {"atCmdSms": "Nyfuwk83{", "wifi0": "Esn-1110110001"}
    assert desk.playbook(PLAYBOOK, *options).ok().recap("changed") == 0
    assert desk.files() == before
    viewed = desk.run(
        "ansible-vault", "view", "--vault-password-file", "vault-password", f"inventory/{GROUP_FILE}"
    ).ok()
    assert set(json.loads(viewed.stdout)["device_password"]) == {"tracker-1", "tracker-2", "tracker-3"}


def test_a_group_file_that_was_rekeyed_is_written_once_with_the_new_secret_and_never_with_the_old(desk: Desk) -> None:
    desk.playbook(PLAYBOOK, *GROUP).ok()
    desk.vault_file("new").write_text("fake-new-vault-password\n")
    desk.run(
        "ansible-vault", "rekey", "--vault-password-file", "vault-password", "--new-vault-password-file", "new",
        f"inventory/{GROUP_FILE}",
    ).ok()  # fmt: skip
    assert show(desk, vault="new").items() > PASSWORDS.items()
    before = desk.files()
    refused = desk.playbook(PLAYBOOK, *GROUP)
    assert refused.status != 0
    assert "cannot be decrypted with the vault secrets of this run; give the secret that it is" in refused.said
    assert desk.files() == before
    written = desk.playbook(PLAYBOOK, *GROUP, "--diff", vault="new").ok()
    assert "3 written" in written.said
    assert f"-tracker-1: {REKEYED}" in written.said
    after = desk.files()
    assert desk.playbook(PLAYBOOK, *GROUP, vault="new").ok().recap("changed") == 0
    assert desk.files() == after
    assert show(desk, vault="new").items() > PASSWORDS.items()


def test_prune_takes_those_who_left_the_group_out_of_its_file_and_nobody_else(desk: Desk) -> None:
    desk.playbook(PLAYBOOK, *GROUP).ok()
    left: dict[str, dict[str, object]] = {"tracker-1": {"esn": "1110110001"}, "tracker-2": {}}
    write_groups(desk, trackers=left, cameras={"tracker-3": {"esn": "1110110003"}})
    assert "0 written, 1 removed" in prune(desk, *GROUP, "-e", "device_passwords_missing=skip").said
    assert list(json.loads(desk.files()[GROUP_RECORD])["hosts"]) == ["tracker-1", "tracker-2"]
    assert desk.evaluate("device_password", hosts="tracker-2") == PASSWORDS["tracker-2"]
    # A task for a part of the group does not take the rest of it away.
    part = inventory_task(desk, layout="group", group="trackers", prune=True, hosts="tracker-1", devices=None)
    assert desk.play([part]).ok().recap("changed") == 0


def test_a_merge_of_two_branches_is_noticed_and_mended(desk: Desk, sandbox: Sandbox) -> None:
    # With names of this length the clear text ends amid a block: an escaped quote more or less leaves the size alone.
    desk.hosts(**{f"tracker_{number:02}": {"esn": f"11101100{number:02}"} for number in range(1, 10)})
    desk.playbook(PLAYBOOK, *GROUP).ok()
    record, base, ours = desk.inventory / GROUP_RECORD, desk.path / "base", desk.path / "ours"
    shutil.copytree(desk.inventory, base)
    sandbox.control("POST", "/calamp/password", {"esn": "1110110001"})
    desk.playbook(PLAYBOOK, *GROUP).ok()
    shutil.copytree(desk.inventory, ours)
    shutil.rmtree(desk.inventory)
    shutil.copytree(base, desk.inventory)
    # The other branch does not have the first change yet, and has another one.
    sandbox.control("POST", "/calamp/password", {"esn": "1110110009"})
    part = inventory_task(desk, layout="group", group="trackers", hosts="tracker-09", devices=None)
    desk.play([part]).ok()
    merge = ["git", "merge-file", "-p", *(str(root / GROUP_RECORD) for root in (ours, base, desk.inventory))]
    conflict = subprocess.run(merge, capture_output=True, text=True, check=False)
    assert conflict.returncode == 1
    assert conflict.stdout.count("<<<<<<<") == 1
    # Whoever takes one side of the line with the digest, and the vault of the other side.
    merged = subprocess.run([*merge[:3], "--ours", *merge[3:]], capture_output=True, text=True, check=True)
    record.write_text(merged.stdout)
    assert len((ours / GROUP_FILE).read_text()) == len((desk.inventory / GROUP_FILE).read_text())
    # A run for one host knows that it does not know the others.
    desk.play([inventory_task(desk, layout="group", group="trackers", hosts="tracker-05", devices=None)]).ok()
    mended = desk.playbook(PLAYBOOK, *GROUP).ok()
    assert "8 written, 0 removed, 1 unchanged" in mended.said
    fetched = "lookup('edgeops.device_trust.device_password', esn)"
    same = {"ansible.builtin.assert": {"that": f"device_password == {fetched}", "quiet": True}, "no_log": True}
    desk.play([same], hosts="trackers").ok()
    assert desk.playbook(PLAYBOOK, *GROUP).ok().recap("changed") == 0


def test_a_group_file_is_not_taken_over_by_another_secret(desk: Desk, sandbox: Sandbox) -> None:
    desk.playbook(PLAYBOOK, *GROUP).ok()
    before = desk.files()
    desk.vault_file("wrong").write_text("fake-wrong-password\n")
    sandbox.control("POST", "/calamp/password", {"esn": "1110110001"})
    refused = desk.playbook(PLAYBOOK, *GROUP, vault="wrong")
    assert refused.status != 0
    assert "give the secret that it is encrypted with, or force to write all anew" in refused.said
    assert desk.files() == before
    forced = desk.playbook(PLAYBOOK, *GROUP, "-e", "device_passwords_force=true", vault="wrong").ok()
    assert "3 written" in forced.said
    assert show(desk, vault="wrong")["tracker-2"] == PASSWORDS["tracker-2"]
    # What is damaged nobody can read any more, with whatever secret.
    file = desk.inventory / GROUP_FILE
    file.write_text(file.read_text()[:-40])
    assert "3 written" in desk.playbook(PLAYBOOK, *GROUP).ok().said
    assert show(desk)["tracker-2"] == PASSWORDS["tracker-2"]


def test_two_runs_at_once_both_get_into_the_file_of_the_group(desk: Desk) -> None:
    hosts = {f"tracker-{number}": f"111011000{number}" for number in (1, 2, 3)}
    plays = []
    for host, esn in hosts.items():
        write = inventory_task(desk, layout="group", group="trackers", devices={host: esn})
        play = {"hosts": "localhost", "gather_facts": False, "tasks": [write]}
        (desk.path / f"{host}.yml").write_text(json.dumps([play]))
        command = ["-i", "inventory", "--vault-password-file", "vault-password", f"{host}.yml"]
        plays.append(subprocess.Popen(
            [str(BIN / "ansible-playbook"), *command],
            cwd=desk.path, env=desk.environment(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        ))  # fmt: skip
    assert [play.wait(SECONDS) for play in plays] == [0, 0, 0]
    desk.wait_for_brokers()
    assert show(desk).keys() == hosts.keys()
    assert desk.playbook(PLAYBOOK, *GROUP).ok().recap("changed") == 0
