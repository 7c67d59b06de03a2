"""Parameters of any name, path and media type reach the request."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.generator.client import small
from tests.generator.client.small import TEXT, array, model

PROPERTIES = {"kind": {"type": "string", "enum": ["a"]}, "at": {"type": "string", "format": "date"}}
Calls = Callable[..., small.Calls]


@pytest.fixture
def calls(imported: Callable[[dict[str, Any]], Any]) -> Calls:
    """Makes calls of one operation, `get_it`, at a path and with these parameters."""

    def made(path: str, *parameters: dict[str, Any], **members: Any) -> small.Calls:
        operation = {"operationId": "getIt", "parameters": list(parameters)} | members
        return small.Calls(imported(small.openapi({path: {"get": operation}})))

    return made


def query(name: str = "q", where: str = "query", **members: Any) -> dict[str, Any]:
    usual = {"schema": TEXT} if "content" not in members else {}
    return {"name": name, "in": where, "required": where == "path"} | usual | members


#: The path of an operation, its arguments, and what is sent.
PATHS: dict[str, tuple[dict[str, str], str]] = {
    "/a/{user.id}": ({"user_id": "u/1"}, "/v1/a/u%2F1"),
    "/a/{$id}.json": ({"id": "1"}, "/v1/a/1.json"),
    "/a:{b}": ({"b": "1"}, "/v1/a:1"),
    "/{a}-{b}": ({"a": "1", "b": "2"}, "/v1/1-2"),
    "/{b}/{a}": ({"a": "1", "b": "2"}, "/v1/2/1"),
    "/{größe}": ({"größe": "ü"}, "/v1/%C3%BC"),
    "/{a b}": ({"a_b": "1"}, "/v1/1"),
    "/{class}/{client}": ({"class_": "1", "client_path": "2"}, "/v1/1/2"),
    "/the things/té": ({}, "/v1/the%20things/t%C3%A9"),
    "/the%20things": ({}, "/v1/the%20things"),
    "/a}b|c": ({}, "/v1/a%7Db%7Cc"),
    "/a?beta=true": ({}, "/v1/a?beta=true"),
    "/a/{b}?beta=true#part": ({"b": "1"}, "/v1/a/1?beta=true"),
}


@pytest.mark.parametrize("path", PATHS)
def test_a_path_may_have_any_characters(calls: Calls, path: str) -> None:
    arguments, target = PATHS[path]
    names = re.findall(r"(?<=\{)[^{}]+", path)
    sent = calls(path, *(query(name, "path") for name in names))

    sent("get_it", **arguments)

    assert target == sent.target


@pytest.mark.parametrize(
    ("schema", "value"), [(TEXT, "b c"), (array(TEXT), ["b c"])], ids=["text", "array"]
)
def test_a_query_joins_that_of_the_path(calls: Calls, schema: Any, value: Any) -> None:
    sent = calls("/a?beta=true", query(schema=schema, explode=False))

    sent("get_it", q=value)
    sent("get_it")

    assert ["/v1/a?beta=true&q=b+c", "/v1/a?beta=true"] == [
        request.url.raw_path.decode().replace("%20", "+") for request in sent.requests
    ]


def test_a_query_joins_that_of_the_users_httpx_client(calls: Calls) -> None:
    sent = calls("/a", query(schema=array(TEXT), explode=False))
    sent.client.get_httpx_client().params = {"own": "1"}

    sent("get_it", q=["a", "b"])

    assert "/v1/a?q=a,b&own=1" == sent.target


def test_every_argument_has_a_name_of_its_own(calls: Calls) -> None:
    names = ["filter[a]", "filter-a", "filter_a", "from", "timeout", "headers", "max_retries",
             "extra_query", "body", "content_type", "@id", "$top", "page.size"]  # fmt: skip
    same = [query("id", "path"), query("id"), query("X-Id", "header"), query("x-id", "cookie")]
    sent = calls("/a/{id}", *map(query, names), *same, requestBody=small.content({}))

    own = list(inspect.signature(sent.client.default.get_it).parameters)[:-4]
    sent("get_it", **{name: name for name in own})

    assert [
        "id_path", "body", "filtera", "filter_a", "filter_a_2", "from_", "timeout_query",
        "headers_query", "max_retries_query", "extra_query_query", "body_query",
        "content_type_query", "id_query", "top", "page_size", "id_query_2", "x_id_header",
        "x_id_cookie",
    ] == own  # fmt: skip
    assert {*names, "id"} == {*sent.last.url.params}
    assert "x_id_header" == sent.last.headers["X-Id"]
    assert "x-id=x_id_cookie" == sent.last.headers["Cookie"]


@pytest.mark.parametrize("name", ["Accept", "content-type", "AUTHORIZATION"])
def test_a_header_that_openapi_ignores_is_no_argument(calls: Calls, name: str) -> None:
    sent = calls("/a", query(name, "header", required=True))

    sent("get_it")

    assert "*/*" == sent.last.headers["Accept"]


ENCODED = "%7B%22kind%22%3A%22%C3%A9%22%2C%22at%22%3A%222024-01-31%22%7D"


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("path", ENCODED),
        ("query", ENCODED),
        ("header", '{"kind":"\\u00e9","at":"2024-01-31"}'),
        ("cookie", ENCODED),
    ],
)
def test_a_parameter_may_have_a_media_type(calls: Calls, where: str, expected: str) -> None:
    content = {"application/json": {"schema": model(**PROPERTIES) | {"title": "Answers"}}}
    sent = calls("/a/{q}" if where == "path" else "/a", query(where=where, content=content))
    hint = inspect.signature(sent.client.default.get_it).parameters["q"].annotation
    answers = getattr(small.module(sent.package, "models"), hint.split(" ")[0])

    sent("get_it", q=answers.from_dict({"at": "2024-01-31", "kind": "é"}))

    found = {
        "path": sent.target.rpartition("/")[2],
        "query": sent.target.partition("?q=")[2].replace("+", "%20"),
        "header": sent.last.headers.get("q"),
        "cookie": sent.last.headers.get("Cookie", "").removeprefix("q="),
    }
    assert expected == found[where]


#: By what a document allows: its parameters, the arguments, and what is sent.
ALLOWED: dict[str, tuple[list[dict[str, Any]], dict[str, str], str]] = {
    "reserved characters": (
        [query(allowReserved=True), query("r")],
        {"q": ":/?@!$'()*,;=[]#&+% é", "r": "/"},
        "q=:/?@!$'()*,;=%5B%5D%23%26%2B%25%20%C3%A9&r=%2F",
    ),
    **{
        f"an empty {kind}": (
            [query(schema={"type": kind}, allowEmptyValue=True), query("r", schema={"type": kind})],
            {"q": ""},
            "q=",
        )
        for kind in ("string", "integer", "boolean")
    },
}


@pytest.mark.parametrize("name", ALLOWED)
def test_what_the_document_allows_is_sent(calls: Calls, name: str) -> None:
    parameters, arguments, expected = ALLOWED[name]
    sent = calls("/a", *parameters)

    sent("get_it", **arguments)

    assert f"/v1/a?{expected}" == sent.target


def test_an_object_is_a_model_whose_unset_members_are_left_out(calls: Calls) -> None:
    schema = model(**PROPERTIES, n={"type": ["integer", "null"]})
    sent = calls("/a", query("it", schema=schema, style="deepObject"))
    models = small.module(sent.package, "models")

    sent("get_it", it=models.GetItIt.from_dict({"kind": "b", "n": None}))

    assert "/v1/a?it%5Bkind%5D=b" == sent.target
