# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs the example workflows: their own shell, in a clone of the repository, with the forge in a folder.

It knows what the examples use of GitHub Actions and GitLab CI, and no more.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.integration.gitops import gh

EXAMPLE = Path(__file__).resolve().parents[3] / "docs" / "examples" / "fleet-repository"
CONSOLE = "ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.main"


def program(path: Path, *command: str) -> None:
    """A program at ``path`` that runs ``command`` with what it is given."""
    quoted = " ".join(f"'{word}'" for word in command)
    path.write_text(f'#!/bin/sh\nexec {quoted} "$@"\n')
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


@dataclass
class Forge:
    """A folder with a repository, and what a forge keeps beside it."""

    folder: Path
    secrets: Mapping[str, str]
    repository: Path = field(init=False)
    runs: int = 0

    def __post_init__(self) -> None:
        self.repository = self.folder / "repository"
        shutil.copytree(EXAMPLE, self.repository)
        for name in ("bin", "store", "work", "home"):
            (self.folder / name).mkdir()
        program(self.folder / "bin" / "device-trust", sys.executable, "-m", CONSOLE)
        program(self.folder / "bin" / "gh", sys.executable, gh.__file__)
        self.git("init", "--quiet", "--initial-branch", "main")
        self.commit("The fleet as code")

    @property
    def environ(self) -> dict[str, str]:
        """What every job has. Nothing of the one who runs the tests but the way to programs."""
        return {
            "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
            "HOME": str(self.folder / "home"),
            "FORGE_STORE": str(self.folder / "store"),
            "NO_COLOR": "1",
            **{name: os.environ[name] for name in ("PYTHONPATH", "ANSIBLE_COLLECTIONS_PATH") if name in os.environ},
        }

    def git(self, *arguments: str) -> str:
        identity = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.com")
        done = subprocess.run(
            ["git", *identity, *arguments], cwd=self.repository, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    def commit(self, message: str) -> str:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)
        return self.git("rev-parse", "HEAD")

    def edit(self, file: str, old: str, new: str) -> None:
        path = self.repository / file
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))

    def checkout(self, commit: str) -> Path:
        """A clone for one job."""
        self.runs += 1
        clone = self.folder / "work" / str(self.runs)
        subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", self.repository, clone], check=True)
        subprocess.run(["git", "checkout", "--quiet", "--detach", commit], cwd=clone, check=True)
        return clone

    def stored(self, name: str) -> Any:
        """What the stand-in for ``gh`` keeps under a name."""
        path = self.folder / "store" / f"{name}.json"
        return json.loads(path.read_text()) if path.exists() else []

    def store(self, name: str, data: Any) -> None:
        self.folder.joinpath("store", f"{name}.json").write_text(json.dumps(data))


@dataclass(frozen=True)
class Ended:
    """A job that came to its end."""

    ok: bool
    log: str
    summary: str
    clone: Path


_EXPRESSION = re.compile(r"\$\{\{\s*(.+?)\s*\}\}")


@dataclass
class Job:
    """One job of a workflow of GitHub Actions, for one account."""

    forge: Forge
    workflow: str
    name: str
    account: str
    commit: str
    run: str
    event: str
    environ: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        document = yaml.safe_load((EXAMPLE / ".github" / "workflows" / self.workflow).read_text())
        self.job = document["jobs"][self.name]
        self.clone = self.forge.checkout(self.commit)
        # Files of the runner, beside the clone.
        self.files = {
            name: self.clone.with_suffix(f".{name}") for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "log")
        }
        for path in self.files.values():
            path.write_text("")

    def go(self) -> Ended:
        ok = True
        for step in self.job["steps"]:
            if self._wanted(step.get("if", "success()"), ok):
                ok = self._step(step) and ok
        return Ended(ok, self.files["log"].read_text(), self.files["GITHUB_STEP_SUMMARY"].read_text(), self.clone)

    @staticmethod
    def _wanted(condition: str, ok: bool) -> bool:
        return {"success()": ok, "failure()": not ok}[condition]

    def _step(self, step: dict[str, Any]) -> bool:
        if "uses" in step:
            return self._use(step["uses"].split("@")[0], self._expanded(step.get("with", {})))
        if step["name"] == "Install":
            return True  # what would be installed is under test here
        return self._shell(step)

    def _shell(self, step: dict[str, Any]) -> bool:
        environ = {
            **self.forge.environ,
            "GITHUB_REPOSITORY": "acme/fleet",
            "GITHUB_SHA": self.commit,
            "GITHUB_RUN_ID": self.run,
            "GITHUB_EVENT_NAME": self.event,
            **{name: str(path) for name, path in self.files.items() if name != "log"},
            **self._expanded(self.job.get("env", {})),
            **self._expanded(step.get("env", {})),
            **self.environ,
        }
        with self.files["log"].open("a") as log:
            done = subprocess.run(
                ["bash", "-e", "-c", step["run"]],
                cwd=self.clone,
                env=environ,
                stdout=log,
                stderr=log,
                timeout=120,
                check=False,
            )
        for line in self.files["GITHUB_OUTPUT"].read_text().splitlines():
            name, _unused, value = line.partition("=")
            self.outputs[f"steps.{step.get('id')}.outputs.{name}"] = value
        return done.returncode == 0

    def _use(self, action: str, given: dict[str, Any]) -> bool:
        if action == "actions/upload-artifact":
            found = list(self.clone.glob(given["path"]))
            for path in found:
                target = self.forge.folder / "store" / "artifacts" / self.run / given["name"] / path.name
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copytree(path, target) if path.is_dir() else shutil.copy(path, target)
            return bool(found)
        assert action in {"actions/checkout", "actions/setup-python"}, action
        return True

    def _expanded(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return {name: _EXPRESSION.sub(self._value, str(value)) for name, value in values.items()}

    def _value(self, expression: re.Match[str]) -> str:
        known = {
            "matrix.account": self.account,
            "github.token": "fake-forge-token",
            "github.repository": "acme/fleet",
            "github.workspace": str(self.clone),
            "github.event.pull_request.number": "7",
            **self.outputs,
            **{f"secrets.{name}": value for name, value in self.forge.secrets.items()},
        }
        return known[expression[1]]


def gitlab_jobs() -> dict[str, dict[str, Any]]:
    """The jobs of the pipeline for GitLab, with what they extend."""
    document = yaml.safe_load((EXAMPLE / ".gitlab-ci.yml").read_text())
    jobs = {name: job for name, job in document.items() if (isinstance(job, dict) and "stage" in job) or _extends(job)}
    return {name: {**document.get(_extends(job), {}), **job} for name, job in jobs.items() if not name.startswith(".")}


def _extends(job: Any) -> str:
    return str(job.get("extends", "")) if isinstance(job, dict) else ""


def run_gitlab(
    forge: Forge, name: str, commit: str, environ: Mapping[str, str], artifacts: Path | None = None
) -> Ended:
    """One job of the pipeline for GitLab, with the artifacts of the job that it needs."""
    job = gitlab_jobs()[name]
    clone = forge.checkout(commit)
    if artifacts:
        for pattern in ("plan.json", "plan.json.ids"):
            for path in artifacts.glob(pattern):
                shutil.copytree(path, clone / path.name) if path.is_dir() else shutil.copy(path, clone)
    given = {
        **forge.environ,
        **forge.secrets,
        "CI_PROJECT_DIR": str(clone),
        "CI_PROJECT_ID": "5",
        "DEVICE_TRUST_STATE": str(clone / ".state"),
        **job.get("variables", {}),
        **environ,
    }
    script = "\n".join(_lines(job["script"]))
    done = subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", script],
        cwd=clone,
        env=given,
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return Ended(done.returncode == 0, done.stdout + done.stderr, "", clone)


def _lines(script: Any) -> Iterator[str]:
    yield from script if isinstance(script, list) else [script]
