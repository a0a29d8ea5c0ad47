# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ansible can read the documentation of every plugin, and it says what users of a collection look for."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.module_utils.basic import AnsibleModule

COLLECTION = "edgeops.device_trust"
ROOT = Path(__file__).resolve().parents[2]
PLUGINS = ROOT / "plugins"
FOLDERS = {"module": "modules", "lookup": "lookup", "filter": "filter", "inventory": "inventory"}
ACTION_GROUPS = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text())["action_groups"]


def names(kind: str) -> list[str]:
    """The plugins of a kind: by their files, and for filters, of which a file may hold several, by their pages."""
    pattern = "*.yml" if kind == "filter" else "*.py"
    return sorted(path.stem for path in (PLUGINS / FOLDERS[kind]).glob(pattern) if not path.stem.startswith("_"))


@cache
def documented(kind: str) -> dict[str, Any]:
    """What ansible-doc says, by name."""
    ran = subprocess.run(
        [
            *(Path(sys.executable).with_name("ansible-doc"), "--type", kind, "--json"),
            *(f"{COLLECTION}.{name}" for name in names(kind)),
        ],
        capture_output=True,
        text=True,
        env={**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".dev")},
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    found: dict[str, Any] = json.loads(ran.stdout)
    return {name.removeprefix(f"{COLLECTION}."): entry for name, entry in found.items()}


def tasks(examples: Any) -> Iterator[dict[str, Any]]:
    """Every task in examples: they may be tasks, plays, or blocks of both."""
    for entry in examples if isinstance(examples, list) else []:
        nested = [entry.get(key) for key in ("tasks", "pre_tasks", "post_tasks", "handlers", "block", "rescue")]
        if any(nested):
            for inner in nested:
                yield from tasks(inner)
        else:
            yield entry


def strangers(given: Any, options: Mapping[str, Any], path: str = "") -> Iterator[str]:
    """What is given and is no option, in options within options too."""
    for each in given if isinstance(given, list) else [given]:
        for name, value in each.items() if isinstance(each, dict) else ():
            if name not in options:
                yield f"{path}{name}"
            elif options[name].get("suboptions"):
                yield from strangers(value, options[name]["suboptions"], f"{path}{name}.")


class Made(Exception):
    """A module has been made with this specification of its arguments."""


def specification(module: str, monkeypatch: pytest.MonkeyPatch) -> Mapping[str, Any]:
    """The options as Ansible checks them: those of the action where it does all of the work, else the module's."""
    package = f"ansible_collections.{COLLECTION}.plugins"
    if (PLUGINS / "action" / f"{module}.py").exists():
        action = importlib.import_module(f"{package}.action.{module}")
        if hasattr(action, "_ARGUMENTS"):
            return dict(action._ARGUMENTS)

    def made(_module: AnsibleModule, argument_spec: Mapping[str, Any], **_rest: Any) -> None:
        raise Made(argument_spec)

    monkeypatch.setattr(AnsibleModule, "__init__", made)
    with pytest.raises(Made) as caught:
        importlib.import_module(f"{package}.modules.{module}").main()
    return dict(caught.value.args[0])


def compared(options: Mapping[str, Any], suboptions: str) -> dict[str, Any]:
    """What a user relies on, of options as they are documented or specified."""
    return {
        name: {
            "type": option.get("type") or "str",
            "elements": option.get("elements"),
            "required": bool(option.get("required")),
            "default": option.get("default"),
            "choices": sorted(option.get("choices") or []),  # documented choices may have a description each
            "aliases": sorted(option.get("aliases") or []),
            "suboptions": compared(option.get(suboptions) or {}, suboptions),
        }
        for name, option in options.items()
    }


@pytest.mark.parametrize("module", names("module"))
def test_the_options_of_a_module_are_the_documented_ones(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    specified = compared(specification(module, monkeypatch), "options")

    assert specified == compared(documented("module")[module]["doc"].get("options", {}), "suboptions")


@pytest.mark.parametrize("kind", FOLDERS)
def test_ansible_doc_reads_every_plugin(kind: str) -> None:
    assert sorted(documented(kind)) == names(kind)
    assert all(entry["doc"]["description"] and entry["examples"] for entry in documented(kind).values())


@pytest.mark.parametrize("kind", FOLDERS)
def test_every_plugin_says_since_when_it_is_there_and_what_to_read_next(kind: str) -> None:
    assert [name for name, entry in documented(kind).items() if not entry["doc"].get("version_added")] == []
    assert [name for name, entry in documented(kind).items() if not entry["doc"].get("seealso")] == []


@pytest.mark.parametrize("module", names("module"))
def test_every_module_says_what_it_supports(module: str) -> None:
    entry = documented("module")[module]["doc"]
    attributes = entry["attributes"]

    assert attributes["check_mode"]["support"] == "full"
    assert attributes["diff_mode"]["support"] in ("full", "N/A", "none")
    (group,) = (group for group, members in ACTION_GROUPS.items() if module in members)
    membership = attributes["action_group"]["membership"]
    assert f"{COLLECTION}.{group}" in ([membership] if isinstance(membership, str) else membership)


@pytest.mark.parametrize("module", names("module"))
def test_the_examples_of_a_module_give_options_that_it_has(module: str) -> None:
    seen = 0
    for examples in yaml.safe_load_all(documented("module")[module]["examples"]):
        for task in tasks(examples):
            assert task.get("name"), task
            for action, given in task.items():
                if action.startswith(f"{COLLECTION}."):
                    options = documented("module")[action.removeprefix(f"{COLLECTION}.")]["doc"]["options"]
                    assert list(strangers(given, options)) == []
                    seen += action.endswith(f".{module}")
    assert seen


@pytest.mark.parametrize("module", names("module"))
def test_every_module_is_run_by_a_test(module: str) -> None:
    plays = [*(ROOT / "tests" / "integration").rglob("*.yml"), *(ROOT / "tests" / "integration").rglob("*.py")]

    assert any(f"{COLLECTION}.{module}" in text or f'"{module}"' in text for text in map(Path.read_text, plays))
