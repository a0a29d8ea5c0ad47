# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever is done to a good document, it is either still one or refused with places; nothing else comes out."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.edgeops.device_trust.plugins.module_utils._config.document import load_data, load_files
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.desired import Desired
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.errors import InvalidDeclaration, Problem

GOOD: dict[str, Any] = {
    "version": 1,
    "account": "production",
    "tags": ["cold-chain", {"name": "pilot", "state": "absent"}],
    "root_cas": {
        "mode": "additive",
        "items": [
            {"name": "ca.example.com", "ca_validity_days": 3650, "device_validity_days": 365, "renew_before_days": 30}
        ],
    },
    "device_profiles": [
        {
            "name": "trackers-eu",
            "tags": ["cold-chain"],
            "bootstrap_provisioning": {
                "authorizations": {"LocalDPR": "enabled"},
                "root_ca": "ca.example.com",
                "security_heartbeat_seconds": 86400,
            },
        }
    ],
    "whitelist": {"mode": "exclusive", "ids": ["0002000089282256", "1"], "files": ["ids.txt"]},
    "tag_assignments": [
        {"tag": "cold-chain", "exclusive": "tag", "ids": ["1"], "profiles": ["trackers-eu"]},
        {"tag": "*", "state": "absent", "files": ["ids.txt"]},
    ],
    "device_provisioning": [{"name": "vans", "tags": ["cold-chain"], "authorizations": {"ZTPV1": "enabled"}}],
    "device_certificates": [{"name": "vans", "ids": ["1"], "renew_within_days": 30, "validity_days": 365}],
    "key_rotation": [{"name": "vans", "ids": ["1"], "type": "AUTOMATIC", "days": 7, "resend": "always"}],
    "webhooks": [
        {
            "url": "https://hooks.example.com",
            "events": ["DEVICE_ERRORS_EVENT"],
            "authorization_token": "obviously-fake-canary",
            "update_token": "always",
        }
    ],
}
GOOD_TEXT = yaml.safe_dump(GOOD)

quick = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of all values."""
    yield path
    if isinstance(value, dict | list):
        for key, child in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(child, (*path, key))


PLACES = list(places(GOOD))
WORDS = [*sorted({str(step) for path in PLACES for step in path}), "", "exclusive", "present", "enabled"]

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from(WORDS)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS) | st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


@st.composite
def mutated(draw: st.DrawFn) -> Any:
    """A good document in which up to three values are replaced, removed, doubled, renamed or given one more."""
    document = copy.deepcopy(GOOD)
    for _unused in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(PLACES))
        if not path:
            continue
        parent: Any = document
        try:
            for step in path[:-1]:
                parent = parent[step]
            there = parent[path[-1]]
        except (KeyError, IndexError, TypeError):
            continue  # an earlier mutation took it away
        if not isinstance(parent, dict | list):
            continue
        draw(st.sampled_from([_replace, _remove, _double, _rename, _add]))(draw, parent, path[-1], there)
    return document


def _replace(draw: Callable[..., Any], parent: Any, key: Any, _unused: Any) -> None:
    parent[key] = draw(values)


def _remove(_unused: Callable[..., Any], parent: Any, key: Any, __: Any) -> None:
    del parent[key]


def _double(_unused: Callable[..., Any], parent: Any, key: Any, there: Any) -> None:
    if isinstance(parent, list):
        parent.append(copy.deepcopy(there))
    else:
        parent[key] = [there, there]


def _rename(draw: Callable[..., Any], parent: Any, key: Any, there: Any) -> None:
    if isinstance(parent, dict) and key != "authorization_token":  # under another name it is no secret
        del parent[key]
        parent[draw(st.sampled_from(WORDS))] = there


def _add(draw: Callable[..., Any], _unused: Any, __: Any, there: Any) -> None:
    if isinstance(there, dict):
        there[draw(st.sampled_from(WORDS))] = draw(values)
    elif isinstance(there, list):
        there.append(draw(values))


def check(load: Callable[[], Desired], origin: str) -> None:
    """It loads, or is refused with a place for everything."""
    try:
        loaded = load()
    except InvalidDeclaration as invalid:
        refused_with_places(invalid.problems, origin)
    else:
        assert "canary" not in repr(loaded)


def refused_with_places(problems: Sequence[Problem], origin: str) -> None:
    assert problems
    for problem in problems:
        assert problem.message
        assert problem.position, problem
        assert problem.position.file.startswith(origin), problem
        assert str(problem).isprintable()
        assert len(str(problem)) < 1_000
        assert "canary" not in str(problem), "the value of a secret field"


def test_the_document_is_good(tmp_path: Path) -> None:
    (tmp_path / "ids.txt").write_text("ff\n")
    (tmp_path / "fleet.yml").write_text(GOOD_TEXT)

    assert load_files([tmp_path / "fleet.yml"], {}).account == "production"
    assert load_data(GOOD, base=tmp_path).account == "production"


@quick
@given(document=mutated())
def test_documents_with_another_structure_as_data(tmp_path: Path, document: Any) -> None:
    check(lambda: load_data(document, "document", tmp_path), "document")


@quick
@given(document=mutated())
def test_documents_with_another_structure_as_files(tmp_path: Path, document: Any) -> None:
    (tmp_path / "fleet.yml").write_text(yaml.safe_dump(document), encoding="utf-8", errors="replace")

    check(lambda: load_files([tmp_path / "fleet.yml"], {}), str(tmp_path))


YAML_SIGNS = st.sampled_from(
    [*"[]{}:,-?!&*#|>%@`'\"\n\t \0\r\x85\ufeff", "!env X", "!file .", "<<: ", "&a ", "*a", "---\n", "\u2028", "é"]
)


@quick
@given(
    edits=st.lists(st.tuples(st.integers(0, len(GOOD_TEXT)), st.integers(0, 12), YAML_SIGNS), min_size=1, max_size=4)
)
def test_documents_with_another_text(tmp_path: Path, edits: list[tuple[int, int, str]]) -> None:
    text = GOOD_TEXT
    for at, length, sign in edits:
        text = text[:at] + sign + text[at + length :]
    (tmp_path / "fleet.yml").write_bytes(text.encode())

    check(lambda: load_files([tmp_path / "fleet.yml"], {"X": "x"}), str(tmp_path))


@quick
@given(content=st.binary(max_size=200))
def test_files_of_anything(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "fleet.yml").write_bytes(content)

    check(lambda: load_files([tmp_path / "fleet.yml"], {}), str(tmp_path))
