"""Changes of operations that no planted change shows: bodies, media types, parameters, keys."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from generator.client.names import OperationName
from generator.update.compare_operations import contract_changes
from generator.update.select import Found
from generator.update.upgrade import upgrade
from tests.generator.edited import edited
from tests.generator.update.activity import body, ref

FOUND = [Found(OperationName("/a", "post", "default", "a"), "/a", "post")]
POST = "paths /a post"
HEADER, BODY, RESPONSES = (
    f"{POST} {key}" for key in ("parameters X-B", "requestBody", "responses")
)
CONTENT = f"{BODY} content"
VARIABLES = "components securitySchemes key x-environment-variables"
OBJECT = {"schema": {"type": "object"}}
TEXT = {"text/plain": {"schema": {"type": "string"}}}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "paths": {
        "/a": {
            "post": {
                "parameters": [{"name": "X-B", "in": "header", "schema": {"type": "array"}}],
                "requestBody": {"content": {"application/json": OBJECT}},
                "responses": {
                    "200": {"description": ""},
                    "4XX": {"content": {"application/json": OBJECT}},
                },
            }
        }
    },
    "components": {
        "securitySchemes": {
            "key": {"type": "http", "scheme": "bearer", "x-environment-variables": ["A"]}
        }
    },
}


def found(old: Any, new: Any) -> list[str]:
    return [f"{change.effect.name} {change}" for change in contract_changes(old, new, FOUND)]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({VARIABLES: []}, "BREAKING security: the variable A is not read any more"),
        ({VARIABLES: ["A", "B"]}, "ADDITION security: the variable B is read, too"),
        ({f"{HEADER} explode": True}, "BREAKING POST /a, header parameter x-b: is serialized in"),
        ({f"{HEADER} deprecated": True}, "NONE POST /a, header parameter x-b: its deprecation"),
        ({BODY: ...}, "BREAKING POST /a, body: removed (the server refuses or ignores calls"),
        ({f"{BODY} required": True}, "BREAKING POST /a, body: is now required (the server refuses"),
        ({CONTENT: TEXT}, "BREAKING POST /a, body: application/json became text/plain (the server"),
        (
            {CONTENT: {"application/a+json": OBJECT}},
            "BREAKING POST /a, body: application/json became application/a+json (the server may",
        ),
        (
            {CONTENT: {"application/a+json": {"schema": {}}}},
            "ADDITION POST /a, body $: object became any value",
        ),
        (
            {f"{RESPONSES} 4XX content": {"text/json": OBJECT}},
            "NONE POST /a, response 4XX: application/json became text/json (existing clients read",
        ),
        (
            {f"{RESPONSES} 4XX content": TEXT},
            "NONE POST /a, response 4XX: application/json became text/plain (existing clients",
        ),
        (
            {f"{RESPONSES} 200 content": TEXT},
            "NONE POST /a, response 200: no body became text/plain (existing clients ignore",
        ),
        ({f"{RESPONSES} 4XX": ...}, "NONE POST /a, response 4XX: not documented any more"),
    ],
)
def test_a_change_is_found(changes: dict[str, Any], expected: str) -> None:
    lines = found(DOCUMENT, edited(DOCUMENT, changes))

    assert [expected] == [line[: len(expected)] for line in lines if line.startswith(expected)]


@pytest.mark.parametrize(
    "changes",
    [
        {f"{HEADER} name": "x-b"},
        {CONTENT: {"Application/JSON; charset=utf-8": OBJECT}},
        {
            f"{HEADER}": {"$ref": "#/components/parameters/B"},
            "components parameters": {"B": DOCUMENT["paths"]["/a"]["post"]["parameters"][0]},
        },
        {
            f"{RESPONSES} 4XX": {"$ref": "#/components/responses/Error"},
            "components responses": {"Error": {"content": {"application/json": OBJECT}}},
        },
    ],
    ids=["case of a header", "case of a media type", "reference to a parameter", "to a response"],
)
def test_what_means_the_same_is_no_change(changes: dict[str, Any]) -> None:
    assert [] == found(DOCUMENT, edited(DOCUMENT, changes))


def test_a_body_that_comes_is_optional() -> None:
    without = edited(DOCUMENT, {BODY: ...})

    assert ["ADDITION POST /a, body: added, optional"] == found(without, DOCUMENT)
    assert [] == found(without, without)


def test_a_contract_of_openapi_30_means_what_its_upgrade_means() -> None:
    role = {"type": "string", "enum": ["user", "admin"]}
    members = {
        "a": {"type": "string", "nullable": True},
        "b": {**role, "nullable": True},
        "c": {"allOf": [ref("Role")], "nullable": True},
        "d": {"oneOf": [ref("Role"), {"type": "integer"}], "nullable": True},
        "e": {"type": "array", "items": {"type": "string", "nullable": True}, "nullable": True},
        "f": {"type": "object", "additionalProperties": {"type": "string", "nullable": True}},
    }
    content = body({"type": "object", "properties": members})
    schemas = {"components schemas": {"Role": role}}
    both = {CONTENT: content, f"{RESPONSES} 200 content": content}
    own = edited(DOCUMENT, {"openapi": "3.0.3"} | both | schemas)

    upgraded = copy.deepcopy(own)
    upgrade(upgraded)

    assert "3.1.0" == upgraded["openapi"]
    assert [] == found(own, upgraded)


def test_a_key_that_may_be_left_out_becomes_required() -> None:
    key: dict[str, Any] = {"key": []}
    free, keyed, either = (
        edited(DOCUMENT, {f"{POST} security": demands}) for demands in ([], [key], [key, {}])
    )

    [change] = found(free, keyed)
    assert change.startswith(
        "BREAKING POST /a, security: no key is not enough any more; a key (http bearer)"
    )
    assert ["ADDITION POST /a, security: no key is needed any more"] == found(keyed, either)
