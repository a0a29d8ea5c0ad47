# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A live account as documents that declare exactly what it has. No secret is written, only where to take it from."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .._model.errors import Position
from .._model.ids import IdSet
from .._model.json_schema import DOCUMENT_VERSION
from .._model.kind import Field, Kind, LiveObject
from .._model.live import LiveAccount
from .._model.narrow import known
from .._model.printable import printable
from .._model.registry import KINDS, SECTIONS, nested_in
from .._model.values import Type, as_data
from .structure import check_object
from .tree import from_data

_HEADER = "# Written by 'device-trust import' from the live account.\n"
_WIDEST = 1_000_000
_LONGEST_NAME = 100
_ENV_TAG = "!env"
_TEXT_TAG = "tag:yaml.org,2002:str"
# What some parser may take for a number: ids, of which leading zeros would be lost.
_LIKE_A_NUMBER = re.compile(r"[-+.]?[0-9][-+.0-9A-Fa-f_eExXoO]*$")


class _Env(str):
    """The name of the environment variable that holds a secret."""

    __slots__ = ()


@dataclass(slots=True)
class Export:
    """A live account in a document's form. Sets of ids are in ``sections`` as IdSets.

    ``variables`` maps environment variables to the secrets that they must hold; ``left_out`` says what the account has
    that a document cannot declare, which then is not managed.
    """

    account: str
    sections: dict[str, Any] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)

    def files(self) -> dict[str, str]:
        """The documents by file name, one for each section; sets of ids as text files beside them."""
        texts: dict[str, str] = {}
        for section, content in self.sections.items():
            if isinstance(content, Mapping):
                named: Any = _beside(content, section, texts)
            else:
                named = [_beside(item, section, texts) if isinstance(item, Mapping) else item for item in content]
            texts[f"{section}.yml"] = self._text({section: named})
        return texts

    def document(self) -> str:
        """Everything in one document."""
        return self._text(_listed(self.sections))

    def _text(self, sections: Mapping[str, Any]) -> str:
        head = {"version": DOCUMENT_VERSION, **({"account": self.account} if self.account else {})}
        named = set(_variables_in(sections))
        hints = [f"# Set {name} to {what}.\n" for name, what in self.variables.items() if name in named]
        return "".join([_HEADER, *hints, _yaml({**head, **sections})])


def export(live: LiveAccount, account: str = "", kinds: Collection[str] | None = None) -> Export:
    """What ``live`` has, of ``kinds`` (all that were read); ``account`` is the name to write into the documents."""
    writer = _Writer(live, Export(account), frozenset(live.objects) if kinds is None else frozenset(kinds))
    for section, kind in SECTIONS.items():
        if writer.wants(kind):
            writer.section(section, kind)
    return writer.export


@dataclass(slots=True)
class _Writer:
    live: LiveAccount
    export: Export
    kinds: frozenset[str]

    def wants(self, kind: Kind) -> bool:
        return bool(self.kinds & {kind.name, *(nested.name for nested in nested_in(kind))})

    def section(self, section: str, kind: Kind) -> None:
        objects = self.live.of(kind.name)
        if kind.singleton:
            ids = [value for found in objects.values() for value in found.attributes.values()]
            self.export.sections[section] = {"ids": next((value for value in ids if isinstance(value, IdSet)), IdSet())}
            return
        if kind.set_field:
            items = [self._set(kind, found) for _unused, found in sorted(objects.items())]
        else:
            items = [self._item(kind, identity, found) for identity, found in sorted(objects.items())]
        self.export.sections[section] = [item for item in items if item]

    def _set(self, kind: Kind, found: LiveObject) -> Any:
        """One of several sets as a document has it; nothing if it is empty, or cannot be declared."""
        key = {known(kind.key).name: found.name}
        written = {
            wanted.name: value if isinstance(value, IdSet) else as_data(value)
            for wanted in kind.attributes
            if (value := found.attributes.get(wanted.name)) and not self._is_said_elsewhere(kind, wanted)
        }
        if not written:
            return None
        wrong = self._declarable(kind, found, {**key, **{n: v for n, v in written.items() if not isinstance(v, IdSet)}})
        wrong += [
            printable(f"{kind.address(found.name)}: {name}: {message}")
            for name, message in kind.check({**key, **written})
        ]
        self.export.left_out += wrong
        return None if wrong else {**key, **written}

    def _is_said_elsewhere(self, kind: Kind, wanted: Field) -> bool:
        """Whether the objects that a field names say it themselves: a profile, which tags it has."""
        named, key = KINDS.get(wanted.refers_to), known(kind.key)
        if named is None or named.name not in self.kinds:
            return False
        return any(field.refers_to == key.refers_to for field in named.references)

    def _item(self, kind: Kind, identity: str, found: LiveObject) -> Any:
        """One object as a document has it; nothing if it cannot be declared, or nothing of it is wanted."""
        key = {known(kind.key).name: found.name}
        wrong = self._declarable(kind, found, key)
        if wrong:
            self.export.left_out += wrong
            return None
        if not kind.attributes:
            return found.name
        item = {**key, **(self._attributes(kind, found, key) if kind.name in self.kinds else {})}
        for nested in nested_in(kind):
            inner = self.live.find(nested.name, identity)
            if inner is not None and nested.name in self.kinds:
                item[nested.name] = self._attributes(nested, inner, {})
        return item if kind.name in self.kinds or len(item) > len(key) else None

    def _attributes(self, kind: Kind, found: LiveObject, key: Mapping[str, Any]) -> dict[str, Any]:
        """The attributes that can be declared; the others are told of."""
        written: dict[str, Any] = {}
        for wanted in kind.attributes:
            if wanted.type is Type.SECRET:
                written[wanted.name] = self._variable(kind, wanted, found)
            elif wanted.name in found.attributes:
                value = as_data(found.attributes[wanted.name])
                wrong = self._declarable(kind, found, {**key, wanted.name: value})
                self.export.left_out += wrong
                if not wrong:
                    written[wanted.name] = value
        for name, message in kind.check({name: found.attributes.get(name, "") for name in written}):
            self.export.left_out.append(printable(f"{kind.address(found.name)}: {name}: {message}"))
            written.pop(name, None)
        return written

    @staticmethod
    def _declarable(kind: Kind, found: LiveObject, declared: Mapping[str, Any]) -> list[str]:
        """Why ``declared`` would be refused in a document; empty if it would not."""
        problems, _unused = check_object(kind, from_data(declared, Position("")), "")
        address = kind.address(found.name)
        return [printable(f"{address}: {problem.path.lstrip('.')}: {problem.message}") for problem in problems]

    def _variable(self, kind: Kind, wanted: Field, found: LiveObject) -> _Env:
        """A variable for a secret, named after what it belongs to."""
        host = re.sub(r"^[a-z]+://|[/?#].*$", "", found.name)
        base = "_".join(re.findall(r"[A-Z0-9]+", f"{kind.name}_TOKEN_{host}".upper()))
        taken = self.export.variables
        name = next(n for n in (base, *(f"{base}_{i}" for i in range(2, len(taken) + 3))) if n not in taken)
        taken[name] = printable(f"the {wanted.name} of {kind.address(found.name)}")
        return _Env(name)


def _beside(item: Mapping[str, Any], section: str, texts: dict[str, str]) -> dict[str, Any]:
    """The item, with its set of ids in a file of its own among ``texts``."""
    named = dict(item)
    for name, ids in item.items():
        if isinstance(ids, IdSet):
            file = _file_name(section, item, texts)
            texts[file] = "".join(f"{text}\n" for text in ids)
            del named[name]
            named["files"] = [file]
    return named


def _file_name(section: str, item: Mapping[str, Any], taken: Collection[str]) -> str:
    """After what the item is called, whatever that is: without what paths, globs and file systems mean something by."""
    words = re.findall(
        r"[a-z0-9]+", str(next((value for value in item.values() if isinstance(value, str)), "")).lower()
    )
    base = "-".join([section, *words])[:_LONGEST_NAME]
    return next(
        name for n in range(1, len(taken) + 2) if (name := f"{base}{f'_{n}' if n > 1 else ''}.txt") not in taken
    )


def _listed(value: Any) -> Any:
    """Sets of ids as lists, at any depth."""
    if isinstance(value, IdSet):
        return list(value)
    if isinstance(value, Mapping):
        return {name: _listed(child) for name, child in value.items()}
    return [_listed(child) for child in value] if isinstance(value, list) else value


def _variables_in(value: Any) -> Iterable[str]:
    if isinstance(value, _Env):
        yield str(value)
    elif isinstance(value, Mapping):
        for child in value.values():
            yield from _variables_in(child)
    elif isinstance(value, list):
        for child in value:
            yield from _variables_in(child)


def _yaml(data: Mapping[str, Any]) -> str:
    import yaml

    class Dumper(yaml.SafeDumper):
        """Writes variables as people do, with the tag that reads them, and repeats what is the same."""

        def ignore_aliases(self, data: Any) -> bool:
            return True

        def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
            super().increase_indent(flow, False)

        def choose_scalar_style(self) -> Any:
            return "" if getattr(self.event, "tag", "") == _ENV_TAG else super().choose_scalar_style()

    def text(dumper: yaml.SafeDumper, value: str) -> yaml.Node:
        style = "'" if _LIKE_A_NUMBER.match(value) else None
        return dumper.represent_scalar(_TEXT_TAG, value, style=style if value.isprintable() else '"')

    Dumper.add_representer(str, text)
    Dumper.add_representer(_Env, lambda dumper, name: dumper.represent_scalar(_ENV_TAG, str(name)))
    return str(yaml.dump(data, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=_WIDEST))
