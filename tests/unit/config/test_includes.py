# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documents that take parts from other files: !include, with the places of the included file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.edgeops.device_trust.plugins.module_utils._config.document import load_files
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.desired import Desired
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.errors import InvalidDeclaration
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.ids import IdSet
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.secret import Secret


@pytest.fixture(autouse=True)
def _here(tmp_path: Path) -> Iterator[None]:
    before = os.getcwd()
    os.chdir(tmp_path)
    yield
    os.chdir(before)


def write(**texts: str) -> None:
    """Files by name; two underscores stand for a slash."""
    for name, text in texts.items():
        path = Path(name.replace("__", "/") + ".yml")
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)


def load(name: str = "fleet.yml", **environ: str) -> Desired:
    return load_files([Path(name)], environ)


def wrong(name: str = "fleet.yml") -> list[str]:
    with pytest.raises(InvalidDeclaration) as refused:
        load(name)
    return [str(problem) for problem in refused.value.problems]


def test_a_section_an_object_or_a_part_of_one_can_be_in_another_file() -> None:
    write(
        fleet="version: 1\ntags: !include parts/tags.yml\nroot_cas:\n- !include parts/ca.yml\n"
        "webhooks:\n- url: https://a.example.com\n  <<: !include parts/hook.yml\n",
        parts__tags="[a, b]",
        parts__ca="name: ca.example.com\nca_validity_days: 3650\ndevice_validity_days: 365\n",
        parts__hook="events: [DEVICE_ERRORS_EVENT]\nauthorization_token: !env TOKEN\n",
    )
    desired = load(TOKEN="obviously-fake")

    assert set(desired.sections["tag"].objects) == {"a", "b"}
    assert set(desired.sections["root_ca"].objects) == {"ca.example.com"}
    (hook,) = desired.sections["webhook"]
    assert hook.attributes["events"] == {"DEVICE_ERRORS_EVENT"}


def test_what_is_wrong_in_an_included_file_has_its_place_there() -> None:
    write(
        fleet="version: 1\nroot_cas: !include parts/cas.yml\n",
        parts__cas="- name: ca.example.com\n  ca_validity_dayz: 3650\n- name: 'a b'\n",
    )

    assert wrong() == [
        "parts/cas.yml:2:3: root_cas[0]: unknown option 'ca_validity_dayz' (did you mean 'ca_validity_days'?)",
        "parts/cas.yml:3:9: root_cas[1].name: 'a b' may hold letters, digits, underscores, dashes and dots only",
    ]


def test_names_in_an_included_file_are_relative_to_it() -> None:
    write(
        fleet="version: 1\nwhitelist: !include eu/whitelist.yml\nwebhooks: !include eu/hooks.yml\n",
        eu__whitelist="files: ['*.txt']\n",
        eu__hooks="- url: https://a.example.com\n  authorization_token: !file token\n",
    )
    Path("eu/line.txt").write_text("ff\n")
    Path("eu/token").write_text("obviously-fake\n")
    desired = load()

    (ids,) = (found.attributes["ids"] for found in desired.sections["whitelist"])
    assert isinstance(ids, IdSet)
    assert list(ids) == ["ff"]
    (hook,) = desired.sections["webhook"]
    token = hook.attributes["authorization_token"]
    assert isinstance(token, Secret)
    assert (token.reveal(), token.reference) == ("obviously-fake", "file:eu/token")


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (
            {"fleet": "version: 1\ntags: !include fleet.yml\n"},
            "fleet.yml:2:7: fleet.yml includes fleet.yml (a file cannot include itself)",
        ),
        (
            {
                "fleet": "version: 1\ntags: !include a.yml\n",
                "a": "- !include ./b.yml\n",
                "b": "name: x\nstate: !include a.yml\n",
            },
            "b.yml:2:8: fleet.yml includes a.yml includes b.yml includes a.yml (a file cannot include itself)",
        ),
        (
            {"fleet": "version: 1\ntags: !include none.yml\n"},
            "fleet.yml:2:7: the file none.yml cannot be read: No such file or directory",
        ),
        (
            {"fleet": "version: 1\ntags: !include one.yml\n", "one": "just text\n"},
            "fleet.yml:2:7: !include takes a file with a list or a mapping, not one with a single value",
        ),
        (
            {"fleet": "version: 1\ntags: !include [a.yml]\n"},
            "fleet.yml:2:7: !include takes a name (as in '!include NAME')",
        ),
        ({"fleet": "version: 1\ntags: !include bad.yml\n", "bad": "[a\n"}, "bad.yml:2:1: is not valid YAML"),
    ],
)
def test_what_cannot_be_included_is_said_once(texts: dict[str, str], said: str) -> None:
    write(**texts)
    (problem,) = wrong()

    assert problem.startswith(said)


def test_includes_of_includes_cannot_be_used_to_exhaust_anything() -> None:
    for level in range(9):
        write(**{f"l{level}": f"[{', '.join([f'!include l{level + 1}.yml'] * 10)}]\n"})
    write(l9="[a]\n", fleet="version: 1\ntags: !include l0.yml\n")

    assert wrong() == ["fleet.yml: includes files more than 1,000 times"]
