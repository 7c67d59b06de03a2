"""An example is a value that its schema allows."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest

from generator.errors import GeneratorError
from generator.spec.examples import EndlessError, sample
from generator.spec.schemas import alternatives

ANYTHING: dict[str, Any] = {}


@pytest.mark.parametrize(
    "value",
    [
        {"type": "string"},
        {"type": "string", "format": "date"},
        {"type": "string", "format": "date-time"},
        {"type": "string", "format": "uuid"},
        {"type": "integer"},
        {"type": "number"},
        {"type": "array", "minItems": 3, "items": {"type": "boolean"}},
        {"type": ["null", "string"], "enum": [None, "a"]},
        {"const": {"a": [1]}},
        {"anyOf": [{"type": "object", "required": ["a"]}, {"type": "null"}]},
        {"allOf": [{"properties": {"a": {"type": "null"}}}, {"required": ["a"]}]},
        {"allOf": [{"properties": {"a": {"type": "integer"}}}, {"properties": {"a": ANYTHING}}]},
        {"allOf": [{"type": "object", "required": ["a"]}, {"required": ["a", "b"]}]},
        {"allOf": [{"type": ["string", "null"]}, {"type": ["integer", "string"]}]},
        {"allOf": [{"enum": [1, 2]}, {"enum": [2, "a"]}]},
        {"type": ["string", "integer"], "enum": [1]},
        {"type": "object", "required": ["a"], "additionalProperties": {"type": "integer"}},
        {"type": "array", "prefixItems": [{"type": "number"}, {"type": "null"}], "minItems": 2},
        {"prefixItems": [{"type": "number"}], "type": "array", "minItems": 1, "items": False},
        {"type": "object", "additionalProperties": {"type": "integer"}},
        ANYTHING,
    ],
)
@pytest.mark.parametrize("full", [True, False])
def test_a_sample_is_what_its_schema_allows(value: dict[str, Any], *, full: bool) -> None:
    made = sample({}, value, full=full)

    assert jsonschema_rs.is_valid(value, made, validate_formats=True), made


def test_a_sample_follows_keywords_beside_a_reference() -> None:
    schema = {"$ref": "#/components/schemas/A", "required": ["a"]}
    schemas = {"A": {"properties": {"a": {"type": "integer"}}}, "B": schema}
    document = {"components": {"schemas": schemas}}

    assert {"a": 1} == sample(document, schema, full=False)
    assert {"a": 1} == sample(document, {"$ref": "#/components/schemas/B"}, full=False)
    assert {} == sample({"openapi": "3.0.3"} | document, schema, full=False)


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "string", "enum": [1, True]}, "1"),
        ({"type": "integer", "enum": ["1", "2"]}, "1"),
        ({"type": "array", "items": {"type": "string"}, "enum": ["a"]}, "a"),  # by Springfox
    ],
)
def test_a_sample_of_an_enum_is_what_the_client_takes(schema: Any, expected: str) -> None:
    assert expected == sample({}, schema, full=True)


CHAIN = {"$ref": "#/components/schemas/Chain"}
CHAINS = {"Chain": {"type": "object", "required": ["next"], "properties": {"next": CHAIN}}}


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"oneOf": [CHAIN, {"type": "integer"}]}, 1),
        ({"properties": {"a": CHAIN, "b": {"type": "integer"}}}, {"b": 1}),
        ({"type": "array", "items": CHAIN}, []),
    ],
)
def test_a_sample_has_no_value_without_end(schema: Any, expected: Any) -> None:
    assert expected == sample({"components": {"schemas": CHAINS}}, schema, full=True)


@pytest.mark.parametrize("schema", [CHAIN, {"type": "array", "minItems": 1, "items": CHAIN}])
def test_a_schema_that_requires_itself_has_no_sample(schema: Any) -> None:
    with pytest.raises(EndlessError, match="contains another one"):
        sample({"components": {"schemas": CHAINS}}, schema, full=True)


def test_a_schema_that_allows_nothing_has_no_sample() -> None:
    with pytest.raises(GeneratorError, match="no value is allowed by"):
        sample({}, {"type": "string", "enum": []}, full=True)


def test_the_alternatives_of_many_unions_are_not_all_made() -> None:
    unions = [
        {"anyOf": [{"required": [f"a{number}"]}, {"required": [f"b{number}"]}]}
        for number in range(11)
    ]

    assert 1000 == len(alternatives({}, {"allOf": unions}))


def test_a_sample_leaves_limits_and_other_formats_to_the_server() -> None:
    schema = {"type": "array", "items": {"type": "string", "pattern": "(?!)", "format": "ipv9"}}

    assert ["text"] * 2 == sample({}, schema, full=True)
