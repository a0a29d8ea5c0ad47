# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of what the specifications leave out."""

from __future__ import annotations

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.inferred import INFERRED
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.store import Store
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.system import UbloxSystem
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.world import World

CALAMP = {"/api/login", "/api/logout", "/api/devices/passwords/{key}", "/api/devices/passwords/all"}


def test_every_assumption_is_about_a_documented_path_and_has_a_reason() -> None:
    paths = {"ublox": set(UbloxSystem(World(Store())).endpoints), "calamp": CALAMP, "mt20w": {"/api/credentials/scan"}}
    for inference in INFERRED:
        assert inference.path == "*" or inference.path in paths[inference.system], inference
        assert inference.assumed
        assert inference.because


def test_the_printed_lists_without_content_are_all_in_the_table() -> None:
    shapes = {inference.path for inference in INFERRED if inference.because.startswith("the printed sample")}
    assert shapes >= {
        "/tag/get",
        "/deviceprofile/get",
        "/deviceprofile/bootstrapprovisioning/get",
        "/device/list/get",
        "/device/rotpublicuid/get",
        "/device/whitelist/get",
        "/device/info/get",
        "/ztp/rootca/get",
        "/ztp/rootca/device/get",
        "/ztp/rootca/crl/get",
        "/notification/webhook/get",
    }
