"""Move null from a component to the references to it, each of which becomes a union with null.

A class is never null.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.client.normalise.alternatives import NULL
from generator.client.normalise.class_names import has_class, referenced
from generator.client.normalise.merge import Schema


def spread_null(schemas: dict[str, Any], outermost: list[tuple[dict[str, Any], str]]) -> None:
    """Move null from the components to the references to them.

    Args:
        schemas: The component schemas, simplified.
        outermost: The holders of all schemas, with their keys.
    """
    nullable: set[str] = set()
    for name, schema in schemas.items():
        keyword = "anyOf" if "anyOf" in schema else "oneOf"
        options = schema.get(keyword, [])
        rest = [option for option in options if option != NULL]
        if len(options) == 2 and len(rest) == 1 and has_class(rest[0]):
            nullable.add(name)
            beside = {key: value for key, value in schema.items() if key != keyword}
            schemas[name] = {**rest[0], **beside}
    if not nullable:
        return
    for holder, key in outermost:
        for inner, at in list(places(holder, key)):
            schema = inner[at]
            if referenced(schema) in nullable:
                beside = {name: schema[name] for name in schema if name not in ("allOf", "$ref")}
                (reference,) = schema.get("allOf", [{"$ref": schema.get("$ref")}])
                inner[at] = {"oneOf": [reference, dict(NULL)], **beside}
            for options in (schema.get("anyOf"), schema.get("oneOf")):
                if (
                    options
                    and NULL not in options
                    and any(referenced(option) in nullable for option in options)
                ):
                    options.append(dict(NULL))


def places(holder: Any, key: Any) -> Iterator[tuple[Any, Any]]:
    """The place of a simplified schema and of all schemas in it, except options by reference."""
    yield holder, key
    schema: Schema = holder[key]
    for name in schema.get("properties", {}):
        yield from places(schema["properties"], name)
    for keyword in ("items", "additionalProperties"):
        if schema.get(keyword):
            yield from places(schema, keyword)
    for options in (schema.get("anyOf", []), schema.get("oneOf", [])):
        for index, option in enumerate(options):
            if referenced(option) is None:
                yield from places(options, index)
