"""Changes of schemas have their effects on responses and on requests."""

from __future__ import annotations

from typing import Any

import pytest

from generator.update.compare_schemas import Direction, SchemaComparison
from generator.update.report import Effect

A, B, N = Effect.ADDITION, Effect.BREAKING, Effect.NONE
A_OR_B: list[dict[str, Any]] = [
    {"type": "object", "properties": {name: {}}, "required": [name]} for name in "ab"
]


def effects(old: Any, new: Any, direction: Direction) -> list[tuple[str, Effect]]:
    comparison = SchemaComparison({}, {}, direction)
    return [(change.what, change.effect) for change in comparison.compare(old, new, "$")]


CASES: list[tuple[dict[str, Any], dict[str, Any], str, Effect, Effect]] = [
        ({"const": 1}, {"const": 2}, "const 1 became 2", B, B),
        ({"type": "integer"}, {"const": 2}, "const none became 2", N, B),
        ({"const": 1}, {"type": "integer"}, "const 1 became none", B, A),
        ({"enum": ["a"]}, {"type": "string"}, 'is not limited any more to "a"', N, A),
        (
            {"type": "string"},
            {"enum": list("abcdefghij")},
            'any value became one of "a", "b", "c", "d", "e", "f", "g", "h" and 2 more',
            N,
            B,
        ),
        (
            {"type": "string", "format": "date"},
            {"type": "string", "format": "uuid"},
            "the format date became uuid",
            B,
            B,
        ),
        ({"type": "string", "pattern": "a"}, {"type": "string"}, 'pattern "a" became none', N, A),
        ({"minimum": 1}, {"minimum": 2}, "minimum 1 became 2", N, B),
        ({"type": "integer"}, {"type": "integer", "minimum": 0}, "minimum none became 0", N, B),
        ({"type": "integer", "maximum": 0}, {"type": "integer"}, "maximum 0 became none", N, A),
        ({"type": "string", "minLength": 0}, {"type": "string"}, "", N, N),
        ({"type": "array"}, {"type": "array", "minItems": 0, "uniqueItems": False}, "", N, N),
        ({"oneOf": A_OR_B}, {"oneOf": A_OR_B[::-1]}, "the alternatives are in another order", B, N),
        ({"oneOf": [{"type": "string"}, {"type": "integer"}]}, {"type": ["integer", "string"]},
         "", N, N),
        ({"type": "number", "minimum": 2}, {"type": "number", "minimum": 1},
         "minimum 2 became 1", N, A),
        ({"type": "string"}, {}, "string became any value", B, A),
        ({"anyOf": A_OR_B}, {"anyOf": A_OR_B[:1]}, "an alternative was removed", N, B),
        ({"anyOf": A_OR_B[:1]}, {"anyOf": A_OR_B}, "an alternative was added", B, A),
        (
            {"type": "object", "additionalProperties": {"type": "string"}},
            {"type": "object", "additionalProperties": {"type": "integer"}},
            "string became integer", B, B,
        ),
        ({"type": "array", "items": {"type": "number"}},
         {"type": "array", "items": {"type": "integer"}}, "number became integer", N, B),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "what", "response", "request_"), CASES)
def test_a_change_has_its_effects(
    old: Any, new: Any, what: str, response: Effect, request_: Effect
) -> None:
    expected: list[Any] = (
        [[(what, response)], [(what, N)], [(what, request_)]] if what else [[], [], []]
    )

    assert expected == [effects(old, new, direction) for direction in Direction]
    assert [] == effects(old, old, Direction.REQUEST)


def test_an_alternative_is_compared_with_the_one_that_differs_least() -> None:
    old: Any = {"oneOf": A_OR_B}
    new: Any = {"oneOf": [{**option, "maxProperties": 9} for option in reversed(A_OR_B)]}

    found = effects(old, new, Direction.REQUEST)

    assert [("maxProperties none became 9", B)] * 2 == found[:2]
    assert [("the alternatives are in another order", N)] == found[2:]


def test_clients_accept_unknown_members_even_where_there_are_to_be_none() -> None:
    old: Any = {"type": "object", "additionalProperties": False}
    new: Any = {"type": "object"}
    what = "whether it may have further members changed"

    assert [] == effects(old, new, Direction.RESPONSE)
    assert [(what, A)] == effects(old, new, Direction.REQUEST)
    assert [(what, B)] == effects(new, old, Direction.REQUEST)


def test_null_is_the_same_as_left_out_to_a_client() -> None:
    old: Any = {"type": "object", "properties": {"a": {"type": "string"}}}
    new: Any = {"type": "object", "properties": {"a": {"type": ["string", "null"]}}}

    assert [("string became null or string", N)] == effects(old, new, Direction.RESPONSE)
    assert [("string became null or string", A)] == effects(old, new, Direction.REQUEST)


def test_a_default_counts_in_requests_alone() -> None:
    old, new = {"type": "integer", "default": 1}, {"type": "integer", "default": 2}

    assert [] == effects(old, new, Direction.RESPONSE)
    assert [("its default changed from 1 to 2", B)] == effects(old, new, Direction.REQUEST)
    assert [N] == [effect for _, effect in effects(old, {"type": "integer"}, Direction.REQUEST)]
