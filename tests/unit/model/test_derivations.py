# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From one Kind derive the module's options, their documentation and the JSON Schema: they say the same."""

from __future__ import annotations

import re
from operator import attrgetter
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from ansible_collections.edgeops.device_trust.plugins.module_utils._model.argument_spec import (
    argument_spec,
    documented_options,
    takes_many_names,
)
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.ids import IdSet
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.json_schema import (
    can_be_exclusive,
    document_schema,
    object_schema,
    section_schema,
)
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.kind import (
    Call,
    Kind,
    PerDevice,
    PerParent,
    Transition,
)
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.registry import KINDS, SECTIONS, nested_in
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.values import Type, Value

every_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=attrgetter("name"))

ACTIONS = ("set", "delete", "renew", "update", "transfer", "revoke", "rotate")
# What the same field is for Ansible and for JSON Schema.
TYPES = {
    "str": "string",
    "int": "integer",
    "bool": "boolean",
    "dict": "object",
    "list": "array",
}


def schema_of_module(kind: Kind) -> dict[str, Any]:
    """The schema's properties that are options of the kind's module."""
    properties: dict[str, Any] = dict(object_schema(kind)["properties"])
    for nested in nested_in(kind):
        del properties[nested.name]
    return properties


@every_kind
def test_the_documentation_is_the_argument_spec_with_descriptions(kind: Kind) -> None:
    def undocumented(option: dict[str, Any]) -> dict[str, Any]:
        spec = {key: value for key, value in option.items() if key not in {"description", "suboptions"}}
        if "suboptions" in option:
            spec["options"] = {name: undocumented(sub) for name, sub in option["suboptions"].items()}
        return spec

    def without_masking(option: dict[str, Any]) -> dict[str, Any]:
        spec = {key: value for key, value in option.items() if key != "no_log"}
        if "options" in spec:
            spec["options"] = {name: without_masking(sub) for name, sub in spec["options"].items()}
        return spec

    documented = documented_options(kind)

    assert {name: undocumented(option) for name, option in documented.items()} == {
        name: without_masking(option) for name, option in argument_spec(kind).items()
    }
    assert all(option["description"] for option in documented.values())


@every_kind
def test_the_module_takes_what_the_schema_has_and_nothing_else(kind: Kind) -> None:
    spec = argument_spec(kind)
    # Written inside its parent, an object has the parent's name, and only its parent's list has a mode.
    expected = set(schema_of_module(kind)) | {kind.key.name if kind.key else "ids"}
    if not kind.singleton and not takes_many_names(kind):
        expected |= {"items"}
    if can_be_exclusive(kind):
        expected |= {"mode"}

    assert set(spec) == expected


@every_kind
def test_types_choices_and_defaults_agree(kind: Kind) -> None:
    spec = argument_spec(kind)
    for name, schema in schema_of_module(kind).items():
        option = spec[name]
        if takes_many_names(kind) and kind.key and name == kind.key.name:
            assert (option["type"], option["elements"]) == ("list", "str"), "the module takes many names at once"
            continue
        assert TYPES[option["type"]] == schema.get("type", "string"), name
        allowed = schema.get("enum") or schema.get("items", {}).get("enum")
        assert option.get("choices") == allowed, name
        assert option.get("default") == schema.get("default"), name
        assert set(option.get("options", {})) == set(schema.get("properties", {})), name


@every_kind
def test_limits_of_the_schema_are_in_the_documentation(kind: Kind) -> None:
    documented = documented_options(kind)
    for name, schema in schema_of_module(kind).items():
        text = " ".join(documented[name]["description"])
        for limit in ("minimum", "maximum", "maxLength"):
            if limit in schema:
                assert re.search(rf"\b{schema[limit]}\b", text), f"{name}: {limit}"


@pytest.mark.parametrize(
    "kind", [kind for kind in KINDS.values() if "items" in argument_spec(kind)], ids=attrgetter("name")
)
def test_items_take_the_same_options_as_one_object(kind: Kind) -> None:
    spec = argument_spec(kind)
    one = {name: option for name, option in spec.items() if name not in {"items", "mode"}}
    many = spec["items"]["options"]
    assert kind.key is not None

    assert many[kind.key.name].pop("required") is True
    assert many == one


@every_kind
def test_secrets_and_nothing_else_are_masked_by_ansible(kind: Kind) -> None:
    masked = {name for name, option in argument_spec(kind).items() if option.get("no_log")}

    assert masked == {field.name for field in kind.fields if field.type is Type.SECRET}


@every_kind
def test_schemas_are_valid_schemas(kind: Kind) -> None:
    Draft202012Validator.check_schema(object_schema(kind))
    Draft202012Validator.check_schema(section_schema(kind))


def test_the_document_schema_has_every_section_and_refuses_others() -> None:
    schema = document_schema()
    Draft202012Validator.check_schema(schema)

    assert set(schema["properties"]) == {"version", "account", *SECTIONS}
    assert Draft202012Validator(schema).is_valid({"version": 1})
    assert not Draft202012Validator(schema).is_valid({"version": 1, "tag": []})
    assert not Draft202012Validator(schema).is_valid({})


def actions_of(kind: Kind) -> frozenset[str]:
    """Those of the steps of a PerDevice kind for which it has requests."""
    devices = IdSet.of(["1"])
    attributes: dict[str, Value] = {"root_ca": "ca", "validity_days": 30, "type": "CONTINUOUS"}

    def sends(action: str) -> bool:
        transition = Transition("a", {f"{action} ca": devices}, attributes, frozenset())
        return bool(kind.requests(kind.update, transition))

    return frozenset(filter(sends, ACTIONS))


@every_kind
def test_a_kind_is_complete(kind: Kind) -> None:
    """What the core takes for granted of every Kind."""
    assert kind.singleton or kind.key
    assert all(field.description for field in kind.fields)
    assert all(field.rule for field in kind.fields if field.pattern), "a pattern has words for people"
    assert all(field.refers_to in KINDS for field in kind.references)
    assert not kind.within or kind.within in KINDS
    assert not isinstance(kind.read, PerParent) or kind.read.parent in KINDS
    if isinstance(kind.read, PerDevice):
        assert (bool(kind.update), kind.create, kind.delete) == (True, None, None), "devices are told, not made"
        assert kind.by_name["ids"].type is Type.IDS
        assert kind.by_name["tags"].refers_to == "tag"
        assert kind.read.removing | kind.read.immediate <= actions_of(kind), "actions that there are"
    for operation in (kind.create, kind.update, kind.delete):
        if isinstance(operation, Call):
            assert all(kind.by_name[name].wire for name in operation.fields), "what is sent has a wire name"
    for field in kind.fields:
        assert not field.resent_by or kind.by_name[field.resent_by].directive


def test_kinds_come_after_what_they_refer_to() -> None:
    order = list(KINDS)
    for kind in KINDS.values():
        for field in kind.references:
            assert order.index(field.refers_to) < order.index(kind.name)
