# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documents that are right: what becomes of them, alone and together."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.edgeops.device_trust.plugins.module_utils._config.document import load_data, load_files
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.desired import Desired
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.errors import InvalidDeclaration
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.ids import IdSet
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.secret import Secret

FLEET = """\
version: 1
account: production
tags: [cold-chain, {name: pilot, state: absent}]
root_cas:
  - name: fleet.example.com
    ca_validity_days: 3650
    device_validity_days: 365
    replace: true
device_profiles:
  - name: trackers-eu
    tags: [cold-chain]
    bootstrap_provisioning:
      authorizations: {LocalDPR: enabled, ZTPV1: disabled}
      root_ca: fleet.example.com
  - name: trackers-us
    tags: []
  - name: trackers-jp
whitelist:
  mode: exclusive
  ids: ["0002000089282256", 2000089282257]
  files: [line/*.csv]
webhooks:
  mode: exclusive
  items:
    - url: https://hooks.example.com/ublox
      events: [DEVICE_ERRORS_EVENT, DEVICE_BOOTSTRAP_EVENT]
      authorization_token: !env HOOK_TOKEN
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def load(*texts: str, environ: dict[str, str] | None = None) -> Desired:
    """What documents of these texts declare together."""
    files = [Path(f"{number}.yml") for number, _unused in enumerate(texts, 1)]
    for file, text in zip(files, texts, strict=True):
        file.write_text(text)
    return load_files(files, environ or {})


def refusal(*texts: str) -> list[str]:
    with pytest.raises(InvalidDeclaration) as invalid:
        load(*texts)
    return str(invalid.value).splitlines()


def test_a_whole_document(folder: Path) -> None:
    (folder / "line").mkdir()
    (folder / "line" / "a.csv").write_text("Id\n00020000892822ff\n")
    desired = load(FLEET, environ={"HOOK_TOKEN": "obviously-fake"})
    sections = desired.sections

    assert desired.account == "production"
    assert not desired.warnings
    assert {name: section.exclusive for name, section in sections.items()} == {
        "tag": False,
        "root_ca": False,
        "device_profile": False,
        "bootstrap_provisioning": False,
        "whitelist": True,
        "webhook": True,
    }
    assert [(tag.name, tag.absent) for tag in sections["tag"]] == [("cold-chain", False), ("pilot", True)]
    ca = sections["root_ca"].objects["fleet.example.com"]
    assert ca.attributes == {"ca_validity_days": 3650, "device_validity_days": 365}
    assert ca.directives["replace"] is True
    assert ca.directives["state"] == "present"
    assert str(ca.position_of("device_validity_days")) == "1.yml:7:27"
    provisioning = sections["bootstrap_provisioning"].objects["trackers-eu"]
    assert provisioning.attributes == {
        "authorizations": {"LocalDPR": "enabled", "ZTPV1": "disabled"},
        "root_ca": "fleet.example.com",
    }
    assert provisioning.path == "device_profiles[0].bootstrap_provisioning"
    assert sections["whitelist"].objects[""].attributes == {
        "ids": IdSet.of(["0002000089282256", "2000089282257", "00020000892822ff"])
    }
    hook = sections["webhook"].objects["https://hooks.example.com/ublox"]
    assert hook.attributes == {
        "events": frozenset({"DEVICE_ERRORS_EVENT", "DEVICE_BOOTSTRAP_EVENT"}),
        "authorization_token": Secret("obviously-fake", "env:HOOK_TOKEN"),
    }


def test_what_is_left_out_is_not_the_same_as_what_is_empty(folder: Path) -> None:
    profiles = load("version: 1\ndevice_profiles: [{name: a}, {name: b, tags: []}]").sections["device_profile"]

    assert profiles.objects["a"].attributes == {}
    assert profiles.objects["b"].attributes == {"tags": frozenset()}


def test_a_section_that_is_left_out_is_not_managed_and_one_that_is_empty_is(folder: Path) -> None:
    assert set(load("version: 1\ntags: []").sections) == {"tag"}


def test_data_declares_the_same_as_a_file(folder: Path) -> None:
    from_file = load("version: 1\nroot_cas: [{name: ca, renew_before_days: 30}]\nwhitelist: {ids: ['0f']}")
    from_data = load_data({"root_cas": [{"name": "ca", "renew_before_days": 30.0}], "whitelist": {"ids": ["0f"]}})

    for kind in ("root_ca", "whitelist"):
        one, other = from_file.sections[kind].objects, from_data.sections[kind].objects
        assert {identity: declared.attributes for identity, declared in one.items()} == {
            identity: declared.attributes for identity, declared in other.items()
        }
    assert isinstance(from_data.sections["root_ca"].objects["ca"].attributes["renew_before_days"], int)


def test_a_secret_in_clear_is_taken_with_a_warning_that_does_not_hold_it(folder: Path) -> None:
    text = FLEET.replace("!env HOOK_TOKEN", "obviously-fake").replace("  files: [line/*.csv]\n", "")
    desired = load(text)

    assert len(desired.warnings) == 1
    assert desired.warnings[0].startswith("1.yml:26:28: webhooks.items[0].authorization_token: a secret in clear")
    assert "obviously-fake" not in desired.warnings[0]
    assert "obviously-fake" not in repr(desired)


class TestTogether:
    """Several documents are one declaration."""

    def test_sections_and_lists_of_ids_are_joined(self, folder: Path) -> None:
        desired = load(
            "version: 1\naccount: a\ntags: [x]\nwhitelist: {ids: ['1']}",
            "version: 1\naccount: a\ntags: [y]\nwhitelist: {ids: ['2']}",
            "version: 1\nroot_cas: []\n",
        )

        assert [tag.name for tag in desired.sections["tag"]] == ["x", "y"]
        assert desired.sections["whitelist"].objects[""].attributes == {"ids": IdSet.of(["1", "2"])}
        assert desired.account == "a"

    def test_references_go_from_file_to_file(self, folder: Path) -> None:
        said = refusal(
            "version: 1\ntags: [{name: x, state: absent}]",
            "version: 1\ndevice_profiles: [{name: eu, tags: [x]}]",
        )

        assert said == ["2.yml:2:36: device_profiles[0].tags: tag.x is declared absent (at 1.yml:2:8)"]

    @pytest.mark.parametrize(
        ("first", "second", "said"),
        [
            (
                "tags: {mode: exclusive, items: [a]}",
                "tags: [b]",
                "2.yml:2:7: tags.mode: additive contradicts exclusive at 1.yml:2:14",
            ),
            (
                "whitelist: {ids: ['1']}",
                "whitelist: {mode: exclusive}",
                "2.yml:2:19: whitelist.mode: exclusive contradicts additive at 1.yml:2:12",
            ),
            ("account: a", "account: b", "2.yml:2:10: account: 'b' contradicts 'a' at 1.yml:2:10"),
            (
                "whitelist: {ids: ['1']}",
                "whitelist: {ids: ['2'], state: absent}",
                "2.yml:2:12: whitelist: whitelist is declared twice; the first is at 1.yml:2:12",
            ),
            (
                "device_profiles: [{name: eu}]",
                "device_profiles: [{name: eu, tags: []}]",
                "2.yml:2:19: device_profiles[0]: device_profile.eu is declared twice; the first is at 1.yml:2:19",
            ),
        ],
    )
    def test_contradictions_are_refused(self, first: str, second: str, said: str, folder: Path) -> None:
        assert refusal(f"version: 1\n{first}", f"version: 1\n{second}") == [said]

    def test_a_directory_stands_for_its_yaml_files(self, folder: Path) -> None:
        (folder / "prod").mkdir()
        for name, tag in (("b.yml", "b"), ("a.yaml", "a"), ("c.txt", "c"), ("d.yml~", "d")):
            (folder / "prod" / name).write_text(f"version: 1\ntags: [{tag}]")
        (folder / "prod" / "e.yml").mkdir()

        assert [tag.name for tag in load_files([Path("prod")], {}).sections["tag"]] == ["a", "b"]

    def test_files_of_ids_are_relative_to_the_document_that_names_them(self, folder: Path) -> None:
        for place in ("north", "south"):
            (folder / place).mkdir()
            (folder / place / "fleet.yml").write_text("version: 1\nwhitelist: {files: [ids.txt]}")
            (folder / place / "ids.txt").write_text("1" if place == "north" else "2")
        desired = load_files([Path("north"), Path("south")], {})

        assert desired.sections["whitelist"].objects[""].attributes == {"ids": IdSet.of(["1", "2"])}

    def test_a_directory_without_documents_is_refused(self, folder: Path) -> None:
        with pytest.raises(InvalidDeclaration, match=r"holds no \*\.yml or \*\.yaml file"):
            load_files([folder], {})
