# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The EXAMPLES of what is about passwords and reader tokens run, as they are printed; only addresses and devices of
this machine stand for those that they name.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.edgeops.device_trust.plugins.module_utils._live.mt20w.codec import SiteKey, make_token
from tests.integration.passwords.plays import Desk
from tests.integration.test_examples import text_of
from tests.support.playbooks import PLAY, run_tasks
from tests.support.sandbox import Sandbox
from tests.support.sms_gateway import SmsGateway, sms_gateway

TRACKERS = {f"tracker_{number}": {"esn": f"111011000{number}"} for number in (1, 2)}
GATEWAYS = ["359698070000003", "359698070000005"]
SERIAL, SCAN = "A0C1777700000017", {"Primary": " MmBz+Li+C3Pk5GNR8oSsjWY6qa958PdTSAQS4RcbwCk="}


@pytest.fixture
def gateway() -> Iterator[SmsGateway]:
    with sms_gateway() as listening:
        yield listening


@pytest.fixture
def desk(tmp_path: Path, sandbox: Sandbox) -> Desk:
    devices = [{"esn": f"55500{imei[-1]}", "imei": imei} for imei in GATEWAYS]
    sandbox.reset({"calamp": {"test_devices": True, "devices": devices}})
    made = Desk(tmp_path, sandbox.env())
    made.hosts(**TRACKERS)
    return made


def plays_of(kind: str, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load(text_of(kind, name))
    return found


def test_examples_of_password_audit(desk: Desk) -> None:
    """On an inventory that the first example of password_inventory has made."""
    (desk.path / "inventories" / "production").mkdir(parents=True)
    (desk.path / "make.yml").write_text(yaml.safe_dump(plays_of("modules", "password_inventory")[:1]))
    (desk.path / "audit.yml").write_text(text_of("modules", "password_audit"))

    desk.playbook("make.yml").ok()
    assert '"tracker-1", "tracker-2"' in desk.playbook("audit.yml").ok().said


def test_examples_of_password_prefetch(desk: Desk) -> None:
    (desk.path / "prefetch.yml").write_text(text_of("modules", "password_prefetch"))

    assert desk.playbook("prefetch.yml", vault=None).ok().recap("ok", "tracker-2") == 1


def test_examples_of_the_password_lookups(desk: Desk) -> None:
    """Beside a group file that password_inventory has made."""
    write = {
        "path": "inventory",
        "layout": "group",
        "group": "gateways",
        "key": "imei",
        "devices": {f"gateway-{number}": imei for number, imei in enumerate(GATEWAYS, 1)},
    }
    desk.play([{"edgeops.device_trust.password_inventory": write}]).ok()
    (desk.path / "group_vars").symlink_to(desk.inventory / "group_vars")
    tasks = [*plays_of("lookup", "device_password"), *plays_of("lookup", "inventory_password")]

    run = desk.play(tasks, hosts="trackers", variables={"imeis": GATEWAYS})
    assert run.ok().recap("ok", "tracker-1") == len(tasks)


def test_examples_of_the_password_filters(desk: Desk, gateway: SmsGateway) -> None:
    console = desk.path / "console"
    text = text_of("filter", "at_command").replace("/dev/ttyUSB0", str(console))
    text = text.replace("https://sms.example.com", gateway.url)
    tasks = [*yaml.safe_load(text), *plays_of("filter", "password_support")]
    variables = {"phone": "+10000000001", "platform": "router_linux", "firmware": "4.1f"}
    secret = {"device_password": "{{ lookup('edgeops.device_trust.device_password', esn) }}"}

    run = desk.play(tasks, "--limit", "tracker-1", hosts="trackers", variables={**variables, **secret})
    assert run.ok().recap("ok", "tracker-1") == len(tasks)
    assert console.read_text().startswith('AT$PW "')
    assert "!R0" in gateway.messages[0].body


def test_examples_of_what_makes_and_reads_reader_tokens(tmp_path: Path, sandbox: Sandbox) -> None:
    """One after the other, as a reader does: the host's answer to the first has the number for the next."""
    host = sandbox.ready["mt20w"]
    number = plays_of("lookup", "driver_number")
    scan = yaml.safe_load(text_of("filter", "driver_token").replace("https://access.example.com", host["url"]))
    scan[0]["register"] = "answer"
    tasks = [*number, *scan, *plays_of("filter", "last_connected"), *plays_of("filter", "driver_token_verify")]
    token = make_token(SiteKey.from_hex(host["site_key"]), SERIAL, "20180919105017")
    variables = {"vault_site_key": host["site_key"], "scan": SCAN, "token": token}

    run = run_tasks(tasks, tmp_path, sandbox=sandbox, play={"vars": {**PLAY["vars"], **variables}})
    assert run.rc == 0, run.output
    assert [task.status for task in run.tasks] == ["ok"] * len(tasks)
