# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sandbox as a process of its own, for tests that talk to it over HTTP."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.process import (
    MODULE,
    STOP_SECONDS,
    Sandbox,
)

__all__ = ["MODULE", "Sandbox", "run_serve"]


def run_serve(arguments: Sequence[str], seconds: float = STOP_SECONDS) -> subprocess.CompletedProcess[str]:
    """Run the sandbox where it is expected to end by itself, as with wrong arguments."""
    return subprocess.run(
        [sys.executable, "-m", MODULE, *arguments],
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
        env=dict(os.environ),
    )
