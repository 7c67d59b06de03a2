"""Whether every schema has a class with its properties or values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from openapi_python_client.config import Config
from openapi_python_client.parser.properties import Class, EnumProperty, LiteralEnumProperty

from generator.client.enums import class_values
from generator.client.representations import unread_schemas
from generator.client.views.docstrings import as_written, raw
from generator.client.views.models import members_in_order
from generator.client.views.package import PackageView
from generator.spec.references import objects
from generator.spec.values import as_object, is_array, is_object


def missing_schemas(
    document: Mapping[str, Any], view: PackageView, config: Config
) -> Iterator[str]:
    """What of the schemas has no class, property or value."""
    classes: dict[str, set[Any]] = {
        str(model.class_info.name): {
            as_written(raw(member.name)) for member in members_in_order(model)
        }
        for model in view.parsed.models
    } | {str(enum.class_info.name): _values(enum) for enum in view.parsed.enums}
    unread = tuple(unread_schemas(document))
    for place, schema in objects({key: document.get(key) for key in ("components", "paths")}):
        if place.startswith(unread):
            continue
        values = class_values(schema) if is_array(schema.get("enum")) else []
        properties: set[Any] = set(as_object(schema.get("properties")))
        parts = place.split("/")
        # Values of several types are in a class each, which has the name of none.
        own_class = len(parts) == 4 and parts[1:3] == ["components", "schemas"] and len(values) < 2
        for wanted in filter(None, [properties, *values]):
            if own_class:
                name = str(Class.from_string(string=parts[3], config=config).name)
                candidates = [classes[name]] if name in classes else []
                absent = f"the schema has no class {name}"
            else:
                # The parser names the class of an inline schema. Its content tells which it is.
                candidates = list(classes.values())
                absent = "the schema has no class"
            if not candidates:
                yield f"{place}: {absent}"
                continue
            best = max(candidates, key=lambda members: len(wanted & members))
            for lost in sorted(wanted - best, key=str):
                yield f"{place}: {lost!r} is in no class"


def _values(enum: EnumProperty | LiteralEnumProperty) -> set[Any]:
    values: Any = enum.values
    # The parser has escaped strings for a literal.
    return {
        re.sub(r'\\(["\\])', r"\1", value) if isinstance(value, str) else value
        for value in (values.values() if is_object(values) else values)
    }
