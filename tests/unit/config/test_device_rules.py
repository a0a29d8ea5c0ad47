# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is wrong in a declaration about devices: each rule with its words and its place in the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.edgeops.device_trust.plugins.module_utils._config.document import load_data, load_files
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.ids import IdSet
from tests.unit.config.test_rules import said_of

RULES: dict[str, tuple[str, list[str]]] = {
    "a tag is assigned to something": (
        "version: 1\ntag_assignments:\n  - tag: cold\n  - {tag: north, state: absent}\n",
        [
            "3:5: tag_assignments[0].ids: say what the tag is assigned to: give ids, files or profiles",
            "4:5: tag_assignments[1].ids: say what the tag is assigned to: give ids, files or profiles",
        ],
    ),
    "all tags can only be taken from devices": (
        'version: 1\ntag_assignments: [{tag: "*", ids: ["1"]}]\n',
        [
            "2:19: tag_assignments[0].tag: * stands for all tags, which can only be taken from devices: "
            "state: absent, with ids or files",
        ],
    ),
    "all tags are taken from devices that are named": (
        'version: 1\ntag_assignments: [{tag: "*", state: absent}]\n',
        [
            "2:19: tag_assignments[0].tag: * stands for all tags, which can only be taken from devices: "
            "state: absent, with ids or files",
        ],
    ),
    "everywhere is for what is to end, and names nothing": (
        "version: 1\ntag_assignments:\n  - {tag: north, everywhere: true}\n"
        "  - {tag: x, state: absent, everywhere: true, ids: [1a]}\n",
        [
            "3:30: tag_assignments[0].everywhere: takes the tag from all devices and profiles: "
            "use it with state: absent, without any named",
            "4:41: tag_assignments[1].everywhere: takes the tag from all devices and profiles: "
            "use it with state: absent, without any named",
        ],
    ),
    "devices that have no other tags are named": (
        "version: 1\ntag_assignments: [{tag: y, exclusive: devices, profiles: [eu]}]\n",
        ["2:39: tag_assignments[0].exclusive: devices means that they have no other tags: give ids or files"],
    ),
    "a tag is said of once, whatever its letter case": (
        "version: 1\ntag_assignments: [{tag: cold, ids: []}, {tag: Cold, ids: []}]\n",
        ["2:41: tag_assignments[1]: tag_assignment.Cold is declared twice; the first is at fleet.yml:2:19"],
    ),
    "assignments and devices are lists without a mode": (
        "version: 1\ntag_assignments: {mode: exclusive, items: []}\ndevice_provisioning: {items: []}\n"
        "device_certificates: {items: []}\nkey_rotation: {items: []}\n",
        [
            "2:18: tag_assignments: must be a list",
            "3:22: device_provisioning: must be a list",
            "4:22: device_certificates: must be a list",
            "5:15: key_rotation: must be a list",
        ],
    ),
    "devices are chosen": (
        "version: 1\ndevice_provisioning: [{name: a, root_ca: x}]\ndevice_certificates: [{name: b}]\n"
        "key_rotation: [{name: c, type: CONTINUOUS}]\n",
        [
            "2:23: device_provisioning[0].ids: say which devices are meant: give ids, files or tags",
            "3:23: device_certificates[0].ids: say which devices are meant: give ids, files or tags",
            "4:16: key_rotation[0].ids: say which devices are meant: give ids, files or tags",
        ],
    ),
    "items have names, each its own": (
        "version: 1\nkey_rotation:\n  - {type: CONTINUOUS, tags: [x]}\n  - {name: a, type: CONTINUOUS, tags: [x]}\n"
        "  - {name: a, type: CONTINUOUS, tags: [y]}\n",
        [
            "3:5: key_rotation[0]: name is missing",
            "5:5: key_rotation[2]: key_rotation.a is declared twice; the first is at fleet.yml:4:5",
        ],
    ),
    "ids of devices": (
        "version: 1\ndevice_provisioning: [{name: a, root_ca: x, ids: [0x1, zz], files: [none.txt]}]\n",
        [
            "2:51: device_provisioning[0].ids[0]: '0x1' is not a device id (1 to 16 hexadecimal digits, in quotes)",
            "2:56: device_provisioning[0].ids[1]: 'zz' is not a device id (1 to 16 hexadecimal digits, in quotes)",
            "2:69: device_provisioning[0].files[0]: no file matches 'none.txt'",
        ],
    ),
    "something is provisioned": (
        'version: 1\ndevice_provisioning: [{name: a, ids: ["1"], authorizations: {}}]\n',
        [
            "2:61: device_provisioning[0].authorizations: nothing is declared for these devices: "
            "give one of authorizations, root_ca, security_heartbeat_seconds",
        ],
    ),
    "certificates that are to end have no other properties": (
        'version: 1\ndevice_certificates:\n  - {name: b, ids: ["1"], state: revoked, root_ca: x, new_key: true}\n'
        '  - {name: g, ids: ["1"], state: absent, validity_days: 30}\n',
        [
            "3:52: device_certificates[0].root_ca: has no meaning for certificates that are to be revoked",
            "3:64: device_certificates[0].new_key: has no meaning for certificates that are to be revoked",
            "4:57: device_certificates[1].validity_days: has no meaning for certificates that are to be absent",
        ],
    ),
    "a renewal has a validity, which is longer than the time before it": (
        'version: 1\ndevice_certificates:\n  - {name: c, ids: ["1"], renew_within_days: 30}\n'
        '  - {name: d, ids: ["1"], renew_within_days: 90, validity_days: 90}\n',
        [
            "3:5: device_certificates[0].validity_days: is missing: "
            "the service must be told how long a renewed certificate is valid",
            "4:46: device_certificates[1].renew_within_days: must be less than validity_days, "
            "or each certificate would be renewed at once",
        ],
    ),
    "how to renew says nothing without when": (
        'version: 1\ndevice_certificates: [{name: c, ids: ["1"], validity_days: 90, new_key: true}]\n',
        [
            "2:60: device_certificates[0].validity_days: has no effect by itself: "
            "say when a certificate is renewed (renew_within_days)",
            "2:73: device_certificates[0].new_key: has no effect by itself: "
            "say when a certificate is renewed (renew_within_days)",
        ],
    ),
    "validities: the range of /ztp/devicecertificate/renew": (
        'version: 1\ndevice_certificates: [{name: f, ids: ["1"], renew_within_days: 0, validity_days: 29}]\n',
        [
            "2:64: device_certificates[0].renew_within_days: 0 is out of range (allowed: 1 to 3650)",
            "2:82: device_certificates[0].validity_days: 29 is out of range (allowed: 30 to 3650)",
        ],
    ),
    "a rotation has a type, and days if it is automatic: those of /e2e/key/rotate": (
        'version: 1\nkey_rotation:\n  - {name: a, ids: ["1"]}\n  - {name: b, ids: ["1"], type: CONTINUOUS, days: 3}\n'
        '  - {name: c, ids: ["1"], type: AUTOMATIC, days: 31}\n  - {name: d, ids: ["1"], type: automatic}\n',
        [
            "3:5: key_rotation[0].type: is missing: CONTINUOUS or AUTOMATIC",
            "4:51: key_rotation[1].days: only AUTOMATIC rotation has days",
            "5:50: key_rotation[2].days: 31 is out of range (allowed: 1 to 30)",
            "6:33: key_rotation[3].type: 'automatic' is not allowed "
            "(did you mean 'AUTOMATIC'? allowed: CONTINUOUS, AUTOMATIC)",
        ],
    ),
}


@pytest.mark.parametrize(("text", "expected"), RULES.values(), ids=list(RULES))
def test_rule(text: str, expected: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert said_of(text, tmp_path, monkeypatch) == [f"fleet.yml:{line}" for line in expected]


@pytest.mark.parametrize(
    "item",
    [
        {"tag": "*", "state": "absent", "ids": ["1"]},
        {"tag": "cold", "ids": []},
        {"tag": "cold", "profiles": []},
        {"tag": "cold", "exclusive": "devices", "ids": ["1"], "profiles": ["eu"]},
        {"tag": "cold", "state": "absent", "everywhere": True},
        {"tag": "cold", "state": "absent", "profiles": ["eu"]},
    ],
)
def test_what_can_be_said_of_a_tag(item: dict[str, object]) -> None:
    (declared,) = load_data({"tag_assignments": [item]}).sections["tag_assignment"]

    assert declared.name == item["tag"]
    assert declared.directives["exclusive"] == item.get("exclusive", "none")


@pytest.mark.parametrize("section", ["tag_assignments", "device_provisioning", "device_certificates", "key_rotation"])
def test_the_ids_of_files_join_those_that_are_listed(section: str, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("00FF\n")
    (tmp_path / "b.csv").write_text("Id,Type,Action\n2,ROTPublicUID,ADD\n")
    key = "tag: x" if section == "tag_assignments" else "name: x"
    more = {"device_provisioning": "root_ca: y, ", "key_rotation": "type: CONTINUOUS, "}.get(section, "")
    document = tmp_path / "fleet.yml"
    document.write_text(f'version: 1\n{section}: [{{{key}, {more}ids: ["1"], files: [a.txt, "*.csv"]}}]\n')
    (found,) = load_files([document], {}).sections.values()
    (declared,) = found

    assert declared.attributes["ids"] == IdSet.of(["1", "2", "ff"])
