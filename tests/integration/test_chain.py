# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A play whose later tasks need what its earlier tasks make: it must also run in check mode, where nothing is made."""

from __future__ import annotations

from tests.integration.rehearsal import Rehearsal
from tests.support.playbooks import Run


class TestChain(Rehearsal):
    def test_what_is_only_about_to_be_made_is_taken_for_made(self, in_check_mode: Run) -> None:
        assert [task.changed for task in in_check_mode.collection_tasks] == [True] * 4

    def test_the_task_says_so(self, in_check_mode: Run) -> None:
        (warning,) = in_check_mode["provisioning with the new root CA"].warnings

        assert "root_ca.fleet.example.com does not exist" in warning
        assert "an earlier task is taken to make it" in warning
