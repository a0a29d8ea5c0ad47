# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sandbox as pytest fixtures, for tests of your own repository.

Turn it on in `pytest.ini`, or name it after `-p` on the command line::

    [pytest]
    addopts = -p ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.pytest_plugin

    def test_the_plan_is_empty_after_apply(device_trust_sandbox_env):
        subprocess.run(["ansible-playbook", "apply.yml"], check=True)
        subprocess.run(["ansible-playbook", "drift.yml"], check=True)

Documented in docs/sandbox.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.process import Sandbox


@pytest.fixture(scope="session")
def device_trust_sandbox_arguments() -> Sequence[str]:
    """The arguments of `device-trust sandbox`. Override it in your conftest.py, for example to return
    `["--seed", "rehearsal.yml"]` or `["--tls"]`."""
    return []


@pytest.fixture(scope="session")
def device_trust_sandbox_process(device_trust_sandbox_arguments: Sequence[str]) -> Iterator[Sandbox]:
    """One sandbox process for the whole run, as the last test left it."""
    with Sandbox(*device_trust_sandbox_arguments) as running:
        yield running


@pytest.fixture
def device_trust_sandbox(device_trust_sandbox_process: Sandbox) -> Sandbox:
    """The sandbox, back at its seed: no faults, nothing counted."""
    device_trust_sandbox_process.reset()
    return device_trust_sandbox_process


@pytest.fixture
def device_trust_sandbox_env(device_trust_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """The sandbox, with the environment variables set that point clients and playbooks at it."""
    for name, value in device_trust_sandbox.env().items():
        monkeypatch.setenv(name, value)
    return device_trust_sandbox
