# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documents into a Desired: every value checked against the rules that need no network, all problems at once."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from .._model.desired import Declared, Desired, Section
from .._model.errors import InvalidDeclaration, Position, Problem
from .._model.ids import IdSet, is_id
from .._model.json_schema import DOCUMENT_VERSION, MODES, can_be_exclusive
from .._model.kind import Field, Kind
from .._model.narrow import of_type
from .._model.references import names_in
from .._model.registry import KINDS, SECTIONS, nested_in
from .._model.secret import Secret
from .._model.values import Type, Value
from .id_files import find_files, read_ids
from .reading import Decrypt, Sources
from .structure import ID_HINT, check_object
from .suggest import did_you_mean
from .tree import Node, from_data
from .yaml_source import read_yaml

_MOST_SHOWN = 10
_TOP_LEVEL = ("version", "account", *SECTIONS)


def load_files(
    paths: Sequence[Path],
    environ: Mapping[str, str] | None = None,
    decrypt: Decrypt | None = None,
    *,
    lenient: bool = False,
) -> Desired:
    """The declaration that ``paths`` (files, and directories for their ``*.yml`` and ``*.yaml``) make together.

    ``decrypt`` reads ansible-vault's text. With ``lenient``, variables that are not set and, without ``decrypt``, what
    is encrypted are warned of and not checked; such a declaration is good for no plan. Raises InvalidDeclaration with
    everything that is wrong in any of them.
    """
    sources = Sources(os.environ if environ is None else environ, decrypt, lenient)
    builder = _Builder(sources)
    for path in _documents(paths, builder.problems):
        root = read_yaml(path, builder.problems, sources)
        if root is not None:
            builder.document(root)
    return builder.finish()


def load_data(data: Mapping[str, Any], origin: str = "task arguments", base: Path | None = None) -> Desired:
    """The declaration in ``data``, which has a document's form. ``origin`` stands for the file in messages, ``base``
    is what paths in it are relative to (the working directory).

    Raises InvalidDeclaration.
    """
    builder = _Builder(Sources(), base or Path())
    builder.document(from_data({"version": DOCUMENT_VERSION, **data}, Position(origin)))
    return builder.finish()


def _documents(paths: Sequence[Path], problems: list[Problem]) -> Iterable[Path]:
    for path in paths:
        if not os.path.isdir(path):
            yield path
            continue
        try:
            found = sorted(file for file in path.iterdir() if file.suffix in {".yml", ".yaml"} and os.path.isfile(file))
        except OSError as failure:
            problems.append(Problem(f"cannot be read: {failure.strerror}", position=Position(str(path))))
            continue
        if not found:
            problems.append(Problem("holds no *.yml or *.yaml file", position=Position(str(path))))
        yield from found


@dataclass(slots=True)
class _OpenSection:
    """A section while documents still add to it."""

    kind: Kind
    mode: str = ""
    position: Position | None = None
    objects: dict[str, Declared] = field(default_factory=dict)


class _Builder:
    """Collects sections and problems over all documents.

    ``base`` is what paths are relative to in a declaration that is not from files; else it is the file they are in.
    """

    def __init__(self, sources: Sources, base: Path | None = None) -> None:
        self.problems: list[Problem] = []
        self._sources = sources
        self._base = base
        self._sections: dict[str, _OpenSection] = {}
        self._account: Node | None = None
        self._warnings: list[str] = []

    def finish(self) -> Desired:
        self._check_references()
        if self.problems:
            raise InvalidDeclaration(self.problems)
        sections = {
            name: Section(open_.kind, open_.objects, open_.mode == "exclusive", open_.position)
            for name, open_ in self._sections.items()
        }
        account = str(self._account.value) if self._account else ""
        return Desired(sections, account, (*self._warnings, *dict.fromkeys(self._sources.unknown)))

    def document(self, root: Node) -> None:
        if not isinstance(root.value, dict):
            self._problem(
                "a document must be a mapping of sections", "", root.position, f"sections: {', '.join(SECTIONS)}"
            )
            return
        for key in root.value:
            if key not in _TOP_LEVEL:
                self._problem(f"unknown section {key!r}", "", root.child_position(key), did_you_mean(key, _TOP_LEVEL))
        self._version(root)
        self._take_account(root.value.get("account"))
        for name, kind in SECTIONS.items():
            if name in root.value and not root.value[name].unknown:
                self._section(kind, name, root.value[name], root.child_position(name))

    def _version(self, root: Node) -> None:
        version = of_type(dict, root.value).get("version")
        if version is None:
            self._problem(
                "version is missing", "", root.position, f"begin the document with 'version: {DOCUMENT_VERSION}'"
            )
        elif not version.unknown and (version.value is True or version.value != DOCUMENT_VERSION):
            self._problem(
                f"version {_word(version)} is not known",
                "version",
                version.position,
                f"this release reads {DOCUMENT_VERSION}",
            )

    def _take_account(self, account: Node | None) -> None:
        if account is None or account.unknown:
            return
        if not isinstance(account.value, str) or not account.value:
            self._problem("must be a name", "account", account.position)
        elif self._account is not None and self._account.value != account.value:
            other = f"{self._account.value!r} at {self._account.position}"
            self._problem(f"{account.value!r} contradicts {other}", "account", account.position)
        else:
            self._account = account

    def _section(self, kind: Kind, name: str, node: Node, position: Position) -> None:
        """One section in any of its forms: a list, a mapping with mode and items, or a singleton's mapping."""
        if kind.singleton:
            if self._is(node, dict, name, position):
                self._mode(kind, name, node)
                self._item(kind, node, name)
            return
        items = node
        if isinstance(node.value, dict) and can_be_exclusive(kind):
            for key in node.value.keys() - {"mode", "items"}:
                self._problem(
                    f"unknown option {key!r}", name, node.child_position(key), did_you_mean(key, ("mode", "items"))
                )
            if "items" not in node.value:
                self._problem("items is missing", name, position, "an empty list is written as 'items: []'")
                return
            items = node.value["items"]
            name_of_items = f"{name}.items"
        else:
            name_of_items = name
        if items.unknown:
            return
        if not isinstance(items.value, list):
            self._problem("must be a list", name_of_items, items.position if items.position.line else position)
            return
        self._mode(kind, name, node)
        for index, item in enumerate(items.value):
            self._item(kind, self._expanded(kind, item), f"{name_of_items}[{index}]")

    def _is(self, node: Node, wanted: type, path: str, position: Position) -> bool:
        if isinstance(node.value, wanted):
            return True
        self._problem("must be a mapping", path, position)
        return False

    def _mode(self, kind: Kind, name: str, node: Node) -> None:
        """Opens the section and takes its mode, which must be the same wherever the section is given."""
        given = node.value.get("mode") if isinstance(node.value, dict) else None
        given = None if given and given.unknown else given
        mode = _word(given) if given else MODES[0]
        position = given.position if given else node.position
        if mode not in MODES:
            if not kind.singleton:  # a singleton's schema says it already
                self._problem(f"{mode!r} is not allowed", f"{name}.mode", position, did_you_mean(mode, MODES))
            mode = MODES[0]
        section = self._sections.setdefault(kind.name, _OpenSection(kind, mode, position))
        if section.mode != mode:
            self._problem(f"{mode} contradicts {section.mode} at {section.position}", f"{name}.mode", position)
        for nested in nested_in(kind):
            self._sections.setdefault(nested.name, _OpenSection(nested, MODES[0], position))

    @staticmethod
    def _expanded(kind: Kind, item: Node) -> Node:
        """An item that is only a name stands for an object of that name."""
        if isinstance(item.value, str | int) and kind.key and not kind.attributes:
            return Node({kind.key.name: item}, item.position, keys={kind.key.name: item.position})
        return item

    def _item(self, kind: Kind, node: Node, path: str, parent: str = "") -> None:
        """One object and what is nested in it. What is right of it is looked at further even if something is wrong."""
        if node.unknown:
            return
        found, wrong = check_object(kind, node, path)
        self.problems += found
        if not isinstance(node.value, dict):
            return
        right = {name: child for name, child in node.value.items() if name not in wrong}
        name = parent or (str(right[kind.key.name].value) if kind.key and kind.key.name in right else "")
        for nested in nested_in(kind):
            if nested.name in right:
                self._item(nested, right[nested.name], f"{path}.{nested.name}", name)
        if name or kind.singleton:
            self._declare(kind, name, replace(node, value=right), path, complete=not (found or wrong))

    def _declare(self, kind: Kind, name: str, node: Node, path: str, *, complete: bool) -> None:
        """Adds an object. ``complete``: nothing of it was left out as wrong, so the rules between its fields apply."""
        values: dict[str, Node] = of_type(dict, node.value)
        attributes: dict[str, Value] = {}
        directives: dict[str, str | int | bool] = {
            f.name: f.default for f in kind.fields if f.directive and f.default is not None
        }
        positions: dict[str, Position] = {}
        for wanted in kind.fields:
            if wanted.name not in values or wanted.key or wanted.type is Type.FILES:
                continue
            child = values[wanted.name]
            positions[wanted.name] = child.position
            if wanted.directive:
                directives[wanted.name] = child.value  # type: ignore[assignment]  # its schema has been checked
            else:
                attributes[wanted.name] = self._value(wanted, child, f"{path}.{wanted.name}")
        self._add_id_files(kind, values, attributes, path)
        everything = {**directives, **attributes, **({kind.key.name: name} if kind.key else {})}
        for name_of_field, message in kind.check(everything) if complete else ():
            self._problem(message, f"{path}.{name_of_field}", positions.get(name_of_field, node.position))
        absent = directives.get("state") == "absent"
        self._add(kind, Declared(name, attributes, absent, directives, path, node.position, positions))

    def _value(self, wanted: Field, node: Node, path: str) -> Value:
        value: Any = node.value
        if wanted.type is Type.SECRET:
            return self._secret(node, path)
        if wanted.type is Type.NAMES:
            return frozenset(str(child.value) for child in value)
        if wanted.type is Type.STATES:
            return {name: str(child.value) for name, child in value.items()}
        if wanted.type is Type.IDS:
            return self._ids(node, path)
        if wanted.type is Type.INTEGER:
            return int(value)  # data can hold 30.0, which is a whole number too
        return value  # type: ignore[no-any-return]

    def _secret(self, node: Node, path: str) -> Secret:
        if node.reference:
            return Secret(node.text or "", node.reference)
        if self._base is None:
            self._warnings.append(
                f"{node.position}: {path}: a secret in clear; refer to it with !env or !file, or encrypt it with !vault"
            )
        return Secret(str(node.value), "inline")

    def _ids(self, node: Node, path: str) -> IdSet:
        texts: list[str] = []
        if not isinstance(node.value, list):
            self._problem("must be a list", path, node.position)
            return IdSet()
        wrong = 0
        for index, child in enumerate(node.value):
            if child.unknown:
                continue
            text = child.text if child.text is not None else child.value
            if isinstance(text, str) and is_id(text):
                texts.append(text)
                continue
            wrong += 1
            if wrong <= _MOST_SHOWN:
                message, hint = _wrong_id(child)
                self._problem(message, f"{path}[{index}]", child.position, hint)
        if wrong > _MOST_SHOWN:
            self._problem(f"{wrong - _MOST_SHOWN:,} more are not device ids", path, node.position)
        return IdSet.of(texts)

    def _add_id_files(self, kind: Kind, values: Mapping[str, Node], attributes: dict[str, Value], path: str) -> None:
        """The ids of the files that an object names join those that it lists."""
        target = next((f for f in kind.attributes if f.type is Type.IDS), None)
        source = next((f for f in kind.fields if f.type is Type.FILES), None)
        if target is None or source is None or source.name not in values:
            return
        patterns: Any = values[source.name].value
        read: list[str] = []
        for index, pattern in enumerate(patterns):
            base = Path(pattern.position.file).parent if self._base is None else self._base
            files = find_files(str(pattern.value), base)
            if not files:
                self._problem(
                    f"no file matches {str(pattern.value)!r}", f"{path}.{source.name}[{index}]", pattern.position
                )
            for file in files:
                read += read_ids(file, self.problems, self._sources)
        listed = attributes.get(target.name, IdSet())
        attributes[target.name] = of_type(IdSet, listed) | IdSet.of(read)

    def _add(self, kind: Kind, declared: Declared) -> None:
        section = self._sections[kind.name]
        identity = kind.identity(declared.name)
        earlier = section.objects.get(identity)
        if earlier is None:
            section.objects[identity] = declared
        elif kind.singleton and earlier.absent == declared.absent:
            section.objects[identity] = _joined(earlier, declared)
        else:
            at = earlier.position if earlier.position and earlier.position.line else earlier.path
            self._problem(
                f"{kind.address(declared.name)} is declared twice; the first is at {at}",
                declared.path,
                declared.position,
            )

    def _check_references(self) -> None:
        """An object that is declared absent cannot be referred to."""
        for section in self._sections.values():
            for declared in section.objects.values():
                for reference in section.kind.references if not declared.absent else ():
                    self._check_reference(reference, declared)

    def _check_reference(self, reference: Field, declared: Declared) -> None:
        target = KINDS[reference.refers_to]
        section = self._sections.get(target.name)
        names = names_in(reference, declared.name, declared.attributes)
        if section is None:
            return
        for name in names:
            found = section.objects.get(target.identity(name))
            if found is not None and found.absent:
                self._problem(
                    f"{target.address(name)} is declared absent (at {found.position})",
                    f"{declared.path}.{reference.name}",
                    declared.position_of(reference.name),
                )

    def _problem(self, message: str, path: str, position: Position | None, hint: str = "") -> None:
        self.problems.append(Problem(message, path, position, hint))


def _wrong_id(node: Node) -> tuple[str, str]:
    """What is wrong with an id in a list, and what to do about it."""
    if isinstance(node.value, int) and node.text is None and not isinstance(node.value, bool):
        return f"{node.value} is a number", "quote it, or leading zeros are lost"
    shown = (node.taken_from or _word(node))[:40]
    return f"{shown!r} is not a device id", ID_HINT


def _word(node: Node) -> str:
    """A scalar as it was written; of anything else, only what it is."""
    if isinstance(node.value, dict | list):
        return "a mapping" if isinstance(node.value, dict) else "a list"
    return str(node.value) if node.text is None else node.text


def _joined(first: Declared, second: Declared) -> Declared:
    """One singleton out of two documents: their sets united."""
    attributes = dict(first.attributes)
    for name, value in second.attributes.items():
        earlier = attributes.get(name)
        attributes[name] = earlier | value if isinstance(earlier, IdSet) and isinstance(value, IdSet) else value
    return Declared(first.name, attributes, first.absent, first.directives, first.path, first.position, first.positions)
