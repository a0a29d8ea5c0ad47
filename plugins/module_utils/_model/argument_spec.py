# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Module options derived from the Kinds: the argument spec, and its documentation. One derivation, so they agree."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .json_schema import MODES, STATES, can_be_exclusive
from .kind import Field, Kind
from .narrow import known
from .values import Type

Option = dict[str, Any]

_TYPES: dict[Type, Callable[[Field], Option]] = {
    Type.TEXT: lambda field: {"type": "str", **({"choices": list(field.choices)} if field.choices else {})},
    Type.INTEGER: lambda _unused: {"type": "int"},
    Type.FLAG: lambda _unused: {"type": "bool"},
    Type.SECRET: lambda _unused: {"type": "str", "no_log": True},
    Type.NAMES: lambda field: {
        "type": "list",
        "elements": "str",
        **({"choices": list(field.choices)} if field.choices else {}),
    },
    Type.STATES: lambda field: {
        "type": "dict",
        "options": {
            name: {"type": "str", "choices": list(STATES), "description": [f"Whether {name} may be used."]}
            for name in field.choices
        },
    },
    # Ids are not converted to text here: a number has lost its zeros by then, and is refused with a hint.
    Type.IDS: lambda _unused: {"type": "list", "elements": "raw"},
    Type.FILES: lambda _unused: {"type": "list", "elements": "path"},
}

_MODE: Option = {
    "type": "str",
    "choices": list(MODES),
    "default": MODES[0],
    "description": ["V(additive) leaves alone what is not given here, V(exclusive) deletes it."],
}


def takes_many_names(kind: Kind) -> bool:
    """Whether objects of the kind are nothing but a name, so that O(name) takes a list of them."""
    return kind.key is not None and not kind.attributes


def module_options(kind: Kind) -> dict[str, Option]:
    """The options of the kind's module, with descriptions."""
    options = {field.name: _option(field) for field in kind.fields}
    if kind.singleton:
        return {**options, "mode": _MODE}
    key = known(kind.key).name
    if takes_many_names(kind):
        options[key] |= {"type": "list", "elements": "str", "required": True}
    else:
        item = {name: dict(option) for name, option in options.items()}
        item[key]["required"] = True
        options["items"] = {
            "type": "list",
            "elements": "dict",
            "options": item,
            "description": [f"Several objects in one task, each with the options for one. Use this or O({key})."],
        }
    return {**options, "mode": _MODE} if can_be_exclusive(kind) else options


def _option(field: Field) -> Option:
    option = {**_TYPES[field.type](field), "description": [field.description]}
    if field.default is not None:
        option["default"] = field.default
    limits = _limits(field)
    return {**option, "description": [*option["description"], limits]} if limits else option


def _limits(field: Field) -> str:
    """A sentence on the range or form that a value must have."""
    if field.minimum is not None:
        return f"At least {field.minimum}." if field.maximum is None else f"From {field.minimum} to {field.maximum}."
    longest = f"At most {field.max_length} characters" if field.max_length else ""
    rule = f"it {field.rule}" if field.rule else ""
    sentence = "; ".join(part for part in (longest, rule) if part)
    return f"{sentence[:1].upper()}{sentence[1:]}." if sentence else ""


def argument_spec(kind: Kind) -> dict[str, Option]:
    """The kind's options as AnsibleModule takes them."""
    return {name: _without_descriptions(option) for name, option in module_options(kind).items()}


def _without_descriptions(option: Option) -> Option:
    spec = {key: value for key, value in option.items() if key != "description"}
    if "options" in spec:
        spec["options"] = {name: _without_descriptions(sub) for name, sub in spec["options"].items()}
    return spec


def documented_options(kind: Kind) -> dict[str, Option]:
    """The kind's options as Ansible documentation takes them."""
    return {name: _documented(option) for name, option in module_options(kind).items()}


def _documented(option: Option) -> Option:
    documented = {key: value for key, value in option.items() if key not in {"options", "no_log"}}
    if "options" in option:
        documented["suboptions"] = {name: _documented(sub) for name, sub in option["options"].items()}
    return documented
