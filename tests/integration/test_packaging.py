# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One tree, two artifacts: the wheel and the Galaxy tarball, built and used as a stranger would."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
IN_WHEEL = "ansible_collections/edgeops/device_trust/"
NOT_SOURCE = shutil.ignore_patterns(
    ".git", ".venv", ".dev", ".demo", ".hypothesis", ".*_cache", "__pycache__", "build", "dist", "htmlcov"
)


@dataclass(frozen=True, slots=True)
class Artifacts:
    wheel: Path
    tarball: Path


def run(*command: str | Path, cwd: Path, env: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def artifacts(tmp_path_factory: pytest.TempPathFactory) -> Artifacts:
    tree = tmp_path_factory.mktemp("source") / "tree"
    shutil.copytree(ROOT, tree, ignore=NOT_SOURCE)
    dist = tree.parent / "dist"
    pip_wheel = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation"]
    run(*pip_wheel, "--wheel-dir", dist, ".", cwd=tree)
    galaxy = Path(sys.executable).with_name("ansible-galaxy")
    run(galaxy, "collection", "build", "--output-path", dist, cwd=tree)
    (wheel,) = dist.glob("*.whl")
    (tarball,) = dist.glob("*.tar.gz")
    return Artifacts(wheel, tarball)


@pytest.fixture(scope="module")
def environment(artifacts: Artifacts, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment that holds the wheel and what the wheel asks for, and nothing else."""
    home = tmp_path_factory.mktemp("environment") / "venv"
    venv.create(home, with_pip=False, symlinks=True)
    pip_install: list[str | Path] = [sys.executable, "-m", "pip", "--python", str(home / "bin" / "python"), "install"]
    lock = ROOT / "requirements-dev.txt"
    run(*pip_install, "--no-compile", "--constraint", lock, artifacts.wheel, cwd=home)
    return home


@pytest.fixture
def stranger(environment: Path, tmp_path: Path) -> dict[str, str]:
    """The variables of somebody who has configured nothing."""
    ours = ("ANSIBLE_", "PYTHON", "VIRTUAL_ENV")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return kept | {"HOME": str(tmp_path), "PATH": f"{environment / 'bin'}:/usr/bin:/bin"}


def declared_version() -> str:
    return str(yaml.safe_load((ROOT / "galaxy.yml").read_text())["version"])


def wheel_files(artifacts: Artifacts) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(artifacts.wheel) as archive:
        for name in archive.namelist():
            if name.startswith(IN_WHEEL):
                yield name.removeprefix(IN_WHEEL), archive.read(name)


def tarball_files(artifacts: Artifacts) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(artifacts.tarball) as archive:
        for member in archive.getmembers():
            if content := archive.extractfile(member) if member.isfile() else None:
                yield member.name.removeprefix("./"), content.read()


def digests(files: Iterator[tuple[str, bytes]], folder: str) -> dict[str, str]:
    return {name: hashlib.sha256(content).hexdigest() for name, content in files if name.startswith(f"{folder}/")}


@pytest.mark.parametrize("folder", ["plugins", "roles", "playbooks", "meta", "schemas"])
def test_wheel_and_tarball_hold_the_same_files(artifacts: Artifacts, folder: str) -> None:
    in_wheel = digests(wheel_files(artifacts), folder)

    assert in_wheel
    assert in_wheel == digests(tarball_files(artifacts), folder)


def test_the_same_tree_gives_the_same_bytes_wherever_it_lies(tmp_path: Path) -> None:
    """Also for somebody whose umask keeps files private, and whose clone is a minute younger."""
    built = []
    for number, umask in enumerate((0o022, 0o077)):
        tree = tmp_path / str(number) / "tree"
        shutil.copytree(ROOT, tree, ignore=NOT_SOURCE)
        for file in tree.rglob("*"):
            os.utime(file, (60 * number, 60 * number))
            file.chmod(file.stat().st_mode & ~umask)
        environment = {**os.environ, "BIN": str(Path(sys.executable).parent), "SOURCE_DATE_EPOCH": "1767225600"}
        run("bash", "tools/dist.sh", "dist", cwd=tree, env=environment)
        built.append({path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (tree / "dist").iterdir()})

    assert len(built[0]) == 2
    assert built[0] == built[1]


def test_both_artifacts_carry_the_version_of_galaxy_yml(artifacts: Artifacts) -> None:
    version = declared_version()

    assert artifacts.wheel.name == f"edgeops_device_trust-{version}-py3-none-any.whl"
    assert artifacts.tarball.name == f"edgeops-device_trust-{version}.tar.gz"


def test_the_tarball_holds_what_a_user_needs_and_no_workshop(artifacts: Artifacts) -> None:
    names = {name for name, _unused in tarball_files(artifacts)}
    tops = {name.split("/")[0] for name in names}

    assert {"LICENSE", "LICENSES", "README.md", "changelogs", "docs", "tests"} <= tops
    assert {name for name in names if name.startswith("tests/")} <= {"tests/config.yml"} | {
        name for name in names if name.startswith("tests/sanity/")
    }
    assert not tops & {"Makefile", "pyproject.toml", "requirements-dev.txt", "tools"}
    assert not [name for name in names - {".ansible-lint"} if name.startswith(".") or name.endswith(".pyc")]


def test_ansible_finds_every_module_of_the_wheel(environment: Path, stranger: dict[str, str]) -> None:
    modules = {path.stem for path in (ROOT / "plugins" / "modules").glob("[!_]*.py")}

    ansible_doc = environment / "bin" / "ansible-doc"
    listed = run(ansible_doc, "--list", "--json", "edgeops.device_trust", cwd=environment, env=stranger)

    assert set(json.loads(listed)) == {f"edgeops.device_trust.{name}" for name in modules}
    assert modules


def test_the_console_runs_from_the_wheel(environment: Path, stranger: dict[str, str]) -> None:
    printed = run(environment / "bin" / "device-trust", "--version", cwd=environment, env=stranger)

    assert declared_version() in printed


def test_the_tarball_works_beside_ansible_core_and_what_the_plugins_need(artifacts: Artifacts, tmp_path: Path) -> None:
    bare, collections = tmp_path / "venv", tmp_path / "collections"
    venv.create(bare, with_pip=False, symlinks=True)
    pip_install: list[str | Path] = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(bare / "bin" / "python"),
        "install",
        "--no-compile",
    ]
    needed: list[str | Path] = ["--requirement", ROOT / "meta" / "ee-requirements.txt", "ansible-core"]
    run(*pip_install, "--constraint", ROOT / "requirements-dev.txt", *needed, cwd=tmp_path)
    here = {"HOME": str(tmp_path), "PATH": f"{bare / 'bin'}:/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
    here["ANSIBLE_COLLECTIONS_PATH"] = str(collections)
    modules = [f"edgeops.device_trust.{path.stem}" for path in (ROOT / "plugins" / "modules").glob("[!_]*.py")]

    galaxy: list[str | Path] = [
        bare / "bin" / "ansible-galaxy",
        "collection",
        "install",
        "--offline",
        "--collections-path",
    ]
    run(*galaxy, collections, artifacts.tarball, cwd=tmp_path, env=here)
    documented = json.loads(run(bare / "bin" / "ansible-doc", "--json", *modules, cwd=tmp_path, env=here))
    playbook: list[str | Path] = [bare / "bin" / "ansible-playbook", "--syntax-check", "edgeops.device_trust.plan"]
    run(*playbook, cwd=tmp_path, env=here)

    assert all(Path(documented[name]["doc"]["filename"]).is_relative_to(collections) for name in modules)
