# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A live account as documents: what can be declared is, the rest is told of, and no name becomes anything else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from ansible_collections.edgeops.device_trust.plugins.module_utils._config.export import Export, export
from ansible_collections.edgeops.device_trust.plugins.module_utils._config.reading import Sources
from ansible_collections.edgeops.device_trust.plugins.module_utils._config.tree import plain
from ansible_collections.edgeops.device_trust.plugins.module_utils._config.yaml_source import parse_yaml
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.errors import Problem
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.ids import IdSet
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.kind import LiveObject
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.live import LiveAccount
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.registry import KINDS
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.secret import Secret
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.values import Attributes


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
    found = Export("name", {"tags": texts}, {"whitelist": IdSet.of(["0002000089280001", "7"])})
    read_again = read(found.document())

    assert read_again == {
        "version": 1,
        "account": "name",
        "tags": texts,
        "whitelist": {"ids": ["7", "0002000089280001"]},
    }
