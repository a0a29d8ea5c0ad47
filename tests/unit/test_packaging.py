# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said in more than one file of the packaging is said alike."""

from __future__ import annotations

import tomllib
from itertools import chain
from pathlib import Path
from typing import Any

import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]


def pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def from_yaml(name: str) -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load((ROOT / name).read_text())
    return document


def requirements(lines: list[str]) -> dict[str, Requirement]:
    parsed = [Requirement(line) for line in lines if line.strip() and not line.lstrip().startswith("#")]
    return {canonicalize_name(requirement.name): requirement for requirement in parsed}


def runtime_requirements() -> dict[str, Requirement]:
    return requirements(pyproject()["project"]["dependencies"])


def locked_requirements() -> dict[str, Requirement]:
    return requirements((ROOT / "requirements-dev.txt").read_text().splitlines())


def test_the_execution_environment_asks_for_the_same_bounds_as_the_wheel() -> None:
    described = from_yaml("meta/execution-environment.yml")["dependencies"]["python"]
    asked = requirements((ROOT / described).read_text().splitlines())

    wheel = runtime_requirements()
    assert {name: str(asked[name].specifier) for name in asked} == {name: str(wheel[name].specifier) for name in asked}
    assert "ansible-core" not in asked


def test_the_wheel_asks_for_the_ansible_core_that_the_collection_requires() -> None:
    required = from_yaml("meta/runtime.yml")["requires_ansible"]

    lowest = str(runtime_requirements()["ansible-core"].specifier).removeprefix(">=")

    assert required == f">={lowest}.0"


def test_the_wheel_and_the_sanity_tests_start_at_the_same_python() -> None:
    lowest = from_yaml("tests/config.yml")["modules"]["python_requires"]

    assert pyproject()["project"]["requires-python"].split(",")[0] == lowest


def test_every_module_is_in_one_action_group() -> None:
    """One, because a group's defaults are the connection to one service."""
    modules = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("[!_]*.py"))

    assert sorted(chain(*from_yaml("meta/runtime.yml")["action_groups"].values())) == modules


def test_the_lock_file_pins_every_direct_dependency_within_its_bounds() -> None:
    direct = runtime_requirements() | requirements(pyproject()["dependency-groups"]["dev"])
    locked = locked_requirements()

    assert direct.keys() <= locked.keys()
    for name, requirement in direct.items():
        (pin,) = locked[name].specifier
        assert pin.operator == "=="
        assert requirement.specifier.contains(pin.version), f"{name}: run `make lock`"


def test_the_lock_file_names_no_host() -> None:
    assert "://" not in (ROOT / "requirements-dev.txt").read_text()
