"""Query parameters that another document does not name, in its requests of every form."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.generator.client import small

SECRET = "s3cr3t-k3y"
CONTENT: dict[str, Any] = {"application/json": {}}
JSON = {"200": {"description": "OK", "content": CONTENT}}
EVENTS: dict[str, Any] = {
    "200": {"description": "OK", "content": {**CONTENT, "text/event-stream": {}}}
}
DEEP = {"name": "filter", "in": "query", "style": "deepObject", "schema": {"type": "object"}}
DOCUMENT = small.document(
    {
        "plain": {
            "responses": JSON,
            "parameters": [{"name": "Sort-By", "in": "query", "schema": {}}],
        },
        "styled": {"responses": JSON, "parameters": [DEEP]},
        "events": {"responses": EVENTS, "parameters": [DEEP]},
        "secret": {"responses": JSON, "security": [{"key": []}]},
    },
    components={"securitySchemes": {"key": {"type": "apiKey", "in": "query", "name": "api key"}}},
)


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with small.package(DOCUMENT, tmp_path_factory.mktemp("query"), "query_client") as found:
        yield found


@pytest.fixture(params=["sync", "async"])
def caller(request: pytest.FixtureRequest, package: Any) -> small.Caller:
    return small.Caller(package, request.param)


class Server:
    """Responds to each request with null."""

    def __init__(self) -> None:
        self.queries: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.queries.append(request.url.query.decode())
        return httpx.Response(200, content=b"null")


def test_it_follows_what_is_encoded_already(caller: small.Caller) -> None:
    server = Server()

    caller.method(caller.client(server), "styled", filter_={"a": 1}, extra_query={"n": ["x y", 2]})

    assert ["filter%5Ba%5D=1&n=x+y&n=2"] == server.queries


def test_it_is_sent_with_a_stream(caller: small.Caller) -> None:
    server = Server()

    caller.method(caller.client(server), "events_stream", extra_query={"n": 1})

    assert ["n=1"] == server.queries


def test_a_key_in_the_query_stays_hidden(
    caller: small.Caller, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server = Server()

    caller.method(caller.client(server, key=SECRET), "secret", extra_query={"n": 1})

    assert [f"n=1&api+key={SECRET}"] == server.queries
    assert SECRET not in caplog.text


@pytest.mark.parametrize(
    ("name", "arguments", "extra", "said"),
    [
        ("plain", {}, "Sort-By", "Sort-By is known to this operation: use the argument sort_by"),
        ("styled", {}, "filter", "filter is known to this operation: use the argument filter_"),
        ("styled", {"filter_": {"a": 1}}, "filter[a]", "filter[a] is in the request already"),
        ("events_stream", {}, "filter", "use the argument filter_"),
        ("plain", {}, "api key", "api key is the parameter of a key"),
    ],
)
def test_a_name_of_the_document_is_refused(
    caller: small.Caller, package: Any, name: str, arguments: Any, extra: str, said: str
) -> None:
    client = caller.client(server := Server(), key=SECRET)

    with pytest.raises(package.errors.ConfigurationError) as refused:
        caller.method(client, name, **arguments, extra_query={extra: "a"})

    assert str(refused.value).startswith("extra_query: ")
    assert said in str(refused.value)
    assert [] == server.queries
