# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every endpoint is there, and every rule of the sandbox has a test that says so."""

from __future__ import annotations

import re
from pathlib import Path

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.inferred import INFERRED
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.rules import table
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.rules.rule import UBLOX

ROOT = Path(__file__).parents[2]
DOCUMENTED = (
    "/authenticate",
    "/refreshauthtoken",
    "/deviceprofile/get",
    "/deviceprofile/bootstrapprovisioning/set",
    "/deviceprofile/bootstrapprovisioning/get",
    "/deviceprofile/bootstrapprovisioning/delete",
    "/device/list/get",
    "/device/whitelist/add",
    "/device/whitelist/get",
    "/device/provisioning/set",
    "/device/provisioning/get",
    "/device/provisioning/delete",
    "/e2e/key/rotate",
    "/e2e/uplink/symmetrickey/get",
    "/e2e/uplink/protectionparameters/get",
    "/e2e/uplink/integrityparameters/get",
    "/e2e/downlink/protectionparameters/get",
    "/e2e/downlink/integrityparameters/get",
    "/device/info/get",
    "/notification/get",
    "/device/clone/get",
    "/device/suspicious/get",
    "/device/activity/get",
    "/device/usage/get",
    "/device/rotpublicuid/get",
    "/apiversion",
    "/ztp/rootca/create",
    "/ztp/rootca/update",
    "/ztp/rootca/get",
    "/ztp/rootca/crl/get",
    "/ztp/rootca/device/get",
    "/ztp/rootca/popcertificate/generate",
    "/ztp/rootca/delete",
    "/ztp/devicecertificate/renew",
    "/ztp/devicecertificate/update",
    "/ztp/devicecertificate/delete",
    "/ztp/devicecertificate/revoke",
    "/ztp/devicecertificate/rootca/transfer",
    "/notification/webhook/create",
    "/notification/webhook/update",
    "/notification/webhook/delete",
    "/notification/webhook/get",
    "/tag/create",
    "/tag/delete",
    "/tag/get",
    "/tag/assign",
    "/tag/remove",
)


def test_the_documented_calls_and_no_others_are_there() -> None:
    assert sorted(endpoint.path for endpoint in table.endpoints()) == sorted(DOCUMENTED)


def test_every_rule_has_a_test() -> None:
    proven = table.proofs(ROOT / table.TESTS)
    assert [rule.id for rule in table.RULES if not proven.get(rule.id)] == []


def test_ids_are_unique_and_sentences_end() -> None:
    ids = [rule.id for rule in table.RULES]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[a-z0-9]+(\.[a-z0-9-]+)?", id) for id in ids)
    assert all(rule.sentence.endswith(".") for rule in table.RULES)


def test_every_call_has_a_rule_of_its_own_or_one_of_its_family() -> None:
    sections = " ".join(rule.section + " " + rule.sentence for rule in table.RULES if rule.document == UBLOX)
    families = {"/device/whitelist/get", "/device/list/get"}
    assert [path for path in DOCUMENTED if path not in sections and path not in families] == []


def test_what_is_inferred_has_its_reason_in_the_table() -> None:
    explained = {inference.path for inference in INFERRED if inference.system == "ublox"}
    missing = [
        rule.id
        for rule in table.RULES
        if rule.inferred and rule.document == UBLOX and rule.section != "all calls" and rule.section not in explained
    ]
    assert missing == []


def test_the_table_names_every_rule_endpoint_and_assumption() -> None:
    text = table.document(ROOT)
    for rule in table.RULES:
        assert f"| `{rule.id}` |" in text
    for path in DOCUMENTED:
        assert f"| `{path}` |" in text
    assert text.count("\n| ublox |") == sum(inference.system == "ublox" for inference in INFERRED)
    for line in text.splitlines():
        if line.startswith("|"):
            assert re.sub(r"\\\|", "", line).count("|") in (3, 4, 5), line
