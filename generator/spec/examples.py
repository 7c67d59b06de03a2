"""Make JSON values that a schema allows: one with all that it names, one with what it requires.

A value keeps to what a client checks. Other limits, such as a pattern, are left to the server.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
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


class EndlessError(Exception):
    """A schema requires itself, so every value of it would be infinite."""


def sample(
    document: Mapping[str, Any], schema: Any, *, full: bool, within: tuple[Any, ...] = ()
) -> Any:
    """A value that a schema allows.

    Args:
        document: The document that the schema's references lead into.
        schema: The schema.
        full: Whether to include optional members, fill arrays, and avoid null.
        within: The schemas around this one. Their number limits a schema that contains itself.

    Raises:
        GeneratorError: The schema allows no value.
        EndlessError: Every value that the schema allows would be infinite.
    """
    depth = len(within)
    options = alternatives(document, schema)
    if not options:
        raise GeneratorError(f"no value is allowed by {schema!r}")
    # From this depth on, a value has only what is required.
    if schema not in within[_DEPTH:]:
        wants_null = depth > 0 and (not full or depth >= _DEPTH)
        options.sort(key=lambda option: (option["type"] == "null") is not wants_null)
        for option in options:
            with suppress(EndlessError):
                return _value(document, option, full=full, within=(*within, schema))
    raise EndlessError(f"every value of {schema!r} contains another one")


def _value(
    document: Mapping[str, Any], schema: dict[str, Any], *, full: bool, within: tuple[Any, ...]
) -> Any:
    is_deep = len(within) > _DEPTH
    full = full and not is_deep

    def inner(part: Any) -> Any:
        return sample(document, part, full=full, within=within)

    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    if schema["type"] == "array":
        least: int = schema.get("minItems", 0)
        count = max(least, 2 if full else int(not is_deep))
        count = min(count, schema.get("maxItems", count))
        first: list[Any] = schema.get("prefixItems", [])
        items = schema.get("items", {})
        rest: list[Any] = [items] * (count - len(first)) if items is not False else []
        try:
            return list(map(inner, [*first, *rest]))
        except EndlessError:
            if least:
                raise
            return []
    if schema["type"] == "object":
        required = schema.get("required", [])
        members = schema.get("properties", {})
        others = schema.get("additionalProperties", {})
        wanted = {name: part for name, part in members.items() if full or name in required}
        undeclared = [name for name in required if name not in members]
        if full and others and is_object(others) and not (members or undeclared):
            undeclared = ["name"]
        found: dict[str, Any] = {}
        for name, part in {**wanted, **dict.fromkeys(undeclared, others)}.items():
            try:
                found[name] = inner(part)
            except EndlessError:
                if name in required:
                    raise
        return found
    return _SCALARS[checked_format(schema) or schema["type"]]
