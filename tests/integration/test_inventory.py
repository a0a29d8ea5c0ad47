# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory plugin ublox_devices, by the real ansible-inventory and ansible-playbook."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.playbooks import COLLECTION, run_inventory, run_playbook
from tests.support.raw import Ublox
from tests.support.sandbox import Sandbox

ALL = [f"00020000892800{number:02d}" for number in (*range(1, 16), 25)]
COLD = ALL[:3]
TEMPLATE = "{{ 7 * 7 }}"
JWT = re.compile(r"eyJ[A-Za-z0-9_-]{8,}\.")


def source(folder: Path, **options: Any) -> Path:
    path = folder / "ublox_devices.yml"
    path.write_text(yaml.safe_dump({"plugin": f"{COLLECTION}.ublox_devices", **options}))
    return path


def listed(sandbox: Sandbox, folder: Path, **options: Any) -> Mapping[str, Any]:
    """What ansible-inventory --list shows."""
    rc, stdout, stderr = run_inventory(source(folder, **options), folder / "home", "--list", sandbox=sandbox)
    assert rc == 0, stderr
    assert "Traceback" not in stderr
    return json.loads(stdout)  # type: ignore[no-any-return]


def asked(sandbox: Sandbox) -> int:
    counts = sandbox.requests()["ublox"]
    return int(counts["reads"] + counts["auth"])


def plain(value: Any) -> Any:
    """Texts that ansible-inventory marks as unsafe, without the mark."""
    return value["__ansible_unsafe"] if isinstance(value, dict) and "__ansible_unsafe" in value else value


def test_devices_are_hosts_grouped_by_tag_profile_state_whitelist_and_blacklist(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    sandbox.settings(page_size=7)

    found = listed(sandbox, tmp_path, details=["PROVISIONING"])

    groups = {name: entry["hosts"] for name, entry in found.items() if "hosts" in entry}
    assert groups == {
        "ublox_devices": ALL,
        "ublox_tag_cold_chain": COLD,
        "ublox_profile_trackers_eu": ALL[:8],
        "ublox_profile_trackers_us": [*ALL[8:12], ALL[-1]],
        "ublox_profile_gateways_lab": ALL[12:15],
        "ublox_state_activated": ALL[:-1],
        "ublox_state_allocated": ALL[-1:],
        "ublox_whitelisted": ALL[:-1],
        "ublox_blacklisted": ALL[-1:],
    }
    gateway = {name: plain(value) for name, value in found["_meta"]["hostvars"][ALL[12]].items()}
    assert gateway["ublox_id"] == ALL[12]
    assert gateway["ublox_profile"] == "gateways-lab"
    assert gateway["ublox_tags"] == []
    assert gateway["ublox_is_whitelisted"] is True
    assert plain(gateway["ublox_desired"]["authorizations"]["LocalDPR"]) == "enabled"
    assert gateway["ublox_certificates"] is None


def test_names_prefixes_and_groups_can_be_chosen(sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox.control("POST", "/portal/device", {"id": "0002000089280030", "profile": "trackers-us"})

    found = listed(
        sandbox,
        tmp_path,
        hostnames=["device_serial_number", "imei"],
        hostvars_prefix="my_",
        group_prefix="",
        profiles=["trackers-us"],
        strict=True,
        groups={"numbered": "my_device_serial_number is not none"},
        keyed_groups=[{"key": "my_type_number", "prefix": "type"}],
        compose={"label": "my_imei ~ '/' ~ my_id"},
    )

    assert found["profile_trackers_us"]["hosts"] == [f"SN0000{n:02d}" for n in (9, 10, 11, 12, 25)] + [
        "0002000089280030"
    ]
    assert found["numbered"]["hosts"] == found["profile_trackers_us"]["hosts"][:-1]
    assert found["type_SARA_R410M_03B_00"]["hosts"]
    assert plain(found["_meta"]["hostvars"]["SN000009"]["label"]) == "862618583900009/0002000089280009"


def test_a_name_that_two_devices_have_is_not_used(sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox.control("POST", "/fleet/seal", {"id": ALL[0], "device_serial": "SN000002"})

    found = listed(sandbox, tmp_path, hostnames=["device_serial_number"], tags=["COLD-chain"])

    assert found["ublox_devices"]["hosts"] == [ALL[0], ALL[1], "SN000003"]


def test_the_cache_is_read_before_any_request_and_holds_no_secret(sandbox: Sandbox, tmp_path: Path) -> None:
    cache = {
        "cache": True,
        "cache_plugin": "ansible.builtin.jsonfile",
        "cache_connection": str(tmp_path / "cache"),
        "cache_timeout": 3600,
    }
    sandbox.settings(webhook_tokens="returned")

    first = listed(sandbox, tmp_path, **cache)
    after_first = asked(sandbox)
    second = listed(sandbox, tmp_path, **cache)

    assert second == first
    assert asked(sandbox) == after_first > 0
    (kept,) = (tmp_path / "cache").iterdir()
    assert ALL[0] in kept.read_text()
    assert sandbox.env()["UBLOX_API_SECRET"] not in kept.read_text()
    assert not JWT.search(kept.read_text())

    assert listed(sandbox, tmp_path, filter="BLACKLISTED", **cache)["ublox_devices"]["hosts"] == ALL[-1:]
    assert asked(sandbox) > after_first, "a cache of other options is no answer"


def test_a_cache_of_another_account_is_not_used(sandbox: Sandbox, tmp_path: Path) -> None:
    cache = {"cache": True, "cache_plugin": "ansible.builtin.jsonfile", "cache_connection": str(tmp_path / "cache")}
    listed(sandbox, tmp_path, **cache)

    other = {"UBLOX_API_KEY": "00000000-fake-fake-fake-0000000000ff"}
    rc, _unused, stderr = run_inventory(
        tmp_path / "ublox_devices.yml", tmp_path / "home", "--list", sandbox=sandbox,
        env={**other, "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "true"},
    )  # fmt: skip

    assert rc != 0
    assert "does not accept this API key and secret" in stderr


def test_values_are_no_templates_and_tasks_for_the_hosts_run_here(sandbox: Sandbox, tmp_path: Path) -> None:
    device = {"id": "0002000089280031", "profile": "trackers-us", "device_serial": TEMPLATE}
    sandbox.control("POST", "/portal/device", device)
    module = {f"{COLLECTION}.device_info": {"ids": ["{{ inventory_hostname }}"], "options": ["CORE"]}}
    play = {
        "hosts": "ublox_devices",
        "gather_facts": False,
        "tasks": [
            {"name": "asks for itself", **module},
            {"name": "shows", "ansible.builtin.debug": {"msg": "{{ ublox_device_serial_number }}"}},
        ],
    }
    (tmp_path / "play.yml").write_text(json.dumps([play]))
    inventory = str(source(tmp_path, profiles=["trackers-us"]))

    run = run_playbook(
        tmp_path / "play.yml", tmp_path / "home", "-i", inventory, "--limit", device["id"], sandbox=sandbox
    )

    assert run.rc == 0, run.output
    assert run["shows"].message == TEMPLATE
    assert run["asks for itself"].result["devices"][0]["device_serial_number"] == TEMPLATE


@pytest.mark.parametrize(
    ("options", "env", "words"),
    [
        ({"tags": ["cold-chian"]}, {}, "ublox_devices: tags: the account has no tag 'cold-chian' (did you mean"),
        ({"profiles": ["trackers-EU"]}, {}, "the account has no profile 'trackers-EU' (did you mean 'trackers-eu'?)"),
        ({}, {"UBLOX_API_SECRET": "fake-wrong"}, "does not accept this API key and secret (401)"),
        ({"api_url": "http://192.0.2.1/"}, {}, "ublox_devices: api_url is plain http to '192.0.2.1'"),
        ({"details": ["EVERYTHING"]}, {}, "details"),
    ],
)
def test_what_cannot_be_read_says_why(
    sandbox: Sandbox, tmp_path: Path, options: dict[str, Any], env: dict[str, str], words: str
) -> None:
    settings = {"ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "true", **env}
    rc, stdout, stderr = run_inventory(
        source(tmp_path, **options), tmp_path / "home", "--list", sandbox=sandbox, env=settings
    )

    assert rc != 0
    assert words in " ".join(stderr.split())
    assert "Traceback (most recent call last)" not in stdout + stderr


def test_many_devices_are_asked_for_in_few_requests(sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox.control("POST", "/fleet", {"count": 1200, "profile": "gateways-lab"})

    found = listed(sandbox, tmp_path)

    assert len(found["ublox_devices"]["hosts"]) == len(ALL) + 1200
    assert sandbox.requests()["ublox"]["by_path"]["/device/info/get"] == 3


def test_credentials_may_come_from_the_file_through_templates(sandbox: Sandbox, tmp_path: Path) -> None:
    secret = "{{ lookup('ansible.builtin.env', 'MY_SECRET') }}"
    raw = Ublox(sandbox).credentials()
    rc, stdout, stderr = run_inventory(
        source(tmp_path, api_secret=secret, filter="BLACKLISTED"), tmp_path / "home", "--list", sandbox=sandbox,
        env={"UBLOX_API_SECRET": "", "MY_SECRET": raw["APISecret"]},
    )  # fmt: skip

    assert rc == 0, stderr
    assert json.loads(stdout)["ublox_blacklisted"]["hosts"] == ALL[-1:]
