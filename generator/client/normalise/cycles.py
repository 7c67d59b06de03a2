"""End circular references: arrays and unions that contain themselves without an object between.

A class may refer to itself in an annotation, but only an object has a class. So the inner array may
contain any value. Only the server checks it.
"""

from __future__ import annotations

from typing import Any

from generator.client.normalise.class_names import has_class, referenced
from generator.client.normalise.merge import Schema
from generator.client.normalise.pointers import COMPONENT


def end_cycles(schemas: dict[str, Any]) -> None:
    """Replace each reference that closes a circle by a schema without references.

    Args:
        schemas: The component schemas; the objects and enums in them are components.
    """
    finished: set[str] = set()

    def ended(schema: Schema, passed: frozenset[str]) -> Schema:
        name = referenced(schema)
        if name in passed:
            return _outline(schemas, schema, frozenset())
        if name is not None and name not in finished:
            schemas[name] = ended(schemas[name], passed | {name})
            finished.add(name)
        if name is not None or has_class(schema):
            return schema
        if "items" in schema:
            return {**schema, "items": ended(schema["items"], passed)}
        if "anyOf" in schema:
            return {**schema, "anyOf": [ended(option, passed) for option in schema["anyOf"]]}
        return schema

    for name in schemas:
        ended({"$ref": COMPONENT + name}, frozenset())


def _outline(schemas: dict[str, Any], schema: Schema, passed: frozenset[str]) -> Schema:
    """A schema whose arrays may have any items."""
    name = referenced(schema)
    if name is not None and not has_class(schemas[name]):
        return {} if name in passed else _outline(schemas, schemas[name], passed | {name})
    if "items" in schema:
        return {**schema, "items": {}}
    if "anyOf" in schema:
        options = [_outline(schemas, option, passed) for option in schema["anyOf"]]
        return {**schema, "anyOf": options}
    return schema
