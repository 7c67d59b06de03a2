"""Rename properties that would get the same Python name, at which the parser stops."""

from __future__ import annotations

from collections import Counter
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
    """The names that would get the same Python name as another from the parser.

    The parser turns names into snake case, unless two of them would then be the same. A name that
    is already in snake case keeps its Python name.
    """
    in_snake_case = {name: PythonIdentifier(name, prefix) for name in sorted(names)}
    wanted = Counter(in_snake_case.values())
    final = {
        name: PythonIdentifier(name, prefix, skip_snake_case=wanted[own] > 1)
        for name, own in in_snake_case.items()
    }
    users = Counter(final.values())
    return [name for name, own in final.items() if users[own] > 1 and name != in_snake_case[name]]
