# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever the API can do, some module or plugin does; and which calls only read is known on both sides."""

from __future__ import annotations

from ansible_collections.edgeops.device_trust.plugins.module_utils._live.ublox.calls import READS
from ansible_collections.edgeops.device_trust.plugins.module_utils._live.ublox.queries import QUERIES
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.exchange import Access
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.store import Store
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.system import UbloxSystem
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.world import World
from tools.api_coverage import ROOT, callers, endpoints, table

SYSTEM = UbloxSystem(World(Store())).endpoints


def test_every_call_is_made_by_some_module_or_plugin() -> None:
    assert set(endpoints()) == set(SYSTEM)
    assert set(SYSTEM) <= set(callers())


def test_no_call_is_made_that_there_is_not() -> None:
    assert set(callers()) <= set(SYSTEM)


def test_every_query_is_asked_by_some_module_or_plugin() -> None:
    asked = {path for path, names in callers().items() if any("`" in name for name in names)}

    assert {query.path for query in QUERIES.values()} <= asked


def test_calls_that_only_read_are_those_that_change_nothing_in_the_sandbox() -> None:
    assert {path for path, endpoint in SYSTEM.items() if endpoint.access is not Access.WRITE} == READS


def test_the_table_in_the_docs_is_up_to_date() -> None:
    assert (ROOT / "docs" / "api-coverage.md").read_text() == table(), "run make generate"
