# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a document may say: for each rule a document that breaks it, and exactly what is said, all of it at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.edgeops.device_trust.plugins.module_utils._config.document import load_data, load_files
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.errors import InvalidDeclaration

LONG = "x" * 46
EVENTS = (
    "DEVICE_BOOTSTRAP_EVENT, DEVICE_PROPERTIES_CHANGE_EVENT, DEVICE_ERRORS_EVENT, DEVICE_CERTIFICATE_RENEWAL_EVENT, "
    "DEVICE_CERTIFICATE_EXPIRATION_EVENT, ROOTCA_EXPIRATION_EVENT"
)

RULES: dict[str, tuple[str, list[str]]] = {
    "a document is a mapping": (
        "- tags",
        [
            "1:1: a document must be a mapping of sections "
            "(sections: tags, root_cas, device_profiles, whitelist, tag_assignments, device_provisioning, "
            "device_certificates, key_rotation, webhooks)",
        ],
    ),
    "it says its version": ("tags: []", ["1:1: version is missing (begin the document with 'version: 1')"]),
    "which must be known": (
        "version: 2",
        ["1:10: version: version 2 is not known (this release reads 1)"],
    ),
    "sections are known": (
        "version: 1\ntagz: []\nwebhook: []",
        [
            "2:1: unknown section 'tagz' (did you mean 'tags'?)",
            "3:1: unknown section 'webhook' (did you mean 'webhooks'?)",
        ],
    ),
    "sections are lists, or mappings with mode and items": (
        "version: 1\ntags: 5\nroot_cas:\nwebhooks: {mode: additive}\nwhitelist: []\n"
        "device_profiles: {mode: exclusive, items: []}",
        [
            "2:7: tags: must be a list",
            "3:10: root_cas: must be a list",
            "4:1: webhooks: items is missing (an empty list is written as 'items: []')",
            "5:1: whitelist: must be a mapping",
            "6:18: device_profiles: must be a list",
        ],
    ),
    "modes are additive or exclusive": (
        "version: 1\ntags: {mode: exclusiv, items: []}\nwebhooks: {mode: [a], items: []}\nwhitelist: {mode: all}",
        [
            "2:14: tags.mode: 'exclusiv' is not allowed (did you mean 'exclusive'?)",
            "3:18: webhooks.mode: 'a list' is not allowed (known here: additive, exclusive)",
            "4:19: whitelist.mode: 'all' is not allowed (allowed: additive, exclusive)",
        ],
    ),
    "an account has a name": ("version: 1\naccount: [x]", ["2:10: account: must be a name"]),
    "tag names: the symbols of /tag/create": (
        'version: 1\ntags: ["a|b", "", "a\\n", 5, {name: "c,d"}]',
        [
            "2:8: tags[0].name: 'a|b' must not be empty or hold any of ^ ` ~ < > \" { } | , or control characters",
            "2:15: tags[1].name: must not be empty",
            "2:19: tags[2].name: 'a\\n' must not be empty or hold any of ^ ` ~ < > \" { } | , or control characters",
            "2:26: tags[3].name: must be text, got 5 (quote it)",
            "2:36: tags[4].name: 'c,d' must not be empty or hold any of ^ ` ~ < > \" { } | , or control characters",
        ],
    ),
    "tag names: 255 characters": (
        f"version: 1\ntags: [{'x' * 255}, {'y' * 256}]",
        ["2:265: tags[1].name: is 256 characters long (at most 255)"],
    ),
    "tag names: letter case does not tell them apart": (
        "version: 1\ntags: [cold, Cold]",
        ["2:14: tags[1]: tag.Cold is declared twice; the first is at fleet.yml:2:8"],
    ),
    "CA names: 45 characters of the alphabet of /ztp/rootca/create": (
        f'version: 1\nroot_cas: [{{name: a/b}}, {{name: {LONG}}}, {{name: "ok\\n"}}, {{name: A-z_0.9}}]',
        [
            "2:19: root_cas[0].name: 'a/b' may hold letters, digits, underscores, dashes and dots only",
            "2:32: root_cas[1].name: is 46 characters long (at most 45)",
            "2:88: root_cas[2].name: 'ok\\n' may hold letters, digits, underscores, dashes and dots only",
        ],
    ),
    "validities: the ranges of /ztp/rootca/create": (
        "version: 1\nroot_cas:\n"
        "  - {name: low, ca_validity_days: 1824, device_validity_days: 29, renew_before_days: 0}\n"
        "  - {name: high, ca_validity_days: 3651, device_validity_days: 3651, renew_before_days: 366}\n"
        "  - {name: lowest, ca_validity_days: 1825, device_validity_days: 30, renew_before_days: 1}\n"
        "  - {name: highest, ca_validity_days: 3650, device_validity_days: 3650, renew_before_days: 365}\n"
        '  - {name: text, ca_validity_days: "3650", device_validity_days: true, renew_before_days: 2.5}\n',
        [
            "3:35: root_cas[0].ca_validity_days: 1824 is out of range (allowed: 1825 to 3650)",
            "3:63: root_cas[0].device_validity_days: 29 is out of range (allowed: 30 to 3650)",
            "3:86: root_cas[0].renew_before_days: 0 is out of range (allowed: 1 to 365)",
            "4:36: root_cas[1].ca_validity_days: 3651 is out of range (allowed: 1825 to 3650)",
            "4:64: root_cas[1].device_validity_days: 3651 is out of range (allowed: 30 to 3650)",
            "4:89: root_cas[1].renew_before_days: 366 is out of range (allowed: 1 to 365)",
            "7:36: root_cas[4].ca_validity_days: must be a whole number, got '3650'",
            "7:66: root_cas[4].device_validity_days: must be a whole number, got True",
            "7:91: root_cas[4].renew_before_days: must be a whole number, got '2.5'",
        ],
    ),
    "validities: a device certificate ends with its CA": (
        "version: 1\nroot_cas:\n  - name: fleet\n    ca_validity_days: 1825\n    device_validity_days: 1826\n",
        [
            "5:27: root_cas[0].device_validity_days: 1826 days is longer than the CA's own 1825 days; "
            "a device certificate ends with its CA",
        ],
    ),
    "options are known": (
        "version: 1\nroot_cas:\n  - nam: fleet\n    replase: true\n",
        [
            "3:5: root_cas[0]: unknown option 'nam' (did you mean 'name'?)",
            "3:5: root_cas[0]: name is missing",
            "4:5: root_cas[0]: unknown option 'replase' (did you mean 'replace'?)",
        ],
    ),
    "directives have their values": (
        "version: 1\nroot_cas: [{name: a, state: gone, replace: maybe}]\n",
        [
            "2:29: root_cas[0].state: 'gone' is not allowed (allowed: present, absent)",
            "2:44: root_cas[0].replace: must be true or false, got 'maybe'",
        ],
    ),
    "provisioning: known authorizations, on or off in the API's words": (
        "version: 1\ndevice_profiles:\n  - name: eu\n    bootstrap_provisioning:\n"
        "      authorizations: {LocalDRP: enabled, LocalC2C: on}\n"
        "      root_ca: 5\n      security_heartbeat_seconds: 0\n",
        [
            "5:24: device_profiles[0].bootstrap_provisioning.authorizations: "
            "unknown option 'LocalDRP' (did you mean 'LocalDPR'?)",
            "5:53: device_profiles[0].bootstrap_provisioning.authorizations.LocalC2C: "
            "'on' is not allowed (allowed: enabled, disabled)",
            "6:16: device_profiles[0].bootstrap_provisioning.root_ca: must be text, got 5 (quote it)",
            "7:35: device_profiles[0].bootstrap_provisioning.security_heartbeat_seconds: "
            "0 is out of range (allowed: 1 or more)",
        ],
    ),
    "what is nested is checked also where its parent has no name": (
        "version: 1\ndevice_profiles:\n  - tags: cold\n    bootstrap_provisioning: {root_ca: }\n  - tags: []\n",
        [
            "3:5: device_profiles[0]: name is missing",
            "3:11: device_profiles[0].tags: must be a list, got 'cold'",
            "4:39: device_profiles[0].bootstrap_provisioning.root_ca: must be text, got nothing",
            "5:5: device_profiles[1]: name is missing",
        ],
    ),
    "whitelist: ids have their alphabet, files exist": (
        'version: 1\nwhitelist:\n  ids: [0002000089282256, 12, "zz", [1], 00020000892822560]\n'
        "  files: [none/*.csv, 5]\n  id: 3\n",
        [
            "3:31: whitelist.ids[2]: 'zz' is not a device id (1 to 16 hexadecimal digits, in quotes)",
            "3:37: whitelist.ids[3]: 'a list' is not a device id (1 to 16 hexadecimal digits, in quotes)",
            "3:42: whitelist.ids[4]: '00020000892822560' is not a device id (1 to 16 hexadecimal digits, in quotes)",
            "4:23: whitelist.files[1]: must be text, got 5 (quote it)",
            "5:3: whitelist: unknown option 'id' (did you mean 'ids'?)",
        ],
    ),
    "whitelist: a pattern that finds nothing is said with its place": (
        "version: 1\nwhitelist:\n  files:\n    - line/*.csv\n",
        ["4:7: whitelist.files[0]: no file matches 'line/*.csv'"],
    ),
    "webhooks: https only, known events, a token in the document's place": (
        "version: 1\nwebhooks:\n"
        "  - {url: 'http://hooks.example.com', events: [DEVICE_BOOT_EVENT], authorization_token: 12345}\n"
        "  - {url: 'https://hooks.example.com', events: [], authorization_token: ''}\n"
        "  - {url: 'https://', events: [NONE], authorization_token: [obviously-fake]}\n",
        [
            "3:11: webhooks[0].url: 'http://hooks.example.com' must be a full https URL",
            "3:48: webhooks[0].events[0]: 'DEVICE_BOOT_EVENT' is not allowed "
            f"(did you mean 'DEVICE_BOOTSTRAP_EVENT'? allowed: {EVENTS})",
            "3:89: webhooks[0].authorization_token: must be text, got another type (quote it)",
            "4:48: webhooks[1].events: must not be empty",
            "4:73: webhooks[1].authorization_token: must not be empty",
            "5:11: webhooks[2].url: 'https://' must be a full https URL",
            f"5:32: webhooks[2].events[0]: 'NONE' is not allowed (allowed: {EVENTS})",
            "5:60: webhooks[2].authorization_token: must be text, got a list",
        ],
    ),
    "webhooks: events need their token": (
        "version: 1\nwebhooks:\n  - url: https://hooks.example.com\n    events: [DEVICE_ERRORS_EVENT]\n",
        [
            "4:13: webhooks[0].events: needs authorization_token beside it: "
            "a change of events makes the webhook again, with its token",
        ],
    ),
    "what is declared absent cannot be named": (
        "version: 1\ntags: [{name: cold, state: absent}]\nroot_cas: [{name: ca, state: absent}]\n"
        "device_profiles:\n  - name: eu\n    tags: [COLD]\n    bootstrap_provisioning: {root_ca: ca}\n",
        [
            "6:11: device_profiles[0].tags: tag.COLD is declared absent (at fleet.yml:2:8)",
            "7:39: device_profiles[0].bootstrap_provisioning.root_ca: "
            "root_ca.ca is declared absent (at fleet.yml:3:12)",
        ],
    ),
    "a wrong value is shown short, and not at all if it came from elsewhere": (
        f"version: 1\nwebhooks: [{{url: {'x' * 500}}}, {{url: !env CANARY}}]\n",
        [
            f"2:18: webhooks[0].url: '{'x' * 79}… must be a full https URL",
            "2:527: webhooks[1].url: the value of env:CANARY must be a full https URL",
        ],
    ),
    "YAML's own rules and those of the document are said together": (
        "version: 1\ntags: [a]\ntags: [b, b]\nroot_cas: [{name: !env NOT_SET}]\n",
        [
            "3:1: 'tags' is given twice; the first is at line 2",
            "3:11: tags[1]: tag.b is declared twice; the first is at fleet.yml:3:8",
            "4:19: the environment variable NOT_SET is not set",
        ],
    ),
}


def said_of(text: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.chdir(folder)
    Path("fleet.yml").write_text(text)
    with pytest.raises(InvalidDeclaration) as invalid:
        load_files([Path("fleet.yml")], {"CANARY": "obviously fake canary"})
    return [str(problem) for problem in invalid.value.problems]


@pytest.mark.parametrize(("text", "expected"), RULES.values(), ids=list(RULES))
def test_rule(text: str, expected: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert said_of(text, tmp_path, monkeypatch) == [f"fleet.yml:{line}" for line in expected]


def test_everything_wrong_in_several_files_is_said_at_once_and_in_reading_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.yml").write_text("version: 1\ntags: [ok, 5]\nwhitelist: {files: [ids.txt]}\n")
    Path("b.yml").write_text("version: 1\ntags: [OK]\nroot_cas: [{}]\n")
    Path("ids.txt").write_text("zz\n")
    with pytest.raises(InvalidDeclaration) as invalid:
        load_files([Path("b.yml"), Path("a.yml"), Path("c.yml")], {})

    assert str(invalid.value).splitlines() == [
        "a.yml:2:8: tags[0]: tag.ok is declared twice; the first is at b.yml:2:8",
        "a.yml:2:12: tags[1].name: must be text, got 5 (quote it)",
        "b.yml:3:12: root_cas[0]: name is missing",
        "c.yml: cannot be read: No such file or directory",
        "ids.txt:1:1: 'zz' is not a device id (1 to 16 hexadecimal digits)",
    ]


def test_of_task_arguments_the_origin_and_the_path_are_said() -> None:
    with pytest.raises(InvalidDeclaration) as invalid:
        load_data({"root_cas": [{"name": "a/b"}], "whitelist": {"ids": [2000089282256]}}, "document")

    assert str(invalid.value).splitlines() == [
        "document: root_cas[0].name: 'a/b' may hold letters, digits, underscores, dashes and dots only",
        "document: whitelist.ids[0]: 2000089282256 is a number (quote it, or leading zeros are lost)",
    ]


def test_of_many_wrong_ids_ten_are_shown_and_the_others_counted() -> None:
    with pytest.raises(InvalidDeclaration) as invalid:
        load_data({"whitelist": {"ids": ["not an id"] * 50_000}})

    assert len(invalid.value.problems) == 11
    assert "49,990 more are not device ids" in str(invalid.value)


def test_data_that_is_nested_without_end_is_refused() -> None:
    data: dict[str, object] = {}
    for _unused in range(5_000):
        data = {"tags": data}
    with pytest.raises(InvalidDeclaration, match="task arguments: is nested more than 100 levels deep"):
        load_data(data)
