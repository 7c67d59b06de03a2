"""End circular references: arrays and unions that contain themselves without an object between.

A class may refer to itself in an annotation, but only an object has a class. So the inner array may
contain any value. Only the server checks it.
"""

from __future__ import annotations

from typing import Any

from generator.client.normalise.class_names import has_class, referenced
from generator.client.normalise.merge import Schema


def end_circles(schemas: dict[str, Any]) -> None:
    """Replace each reference that closes a circle by a schema without references.

    Args:
        schemas: The component schemas; the objects and enums in them are components.
    """
    finished: set[str] = set()

    def visit(holder: Any, key: Any, passed: frozenset[str]) -> None:
        schema = holder[key]
        name = referenced(schema)
        if name in passed:
            holder[key] = _outline(schemas, schema, frozenset())
        elif name is not None:
            visit_component(name, passed)
        elif not has_class(schema):
            for keyword in ("anyOf", "oneOf"):
                for index in range(len(schema.get(keyword, []))):
                    visit(schema[keyword], index, passed)
            if "items" in schema:
                visit(schema, "items", passed)

    def visit_component(name: str, passed: frozenset[str]) -> None:
        if name not in finished and name in schemas:
            visit(schemas, name, passed | {name})
            finished.add(name)

    for name in schemas:
        visit_component(name, frozenset())


def _outline(schemas: dict[str, Any], schema: Schema, passed: frozenset[str]) -> Schema:
    """A schema whose arrays may have any items."""
    name = referenced(schema)
    if name is not None and not has_class(schemas[name]):
        return {} if name in passed else _outline(schemas, schemas[name], passed | {name})
    if "items" in schema:
        return {**schema, "items": {}}
    for keyword in ("anyOf", "oneOf"):
        if keyword in schema:
            options = [_outline(schemas, option, passed) for option in schema[keyword]]
            return {**schema, keyword: options}
    return schema
