"""Every problem of a document is named with its place."""

from __future__ import annotations

from typing import Any

import pytest

from generator.spec.contract import make_contract
from generator.spec.read import read_document
from generator.spec.validate import problems
from tests.generator.edited import edited
from tests.generator.paths import FIRST_OVERLAY, FIRST_UPSTREAM, ROOT

FIRST_CONTRACT = read_document(make_contract(FIRST_UPSTREAM, FIRST_OVERLAY))
CONTRACT = read_document((ROOT / "openapi.yaml").read_text("utf-8"))
GET = "paths /activity get"
A = "#/components/schemas/A"


def test_the_contract_has_no_problems() -> None:
    assert problems(CONTRACT) == []


def test_upstream_has_the_problems_that_the_overlay_mends() -> None:
    tag = '#/paths/~1activity/get/tags/0: ["subpackage_analytics"] is not of type "string"'

    assert [tag] == problems(read_document(FIRST_UPSTREAM))


def operation(**fields: Any) -> dict[str, Any]:
    return {"responses": {"204": {"description": "Done"}}, **fields}


def in_path(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def ref(pointer: str) -> dict[str, str]:
    return {"$ref": pointer}


@pytest.mark.parametrize(
    ("schema", "problem"),
    [
        ({"type": "cat"}, '/type: "cat" is not one of'),
        ({"properties": {"b": {"pattern": "("}}}, '/properties/b/pattern: "(" is not a "regex"'),
        # JavaScript takes these two.
        ({"pattern": r"\p{L}"}, r'/pattern: "\\p{L}" is not a "regex"'),
        ({"pattern": "(?<name>a)"}, '/pattern: "(?<name>a)" is not a "regex"'),
        ({"$schema": "https://a.b/dialect"}, '/$schema: "https://a.b/dialect" is not one of'),
        ({"allOf": [ref(A)]}, ": the schema contains itself without end"),
        ({"type": "integer", "default": "x"}, "/default: 'x' is not of type 'integer'"),
        (ref("other.yaml#/A"), ": the reference 'other.yaml#/A' leads out of the document"),
        (ref("https://a.b/c.yaml"), ": the reference 'https://a.b/c.yaml' leads out"),
        ({"items": ref("#/b")}, "/items: the reference '#/b' leads to nothing"),
        (
            {"properties": {"example": ref("#/b")}},
            "/properties/example: the reference '#/b' leads to nothing",
        ),
        (ref(A), f": the reference '{A}' leads round in a circle"),
    ],
)
def test_a_problem_of_a_schema_is_named_with_its_place(
    schema: dict[str, Any], problem: str
) -> None:
    [found] = problems(edited(FIRST_CONTRACT, {"components schemas A": schema}))

    assert found.startswith(f"{A}{problem}")


PROBLEMS: list[tuple[dict[str, Any], str]] = [
    ({"info": ...}, '#: "info" is a required property'),
    ({"paths": []}, '#/paths: [] is not of type "object"'),
    (
        {f"{GET} responses default": {}},
        '#/paths/~1activity/get/responses/default: "description" is a required property',
    ),
    (
        {f"{GET} parameters date schema": {"type": "string", "default": 20}},
        "#/paths/~1activity/get/parameters/0/schema/default: 20 is not of type 'string'",
    ),
    (
        {f"{GET} parameters 1": FIRST_CONTRACT["paths"]["/activity"]["get"]["parameters"][0]},
        "#/paths/~1activity/get/parameters: the query parameter 'date' is declared twice",
    ),
    (
        {f"{GET} parameters 1": ref("#/b")},
        "#/paths/~1activity/get/parameters/1: the reference '#/b' leads to nothing",
    ),
    ({f"{GET} operationId": ["a"]}, '#/paths/~1activity/get/operationId: ["a"] is not of type'),
    ({f"{GET} tags 0": ["a"]}, '#/paths/~1activity/get/tags/0: ["a"] is not of type "string"'),
    (
        {f"{GET} security": [{"key": []}]},
        "#/paths/~1activity/get/security: the security scheme 'key' is not defined",
    ),
    (
        {"security": [{}, {"apiKey": [], "other": []}]},
        "#/security: the security scheme 'other' is not defined",
    ),
    (
        {"paths /{a}": {"get": operation(operationId="a")}},
        "#/paths/~1{a}/get/parameters: the path parameter 'a' of /{a} is not declared",
    ),
    (
        {"paths /a": {"parameters": [in_path("b")], "put": operation(operationId="a")}},
        "#/paths/~1a/put/parameters: the path parameter 'b' does not occur in /a",
    ),
    (
        {
            "components headers": {
                "H": {"content": {"a/b": {"examples": {"a": ref("#/components/responses/R")}}}}
            },
            "components responses": {
                "R": {"description": "R", "headers": {"H": ref("#/components/headers/H")}}
            },
        },
        "#/components/responses/R/headers/H: the reference '#/components/headers/H' leads to what "
        "contains it, and is no schema",
    ),
]


@pytest.mark.parametrize(("changes", "problem"), PROBLEMS)
def test_a_problem_is_named_with_its_place(changes: dict[str, Any], problem: str) -> None:
    [found] = problems(edited(FIRST_CONTRACT, changes))

    assert found.startswith(problem)


def test_all_problems_are_named() -> None:
    odd = {"get": operation(operationId="get-user-activity", security=[{"k": []}])}

    found = problems(edited(FIRST_CONTRACT, {"paths odd": odd}))

    repeated = "operationId: 'get-user-activity' is another operation's, too; rename one"
    assert found == [
        "#/paths: Unevaluated properties are not allowed ('odd' was unexpected)",
        f"#/paths/~1activity/get/{repeated}",
        f"#/paths/odd/get/{repeated}",
        "#/paths/odd/get/security: the security scheme 'k' is not defined",
    ]


VALID: list[dict[str, Any]] = [
    {"openapi": "3.1.0", "security": [{}]},
    {
        "openapi": "3.0.3",
        "paths": {},
        "components": {"schemas": {"A": {"minimum": 1, "exclusiveMinimum": True}}},
    },
    {"components schemas A": {"properties": {"a": ref(A)}}},
    {"components schemas A": ref("#/paths/~1activity/get/parameters/0/schema")},
    {"components schemas A": {"example": ref("x"), "examples": [ref("x")], "x-a": ref("x")}},
    {
        "components schemas A": {
            "properties": {"a~b%25c/d": {}, "e": ref(f"{A}/properties/a~0b%2525c~1d")}
        }
    },
    {
        "paths /{a}/{b}": {
            "parameters": [in_path("a")],
            "get": operation(operationId="a", parameters=[in_path("b")]),
        }
    },
]


@pytest.mark.parametrize("changes", VALID)
def test_what_is_valid_has_no_problems(changes: dict[str, Any]) -> None:
    assert [] == problems(edited(FIRST_CONTRACT, changes))
