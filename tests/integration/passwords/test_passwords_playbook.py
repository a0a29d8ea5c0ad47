# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook passwords: where it writes, what --limit does to it, and the command that it shows."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.integration.passwords.inventories import PASSWORDS, PLAYBOOK, TRACKERS
from tests.integration.passwords.plays import Desk, Run
from tests.support.sandbox import Sandbox

UNLOCK = (*TRACKERS, "--tags", "unlock")
COMMAND = 'AT$PW \\"<9 characters>\\"'
RIGHT = "device_password == lookup('edgeops.device_trust.device_password', esn)"


def bring(desk: Desk, *arguments: str) -> Run:
    return desk.playbook(PLAYBOOK, *TRACKERS, *arguments)


def fields(*names: str) -> tuple[str, str]:
    return "-e", json.dumps({"device_passwords_fields": names})


def source(directory: Path, **hosts: Mapping[str, object]) -> None:
    """A file of an inventory, which has these hosts in the group ``trackers``."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "hosts.json").write_text(json.dumps({"trackers": {"hosts": dict(hosts)}}))


def with_inventories(desk: Desk, inventories: Sequence[str], playbook: str) -> Run:
    """A run with exactly these ``-i``."""
    given = [word for name in inventories for word in ("-i", name)]
    return desk.run("ansible-playbook", *given, "--vault-password-file", "vault-password", playbook, *TRACKERS)


@pytest.mark.parametrize(
    ("inventories", "where"),
    [
        (["inventory"], "inventory"),
        (["other", "inventory/"], "inventory"),
        (["inventory", "inventory/dc1"], "inventory/dc1"),
        (["inventory/dc1/hosts.json"], "inventory/dc1"),
        (["other", "inventory/dc1/hosts.json", "inventory-of-others"], "inventory/dc1"),
    ],
)
def test_passwords_are_written_where_ansible_reads_them(desk: Desk, inventories: list[str], where: str) -> None:
    (desk.inventory / "hosts.json").unlink()
    source(desk.inventory / "dc1", a={"esn": "1110110001"}, b={"esn": "1110110002"})
    (desk.inventory / "dc2").mkdir()
    for beside in ("other", "inventory-of-others"):
        (desk.path / beside).mkdir()
        (desk.path / beside / "hosts.json").write_text('{"gateways": {"hosts": {"c": null}}}')
    with_inventories(desk, inventories, PLAYBOOK).ok()
    written = sorted(str(path.parent.relative_to(desk.path)) for path in desk.path.rglob("device_passwords.yml"))
    assert written == [f"{where}/host_vars/a", f"{where}/host_vars/b"]
    check = {"ansible.builtin.assert": {"that": RIGHT}}
    play = {"hosts": "trackers", "gather_facts": False, "connection": "local", "tasks": [check]}
    (desk.path / "check.yml").write_text(json.dumps([play]))
    run = with_inventories(desk, inventories, "check.yml").ok()
    assert run.recap("ok", "a") == run.recap("ok", "b") == 1


def test_an_inventory_without_a_directory_needs_a_path(desk: Desk) -> None:
    hosts = ("-i", "tracker-1,", "--vault-password-file", "vault-password", "-e", "device_passwords_group=all")
    run = desk.run("ansible-playbook", *hosts, PLAYBOOK)
    assert run.status != 0
    assert "The inventory of all has no directory; set device_passwords_path." in run.said


def test_a_limit_without_localhost_is_refused_and_with_it_narrows_nothing(desk: Desk, sandbox: Sandbox) -> None:
    refused = bring(desk, "--limit", "tracker-2")
    assert refused.status != 0
    assert "localhost does that and --limit leaves it out" in refused.said
    assert "say --limit 'localhost,tracker-2'" in refused.said
    assert desk.files() == {}
    run = bring(desk, "--limit", "localhost,tracker-2").ok()
    assert "3 written, 0 removed, 0 unchanged" in run.said
    assert run.recap("changed") == 1
    assert [line for line in run.stdout.splitlines() if line.startswith("tracker-")] == []
    sandbox.control("POST", "/calamp/password", {"esn": "1110110001"})
    assert "1 written, 0 removed, 2 unchanged" in bring(desk, "--limit", "localhost,tracker-2").ok().said
    nobody = desk.playbook(PLAYBOOK, "-e", "device_passwords_group=nobody", "--limit", "localhost,tracker-2")
    assert nobody.status != 0
    assert "There is no group nobody with hosts in the inventory." in nobody.said


def test_the_command_is_shown_for_the_first_host_or_for_those_of_the_limit(desk: Desk) -> None:
    bring(desk).ok()
    for limit, shown in {(): ["tracker-1"], ("--limit", "tracker-2,tracker-3"): ["tracker-2", "tracker-3"]}.items():
        run = desk.playbook(PLAYBOOK, *UNLOCK, *limit).ok()
        assert [name for name in ("tracker-1", "tracker-2", "tracker-3") if f"ok: [{name}] => {{" in run.said] == shown
        assert run.said.count(COMMAND) == len(shown)


def test_the_command_that_unlocks_a_device_is_shown_without_the_password(desk: Desk, sandbox: Sandbox) -> None:
    desk.playbook(PLAYBOOK, *TRACKERS).ok()
    shown = desk.playbook(PLAYBOOK, *TRACKERS, "--tags", "unlock", "-vvvv").ok()
    assert json.dumps('AT$PW "<9 characters>"') in shown.stdout
    assert PASSWORDS["tracker-1"] not in shown.said
    sandbox.control("POST", "/calamp/password", {"esn": "1110110001"})
    stale = desk.playbook(PLAYBOOK, *TRACKERS, "--tags", "unlock")
    assert stale.status != 0
    assert PASSWORDS["tracker-1"] not in stale.said


@pytest.mark.parametrize("layout", ["host", "group"])
def test_the_command_is_made_of_one_field_of_several(desk: Desk, sandbox: Sandbox, layout: str) -> None:
    where = ("-e", f"device_passwords_layout={layout}")
    several = (*where, *fields("wifi0", "atCmdSms"))
    bring(desk, *several).ok()
    for said in (several, ()):
        assert COMMAND in desk.playbook(PLAYBOOK, *UNLOCK, *said).ok().said
    sandbox.control("POST", "/calamp/password", {"esn": "1110110001"})
    changed = desk.playbook(PLAYBOOK, *UNLOCK, *several)
    assert changed.status != 0
    assert "not the one of the service; fetch the passwords again" in changed.said
    for others in (fields("wifi0"), fields("wifi0", "user")):
        bring(desk, *where, *others).ok()
        lacking = desk.playbook(PLAYBOOK, *UNLOCK, *where, *others)
        assert lacking.status != 0
        assert "The inventory does not have the password atCmdSms of tracker-1, only others" in lacking.said
        assert "not the one of the service" not in lacking.said


@pytest.mark.parametrize("layout", ["host", "group"])
@pytest.mark.parametrize("names", [("atCmdSms",), ("atCmdSms", "wifi0")])
def test_no_command_is_made_for_a_list_of_devices(desk: Desk, layout: str, names: tuple[str, ...]) -> None:
    desk.hosts(tracker_1={"esn": ["1110110001", "1110110002"]})
    options = ("-e", f"device_passwords_layout={layout}", *fields(*names))
    bring(desk, *options).ok()
    refused = desk.playbook(PLAYBOOK, *UNLOCK, *options)
    assert refused.status != 0
    assert "tracker-1 has a list of devices" in refused.said
    assert "not the one of the service" not in refused.said
