# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""YAML files become trees in which each value knows its place; what is wrong becomes problems, never exceptions."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.edgeops.device_trust.plugins.module_utils._config.reading import Sources
from ansible_collections.edgeops.device_trust.plugins.module_utils._config.tree import Node, plain
from ansible_collections.edgeops.device_trust.plugins.module_utils._config.yaml_source import parse_yaml, read_yaml
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.errors import Problem

FILE = Path("fleet.yml")


def tree(text: str, environ: Mapping[str, str] | None = None, path: Path = FILE) -> Node:
    """The tree of a text that has nothing wrong."""
    problems: list[Problem] = []
    root = parse_yaml(text, path, problems, Sources(environ or {}))
    assert not problems
    assert root is not None
    return root


def wrong(text: str, environ: Mapping[str, str] | None = None, path: Path = FILE) -> list[str]:
    """What is said about a text that has something wrong."""
    problems: list[Problem] = []
    parse_yaml(text, path, problems, Sources(environ or {}))
    return [str(problem) for problem in problems]


def at(root: Node, *steps: str | int) -> Node:
    for step in steps:
        children: Any = root.value
        root = children[step]
    return root


def test_every_value_and_key_has_its_line_and_column() -> None:
    root = tree("version: 1\nroot_cas:\n  - name: fleet\n    renew_before_days: 30\n")

    assert str(at(root, "version").position) == "fleet.yml:1:10"
    assert str(at(root, "root_cas", 0).position) == "fleet.yml:3:5"
    assert str(at(root, "root_cas", 0, "renew_before_days").position) == "fleet.yml:4:24"
    assert str(at(root, "root_cas", 0).child_position("renew_before_days")) == "fleet.yml:4:5"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0002000001234567", "0002000001234567"),  # YAML 1.1 reads an octal number
        ("0o17", "0o17"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("12:30:45", "12:30:45"),
        ("1e3", "1e3"),
        ("2.5", "2.5"),
        ("2026-11-21", "2026-11-21"),
        ("no", "no"),
        ("on", "on"),
        ("365", 365),
        ("-1", -1),
        ("true", True),
        ("null", None),
        ("", None),
        ('"365"', "365"),
        ("'true'", "true"),
        ("!!str 365", "365"),
        ("|-\n  365", "365"),
        ("99999999999999999999999999", "99999999999999999999999999"),
    ],
)
def test_only_plain_numbers_and_constants_are_not_text(text: str, value: object) -> None:
    found = plain(tree(f"x: {text}\n"))["x"]

    assert found == value
    assert type(found) is type(value)


def test_an_unquoted_number_also_keeps_its_text() -> None:
    assert at(tree("ids: [2000089282256]"), "ids", 0).text == "2000089282256"


def test_a_byte_order_mark_is_not_part_of_the_first_key() -> None:
    assert plain(tree("\ufeffversion: 1")) == {"version": 1}


def test_merge_keys_give_what_is_not_given_and_keep_their_own_positions() -> None:
    root = tree(
        "base: &b {days: 30, name: base}\nother: &o {days: 1, replace: true}\nca:\n  <<: [*b, *o]\n  name: mine\n"
    )

    assert plain(root)["ca"] == {"name": "mine", "days": 30, "replace": True}
    assert at(root, "ca").child_position("days").line == 1


def test_an_alias_may_be_named_often_in_a_document_of_reasonable_size() -> None:
    root = tree("days: &d [{a: 1}]\nall: [" + "*d, " * 1000 + "]")

    assert plain(root)["all"] == [[{"a": 1}]] * 1000


def test_env_and_file_give_text_and_remember_where_it_is_from(tmp_path: Path) -> None:
    (tmp_path / "token.txt").write_text("obviously-fake\n")
    root = tree("a: !env HOOK\nb: !file token.txt", {"HOOK": "12"}, tmp_path / "fleet.yml")

    assert [(at(root, key).value, at(root, key).reference) for key in "ab"] == [
        ("12", "env:HOOK"),
        ("obviously-fake", f"file:{tmp_path}/token.txt"),
    ]


WRONG = {
    "duplicate keys": ("tags: []\ntags: []\n", ["fleet.yml:2:1: 'tags' is given twice; the first is at line 1"]),
    "an environment variable that is not set": (
        "a: !env NOT_SET",
        ["fleet.yml:1:4: the environment variable NOT_SET is not set"],
    ),
    "one that is empty": ("a: !env EMPTY", ["fleet.yml:1:4: the environment variable EMPTY is empty"]),
    "one that is not text": ("a: !env BYTES", ["fleet.yml:1:4: the environment variable BYTES is not UTF-8 text"]),
    "a file that is not there": (
        "a: !file nowhere/token.txt",
        ["fleet.yml:1:4: the file nowhere/token.txt cannot be read: No such file or directory"],
    ),
    "a name that no file has": (
        'a: !file "a\\0b"',
        [r"fleet.yml:1:4: the file a\x00b cannot be read: no file can have this name"],
    ),
    "an unknown tag": ("a: !envv X", ["fleet.yml:1:4: unknown tag !envv (did you mean '!env'?)"]),
    "a tag that would make an object": (
        "a: !!python/object/apply:os.system ['true']",
        [
            "fleet.yml:1:4: unknown tag tag:yaml.org,2002:python/object/apply:os.system "
            "(known here: !env, !file, !include, !vault)",
        ],
    ),
    "a list for a tag that takes a name": (
        "a: !env [X]",
        ["fleet.yml:1:4: !env takes a name (as in '!env NAME')"],
    ),
    "something to merge that is no mapping": (
        "a: {<<: 5}",
        ["fleet.yml:1:9: << takes a mapping, or a list of mappings"],
    ),
    "no YAML": ("a: [1,\nb: 2\n", None),
    "a tab for indentation": ("a:\n\tb: 1\n", None),
    "an alias of nothing": ("a: *b\n", None),
    "two documents": ("a: 1\n---\nb: 2\n", None),
    "a control character": ("a: \x07", None),
    "nothing at all": ("# nothing\n", ["fleet.yml: is empty (a document begins with 'version: 1')"]),
}


@pytest.mark.parametrize(("text", "expected"), WRONG.values(), ids=list(WRONG))
def test_what_is_wrong_is_said_with_its_place(text: str, expected: list[str] | None) -> None:
    said = wrong(text, {"EMPTY": "", "BYTES": "\udcff"})

    if expected is None:  # in libyaml's words
        assert len(said) == 1
        assert said[0].startswith("fleet.yml")
        assert "is not valid YAML: " in said[0]
    else:
        assert said == expected


def test_a_problem_behind_an_alias_is_said_once() -> None:
    assert len(wrong("a: &a [!env NOT_SET]\nb: [*a, *a, *a]")) == 1


def lines_of_laughs(levels: int) -> str:
    laughs = [f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]" for level in range(1, levels)]
    return "\n".join(["a0: &a0 [lol, lol]", *laughs])


DEEP = 100_000


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (lines_of_laughs(30), "repeats more than 100,000 values by aliases"),
        ("a: &a [*a]", "is nested more than 100 levels deep"),
        ("a: &a {b: [*a, *a], c: *a}", "is nested more than 100 levels deep"),
        ("[" * DEEP + "]" * DEEP, "is nested more than 100 levels deep"),
        ("[" * DEEP, "is nested more than 100 levels deep"),
        ("{a: " * DEEP, "is nested more than 100 levels deep"),
        ("- " * DEEP, "is nested more than 100 levels deep"),
        ("? " * DEEP, "is nested more than 100 levels deep"),
        ("\n".join(" " * depth + "a:" for depth in range(1_001)), "is nested more than 100 levels deep"),
        ("\n".join([f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 2_000)]).replace("*a0", "0"), "is nested more than"),
    ],
    ids=["laughs", "self", "self-wide", "brackets", "open", "braces", "dashes", "questions", "indented", "chain"],
)
def test_documents_that_would_exhaust_memory_or_stack_are_refused_at_once(text: str, reason: str) -> None:
    started = time.process_time()
    said = wrong(text)

    assert len(said) == 1
    assert said[0].startswith(f"fleet.yml: {reason}")
    assert time.process_time() - started < 3


def test_files_that_cannot_be_read_say_why(tmp_path: Path) -> None:
    (tmp_path / "latin.yml").write_bytes(b"account: f\xfcr\n")
    problems: list[Problem] = []
    for path in (tmp_path / "missing.yml", tmp_path / "latin.yml", tmp_path, Path("a\0b.yml"), Path("x" * 300)):
        assert read_yaml(path, problems) is None

    assert [problem.message for problem in problems] == [
        "cannot be read: No such file or directory",
        "cannot be read: it is not UTF-8 text",
        "cannot be read: Is a directory",
        "cannot be read: no file can have this name",
        "cannot be read: File name too long",
    ]
