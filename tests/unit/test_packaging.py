# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said in more than one file of the packaging is said alike."""

from __future__ import annotations

import re
import tomllib
from itertools import chain
from pathlib import Path
from typing import Any

import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
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


def supported(row: str) -> list[str]:
    """The versions in a row of the README's table of what is supported."""
    (found,) = re.findall(rf"^\| {row} \| (.+) \|$", (ROOT / "README.md").read_text(), re.MULTILINE)
    return [version.strip() for version in found.split(",")]


def test_the_readme_supports_the_pythons_that_the_wheel_allows() -> None:
    allowed = SpecifierSet(pyproject()["project"]["requires-python"])
    classified = re.findall(r"Python :: (3\.\d+)", " ".join(pyproject()["project"]["classifiers"]))

    assert supported("Python") == classified
    assert classified == [f"3.{minor}" for minor in range(30) if f"3.{minor}" in allowed]


def test_the_readme_supports_the_ansible_core_that_the_collection_requires_and_the_tools_know() -> None:
    required = SpecifierSet(from_yaml("meta/runtime.yml")["requires_ansible"])
    cores = supported("ansible-core")
    locked = [str(requirement.specifier) for requirement in all_locked("ansible-core")]

    assert all(f"{core}.0" in required for core in cores)
    assert "2.18.99" not in required
    assert cores == sorted(
        path.stem.removeprefix("ignore-") for path in (ROOT / "tests" / "sanity").glob("ignore-*.txt")
    )
    assert {pin.removeprefix("==").rpartition(".")[0] for pin in locked} == {cores[0], cores[-1]}


def test_galaxy_is_told_what_the_readme_supports() -> None:
    """galaxy.yml has no field for it: who looks the collection up reads the description."""
    cores, pythons = supported("ansible-core"), supported("Python")

    assert (
        f"For ansible-core {', '.join(cores)} and Python {', '.join(pythons)}."
        in from_yaml("galaxy.yml")["description"]
    )


def all_locked(name: str) -> list[Requirement]:
    lines = (ROOT / "requirements-dev.txt").read_text().splitlines()
    return [Requirement(line) for line in lines if line.startswith(f"{name}==")]


def test_the_tools_environments_are_locked_and_name_no_host() -> None:
    folder = ROOT / "tools" / "environments"
    wanted = {path.stem for path in folder.glob("*.in")}

    assert {path.stem for path in folder.glob("*.txt")} == wanted
    for family in wanted:
        locked = (folder / f"{family}.txt").read_text()
        direct = requirements((folder / f"{family}.in").read_text().splitlines())
        assert "://" not in locked
        assert direct.keys() <= requirements(locked.splitlines()).keys(), f"{family}: run `make lock`"


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
