"""Changes of operations that no planted change shows: bodies, media types, parameters, keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from generator.client.names import OperationName
from generator.update.compare_operations import contract_changes
from generator.update.select import Found
from tests.generator.update.evolution import body

FOUND = [Found(OperationName("/a", "post", "default", "a"), "/a", "post")]
OBJECT = {"schema": {"type": "object"}}
TEXT = {"text/plain": {"schema": {"type": "string"}}}


def document(**fields: Any) -> dict[str, Any]:
    operation = {
        "parameters": [{"name": "X-B", "in": "header", "schema": {"type": "array"}}],
        "requestBody": {"content": body({"type": "object"})},
        "responses": {"200": {"description": ""}, "4XX": {"content": body({"type": "object"})}},
    } | fields
    schemes = {"key": {"type": "http", "scheme": "bearer", "x-environment-variables": ["A"]}}
    components = {"securitySchemes": schemes}
    return {"openapi": "3.1.0", "paths": {"/a": {"post": operation}}, "components": components}


def parameter(**fields: Any) -> Callable[[Any], Any]:
    return lambda own: own["paths"]["/a"]["post"]["parameters"][0].update(fields)


def operation(**fields: Any) -> Callable[[Any], Any]:
    return lambda own: own["paths"]["/a"]["post"].update(fields)


def variables(*names: str) -> Callable[[Any], Any]:
    scheme = {"type": "http", "scheme": "bearer", "x-environment-variables": [*names]}
    return lambda own: own["components"]["securitySchemes"].update(key=scheme)


OTHER_ERROR = {"200": {"description": ""}, "4XX": {"content": TEXT}}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (variables(), "BREAKING security: the variable A is not read any more"),
        (variables("A", "B"), "ADDITION security: the variable B is read, too"),
        (parameter(explode=True), "BREAKING POST /a, header parameter x-b: is serialized in"),
        (parameter(deprecated=True), "NONE POST /a, header parameter x-b: its deprecation"),
        (parameter(name="x-b"), ""),
        (
            operation(requestBody={"content": body({"type": "object"}), "required": True}),
            "BREAKING POST /a, body: is now required (the server refuses calls without it)",
        ),
        (
            operation(requestBody={"content": TEXT}),
            "BREAKING POST /a, body: application/json became text/plain (the server may refuse",
        ),
        (
            operation(requestBody={"content": {"application/a+json": {}}}),
            "BREAKING POST /a, body: application/json became application/a+json (the server may",
        ),
        (
            operation(requestBody={"content": {"application/a+json": {"schema": {}}}}),
            "ADDITION POST /a, body $: object became any value",
        ),
        (operation(requestBody={"content": {"Application/JSON; charset=utf-8": OBJECT}}), ""),
        (
            operation(responses={"200": {}, "4XX": {"content": {"text/json": OBJECT}}}),
            "NONE POST /a, response 4XX: application/json became text/json (existing clients read",
        ),
        (
            operation(responses=OTHER_ERROR),
            "NONE POST /a, response 4XX: application/json became text/plain (existing clients",
        ),
        (
            operation(responses=OTHER_ERROR | {"200": {"content": TEXT}}),
            "NONE POST /a, response 200: no body became text/plain (existing clients ignore",
        ),
        (
            operation(responses={"2XX": {"description": ""}}),
            "NONE POST /a, response 4XX: not documented any more",
        ),
    ],
)  # fmt: skip
def test_a_change_is_found(change: Callable[[Any], Any], expected: str) -> None:
    new = document()
    change(new)

    lines = [f"{found.effect.name} {found}" for found in contract_changes(document(), new, FOUND)]

    assert [line[: len(expected)] for line in lines if line.startswith(expected or "-")] == (
        [expected] if expected else []
    )
    assert bool(lines) is bool(expected)


def test_a_body_comes_and_goes() -> None:
    without = document()
    del without["paths"]["/a"]["post"]["requestBody"]

    added = contract_changes(without, document(), FOUND)
    removed = contract_changes(document(), without, FOUND)

    assert ["POST /a, body: added, optional"] == list(map(str, added))
    assert ["POST /a, body: removed (the server refuses or ignores calls that pass it)"] == list(
        map(str, removed)
    )
    assert [] == contract_changes(without, without, FOUND)


def test_a_key_that_may_be_left_out_becomes_required() -> None:
    free, keyed = document(security=[]), document(security=[{"key": []}])
    either = document(security=[{"key": []}, {}])

    assert ["security: no key is needed any more"] == [
        str(change).removeprefix("POST /a, ") for change in contract_changes(keyed, either, FOUND)
    ]
    [change] = contract_changes(free, keyed, FOUND)
    assert "no key is not enough any more; a key (http bearer)" == change.what
