"""Every operation has a method of its own, whatever its operationId and its tags."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from generator.client.names import method_names, namespace_name
from tests.generator.client import small


def operation(identifier: str | None = None, *tags: str) -> dict[str, Any]:
    named = {} if identifier is None else {"operationId": identifier}
    return named | ({"tags": list(tags)} if tags else {})


#: The operations by path and method, and the names of their methods.
NAMES: list[tuple[dict[str, dict[str, Any]], list[str]]] = [
    ({"/users/{id}": {"get": operation(), "put": operation()}}, ["get_users_id", "put_users_id"]),
    ({"/": {"get": operation()}, "/{id}.json": {"get": operation()}}, ["get", "get_id_json"]),
    ({"/a-b": {"get": operation()}, "/a/b": {"get": operation()}}, ["get_a_b", "get_a_b_2"]),
    ({"/a": {"get": operation("getIt"), "put": operation("get_it")}}, ["get_it", "get_it_2"]),
    ({"/a": {"get": operation("x"), "put": operation("xAsync")}}, ["x", "x_async_2"]),
    ({"/a": {"get": operation("x_async"), "put": operation("x")}}, ["x_async", "x_2"]),
    ({"/a": {"get": operation("getIt", "A"), "put": operation("get_it", "B")}}, ["get_it"] * 2),
    ({"/a": {"get": operation("import"), "put": operation("2fa")}}, ["import_", "field_2fa"]),
]


@pytest.mark.parametrize(("paths", "expected"), NAMES)
def test_a_method_has_a_name_of_its_own(paths: dict[str, Any], expected: list[str]) -> None:
    found = method_names({"paths": paths})

    assert expected == list(found.values())


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ([], "default"),
        (["Users & Groups", "Other"], "users_groups"),
        (["größe"], "größe"),
        (["日本"], "日本"),
        (["***"], "tag"),
        (["1st"], "tag1st"),
        (["import"], "import_"),
        (["close"], "close_tag"),
        (["with headers"], "with_headers_tag"),
    ],
)
def test_a_namespace_is_named_after_the_first_tag(tags: list[str], expected: str) -> None:
    assert expected == namespace_name(operation("x", *tags))


def test_every_name_can_be_called(imported: Callable[..., Any]) -> None:
    tags = ["close", "größe", "***", "Users & Groups", "users groups", "from"]
    paths = {
        f"/{number}": {"get": operation("x" + "_" * number, tag)} for number, tag in enumerate(tags)
    }
    paths["/6"] = {"get": operation(None, "close"), "post": operation("xAsync", "close")}
    paths["/7"] = {"get": operation("None", "close")}
    calls = small.Calls(imported(small.openapi(paths)))

    for tag, method in [
        ("close_tag", "x"), ("größe", "x"), ("tag", "x"), ("users_groups", "x"),
        ("users_groups", "x_2"), ("from_", "x"), ("close_tag", "get_6"), ("close_tag", "x_async_2"),
        ("close_tag", "none"),
    ]:  # fmt: skip
        getattr(getattr(calls.client, tag), method)()

    assert [f"/v1/{number}" for number in (0, 1, 2, 3, 4, 5, 6, 6, 7)] == [
        request.url.path for request in calls.requests
    ]


def test_a_tag_gives_way_to_a_schema_of_its_name(imported: Callable[..., Any]) -> None:
    query = {"name": "q", "in": "query", "schema": small.ref("ItOperations")}
    components = {"schemas": {"ItOperations": small.model(a=small.TEXT)}}
    get = operation("x", "it") | {"parameters": [query]}
    calls = small.Calls(imported(small.openapi({"/a": {"get": get}}, components=components)))

    calls.client.it.x(q={"a": "b"})

    assert "/v1/a?a=b" == calls.target
