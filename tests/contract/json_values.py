"""Values of JSON in Python, in terms that type checkers follow."""

from __future__ import annotations

from typing import Any, TypeGuard

Place = tuple[str | int, ...]
"""Where in a JSON value: names of members and positions in arrays."""


def is_object(value: object) -> TypeGuard[dict[str, Any]]:
    """Whether a value is a JSON object."""
    return isinstance(value, dict)


def is_array(value: object) -> TypeGuard[list[Any]]:
    """Whether a value is a JSON array."""
    return isinstance(value, list)


def json_type(value: object) -> str:
    """The name that JSON Schema has for the type of a value."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "number"
        case str():
            return "string"
        case _:
            return "array" if is_array(value) else "object"
