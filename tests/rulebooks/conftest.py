# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`make test-eda` runs these tests: ansible-rulebook has an environment of its own, with Java."""

from __future__ import annotations

import os

collect_ignore_glob = [] if "ANSIBLE_RULEBOOK" in os.environ else ["test_*.py"]
