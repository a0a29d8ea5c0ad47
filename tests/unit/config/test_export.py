# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A live account as documents: what can be declared is, the rest is told of, and no name becomes anything else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from ansible_collections.edgeops.device_trust.plugins.module_utils._config.document import load_files
from ansible_collections.edgeops.device_trust.plugins.module_utils._config.export import Export, export
from ansible_collections.edgeops.device_trust.plugins.module_utils._config.reading import Sources
from ansible_collections.edgeops.device_trust.plugins.module_utils._config.tree import plain
from ansible_collections.edgeops.device_trust.plugins.module_utils._config.yaml_source import parse_yaml
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.errors import Problem
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.ids import IdSet
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.kind import LiveObject, PerDevice
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.live import LiveAccount
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.registry import KINDS
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.secret import Secret
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.values import Attributes
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.text import render
from tests.unit.plan.account import MemoryAccount
from tests.unit.plan.strategies import accounts
from tests.unit.plan.test_convergence import plan_for


def exported(**kinds: Mapping[str, Attributes]) -> Export:
    """The export of an account that has these objects: kind -> name -> attributes."""
    objects = {
        kind: {KINDS[kind].identity(name): LiveObject(name, attributes) for name, attributes in found.items()}
        for kind, found in kinds.items()
    }
    return export(LiveAccount(objects))


def read(text: str, **environ: str) -> Any:
    problems: list[Problem] = []
    root = parse_yaml(text, Path("written.yml"), problems, Sources(environ))
    assert not problems
    assert root is not None
    return plain(root)


def test_what_a_document_cannot_declare_is_left_out_and_told() -> None:
    found = exported(
        tag={"good": {}, "a,b": {}},
        root_ca={
            "old.example.com": {"ca_validity_days": 1000, "device_validity_days": 365, "expires_on": "2026-01-01"},
            "odd.example.com": {"ca_validity_days": 1825, "device_validity_days": 3650},
        },
        device_profile={"p": {"tags": frozenset()}},
        bootstrap_provisioning={"p": {"authorizations": {"LocalDPR": "enabled", "Newest": "enabled"}, "root_ca": "x"}},
    )

    assert found.sections["tags"] == ["good"]
    assert found.sections["root_cas"] == [
        {"name": "odd.example.com", "ca_validity_days": 1825},
        {"name": "old.example.com", "device_validity_days": 365},
    ]
    assert found.sections["device_profiles"] == [{"name": "p", "tags": [], "bootstrap_provisioning": {"root_ca": "x"}}]
    assert [line.split(":")[0] for line in found.left_out] == [
        "tag.a,b",
        "root_ca.odd.example.com",
        "root_ca.old.example.com",
        "bootstrap_provisioning.p",
    ]


def test_secrets_become_variables_with_names_of_their_own() -> None:
    found = exported(
        webhook={
            f"https://hooks.example.com:8443/{path}": {
                "events": frozenset({"DEVICE_ERRORS_EVENT"}),
                "authorization_token": Secret("fake-canary", "live"),
            }
            for path in ("a", "b?c")
        }
    )
    document = found.document()
    variables = ["WEBHOOK_TOKEN_HOOKS_EXAMPLE_COM_8443", "WEBHOOK_TOKEN_HOOKS_EXAMPLE_COM_8443_2"]

    assert list(found.variables) == variables
    assert "canary" not in document + "".join(found.files().values())
    assert "    authorization_token: !env WEBHOOK_TOKEN_HOOKS_EXAMPLE_COM_8443_2\n" in document
    assert f"# Set {variables[0]} to the authorization_token of webhook.https://hooks.example.com:8443/a.\n" in document
    assert [hook["authorization_token"] for hook in read(document, **dict.fromkeys(variables, "x"))["webhooks"]] == [
        "x"
    ] * 2


def test_no_name_writes_lines_of_its_own_into_a_document() -> None:
    found = exported(webhook={"https://a.example.com/\nversion: 2": {"events": frozenset({"DEVICE_ERRORS_EVENT"})}})

    assert found.sections["webhooks"] == []
    assert len(found.left_out) == 1
    assert "\n" not in found.left_out[0]


names = st.text(min_size=1, max_size=30).filter(lambda name: not any("\ud800" <= c <= "\udfff" for c in name))


@settings(max_examples=300, deadline=None)
@example(["\x85", "a\u2028b", " x ", "\n"])
@given(texts=st.lists(names | st.from_regex(r"[-+.0-9a-fA-FxXoOeE_~]{1,20}", fullmatch=True), max_size=5))
def test_every_text_is_read_as_it_was(texts: list[str]) -> None:
    found = Export("name", {"tags": texts, "whitelist": {"ids": IdSet.of(["0002000089280001", "7"])}})
    read_again = read(found.document())

    assert read_again == {
        "version": 1,
        "account": "name",
        "tags": texts,
        "whitelist": {"ids": ["7", "0002000089280001"]},
    }


def test_each_tag_has_a_file_of_its_devices_whatever_it_is_called() -> None:
    names = ["Cold Chain/EU", "cold*chain eu", "\u00e9", "..", "x" * 255]
    found = exported(
        tag={name: {} for name in names},
        tag_assignment={name: {"ids": IdSet.of([str(n)]), "profiles": frozenset()} for n, name in enumerate(names)},
    )
    files = found.files()
    items = read(files["tag_assignments.yml"])["tag_assignments"]

    assert [item["files"] for item in items] == [
        ["tag_assignments.txt"],
        ["tag_assignments-cold-chain-eu.txt"],
        ["tag_assignments-cold-chain-eu_2.txt"],
        [f"tag_assignments-{'x' * 84}.txt"],
        ["tag_assignments_2.txt"],
    ]
    assert {item["tag"]: files[item["files"][0]] for item in items} == {name: f"{n}\n" for n, name in enumerate(names)}
    assert {item["tag"]: item["ids"] for item in read(found.document())["tag_assignments"]} == {
        name: [str(n)] for n, name in enumerate(names)
    }


def test_which_profiles_have_a_tag_is_declared_of_the_profiles_where_they_are_declared() -> None:
    tagged: dict[str, Mapping[str, Attributes]] = {
        "tag": {"cold": {}, "north": {}},
        "device_profile": {"eu": {"tags": frozenset({"cold", "north"})}},
        "tag_assignment": {
            "cold": {"ids": IdSet.of(["1"]), "profiles": frozenset({"eu"})},
            "north": {"ids": IdSet(), "profiles": frozenset({"eu"})},
        },
    }
    live = LiveAccount(
        {kind: {name: LiveObject(name, of) for name, of in objects.items()} for kind, objects in tagged.items()}
    )

    assert read(export(live).document())["tag_assignments"] == [{"tag": "cold", "ids": ["1"]}]
    assert read(export(live, kinds=["tag_assignment"]).document()) == {
        "version": 1,
        "tag_assignments": [
            {"tag": "cold", "ids": ["1"], "profiles": ["eu"]},
            {"tag": "north", "profiles": ["eu"]},
        ],
    }


def test_a_tag_that_is_called_like_all_tags_cannot_be_declared() -> None:
    found = exported(tag_assignment={"*": {"ids": IdSet.of(["1"]), "profiles": frozenset()}})

    assert found.sections["tag_assignments"] == []
    assert found.left_out == [
        "tag_assignment.*: tag: * stands for all tags, which can only be taken from devices: state: absent, "
        "with ids or files"
    ]


@settings(max_examples=60, deadline=None)
@given(accounts())
def test_what_was_written_leaves_nothing_to_do(account: MemoryAccount) -> None:
    kinds = [name for name, kind in KINDS.items() if not isinstance(kind.read, PerDevice)]
    written = export(account.live(), "production", kinds)
    environ = dict.fromkeys(written.variables, "canary-one")
    account.webhooks = dict.fromkeys(account.webhooks, "canary-one")
    with TemporaryDirectory() as folder:
        for name, text in written.files().items():
            (Path(folder) / name).write_text(text, encoding="utf-8")
        desired = load_files([Path(folder)], environ)

    assert not written.left_out
    plan = plan_for(desired, account, {})
    assert not plan, render(plan)
