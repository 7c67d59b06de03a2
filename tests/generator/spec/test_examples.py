"""An example is a value that its schema allows."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest

from generator.spec.examples import sample

ANYTHING: dict[str, Any] = {}


@pytest.mark.parametrize(
    "value",
    [
        {"type": "string", "pattern": "^[A-F]{3}-[0-9]+$"},
        {"type": "string", "pattern": "^x", "minLength": 30},
        {"type": "string", "minLength": 5, "maxLength": 5},
        {"type": "string", "format": "uuid"},
        {"type": "string", "format": "ipv4"},
        {"type": "integer", "minimum": 7, "multipleOf": 5},
        {"type": "integer", "maximum": -3},
        {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
        {"type": "array", "minItems": 3, "items": {"type": "boolean"}},
        {"type": ["null", "string"], "enum": [None, "a"]},
        {"const": {"a": [1]}},
        {"anyOf": [{"type": "object", "required": ["a"]}, {"type": "null"}]},
        {"allOf": [{"properties": {"a": {"type": "null"}}}, {"required": ["a"]}]},
        {"allOf": [{"properties": {"a": {"type": "integer"}}}, {"properties": {"a": ANYTHING}}]},
        ANYTHING,
    ],
)
@pytest.mark.parametrize("full", [True, False])
def test_a_sample_is_what_its_schema_allows(value: dict[str, Any], *, full: bool) -> None:
    made = sample({}, value, full=full)

    assert jsonschema_rs.is_valid(value, made, validate_formats=True), made


def test_a_sample_without_limits_has_the_type_and_the_format_that_a_client_checks() -> None:
    schema = {"type": "array", "items": {"type": "string", "pattern": "(?!)", "format": "ipv9"}}

    assert ["2026-08-23"] * 2 == sample({}, schema, full=True, limits=False)
