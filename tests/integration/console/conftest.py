# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fixtures of the console's tests: a directory with documents, and a console that reaches the sandbox."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.console.terminal import Console
from tests.support.sandbox import Sandbox

TOKENS = {"HOOK_TOKEN": "fake-canary-hook-token", "AUDIT_TOKEN": "fake-canary-audit-token"}

FLEET = """\
version: 1
account: rehearsal
tags: [cold-chain, downtown]
root_cas:
  - name: fleet.example.com
    ca_validity_days: 3650
    device_validity_days: 365
device_profiles:
  - name: trackers-eu
    tags: [cold-chain]
    bootstrap_provisioning:
      authorizations: {LocalDPR: enabled, ZTPV1: enabled}
      root_ca: fleet.example.com
whitelist:
  mode: exclusive
  files: [line/*.csv]
webhooks:
  mode: exclusive
  items:
    - url: https://hooks.example.com/ublox
      events: [DEVICE_BOOTSTRAP_EVENT]
      authorization_token: !env HOOK_TOKEN
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A directory with the document ``fleet.yml`` and a file of ids."""
    (tmp_path / "fleet.yml").write_text(FLEET)
    (tmp_path / "line").mkdir()
    ids = [f"00020000892800{number:02d}" for number in range(2, 27)]
    (tmp_path / "line" / "batch.csv").write_text("\n".join(["ROTPublicUID", *ids]) + "\n")
    return tmp_path


@pytest.fixture
def console(home: Path, sandbox: Sandbox) -> Console:
    return Console(home, {**sandbox.env(), **TOKENS})
