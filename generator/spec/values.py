"""JSON values: what type a value has, and values in plain Python types."""

from __future__ import annotations

import json
from typing import Any, TypeGuard


def is_object(value: Any) -> TypeGuard[dict[str, Any]]:
    """Whether a value is a JSON object."""
    return isinstance(value, dict)


def is_array(value: Any) -> TypeGuard[list[Any]]:
    """Whether a value is a JSON array."""
    return isinstance(value, list)


def as_object(value: Any) -> dict[str, Any]:
    """The value, or an empty object if it is no object."""
    return value if is_object(value) else {}


def as_array(value: Any) -> list[Any]:
    """The value, or an empty array if it is no array."""
    return value if is_array(value) else []


def json_type(value: Any) -> str:
    """The type of a value, as JSON Schema names it."""
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


def plain(value: Any) -> Any:
    """A copy in plain dicts, lists and scalars, without the comments and styles of ruamel.yaml."""
    return json.loads(json.dumps(value))
