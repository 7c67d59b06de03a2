"""Rename properties that would get the same Python name, at which the parser stops."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openapi_python_client.strings import PythonIdentifier

from generator.client.schemas.spelling import free, spelled


def rename_properties(components: dict[str, Any], prefix: str) -> dict[str, str]:
    """Rename the properties of normalised components that collide, in place.

    Args:
        components: The schemas. Only they have properties, and each has its own.
        prefix: What the parser puts before a name that is no identifier.

    Returns:
        The property's own name for each new name.
    """
    models = [schema for schema in components.values() if "properties" in schema]
    taken = {name for schema in models for name in schema["properties"]}
    renamed: dict[str, str] = {}
    for schema in models:
        for name in _colliding(schema["properties"], prefix):
            if name not in renamed:
                renamed[name] = free(taken, spelled(name))
    for schema in models if renamed else ():
        named = schema["properties"].items()
        schema["properties"] = {renamed.get(name, name): inner for name, inner in named}
        required = schema.get("required", [])
        schema["required"] = [renamed.get(name, name) for name in required]
    return {new: name for name, new in renamed.items()}


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
