"""Whether every schema has a class with its properties or values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from openapi_python_client.config import Config
from openapi_python_client.parser.properties import (
    Class,
    EnumProperty,
    LiteralEnumProperty,
    ModelProperty,
)

from generator.client.normalise.class_names import title_of
from generator.client.normalise.enums import class_values
from generator.client.normalise.pointers import inner_schemas
from generator.client.normalise.slots import schema_slots
from generator.client.views.docstrings import as_written, raw
from generator.client.views.models import members_in_order
from generator.client.views.package import PackageView
from generator.spec.values import as_object, is_object


def missing_classes(normal: Mapping[str, Any], view: PackageView, config: Config) -> Iterator[str]:
    """What of the normalised components has no class, property or value: the parser's omissions."""
    classes: dict[str, set[Any]] = {
        str(model.class_info.name): _members(model) for model in view.parsed.models
    } | {str(enum.class_info.name): _values(enum) for enum in view.parsed.enums}
    for name, schema in as_object(normal["components"]["schemas"]).items():
        wanted = {as_written(key) for key in schema.get("properties", {})} | {
            *schema.get("enum", ())
        }
        if wanted:
            title = title_of(schema) or name
            name = str(Class.from_string(string=title, config=config).name)
            if name not in classes:
                yield f"#/components/schemas: the schema has no class {name}"
            for lost in sorted(wanted - classes.get(name, wanted), key=str):
                yield f"#/components/schemas: {lost!r} is not in the class {name}"


def missing_schemas(document: Mapping[str, Any], view: PackageView) -> Iterator[str]:
    """What of the document's schemas is in no class at all: what normalising has dropped."""
    members: list[set[Any]] = [_members(model) for model in view.parsed.models]
    values = {value for enum in view.parsed.enums for value in _values(enum)}
    with_member: dict[Any, list[set[Any]]] = {}
    for names in members:
        for name in names:
            with_member.setdefault(name, []).append(names)
    for holder, key, outer in schema_slots(document):
        for place, schema in inner_schemas(holder[key], outer):
            wanted = _properties(schema)
            # The class of a schema may have more members: those of what it is merged with.
            holders = [with_member.get(name, []) for name in wanted]
            found = min(holders, key=len) if holders else []
            if wanted and not any(wanted <= names for names in found):
                best = max(
                    found or members, key=lambda names: len(wanted & names), default=set[Any]()
                )
                for lost in sorted(wanted - best):
                    yield f"{place}: {lost!r} is in no class"
            # What is beside an enum in `allOf` may leave less of it.
            if "enum" in schema and "/allOf/" not in place:
                for lost in sorted(set[Any]().union(*class_values(schema)) - values, key=str):
                    yield f"{place}: {lost!r} is in no class"


def _members(model: ModelProperty) -> set[Any]:
    return {as_written(raw(member.name)) for member in members_in_order(model)}


def _properties(schema: Mapping[str, Any]) -> set[Any]:
    """The properties that an object may have, also under a condition."""
    if "object" not in schema.get("type", "object"):
        return set()  # an array or a scalar has no properties, whatever the document says
    conditions = [schema, schema.get("then"), schema.get("else")]
    conditions += as_object(schema.get("dependentSchemas")).values()
    return {
        name
        for part in conditions
        for name, inner in as_object(as_object(part).get("properties")).items()
        if inner is not False
    }


def _values(enum: EnumProperty | LiteralEnumProperty) -> set[Any]:
    values: Any = enum.values
    # The parser has escaped strings for a literal.
    return {
        re.sub(r'\\(["\\])', r"\1", value) if isinstance(value, str) else value
        for value in (values.values() if is_object(values) else values)
    }
