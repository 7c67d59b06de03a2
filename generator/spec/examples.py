"""Make JSON values that a schema allows: one with all that it names, one with what it requires.

A value keeps to what a client checks. Other limits, such as a pattern, are left to the server.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.errors import GeneratorError
from generator.spec.schemas import alternatives, checked_format
from generator.spec.values import is_object

_SCALARS = {
    "any": "text",
    "boolean": True,
    "integer": 1,
    "null": None,
    "number": 1.5,
    "string": "text",
    "date": "2026-08-23",
    "date-time": "2026-08-23T12:30:00+00:00",
    "uuid": "00000000-0000-4000-8000-000000000001",
}
_DEPTH = 6


def sample(document: Mapping[str, Any], schema: Any, *, full: bool, depth: int = 0) -> Any:
    """A value that a schema allows.

    Args:
        document: The document that the schema's references lead into.
        schema: The schema.
        full: Whether optional members are there, arrays have items, and what may be null is not.
        depth: How deep the value is in the whole one. It limits a schema that contains itself.

    Raises:
        GeneratorError: There is none.
    """
    options = alternatives(document, schema)
    if not options:
        raise GeneratorError(f"no value is allowed by {schema!r}")
    wants_null = depth > 0 and (not full or depth >= _DEPTH)
    options.sort(key=lambda option: (option["type"] == "null") is not wants_null)
    return _value(document, options[0], full=full and depth < _DEPTH, depth=depth)


def _value(document: Mapping[str, Any], schema: dict[str, Any], *, full: bool, depth: int) -> Any:
    def inner(part: Any) -> Any:
        return sample(document, part, full=full, depth=depth + 1)

    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    if schema["type"] == "array":
        count = max(schema.get("minItems", 0), 2 if full else int(depth < _DEPTH))
        count = min(count, schema.get("maxItems", count))
        first: list[Any] = schema.get("prefixItems", [])
        items = schema.get("items", {})
        rest: list[Any] = [items] * (count - len(first)) if items is not False else []
        return list(map(inner, [*first, *rest]))
    if schema["type"] == "object":
        required = schema.get("required", [])
        members = schema.get("properties", {})
        others = schema.get("additionalProperties", {})
        wanted = [name for name in members if full or name in required]
        undeclared = [name for name in required if name not in members]
        if full and others and is_object(others) and not (members or undeclared):
            undeclared = ["name"]
        return {name: inner(members[name]) for name in wanted} | {
            name: inner(others) for name in undeclared
        }
    return _SCALARS[checked_format(schema) or schema["type"]]
