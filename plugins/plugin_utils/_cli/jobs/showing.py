# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Saved plans, shown."""

from __future__ import annotations

from pathlib import Path

from ansible_collections.edgeops.device_trust.plugins.module_utils import _engine
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.formats import Format
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.rendering import plan_result
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.talk import Result, Talk


def show(_unused: Talk, path: Path, *, form: Format) -> Result:
    """Needs neither credentials nor secrets."""
    saved = _engine.read_plan(path, lambda reference: "")
    return plan_result(saved.plan, form, tell_changes=False, digest=saved.digest)
