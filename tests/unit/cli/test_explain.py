# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""explain and schema: what can be declared, out of the Kinds themselves."""

from __future__ import annotations

import json

import pytest

from ansible_collections.edgeops.device_trust.plugins.module_utils._engine import KINDS
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.main import status_of

FIELDS = [
    (kind.name, field.name) for kind in KINDS.values() for field in kind.fields if not (kind.within and field.key)
]


def explained(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert status_of(["explain", *arguments]) == 0
    return capsys.readouterr().out


def test_every_kind_is_listed_and_explained_with_its_source(capsys: pytest.CaptureFixture[str]) -> None:
    overview = explained(capsys)
    for name, kind in KINDS.items():
        text = explained(capsys, name)
        assert name in overview
        assert kind.title in overview
        assert text.startswith(f"{name}: {kind.title}\n")
        assert "From:        u-blox Security Services REST API 1.1.29, " in text
        assert json.loads(explained(capsys, name, "--json"))["kind"] == name


@pytest.mark.parametrize(("kind", "field"), FIELDS)
def test_every_field_is_explained_with_its_limits(capsys: pytest.CaptureFixture[str], kind: str, field: str) -> None:
    text = " ".join(explained(capsys, f"{kind}.{field}").split())
    declared = KINDS[kind].by_name[field]

    assert text.startswith(f"{kind}.{field}: ")
    assert all(choice in text for choice in declared.choices)
    assert declared.minimum is None or str(declared.minimum) in text
    assert declared.maximum is None or str(declared.maximum) in text
    assert declared.rule in text
    assert declared.wire in text


@pytest.mark.parametrize(
    "subject",
    [
        "root_cas.name",
        "root_cas[].name",
        "device_profiles.bootstrap_provisioning.root_ca",
        "bootstrap_provisioning.root_ca",
    ],
)
def test_a_field_may_be_named_as_a_document_writes_it(capsys: pytest.CaptureFixture[str], subject: str) -> None:
    assert explained(capsys, subject)


@pytest.mark.parametrize(
    ("subject", "hint"),
    [("root_cq", "did you mean 'root_ca'?"), ("tag.nam", "did you mean 'name'?"), ("tag.name.x", "tag has no field")],
)
def test_what_there_is_not_is_an_error_with_a_hint(capsys: pytest.CaptureFixture[str], subject: str, hint: str) -> None:
    assert status_of(["explain", subject]) == 1
    assert hint in capsys.readouterr().err


def test_schemas_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, title in ((["schema"], "Desired state"), (["schema", "plan"], "A saved plan")):
        assert status_of(arguments) == 0
        assert json.loads(capsys.readouterr().out)["title"].startswith(title)
