"""Make JSON values that a schema allows: one with all that it names, one with what it requires."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from generator.errors import GeneratorError
from generator.spec.schemas import alternatives

_FORMATS = {
    "date": "2026-08-23",
    "date-time": "2026-08-23T12:30:00+00:00",
    "uuid": "00000000-0000-4000-8000-000000000001",
    "email": "someone@example.org",
    "uri": "https://example.org/",
}
_STRINGS = (*_FORMATS.values(), "text", "1", "")
_DEPTH = 6


def sample(document: Mapping[str, Any], schema: Any, *, full: bool, depth: int = 0) -> Any:
    """A value that a schema allows.

    Args:
        document: The document that the schema's references lead into.
        schema: The schema.
        full: Whether optional members are there, arrays have items, and what may be null is not.
        depth: How deep in the whole value it stands; a schema that holds itself ends somewhere.

    Raises:
        GeneratorError: There is none, or finding it takes more than this module knows.
    """
    options = alternatives(document, schema)
    if not options:
        raise GeneratorError(f"no value is allowed by {schema!r}")
    wants_null = depth > 0 and (not full or depth >= _DEPTH)
    options.sort(key=lambda option: (option["type"] == "null") is not wants_null)
    return _value(document, options[0], full=full and depth < _DEPTH, depth=depth)


def _value(document: Mapping[str, Any], schema: dict[str, Any], *, full: bool, depth: int) -> Any:
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    match schema["type"]:
        case "null":
            return None
        case "boolean":
            return True
        case "integer":
            return _number(schema)
        case "number":
            value = _number(schema)
            fraction = value + 0.5
            fits = "multipleOf" not in schema and fraction <= schema.get("maximum", fraction)
            return fraction if fits and "exclusiveMaximum" not in schema else value
        case "string":
            return _string(schema)
        case "array":
            count = max(schema.get("minItems", 0), 2 if full else int(depth < _DEPTH))
            count = min(count, schema.get("maxItems", count))
            item = schema.get("items", {})
            return [sample(document, item, full=full, depth=depth + 1) for _ in range(count)]
        case "object":
            required = schema.get("required", [])
            members = schema.get("properties", {})
            wanted = [name for name in members if full or name in required]
            return {
                name: sample(document, members[name], full=full, depth=depth + 1) for name in wanted
            } | {name: "text" for name in required if name not in members}
        case _:
            return "text"


def _number(schema: Mapping[str, Any]) -> Any:
    lowest = schema.get("minimum", schema.get("exclusiveMinimum", 0))
    step = schema.get("multipleOf", 1)
    value = max(1, lowest)
    if "maximum" in schema or "exclusiveMaximum" in schema:
        value = min(value, schema.get("maximum", schema.get("exclusiveMaximum", value)))
    if value in (schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")):
        value += step if value == schema.get("exclusiveMinimum") else -step
    return value if value % step == 0 else value - value % step + step


def _string(schema: Mapping[str, Any]) -> str:
    name = schema.get("x-value-format", schema.get("format"))
    pattern = schema.get("pattern", "")
    lengths = range(schema.get("minLength", 0), schema.get("maxLength", 2**31) + 1)
    candidates = [_FORMATS[name]] if name in _FORMATS else []
    candidates += [*_STRINGS, "text" * (lengths.start // 4 + 1), "t" * lengths.start]
    for text in candidates:
        if re.search(pattern, text) and len(text) in lengths:
            return text
    return _of_pattern(pattern, lengths)


def _of_pattern(pattern: str, lengths: range) -> str:
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
        return find(from_regex(pattern), lambda text: len(text) in lengths, settings=quiet)
    except NoSuchExample as error:
        raise GeneratorError(f"found no string of {pattern!r} with its lengths") from error
