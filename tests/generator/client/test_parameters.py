"""Parameters of any name, path and media type reach the request."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import pytest

from generator.errors import GeneratorError
from tests.generator.client import sending

TEXT = {"type": "string"}
ANSWERS = {"kind": {"type": "string", "enum": ["a"]}, "at": {"type": "string", "format": "date"}}


def sent_by(folder: Path, path: str, *parameters: dict[str, Any], **members: Any) -> sending.Sent:
    """A client of one operation, `get_it`, with these parameters."""
    operation = {"operationId": "getIt", "parameters": list(parameters)} | members
    return sending.Sent(sending.package(sending.document({path: {"get": operation}}), folder))


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
def test_a_path_may_have_any_characters(tmp_path: Path, path: str) -> None:
    arguments, target = PATHS[path]
    names = {
        name: query(name, "path")
        for name in ("user.id", "$id", "a", "b", "größe", "a b", "class", "client")
        if f"{{{name}}}" in path
    }
    sent = sent_by(tmp_path, path, *names.values())

    sent.client.default.get_it(**arguments)

    assert target == sent.target


@pytest.mark.parametrize("schema", [TEXT, {"type": "array", "items": TEXT}])
def test_a_query_joins_that_of_the_path(tmp_path: Path, schema: dict[str, Any]) -> None:
    sent = sent_by(tmp_path, "/a?beta=true", query(schema=schema, explode=False))

    sent.client.default.get_it(q="b c" if schema is TEXT else ["b c"])
    sent.client.default.get_it()

    assert ["/v1/a?beta=true&q=b+c", "/v1/a?beta=true"] == [
        request.url.raw_path.decode().replace("%20", "+") for request in sent.requests
    ]


def test_a_query_joins_that_of_the_users_httpx_client(tmp_path: Path) -> None:
    sent = sent_by(tmp_path, "/a", query(schema={"type": "array", "items": TEXT}, explode=False))
    sent.client.get_httpx_client().params = {"own": "1"}

    sent.client.default.get_it(q=["a", "b"])

    assert "/v1/a?q=a,b&own=1" == sent.target


def test_every_argument_has_a_name_of_its_own(tmp_path: Path) -> None:
    names = ["filter[a]", "filter-a", "filter_a", "from", "timeout", "headers", "max_retries",
             "extra_query", "body", "content_type", "@id", "$top", "page.size"]  # fmt: skip
    same = [query("id", "path"), query("id"), query("X-Id", "header"), query("x-id", "cookie")]
    body: dict[str, Any] = {"content": {"application/json": {"schema": {}}}}
    sent = sent_by(tmp_path, "/a/{id}", *map(query, names), *same, requestBody=body)

    method = sent.client.default.get_it
    own = list(inspect.signature(method).parameters)[:-4]
    method(**{name: name for name in own})

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
def test_a_header_that_openapi_ignores_is_no_argument(tmp_path: Path, name: str) -> None:
    sent = sent_by(tmp_path, "/a", query(name, "header", required=True))

    sent.client.default.get_it()

    assert "*/*" == sent.last.headers["Accept"]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("path", "%7B%22kind%22%3A%22%C3%A9%22%2C%22at%22%3A%222024-01-31%22%7D"),
        ("query", "%7B%22kind%22%3A%22%C3%A9%22%2C%22at%22%3A%222024-01-31%22%7D"),
        ("header", '{"kind":"\\u00e9","at":"2024-01-31"}'),
        ("cookie", "%7B%22kind%22%3A%22%C3%A9%22%2C%22at%22%3A%222024-01-31%22%7D"),
    ],
)
def test_a_parameter_may_have_a_media_type(tmp_path: Path, where: str, expected: str) -> None:
    schema = {"type": "object", "properties": ANSWERS, "title": "Answers"}
    content = {"application/json": {"schema": schema}}
    path = "/a/{q}" if where == "path" else "/a"
    sent = sent_by(tmp_path, path, query(where=where, content=content))
    method = sent.client.default.get_it
    model = inspect.signature(method, eval_str=False).parameters["q"].annotation.split(" ")[0]
    module = __import__(f"{type(sent.client).__module__.partition('.')[0]}.models", fromlist="_")

    method(q=getattr(module, model).from_dict({"at": "2024-01-31", "kind": "é"}))

    found = {
        "path": sent.target.rpartition("/")[2],
        "query": sent.target.partition("?q=")[2].replace("+", "%20"),
        "header": sent.last.headers.get("q"),
        "cookie": sent.last.headers.get("Cookie", "").removeprefix("q="),
    }
    assert expected == found[where]


def test_reserved_characters_are_sent_as_they_are_where_the_document_allows(tmp_path: Path) -> None:
    sent = sent_by(tmp_path, "/a", query("q", allowReserved=True), query("r"))

    sent.client.default.get_it(q=":/?@!$'()*,;=[]#&+% é", r="/")

    assert "/v1/a?q=:/?@!$'()*,;=%5B%5D%23%26%2B%25%20%C3%A9&r=%2F" == sent.target


@pytest.mark.parametrize("kind", ["string", "integer", "boolean"])
def test_an_empty_value_is_sent_where_the_document_allows(tmp_path: Path, kind: str) -> None:
    parameters = (
        query(schema={"type": kind}, allowEmptyValue=True),
        query("r", schema={"type": kind}),
    )
    sent = sent_by(tmp_path, "/a", *parameters)

    sent.client.default.get_it(q="")

    assert "/v1/a?q=" == sent.target


def test_an_object_is_a_model_whose_unset_members_are_left_out(tmp_path: Path) -> None:
    schema = {"type": "object", "properties": ANSWERS | {"n": {"type": ["integer", "null"]}}}
    sent = sent_by(tmp_path, "/a", query("it", schema=schema, style="deepObject"))
    models = __import__(f"{type(sent.client).__module__.partition('.')[0]}.models", fromlist="_")

    sent.client.default.get_it(it=models.GetItIt.from_dict({"kind": "b", "n": None}))

    assert "/v1/a?it%5Bkind%5D=b" == sent.target


def test_a_style_of_another_location_is_refused_by_its_place(tmp_path: Path) -> None:
    with pytest.raises(GeneratorError, match=r"parameters/0/style: .*matrix"):
        sent_by(tmp_path, "/a", query(style="matrix"))
