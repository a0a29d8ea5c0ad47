# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""YAML files into trees with positions.

Scalars follow YAML 1.2's core schema but for floating point, which no field takes: 0002000001234567 stays text
(YAML 1.1 reads an octal number), and so do ``no`` and ``on``.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._model.errors import Position, Problem
from .reading import Unreadable, read_text
from .suggest import did_you_mean
from .tree import DEEPEST, TOO_DEEP, Node, Scalar

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
_SURELY_COMPOSED = 1000
_STANDARD_TAG = "tag:yaml.org,2002:"


def read_yaml(path: Path, problems: list[Problem], environ: Mapping[str, str] | None = None) -> Node | None:
    """The tree of the document in ``path``, None when there is none; what is wrong goes to ``problems``."""
    try:
        text = read_text(path)
    except Unreadable as reason:
        problems.append(Problem(f"cannot be read: {reason}", position=Position(str(path))))
        return None
    return parse_yaml(text, path, problems, environ)


def parse_yaml(text: str, path: Path, problems: list[Problem], environ: Mapping[str, str] | None = None) -> Node | None:
    """As ``read_yaml``, with the text given; ``path`` is what positions name and what ``!file`` is relative to."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        if _may_be_deep(text):
            _refuse_depth(yaml.parse(text, Loader=loader))
        root = yaml.compose(text, Loader=loader)
    except _TooLarge as reason:
        problems.append(Problem(str(reason), position=Position(str(path))))
        return None
    except yaml.MarkedYAMLError as failure:
        mark = failure.problem_mark or failure.context_mark
        position = Position(str(path), mark.line + 1, mark.column + 1) if mark else Position(str(path))
        what = " ".join(part for part in (failure.context, failure.problem) if part)
        problems.append(Problem(f"is not valid YAML: {what}", position=position))
        return None
    except (yaml.YAMLError, RecursionError) as failure:
        problems.append(
            Problem(f"is not valid YAML: {' '.join(str(failure).split())[:200]}", position=Position(str(path)))
        )
        return None
    if root is None:
        problems.append(Problem("is empty", position=Position(str(path)), hint="a document begins with 'version: 1'"))
        return None
    found: list[Problem] = []
    tree = _Composer(path, found, os.environ if environ is None else environ).node(root, 0)
    problems += dict.fromkeys(found)  # what an alias repeats is wrong once
    return tree


class _TooLarge(Exception):
    """The document holds or expands to more than is read (aliases of aliases), or is nested too deep."""


def _may_be_deep(text: str) -> bool:
    """Whether ``text`` could be nested so deep that composing it exhausts the stack of the C library, which ends the
    process. Each level takes a bracket, or a column: block collections are nested by indentation.
    """
    return text.count("[") + text.count("{") + max(map(len, text.splitlines()), default=0) > _SURELY_COMPOSED


def _refuse_depth(events: Iterable[yaml.Event]) -> None:
    """Raises _TooLarge; goes through the events one by one, without a stack."""
    import yaml

    depth = 0
    for event in events:
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEEPEST:
                raise _TooLarge(TOO_DEEP)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


@dataclass(slots=True)
class _Composer:
    """Turns one file's YAML nodes into a tree.

    What aliases repeat is made once for each depth and counted each time, so that a few lines cannot cost more than
    they may hold.
    """

    path: Path
    problems: list[Problem]
    environ: Mapping[str, str]
    _count: int = 0
    _repeated: int = 0
    _made: dict[tuple[int, int], tuple[Node, int]] = field(default_factory=dict)

    def node(self, node: yaml.Node, depth: int) -> Node | None:
        try:
            return self._node(node, depth)
        except _TooLarge as reason:
            self.problems.append(Problem(str(reason), position=Position(str(self.path))))
            return None

    def _node(self, node: yaml.Node, depth: int) -> Node:
        import yaml

        self._count += 1
        if self._count > _MOST_NODES:
            raise _TooLarge(f"holds more than {_MOST_NODES:,} values; put long id lists into files of their own")
        if depth > DEEPEST:
            raise _TooLarge(TOO_DEEP)
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        return self._repeat(node, depth) or self._collection(node, depth)

    def _repeat(self, node: yaml.Node, depth: int) -> Node | None:
        """The tree of a collection that an alias names again."""
        made, size = self._made.get((id(node), depth), (None, 0))
        self._repeated += size
        if self._repeated > _MOST_REPEATED:
            raise _TooLarge(f"repeats more than {_MOST_REPEATED:,} values by aliases")
        return made

    def _collection(self, node: yaml.Node, depth: int) -> Node:
        import yaml

        before = self._count + self._repeated
        if isinstance(node, yaml.MappingNode):
            self._standard_tag(node, "map")
            made = self._mapping(node, depth)
        else:
            assert isinstance(node, yaml.SequenceNode)
            self._standard_tag(node, "seq")
            made = Node([self._node(child, depth + 1) for child in node.value], self._position(node))
        self._made[id(node), depth] = made, self._count + self._repeated - before + 1
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
            values[key], keys[key] = self._node(value_node, depth + 1), position
        for source in merged:
            if isinstance(source.value, dict):
                for key, child in source.value.items():
                    values.setdefault(key, child)
                    keys.setdefault(key, source.child_position(key))
        return Node(values, self._position(node), keys=keys)

    def _merged(self, node: yaml.Node, depth: int) -> list[Node]:
        source = self._node(node, depth + 1)
        merged = source.value if isinstance(source.value, list) else [source]
        if not all(isinstance(each.value, dict) for each in merged):
            self._problem("<< takes a mapping, or a list of mappings", node)
        return merged

    def _scalar(self, node: yaml.ScalarNode) -> Node:
        position = self._position(node)
        text: str = node.value
        if node.tag in _TAGS:
            return getattr(self, _TAGS[node.tag])(text.strip(), node)  # type: ignore[no-any-return]
        if not node.tag.startswith(_STANDARD_TAG):
            self._problem(f"unknown tag {node.tag}", node, did_you_mean(node.tag, _TAGS))
            return Node(text, position, text)
        quoted = bool(node.style)
        return Node(text if quoted or node.tag == f"{_STANDARD_TAG}str" else resolve(text), position, text)

    def env(self, name: str, node: yaml.ScalarNode) -> Node:
        value = self.environ.get(name)
        if value is None:
            self._problem(f"the environment variable {name} is not set", node)
            return Node("unset", self._position(node), "unset", f"env:{name}")
        if not value:
            self._problem(f"the environment variable {name} is empty", node)
            value = "empty"
        if any("\ud800" <= character <= "\udfff" for character in value):
            self._problem(f"the environment variable {name} is not UTF-8 text", node)
        return Node(value, self._position(node), value, f"env:{name}")

    def file(self, name: str, node: yaml.ScalarNode) -> Node:
        value = "unread"
        try:
            value = read_text(self.path.parent / name).rstrip("\r\n")
        except Unreadable as reason:
            self._problem(f"the file {name} cannot be read: {reason}", node)
        return Node(value, self._position(node), value, f"file:{name}")

    def _standard_tag(self, node: yaml.Node, kind: str) -> None:
        if node.tag in _TAGS:
            self._problem(f"{node.tag} takes a name", node, f"as in '{node.tag} NAME'")
        elif node.tag != f"{_STANDARD_TAG}{kind}":
            self._problem(f"unknown tag {node.tag}", node, did_you_mean(node.tag, _TAGS))

    def _problem(self, message: str, node: yaml.Node, hint: str = "") -> None:
        self.problems.append(Problem(message, position=self._position(node), hint=hint))

    def _position(self, node: yaml.Node) -> Position:
        mark: Any = node.start_mark
        return Position(str(self.path), mark.line + 1, mark.column + 1)


_TAGS = {"!env": "env", "!file": "file"}


def resolve(text: str) -> Scalar:
    """The value of an unquoted scalar."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    return int(text) if _INTEGER.match(text) and len(text) < 20 else text
