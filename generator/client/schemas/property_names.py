"""Rename properties that come to one Python name, which stops openapi-python-client's parser."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from openapi_python_client.strings import PythonIdentifier

from generator.client.schemas.spelling import free, spelled
from generator.spec.references import objects, resolve
from generator.spec.values import as_array, as_object, is_array, is_object


def rename_properties(document: dict[str, Any], prefix: str) -> dict[str, str]:
    """Rename the properties of a document that collide, in place.

    Args:
        document: The document.
        prefix: What the parser puts before a name that is no identifier.

    Returns:
        The property's own name for each new name.
    """
    schemas = [schema for _, schema in objects(document)]
    taken = {name for schema in schemas for name in as_object(schema.get("properties"))}
    renamed: dict[str, str] = {}
    for schema in schemas:
        for name in _colliding(dict(property_schemas(document, schema)), prefix):
            if name not in renamed:
                renamed[name] = free(taken, spelled(name))
    for schema in schemas if renamed else ():
        if is_object(schema.get("properties")):
            named = schema["properties"].items()
            schema["properties"] = {renamed.get(name, name): inner for name, inner in named}
        if is_array(schema.get("required")):
            schema["required"] = [renamed.get(name, name) for name in schema["required"]]
    return {new: name for name, new in renamed.items()}


def property_schemas(
    document: Mapping[str, Any], schema: Mapping[str, Any], depth: int = 0
) -> Iterator[tuple[str, Any]]:
    """The properties of a schema with their schemas, those of its `allOf` included."""
    for part in as_array(schema.get("allOf")) if depth < 100 else ():
        yield from property_schemas(document, as_object(resolve(document, part)), depth + 1)
    yield from as_object(schema.get("properties")).items()


def _colliding(names: Mapping[str, Any], prefix: str) -> list[str]:
    """The names that the parser cannot tell apart, not even with their own capitals.

    A name that is a Python name itself keeps it.
    """
    identifiers: dict[tuple[str, str], list[str]] = {}
    for name in sorted(names):
        both = PythonIdentifier(name, prefix), PythonIdentifier(name, prefix, skip_snake_case=True)
        identifiers.setdefault(both, []).append(name)
    return [
        name
        for (own, _), group in identifiers.items()
        for name in group
        if len(group) > 1 and name != own
    ]
