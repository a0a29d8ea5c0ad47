# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The EXAMPLES of the documentation run, as they are printed, against a sandbox that has what they speak of."""

from __future__ import annotations

import ast
import base64
import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import yaml

from tests.integration.certified import SEED as CERTIFIED
from tests.integration.passwords.plays import Desk
from tests.support.playbooks import COLLECTION, COLLECTIONS, PLAY, Run, run_inventory, run_tasks
from tests.support.sandbox import Sandbox

PLUGINS = COLLECTIONS / "ansible_collections" / "edgeops" / "device_trust" / "plugins"
FLEET = Path(__file__).parent / "fleet"
SEED = {
    **CERTIFIED,
    "tags": [*CERTIFIED["tags"], "downtown", "pilot-2024"],
    "root_cas": [
        *CERTIFIED["root_cas"],
        {"name": "fleet.example.com", "ca_validity_days": 3650, "device_validity_days": 365},
    ],
    "whitelist": {"ids": [*CERTIFIED["whitelist"]["ids"], "0002000089282256"]},
    "webhooks": [
        *CERTIFIED["webhooks"],
        {
            "url": "https://hooks.example.com/ublox",
            "type": "DEVICE_BOOTSTRAP_EVENT",
            "token": "fake-earlier-hook-token",
        },
        {"url": "https://hooks.example.com/ublox", "type": "DEVICE_ERRORS_EVENT", "token": "fake-earlier-hook-token"},
    ],
    "calamp": {
        "test_devices": True,
        "devices": [{"esn": f"555000{n}", "imei": f"35969807000000{n}"} for n in (3, 5)],
    },
}
"""What the examples take for granted, beside the default seed, in which the trackers have certificates."""
DEVICE = "0002000089280001"
ENV = {"HOOK_TOKEN": "fake-hook-token-1", "AUDIT_TOKEN": "fake-audit-token-1"}
PER_RUN = 9


def text_of(kind: str, name: str) -> str:
    """The EXAMPLES of a plugin."""
    beside = PLUGINS / kind / f"{name}.yml"
    if beside.exists():
        return str(yaml.safe_load(beside.read_text())["EXAMPLES"])
    for node in ast.parse((PLUGINS / kind / f"{name}.py").read_text()).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "EXAMPLES":
            return str(ast.literal_eval(node.value))
    raise AssertionError(f"{kind}/{name} has no EXAMPLES")


def modules() -> list[str]:
    """The modules for u-blox Security Services."""
    texts = {path.stem: path.read_text() for path in (PLUGINS / "modules").glob("*.py")}
    return sorted(name for name, text in texts.items() if "edgeops.device_trust.ublox" in text)


def tasks_of(kind: str, name: str) -> Iterator[dict[str, Any]]:
    """The tasks of a plugin's examples; those of a module on a fresh account of their own."""
    first, *others = (_named(task, name) for task in yaml.safe_load(text_of(kind, name)))
    if kind == "modules":
        first["vars"] = {**first.get("vars", {}), "sandbox": [{"path": "/state/reset", "body": SEED}]}
    yield from (first, *others)


def _named(task: Mapping[str, Any], plugin: str) -> dict[str, Any]:
    """The task, also in a block, with the plugin's name before its own."""
    inside = {"block": [_named(inner, plugin) for inner in task["block"]]} if "block" in task else {}
    return {**task, **inside, "name": f"{plugin}: {task['name']}"}


def count_of(tasks: list[Mapping[str, Any]]) -> int:
    """How many tasks these are, with those in blocks."""
    return sum(count_of(task["block"]) if "block" in task else 1 for task in tasks)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the plays are: beside the files that examples name."""
    folder = tmp_path_factory.mktemp("operator")
    shutil.copytree(FLEET, folder, dirs_exist_ok=True)
    production = folder / "desired" / "production"
    production.mkdir(parents=True)
    (production / "tags.yml").write_text("version: 1\ntags: [cold-chain]\n")
    return folder


@pytest.fixture(scope="module")
def run_of(folder: Path, sandbox_process: Sandbox) -> Callable[[str, str], Run]:
    """The run in which the examples of a plugin are; a few plugins share one."""

    @cache
    def run_of_group(group: int) -> Run:
        sandbox_process.reset(SEED)
        tasks = [task for kind, name in GROUPS[group] for task in tasks_of(kind, name)]
        variables = {"hook_token": ENV["HOOK_TOKEN"], **message_of(sandbox_process)}
        play = {"vars": {**PLAY["vars"], **variables}}
        return run_tasks(tasks, folder, sandbox=sandbox_process, env=ENV, play=play)

    return lambda kind, name: run_of_group(next(n for n, group in enumerate(GROUPS) if (kind, name) in group))


def message_of(sandbox: Sandbox) -> Mapping[str, str]:
    """A message as a device sends it, and the identity of its key."""
    words = {"id": DEVICE, "plaintext": base64.b64encode(b"temperature=4.5").decode()}
    message = sandbox.control("POST", "/fleet/encrypt", words)
    sealed = base64.b64decode(message["body"]) + base64.b64decode(message["mac"])
    return {"message": message["header"] + sealed.hex(), "key_id": message["key_id"]}


ASKING = [
    ("lookup", "e2e_parameters"),
    ("lookup", "e2e_symmetric_key"),
    ("filter", "e2e_decrypt"),
    ("lookup", "device_rows"),
]
MODULES = [("modules", name) for name in modules()]
GROUPS = [ASKING, *(MODULES[start : start + PER_RUN] for start in range(0, len(MODULES), PER_RUN))]


@pytest.mark.parametrize(("kind", "name"), [*ASKING, *MODULES])
def test_examples_run_as_they_are_printed(run_of: Callable[[str, str], Run], kind: str, name: str) -> None:
    run = run_of(kind, name)
    own = [task for task in run.tasks if task.name.startswith(f"{name}: ")]

    assert len(own) == count_of(yaml.safe_load(text_of(kind, name))), run.output
    assert [task.name for task in own if task.status != "ok" or task.warnings] == []
    assert kind != "modules" or f"{COLLECTION}.{name}" in {task.action for task in own}


def test_examples_of_mt20w_host_check(folder: Path, sandbox_process: Sandbox) -> None:
    """The host that they name stands for the sandbox's."""
    sandbox_process.reset()
    mt20w = sandbox_process.ready["mt20w"]
    printed = text_of("modules", "mt20w_host_check").replace("https://access.example.com", mt20w["url"])
    key = mt20w["site_key"]
    keys = {"vault_site_key": key, "vault_site_key_new": key, "vault_site_key_old": "00" * 32}

    run = run_tasks(
        yaml.safe_load(printed), folder / "mt20w", sandbox=sandbox_process, play={"vars": {**PLAY["vars"], **keys}}
    )

    assert run.rc == 0, run.output


def test_examples_of_password_inventory(folder: Path, sandbox_process: Sandbox) -> None:
    """Three plays, with the inventory and the vault that they take for granted."""
    sandbox_process.reset(SEED)
    with TemporaryDirectory(prefix="desk-") as short:  # sockets are made there, and their names are limited
        desk = Desk(Path(short), sandbox_process.env())
        (desk.path / "inventories" / "production").mkdir(parents=True)
        desk.hosts(tracker_1={"esn": "1110110001"}, tracker_2={"esn": "1110110002"})
        (desk.path / "plays.yml").write_text(text_of("modules", "password_inventory"))

        ran = desk.run("ansible-playbook", "-i", "inventory", "--vault-id", "production@vault-password", "plays.yml")

        assert ran.ok().recap("changed") == 3
        assert (desk.path / "inventories/production/host_vars/gateway-1/device_passwords.yml").exists()


@pytest.mark.parametrize(
    ("name", "examples"), [("ublox_devices", list(yaml.safe_load_all(text_of("inventory", "ublox_devices"))))]
)
def test_the_examples_of_the_inventory_make_hosts(
    sandbox: Sandbox, tmp_path: Path, name: str, examples: list[Mapping[str, Any]]
) -> None:
    for number, example in enumerate(examples):
        source = tmp_path / f"{number}.{name}.yml"
        source.write_text(yaml.safe_dump(example))
        rc, stdout, stderr = run_inventory(source, tmp_path / "home", "--list", sandbox=sandbox)
        assert rc == 0, stderr
        assert json.loads(stdout)[name]["hosts"], source.read_text()
