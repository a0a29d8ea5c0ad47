# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""YAML files into trees with positions, together with what they include and refer to.

Scalars follow YAML 1.2's core schema but for floating point, which no field takes: 0002000001234567 stays text
(YAML 1.1 reads an octal number), and so do ``no`` and ``on``.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._model.errors import Position, Problem
from .._model.narrow import of_type
from .reading import FileText, Sources, Unreadable
from .references import (
    ciphertext_digest,
    env_reference,
    file_reference,
    stripped,
    vault_reference,
    vaulted_file_reference,
)
from .suggest import did_you_mean
from .tree import DEEPEST, TOO_DEEP, Node, Scalar
from .yaml_text import TooLarge, compose

if TYPE_CHECKING:
    import yaml

_INTEGER = re.compile(r"^[-+]?(0|[1-9][0-9]*)$")
_CONSTANTS: Mapping[str, Scalar] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_MOST_NODES = 2_000_000
_MOST_REPEATED = 100_000
_MOST_INCLUDES = 1_000
_STANDARD_TAG = "tag:yaml.org,2002:"


def read_yaml(path: Path, problems: list[Problem], sources: Sources | None = None) -> Node | None:
    """The tree of the document in ``path``, None when there is none; what is wrong goes to ``problems``."""
    sources = sources or Sources()
    try:
        found = sources.read(path)
    except Unreadable as reason:
        if not sources.skipped(path):
            problems.append(Problem(f"cannot be read: {reason}", position=Position(str(path))))
        return None
    return _tree(found, path, problems, sources)


def parse_yaml(text: str, path: Path, problems: list[Problem], sources: Sources | None = None) -> Node | None:
    """As ``read_yaml``, with the text given; ``path`` is what positions name and what names in it are relative to."""
    return _tree(FileText(text), path, problems, sources or Sources())


def _tree(found: FileText, path: Path, problems: list[Problem], sources: Sources) -> Node | None:
    wrong: list[Problem] = []
    document = _Document(sources, wrong)
    root = compose(found.text, path, wrong)
    tree = None
    if root is not None:
        try:
            tree = _Composer(document, path, _digest(found)).node(root, 0)
        except TooLarge as reason:
            wrong.append(Problem(str(reason), position=Position(str(path))))
    problems += dict.fromkeys(wrong)  # what an alias repeats is wrong once
    return tree


def _digest(found: FileText) -> str:
    return ciphertext_digest(found.ciphertext) if found.ciphertext else ""


@dataclass(slots=True)
class _Document:
    """One document with all that it includes: what is wrong in it, and how much it has cost so far."""

    sources: Sources
    problems: list[Problem]
    count: int = 0
    repeated: int = 0
    includes: int = 0

    @property
    def size(self) -> int:
        return self.count + self.repeated

    def take_value(self) -> None:
        self.count += 1
        if self.count > _MOST_NODES:
            raise TooLarge(f"holds more than {_MOST_NODES:,} values; put long id lists into files of their own")

    def take_repeated(self, size: int) -> None:
        self.repeated += size
        if self.repeated > _MOST_REPEATED:
            raise TooLarge(f"repeats more than {_MOST_REPEATED:,} values by aliases")

    def take_include(self) -> None:
        self.includes += 1
        if self.includes > _MOST_INCLUDES:
            raise TooLarge(f"includes files more than {_MOST_INCLUDES:,} times")


@dataclass(slots=True)
class _Composer:
    """Turns one file's YAML nodes into a tree. Raises TooLarge.

    What aliases repeat is made once for each depth and counted each time, so that a few lines cannot cost more than
    they may hold. ``digest`` is that of the file as it is on the disk if it is encrypted as a whole, else empty;
    ``within`` are the files that include this one, the outermost first.
    """

    document: _Document
    path: Path
    digest: str = ""
    within: tuple[Path, ...] = ()
    _made: dict[tuple[int, int], tuple[Node, int]] = field(default_factory=dict)

    def node(self, node: yaml.Node, depth: int) -> Node:
        import yaml

        self.document.take_value()
        if depth > DEEPEST:
            raise TooLarge(TOO_DEEP)
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, depth)
        return self._repeat(node, depth) or self._collection(node, depth)

    def _repeat(self, node: yaml.Node, depth: int) -> Node | None:
        """The tree of a collection that an alias names again."""
        made, size = self._made.get((id(node), depth), (None, 0))
        self.document.take_repeated(size)
        return made

    def _collection(self, node: yaml.Node, depth: int) -> Node:
        import yaml

        before = self.document.size
        if isinstance(node, yaml.MappingNode):
            self._standard_tag(node, "map")
            made = self._mapping(node, depth)
        else:
            listed = of_type(yaml.SequenceNode, node)
            self._standard_tag(listed, "seq")
            made = Node([self.node(child, depth + 1) for child in listed.value], self._position(node))
        self._made[id(node), depth] = made, self.document.size - before + 1
        return made

    def _mapping(self, node: yaml.MappingNode, depth: int) -> Node:
        values: dict[str, Node] = {}
        keys: dict[str, Position] = {}
        merged: list[Node] = []
        for key_node, value_node in node.value:
            position = self._position(key_node)
            key = key_node.value if isinstance(key_node.value, str) else "?"
            if key_node.tag == f"{_STANDARD_TAG}merge":
                merged += self._merged(value_node, depth)
                continue
            if key in values:
                self._problem(f"{key!r} is given twice; the first is at line {keys[key].line}", key_node)
            values[key], keys[key] = self.node(value_node, depth + 1), position
        for source in merged:
            if isinstance(source.value, dict):
                for key, child in source.value.items():
                    values.setdefault(key, child)
                    keys.setdefault(key, source.child_position(key))
        return Node(values, self._position(node), keys=keys)

    def _merged(self, node: yaml.Node, depth: int) -> list[Node]:
        source = self.node(node, depth + 1)
        merged = source.value if isinstance(source.value, list) else [source]
        if not all(isinstance(each.value, dict) or each.unknown for each in merged):
            self._problem("<< takes a mapping, or a list of mappings", node)
        return merged

    def _scalar(self, node: yaml.ScalarNode, depth: int) -> Node:
        position = self._position(node)
        text: str = node.value
        if node.tag == _INCLUDE:
            return self._include(text.strip(), node, depth)
        if node.tag in _VALUE_TAGS:
            return getattr(self, _VALUE_TAGS[node.tag])(text.strip(), node)  # type: ignore[no-any-return]
        reference = vaulted_file_reference(position, self.digest) if self.digest else ""
        if not node.tag.startswith(_STANDARD_TAG):
            self._problem(f"unknown tag {node.tag}", node, did_you_mean(node.tag, _TAGS))
            return Node(text, position, text, reference)
        quoted = bool(node.style)
        plain = text if quoted or node.tag == f"{_STANDARD_TAG}str" else resolve(text)
        return Node(plain, position, text, reference)

    def env(self, name: str, node: yaml.ScalarNode) -> Node:
        value = self._sources.environ.get(name)
        if value is None:
            if self._sources.lenient:
                return self._unknown(node, f"the environment variable {name} is not set, and its value was not checked")
            self._problem(f"the environment variable {name} is not set", node)
            value = "unset"
        elif not value:
            self._problem(f"the environment variable {name} is empty", node)
            value = "empty"
        elif any("\ud800" <= character <= "\udfff" for character in value):
            self._problem(f"the environment variable {name} is not UTF-8 text", node)
        return Node(value, self._position(node), value, env_reference(name))

    def file(self, name: str, node: yaml.ScalarNode) -> Node:
        path = self.path.parent / name
        value = "unread"
        try:
            value = stripped(self._sources.read(path).text)
        except Unreadable as reason:
            if self._sources.skipped(path):
                return Node("", self._position(node), unknown=True)
            self._problem(f"the file {name} cannot be read: {reason}", node)
        return Node(value, self._position(node), value, file_reference(path))

    def vault(self, ciphertext: str, node: yaml.ScalarNode) -> Node:
        value = "encrypted"
        try:
            value = stripped(self._sources.decrypted(ciphertext))
        except Unreadable as reason:
            if self._sources.may_skip(ciphertext):
                return self._unknown(node, "an encrypted value was not checked")
            self._problem(f"the !vault value cannot be read: {reason}", node)
        return Node(value, self._position(node), value, vault_reference(ciphertext))

    def _include(self, name: str, node: yaml.ScalarNode, depth: int) -> Node:
        """The list or mapping in another file, whose parts keep their places there."""
        self.document.take_include()
        path = self.path.parent / name
        nothing = Node("", self._position(node), unknown=True)
        files = (*self.within, self.path)
        if os.path.realpath(path) in map(os.path.realpath, files):
            self._problem(f"{' includes '.join(map(str, (*files, path)))}", node, "a file cannot include itself")
            return nothing
        try:
            found = self._sources.read(path)
        except Unreadable as reason:
            if not self._sources.skipped(path):
                self._problem(f"the file {name} cannot be read: {reason}", node)
            return nothing
        root = compose(found.text, path, self.document.problems)
        if root is None:
            return nothing
        tree = _Composer(self.document, path, _digest(found), files).node(root, depth + 1)
        if not isinstance(tree.value, dict | list):
            self._problem(f"{_INCLUDE} takes a file with a list or a mapping, not one with a single value", node)
            return nothing
        return tree

    @property
    def _sources(self) -> Sources:
        return self.document.sources

    def _unknown(self, node: yaml.Node, why: str) -> Node:
        position = self._position(node)
        self._sources.unknown.append(f"{position}: {why}")
        return Node("", position, unknown=True)

    def _standard_tag(self, node: yaml.Node, kind: str) -> None:
        if node.tag in _TAGS:
            self._problem(f"{node.tag} takes {_TAGS[node.tag]}", node, f"as in '{node.tag} {_EXAMPLES[node.tag]}'")
        elif node.tag != f"{_STANDARD_TAG}{kind}":
            self._problem(f"unknown tag {node.tag}", node, did_you_mean(node.tag, _TAGS))

    def _problem(self, message: str, node: yaml.Node, hint: str = "") -> None:
        self.document.problems.append(Problem(message, position=self._position(node), hint=hint))

    def _position(self, node: yaml.Node) -> Position:
        mark: Any = node.start_mark
        return Position(str(self.path), mark.line + 1, mark.column + 1)


_INCLUDE = "!include"
_VALUE_TAGS = {"!env": "env", "!file": "file", "!vault": "vault"}
_TAGS = {"!env": "a name", "!file": "a name", "!vault": "text", _INCLUDE: "a name"}
_EXAMPLES = {"!env": "NAME", "!file": "NAME", "!vault": "|", _INCLUDE: "NAME"}


def resolve(text: str) -> Scalar:
    """The value of an unquoted scalar."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    return int(text) if _INTEGER.match(text) and len(text) < 20 else text
