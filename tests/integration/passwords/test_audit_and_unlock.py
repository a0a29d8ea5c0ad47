# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The action password_audit, and the role device_unlock, in real plays."""

from __future__ import annotations

import json
import os
import pty
import tty
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.integration.passwords.inventories import GROUP, GROUP_FILE, PLAYBOOK, TRACKERS
from tests.integration.passwords.plays import Desk
from tests.support.sandbox import Sandbox
from tests.support.sms_gateway import SmsGateway, sms_gateway

ROLE = "edgeops.device_trust.device_unlock"


def audit(desk: Desk, **options: Any) -> dict[str, Any]:
    given = {"path": str(desk.inventory), "hosts": "trackers", **options}
    return {"edgeops.device_trust.password_audit": given, "register": "audit", "ignore_errors": True}


def test_an_audit_says_what_is_wrong_and_never_a_password(desk: Desk, sandbox: Sandbox) -> None:
    desk.playbook(PLAYBOOK, *TRACKERS).ok()
    sandbox.control("POST", "/calamp/password", {"esn": "1110110002"})
    desk.hosts(
        tracker_1={"esn": "1110110001"}, tracker_2={"esn": "1110110002"}, tracker_4={"esn": "1110110004"},
        tracker_8={}, tracker_9={"esn": "42"},
    )  # fmt: skip
    before = desk.files()
    said = (
        "4 devices: 1 the service has no such password; 2 unchanged since manufacture; "
        "1 the inventory has another one than the service; 1 not in the inventory; 1 host without a number."
    )
    failed = (
        "1 host without a number (variable esn): tracker-8\nESN 42 of host tracker-9: the service has no such password"
    )
    checks: dict[str, dict[str, Any]] = {
        "audit is not changed and audit is not failed and audit.msg == said": {},
        "audit is not failed and audit.msg == said": {"compare": "dates"},
        "audit is failed and audit.msg == failed": {"fail_on": ["missing"]},
    }
    findings = [
        ("tracker-1", "1110110001", None, "factory"),
        ("tracker-2", "1110110002", "atCmdSms", "different"),
        ("tracker-4", "1110110004", None, "factory"),
        ("tracker-4", "1110110004", "atCmdSms", "unvaulted"),
        ("tracker-9", "42", None, "missing"),
    ]
    wanted = [
        dict(zip(("host", "device", "field", "finding"), item, strict=True)) | {"key": "esn"} for item in findings
    ]
    expected = {"wanted": wanted, "said": said, "failed": failed}
    tasks: list[dict[str, Any]] = []
    for condition, options in checks.items():
        that = [condition, "audit.findings == wanted", "audit.unnumbered == ['tracker-8']", "audit.devices == 4"]
        tasks += [audit(desk, **options), {"ansible.builtin.assert": {"that": that}, "vars": expected}]
    run = desk.play(tasks, "--diff", "-vvvv").ok()
    assert "Nyfuwk83{" not in run.said
    assert desk.files() == before
    # Without a vault secret the dates still tell; nothing can be decrypted.
    alone = desk.play([audit(desk, compare="dates", fail_on=["different"])], vault=None).ok()
    assert "ESN 1110110002 of host tracker-2 (field atCmdSms): the inventory has another one" in alone.said
    refused = desk.play([audit(desk)], vault=None).ok()
    assert "there is no vault secret" in refused.said


def test_an_audit_that_looked_at_nothing_does_not_say_that_all_is_well(desk: Desk) -> None:
    desk.playbook(PLAYBOOK, *TRACKERS).ok()
    everything = ["missing", "different", "unvaulted", "unreadable"]
    for wrong, variable in (({"key": "imei"}, "imei"), ({"key_variable": "serial"}, "serial")):
        for fail_on in ([], everything):
            run = desk.play([audit(desk, fail_on=fail_on, **wrong)]).ok()
            assert run.recap("ignored") == 1
            assert f"None of the 3 hosts of trackers has the variable {variable}. Set key to the number" in run.said
            assert "all is well" not in run.said
    run = desk.play([audit(desk, hosts=None, devices={}), {"ansible.builtin.debug": {"var": "audit.msg"}}]).ok()
    assert "0 devices: there was nothing to look at." in run.said


def test_an_audit_counts_and_names_the_hosts_without_a_number(desk: Desk, sandbox: Sandbox) -> None:
    # Else the devices would have the passwords of the factory, and there would be more to say.
    sandbox.control("POST", "/calamp/password", {"esn": "1110110001"})
    without: dict[str, dict[str, object]] = {f"tracker_{number}": {} for number in range(20, 32)}
    desk.hosts(tracker_1={"esn": "1110110001"}, **without)
    desk.playbook(PLAYBOOK, *TRACKERS, "-e", "device_passwords_missing=skip").ok()
    others = ["different", "unvaulted", "unreadable"]
    listed = (
        "12 hosts without a number (variable esn): tracker-20, tracker-21, tracker-22, tracker-23, tracker-24, "
        "tracker-25, tracker-26, tracker-27, tracker-28, tracker-29, and 2 more"
    )
    for fail_on, condition in {
        (): "audit is not failed and audit.msg == '1 devices: 12 hosts without a number.'",
        tuple(others): "audit is not failed and audit.msg == '1 devices: 12 hosts without a number.'",
        ("missing", *others): f"audit is failed and audit.msg == '{listed}'",
    }.items():
        check = {"ansible.builtin.assert": {"that": [condition, "audit.unnumbered | length == 12"]}}
        desk.play([audit(desk, fail_on=list(fail_on)), check]).ok()
    desk.hosts(tracker_1={"esn": "1110110001"})
    well = {"ansible.builtin.assert": {"that": "audit.msg == '1 devices: all is well.'"}}
    desk.play([audit(desk, fail_on=["missing", *others]), well]).ok()


@pytest.fixture
def console() -> Iterator[tuple[int, str]]:
    """A serial line: the device's end, and the name of ours."""
    device, ours = pty.openpty()
    tty.setraw(ours)
    yield device, os.ttyname(ours)
    os.close(device)
    os.close(ours)


@pytest.fixture
def gateway() -> Iterator[SmsGateway]:
    with sms_gateway(status=202) as listening:
        yield listening


def test_a_device_is_unlocked_over_a_console_a_gateway_or_what_one_has(
    desk: Desk, console: tuple[int, str], gateway: SmsGateway
) -> None:
    password = "Canary{}'\\$?%^= {{ x }}"
    desk.hosts(tracker_1={"esn": "1110110001"})
    own = desk.path / "own.yml"
    own.write_text(
        json.dumps([{"ansible.builtin.copy": {"dest": str(desk.path / "own"), "content": "{{ device_unlock_line }}"}}])
    )
    sms = {
        "device_unlock_tasks": "sms.yml",
        "device_unlock_sms_url": f"{gateway.url}/send",
        "device_unlock_sms_headers": {"X-Key": "fake-gateway-key"},
        "device_unlock_sms_to": "+10000000001",
    }
    prefix = {
        "device_unlock_form": "sms_prefix",
        "device_unlock_command": "!R3,70,0",
        "device_unlock_platform": "lmu32",
    }
    refused = {**sms, **prefix, "device_unlock_platform": "router_linux", "device_unlock_firmware": "4.1e"}
    ways: list[dict[str, Any]] = [
        {"device_unlock_serial_port": console[1]}, sms, {**sms, **prefix}, refused, {"device_unlock_tasks": str(own)},
    ]  # fmt: skip
    run = desk.play(
        [
            {"block": [{"ansible.builtin.include_role": {"name": ROLE}, "vars": way}], "ignore_errors": True}
            for way in ways
        ],
        "-vvvv",
        hosts="trackers",
        variables={"device_password": f"{{% raw %}}{password}{{% endraw %}}"},
    ).ok()
    assert os.read(console[0], 100).decode() == f'AT$PW "{password}"\r'
    assert [json.loads(message.body) for message in gateway.messages] == [
        {"to": "+10000000001", "text": f"!R0P{password}"},
        {"to": "+10000000001", "text": f"!#{password},!R3,70,0"},
    ]
    assert {message.key for message in gateway.messages} == {"fake-gateway-key"}
    assert (desk.path / "own").read_text() == f'AT$PW "{password}"'
    assert "router_linux 4.1e does not understand the form sms_prefix" in run.said
    assert f'AT$PW \\"<{len(password)} characters>\\"' in run.said


@pytest.mark.parametrize("damage", [lambda text: text[:-40], lambda text: text[:-2] + "00"])
def test_an_audit_of_dates_finds_a_damaged_group_file(damage: Callable[[str], str], desk: Desk) -> None:
    desk.playbook(PLAYBOOK, *GROUP).ok()
    task = {
        "edgeops.device_trust.password_audit": {
            "path": str(desk.inventory), "hosts": "trackers", "layout": "group", "group": "trackers",
            "compare": "dates", "fail_on": ["unreadable"],
        },
    }  # fmt: skip
    desk.play([task], vault=None).ok()
    file = desk.inventory / GROUP_FILE
    file.write_text(damage(file.read_text()))
    found = desk.play([task], vault=None)
    assert found.status != 0
    assert "ESN 1110110003 of host tracker-3: in the inventory, but damaged" in found.said
