"""Every problem of a document is named with its place."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from generator.spec.contract import make_contract
from generator.spec.read import read_document
from generator.spec.validate import problems
from tests.generator.paths import FIRST_OVERLAY, FIRST_UPSTREAM, ROOT

FIRST_CONTRACT = read_document(make_contract(FIRST_UPSTREAM, FIRST_OVERLAY))
CONTRACT = read_document((ROOT / "openapi.yaml").read_text("utf-8"))


def operation_of(document: Any) -> Any:
    return document["paths"]["/activity"]["get"]


def schemas_of(document: Any) -> Any:
    return document["components"]["schemas"]


def test_the_contract_has_no_problems() -> None:
    assert problems(CONTRACT) == []


def test_upstream_has_the_problems_that_the_overlay_mends() -> None:
    tag = '#/paths/~1activity/get/tags/0: ["subpackage_analytics"] is not of type "string"'

    assert [tag] == problems(read_document(FIRST_UPSTREAM))


def operation(**fields: Any) -> dict[str, Any]:
    return {"responses": {"204": {"description": "Done"}}, **fields}


def in_path(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def reference(component: str) -> dict[str, str]:
    return {"$ref": f"#/components/{component}"}


PROBLEMS: list[tuple[Callable[[Any], object], str]] = [
    (lambda d: d.pop("info"), '#: "info" is a required property'),
    (lambda d: d.update(paths=[]), '#/paths: [] is not of type "object"'),
    (
        lambda d: operation_of(d)["responses"].update(default={}),
        '#/paths/~1activity/get/responses/default: "description" is a required property',
    ),
    (
        lambda d: schemas_of(d).update(A={"type": "cat"}),
        '#/components/schemas/A/type: "cat" is not one of',
    ),
    (
        lambda d: schemas_of(d).update(A={"properties": {"b": {"pattern": "("}}}),
        '#/components/schemas/A/properties/b/pattern: "(" is not a "regex"',
    ),
    *(
        (
            lambda d, pattern=pattern: schemas_of(d).update(A={"pattern": pattern}),
            f'#/components/schemas/A/pattern: {json.dumps(pattern)} is not a "regex"',
        )
        for pattern in (r"\p{L}", "(?<name>a)")  # JavaScript takes them
    ),
    (
        lambda d: schemas_of(d).update(A={"$schema": "https://example.org/dialect"}),
        '#/components/schemas/A/$schema: "https://example.org/dialect" is not one of',
    ),
    (
        lambda d: schemas_of(d).update(A={"allOf": [{"$ref": "#/components/schemas/A"}]}),
        "#/components/schemas/A: the schema contains itself without end",
    ),
    (
        lambda d: schemas_of(d).update(A={"type": "integer", "default": "x"}),
        "#/components/schemas/A/default: 'x' is not of type 'integer'",
    ),
    (
        lambda d: operation_of(d)["parameters"].extend(
            [{"name": "limit", "in": "query", "schema": {"type": "string", "default": 20}}]
        ),
        "#/paths/~1activity/get/parameters/1/schema/default: 20 is not of type 'string'",
    ),
    (
        lambda d: operation_of(d)["parameters"].append(operation_of(d)["parameters"][0]),
        "#/paths/~1activity/get/parameters: the query parameter 'date' is declared twice",
    ),
    (
        lambda d: operation_of(d)["tags"].append(["a"]),
        '#/paths/~1activity/get/tags/1: ["a"] is not of type "string"',
    ),
    (
        lambda d: operation_of(d)["security"].append({"key": []}),
        "#/paths/~1activity/get/security: the security scheme 'key' is not defined",
    ),
    (
        lambda d: d.update(security=[{}, {"apiKey": [], "other": []}]),
        "#/security: the security scheme 'other' is not defined",
    ),
    (
        lambda d: d["paths"].update({"/{a}": {"get": operation(operationId="a")}}),
        "#/paths/~1{a}/get/parameters: the path parameter 'a' of /{a} is not declared",
    ),
    (
        lambda d: d["paths"].update(
            {"/a": {"parameters": [in_path("b")], "put": operation(operationId="a")}}
        ),
        "#/paths/~1a/put/parameters: the path parameter 'b' does not occur in /a",
    ),
    (
        lambda d: schemas_of(d).update(A={"$ref": "other.yaml#/A"}),
        "#/components/schemas/A: the reference 'other.yaml#/A' leads out of the document",
    ),
    (
        lambda d: schemas_of(d).update(A={"$ref": "https://example.org/a.yaml"}),
        "#/components/schemas/A: the reference 'https://example.org/a.yaml' leads out",
    ),
    (
        lambda d: schemas_of(d).update(A={"items": {"$ref": "#/components/schemas/B"}}),
        "#/components/schemas/A/items: the reference '#/components/schemas/B' leads to nothing",
    ),
    (
        lambda d: schemas_of(d).update(A={"properties": {"example": {"$ref": "#/b"}}}),
        "#/components/schemas/A/properties/example: the reference '#/b' leads to nothing",
    ),
    (
        lambda d: schemas_of(d).update(A={"$ref": "#/components/schemas/A"}),
        "#/components/schemas/A: the reference '#/components/schemas/A' leads round in a circle",
    ),
    (
        lambda d: d["components"].update(
            headers={"H": {"content": {"a/b": {"examples": {"a": reference("responses/R")}}}}},
            responses={"R": {"description": "R", "headers": {"H": reference("headers/H")}}},
        ),
        "#/components/responses/R/headers/H: the reference '#/components/headers/H' leads to what "
        "contains it, and is no schema",
    ),
]


@pytest.mark.parametrize(("change", "problem"), PROBLEMS)
def test_problem_is_named_with_its_place(change: Callable[[Any], object], problem: str) -> None:
    document = copy.deepcopy(FIRST_CONTRACT)
    change(document)

    found = problems(document)

    assert [problem] == [line[: len(problem)] for line in found]


def test_all_problems_are_named() -> None:
    document = copy.deepcopy(FIRST_CONTRACT)
    document["paths"]["odd"] = {
        "get": operation(operationId="get-user-activity", security=[{"k": []}])
    }

    repeated = "operationId: 'get-user-activity' is another operation's, too; rename one"

    assert problems(document) == [
        "#/paths: Unevaluated properties are not allowed ('odd' was unexpected)",
        f"#/paths/~1activity/get/{repeated}",
        f"#/paths/odd/get/{repeated}",
        "#/paths/odd/get/security: the security scheme 'k' is not defined",
    ]


VALID: list[Callable[[Any], object]] = [
    lambda d: d.update(openapi="3.1.0", security=[{}]),
    lambda d: (
        d.update(
            openapi="3.0.3",
            paths={},
            components={"schemas": {"A": {"minimum": 1, "exclusiveMinimum": True}}},
        ),
    ),
    lambda d: schemas_of(d).update(
        A={"type": "object", "properties": {"a": {"$ref": "#/components/schemas/A"}}}
    ),
    lambda d: schemas_of(d).update(
        A={"example": {"$ref": "x"}, "examples": [{"$ref": "x"}], "x-a": {"$ref": "x"}}
    ),
    lambda d: schemas_of(d).update(
        A={
            "properties": {
                "a~b%25c/d": {},
                "e": {"$ref": "#/components/schemas/A/properties/a~0b%2525c~1d"},
            }
        }
    ),
    lambda d: d["paths"].update(
        {
            "/{a}/{b}": {
                "parameters": [in_path("a")],
                "get": operation(operationId="a", parameters=[in_path("b")]),
            }
        }
    ),
]


@pytest.mark.parametrize("change", VALID)
def test_what_is_valid_has_no_problems(change: Callable[[Any], object]) -> None:
    document = copy.deepcopy(FIRST_CONTRACT)
    change(document)

    assert problems(document) == []
