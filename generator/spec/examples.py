"""Make JSON values that a schema allows: one with all that it names, one with what it requires."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jsonschema_rs

from generator.errors import GeneratorError
from generator.spec.schemas import alternatives, checked_format

_FORMATS = {
    "date": "2026-08-23",
    "date-time": "2026-08-23T12:30:00+00:00",
    "uuid": "00000000-0000-4000-8000-000000000001",
    "email": "someone@example.org",
    "uri": "https://example.org/",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
}
_LIMITS = {
    "exclusiveMaximum", "exclusiveMinimum", "format", "maxLength", "maximum", "minLength",
    "minimum", "multipleOf", "pattern", "type",
}  # fmt: skip
_DEPTH = 6


def sample(
    document: Mapping[str, Any], schema: Any, *, full: bool, limits: bool = True, depth: int = 0
) -> Any:
    """A value that a schema allows.

    Args:
        document: The document that the schema's references lead into.
        schema: The schema.
        full: Whether optional members are there, arrays have items, and what may be null is not.
        limits: Whether to keep limits such as ``maxLength`` and ``pattern``.
        depth: How deep in the whole value it stands; a schema that holds itself ends somewhere.

    Raises:
        GeneratorError: There is none, or finding it takes more than this module knows.
    """
    options = alternatives(document, schema)
    if not options:
        raise GeneratorError(f"no value is allowed by {schema!r}")
    wants_null = depth > 0 and (not full or depth >= _DEPTH)
    options.sort(key=lambda option: (option["type"] == "null") is not wants_null)
    full = full and depth < _DEPTH
    return _value(document, options[0], full=full, limits=limits, depth=depth)


def _value(
    document: Mapping[str, Any], schema: dict[str, Any], *, full: bool, limits: bool, depth: int
) -> Any:
    def inner(part: Any) -> Any:
        return sample(document, part, full=full, limits=limits, depth=depth + 1)

    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    if schema["type"] == "array":
        count = max(schema.get("minItems", 0), 2 if full else int(depth < _DEPTH))
        count = min(count, schema.get("maxItems", count))
        item = schema.get("items", {})
        return [inner(item) for _ in range(count)]
    if schema["type"] == "object":
        required = schema.get("required", [])
        members = schema.get("properties", {})
        wanted = [name for name in members if full or name in required]
        return {name: inner(members[name]) for name in wanted} | {
            name: "text" for name in required if name not in members
        }
    if schema["type"] == "any":
        return "text"
    if not limits:
        schema = {"type": schema["type"], "format": checked_format(schema)}
    return _scalar(schema)


def _scalar(schema: dict[str, Any]) -> Any:
    """The first of some usual values that a schema allows."""
    limits = {
        key: value
        for key, value in schema.items()
        if key in _LIMITS and not isinstance(value, bool)
    }
    limits["format"] = schema.get("x-value-format", schema.get("format", ""))
    length = schema.get("minLength", 0)
    lowest = schema.get("minimum", schema.get("exclusiveMinimum", 1))
    highest = schema.get("maximum", schema.get("exclusiveMaximum", 1))
    step = schema.get("multipleOf", 1)
    numbers = (
        1.5,
        1,
        lowest,
        lowest + step,
        lowest - lowest % step + step,
        highest,
        highest - step,
    )
    strings = (*_FORMATS.values(), "text", "1", "", "text" * (length // 4 + 1), "t" * length)
    validator = jsonschema_rs.Draft202012Validator(limits, validate_formats=True)
    for value in (None, True, *numbers, *strings):
        if validator.is_valid(value):
            return value
    return _of_pattern(schema.get("pattern", ""), validator)


def _of_pattern(pattern: str, validator: Any) -> str:
    """A string of a pattern that none of the usual ones has."""
    from hypothesis import HealthCheck, Phase, find, settings
    from hypothesis.errors import NoSuchExample
    from hypothesis.strategies import from_regex

    checks: Any = HealthCheck
    quiet = settings(
        database=None, deadline=None, derandomize=True, phases=[Phase.generate],
        suppress_health_check=[*checks],
    )  # fmt: skip
    try:
        return find(from_regex(pattern), validator.is_valid, settings=quiet)
    except NoSuchExample as error:
        raise GeneratorError(f"found no string of {pattern!r} with its lengths") from error
